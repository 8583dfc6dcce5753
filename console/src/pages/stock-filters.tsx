/** What the list of stock is narrowed to, all of it in the address; and the same rows as a file. */
import { Choice, Flag, optionsOf } from '../components/choice.tsx'
import { Export } from '../components/export.tsx'
import { Search } from '../components/search.tsx'
import { readAll, ROWS_MAX, save } from '../csv.ts'
import { counted } from '../money.ts'
import { query } from '../router.ts'
import type { StockRow } from '../types.ts'
import { MODES } from '../words-stock.ts'
import { csvOf } from './stock-export.ts'

export const PATH = '/stock'

export const StockFilters = ({ pools }: { pools: readonly string[] }) => (
  <search class="filters">
    <Search path={PATH} label="Search by SKU" />
    <Choice path={PATH} name="pool" label="Pool" any="Any pool" options={pools.map((pool) => [pool, pool])} />
    <Choice path={PATH} name="mode" label="Mode" any="Any mode" options={optionsOf(MODES)} />
    <Flag path={PATH} name="attention" text="Only in trouble" />
    <Flag path={PATH} name="waiting" text="Waiting for orders" />
    <Export write={write} />
  </search>
)

async function write(progress: (rows: number) => void): Promise<string> {
  const rows = await readAll<StockRow>('/api/stock', query.peek(), progress)
  save(csvOf(rows), 'stock.csv')
  const cut = rows.length >= ROWS_MAX ? ' There are more: narrow the list to have them.' : ''
  return `${counted(rows.length, 'SKU')} written to stock.csv.${cut}`
}
