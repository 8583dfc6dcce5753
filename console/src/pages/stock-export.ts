/** The stock list as a table for a spreadsheet. */
import { tableOf } from '../csv.ts'
import type { StockRow } from '../types.ts'

const OWN = ['pool', 'sku', 'mode', 'on hand', 'free', 'held', 'safety', 'available', 'waiting', 'trouble'] as const

/** One line per SKU; each channel has two columns: what it shows, and what it may sell. */
export function csvOf(rows: readonly StockRow[]): string {
  const names = [...new Set(rows.flatMap(({ channels }) => channels.map(({ name }) => name)))].sort()
  const head = [...OWN, ...names.flatMap((name) => [`${name} shows`, `${name} may sell`])]
  const lines = rows.map(({ channels, ...row }) => {
    const of = (what: 'waits' | 'trouble') => channels.flatMap((one) => one[what] ?? []).join(' ')
    const own = [row.pool, row.sku, row.mode, row.onHand, row.free, row.held, row.safety, row.available]
    const theirs = names.flatMap((name) => {
      const one = channels.find((channel) => channel.name === name)
      return [one?.shown, one?.bound]
    })
    return [...own, of('waits'), of('trouble'), ...theirs]
  })
  return tableOf([head, ...lines])
}
