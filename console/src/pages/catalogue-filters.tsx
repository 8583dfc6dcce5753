/** What the differences are narrowed to, all of it in the address; what is done with some; and all as a file. */
import { type Signal, useSignal } from '@preact/signals'
import { read, Trouble } from '../api.ts'
import { sendProducts } from '../catalogue-api.ts'
import { Search } from '../components/search.tsx'
import { say } from '../components/toast.tsx'
import { count, counted } from '../money.ts'
import { filter } from '../paging.ts'
import { query } from '../router.ts'
import type { CatalogueList, CatalogueRow, ChannelSync } from '../types.ts'
import { fieldOf, keyOf, ROW_WORDS, troubleOf } from '../words-catalogue.ts'
import { save, tableOf } from './stock-export.ts'

export const PATH = '/catalogue'

interface Props {
  channels: readonly ChannelSync[]
  rows: readonly CatalogueRow[]
  chosen: Signal<ReadonlySet<string>>
  reload(): void
}

export function CatalogueFilters({ channels, rows, chosen, reload }: Props) {
  const names = channels.filter(({ mode }) => mode !== 'off').map(({ channel }) => [channel, channel] as const)
  const states = Object.entries(ROW_WORDS).map(([status, { text }]) => [status, text] as const)
  return (
    <search class="filters">
      <Search path={PATH} label="Search by SKU" />
      <Choice name="channel" label="Channel" any="Any channel" options={names} />
      <Choice name="status" label="State" any="Any state" options={states} />
      <Send rows={rows} chosen={chosen} reload={reload} />
      <Export />
    </search>
  )
}

interface ChoiceProps {
  name: string
  label: string
  any: string
  options: readonly (readonly [string, string])[]
}

function Choice({ name, label, any, options }: ChoiceProps) {
  const asked = query.value.get(name) ?? ''
  const known = asked === '' || options.some(([value]) => value === asked)
  return (
    <select
      class="field"
      aria-label={label}
      value={asked}
      onChange={({ currentTarget }) => filter(PATH, name, currentTarget.value)}
    >
      <option value="">{any}</option>
      {!known && <option value={asked}>{asked}</option>}
      {options.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  )
}

const sorry = (error: unknown): void => {
  if (!(error instanceof Trouble)) throw error
  say(`${error.problem.detail} ${error.problem.cure}`)
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

const ROWS_MAX = 20_000
const HEAD = ['channel', 'sku', 'state', 'field', 'ours', 'theirs', 'owner', 'trouble', 'given up']

/** One line for each difference, or for the product where nothing differs. */
export function linesOf({ channel, sku, status, differences, troubles, failed }: CatalogueRow): (string | null)[][] {
  const about = [channel, sku, ROW_WORDS[status].text]
  const rest = [troubles.map(troubleOf).join('; '), failed]
  if (differences.length === 0) return [[...about, '', '', '', '', ...rest]]
  return differences.map((one) => [...about, fieldOf(one), one.ours, one.theirs, one.owner, ...rest])
}

function Export() {
  const here = useSignal<number | null>(null)
  const run = async (): Promise<void> => {
    here.value = 0
    try {
      const rows: CatalogueRow[] = []
      for (let cursor: string | null = ''; cursor !== null && rows.length < ROWS_MAX;) {
        const asked = new URLSearchParams(query.peek())
        asked.set('limit', '100')
        if (cursor) asked.set('cursor', cursor)
        const page: CatalogueList = await read<CatalogueList>(`/api/catalogue/differences?${asked}`)
        rows.push(...page.rows)
        here.value = rows.length
        cursor = page.next
      }
      save(tableOf([HEAD, ...rows.flatMap(linesOf)]), 'catalogue.csv')
      say(`${counted(rows.length, 'product')} written to catalogue.csv.`)
    } catch (error) {
      sorry(error)
    }
    here.value = null
  }
  return (
    <button type="button" class="button export" disabled={here.value !== null} onClick={() => void run()}>
      {here.value === null ? 'Export CSV' : `${count(here.value)} rows …`}
    </button>
  )
}
