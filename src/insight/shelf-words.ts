/** What warehouses say of their shelves, and incidents that are over, in plain words: see words.ts. */
import type { CountEvent } from '#core/stock/counts.ts'
import type { Incident } from '#core/stock/ledger.ts'

export const INCIDENT_OVER: Readonly<Record<Incident['kind'], string>> = {
  negative: 'The ERP has no negative stock of it any more',
  shrunk: 'No more is on sale than there is, after pieces had gone',
  counted: 'The warehouse and the ERP count the same again',
  adjusted: 'The ERP has booked what the warehouse wrote off or found',
  raised: 'No more is on sale than there is, after somebody else had put stock on sale',
}

type Words = { readonly [T in CountEvent['type']]: (event: Extract<CountEvent, { type: T }>) => string }
const pieces = (count: number): string => (count === 1 ? '1 piece' : `${count} pieces`)

export const SHELF_WORDS: Words = {
  'stock.counted': ({ by, onHand, off }) =>
    off === 0 ? `${by} counted ${onHand}, as the ERP has` : `${by} counted ${onHand}; the ERP has ${onHand + off}`,
  'stock.adjusted': ({ by, quantity, reason }) =>
    quantity < 0 ? `${by} wrote ${pieces(-quantity)} off (${reason})` : `${by} found ${pieces(quantity)} (${reason})`,
}
