/** What the differences are narrowed to, all of it in the address; what is done with some; and all as a file. */
import { type Signal, useSignal } from '@preact/signals'
import { sorry } from '../action.ts'
import { sendProducts } from '../catalogue-api.ts'
import { Choice, optionsOf } from '../components/choice.tsx'
import { Export } from '../components/export.tsx'
import { Search } from '../components/search.tsx'
import { say } from '../components/toast.tsx'
import { readAll, save, tableOf } from '../csv.ts'
import { count, counted } from '../money.ts'
import { query } from '../router.ts'
import type { CatalogueRow, ChannelSync } from '../types.ts'
import { fieldOf, keyOf, ROW_WORDS, troubleOf } from '../words-catalogue.ts'

export const PATH = '/catalogue'

interface Props {
  channels: readonly ChannelSync[]
  rows: readonly CatalogueRow[]
  chosen: Signal<ReadonlySet<string>>
  reload(): void
}

export function CatalogueFilters({ channels, rows, chosen, reload }: Props) {
  const names = channels.filter(({ mode }) => mode !== 'off').map(({ channel }) => [channel, channel] as const)
  return (
    <search class="filters">
      <Search path={PATH} label="Search by SKU" />
      <Choice path={PATH} name="channel" label="Channel" any="Any channel" options={names} />
      <Choice path={PATH} name="status" label="State" any="Any state" options={optionsOf(ROW_WORDS)} />
      <Send rows={rows} chosen={chosen} reload={reload} />
      <Export write={write} />
    </search>
  )
}

/** One request for each channel among those chosen. */
function Send({ rows, chosen, reload }: Omit<Props, 'channels'>) {
  const busy = useSignal(false)
  const wanted = rows.filter((row) => chosen.value.has(keyOf(row)))
  const run = async (): Promise<void> => {
    busy.value = true
    try {
      let asked = 0
      for (const [channel, of] of Map.groupBy(wanted, (row) => row.channel))
        asked += (await sendProducts(channel, of.map(({ sku }) => sku))).asked // prettier-ignore
      chosen.value = new Set()
      say(`${counted(asked, 'product')} will be shown as they should be.`)
      reload()
    } catch (error) {
      sorry(error)
    }
    busy.value = false
  }
  return (
    <button type="button" class="button main" disabled={busy.value || wanted.length === 0} onClick={() => void run()}>
      {wanted.length === 0 ? 'Show as it should be' : `Show ${count(wanted.length)} as they should be`}
    </button>
  )
}

const HEAD = ['channel', 'sku', 'state', 'field', 'ours', 'theirs', 'owner', 'trouble', 'given up']

/** One line for each difference, or for the product where nothing differs. */
export function linesOf({ channel, sku, status, differences, troubles, failed }: CatalogueRow): (string | null)[][] {
  const about = [channel, sku, ROW_WORDS[status].text]
  const rest = [troubles.map(troubleOf).join('; '), failed]
  if (differences.length === 0) return [[...about, '', '', '', '', ...rest]]
  return differences.map((one) => [...about, fieldOf(one), one.ours, one.theirs, one.owner, ...rest])
}

async function write(progress: (rows: number) => void): Promise<string> {
  const rows = await readAll<CatalogueRow>('/api/catalogue/differences', query.peek(), progress)
  save(tableOf([HEAD, ...rows.flatMap(linesOf)]), 'catalogue.csv')
  return `${counted(rows.length, 'product')} written to catalogue.csv.`
}
