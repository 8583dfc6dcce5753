/** What the list of stock is narrowed to, all of it in the address; and the same rows as a file. */
import { useSignal } from '@preact/signals'
import { Trouble } from '../api.ts'
import { Search } from '../components/search.tsx'
import { say } from '../components/toast.tsx'
import { count, counted } from '../money.ts'
import { filter } from '../paging.ts'
import { query } from '../router.ts'
import type { StockRow } from '../types.ts'
import { MODES } from '../words-stock.ts'
import { csvOf, readAll, ROWS_MAX, save } from './stock-export.ts'

export const PATH = '/stock'

export const StockFilters = ({ pools }: { pools: readonly string[] }) => (
  <search class="filters">
    <Search path={PATH} label="Search by SKU" />
    <Choice name="pool" label="Pool" any="Any pool" options={pools.map((pool) => [pool, pool])} />
    <Choice
      name="mode"
      label="Mode"
      any="Any mode"
      options={Object.entries(MODES).map(([mode, { text }]) => [mode, text])}
    />
    <Flag name="attention" text="Only in trouble" />
    <Flag name="waiting" text="Waiting for orders" />
    <Export />
  </search>
)

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

const Flag = ({ name, text }: { name: string; text: string }) => (
  <label class="choice">
    <input
      type="checkbox"
      checked={query.value.get(name) === 'true'}
      onChange={({ currentTarget }) => filter(PATH, name, currentTarget.checked ? 'true' : '')}
    />
    {text}
  </label>
)

function Export() {
  const read = useSignal<number | null>(null)
  const run = async (): Promise<void> => {
    read.value = 0
    try {
      const rows: StockRow[] = await readAll(query.peek(), (here) => (read.value = here))
      save(csvOf(rows), 'stock.csv')
      const cut = rows.length >= ROWS_MAX ? ' There are more: narrow the list to have them.' : ''
      say(`${counted(rows.length, 'SKU')} written to stock.csv.${cut}`)
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      say(`${error.problem.detail} ${error.problem.cure}`)
    }
    read.value = null
  }
  return (
    <button type="button" class="button export" disabled={read.value !== null} onClick={() => void run()}>
      {read.value === null ? 'Export CSV' : `${count(read.value)} rows …`}
    </button>
  )
}
