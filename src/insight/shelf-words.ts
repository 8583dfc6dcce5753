/** What warehouses say of their shelves, and incidents that are over, in plain words: see words.ts. */
import type { PromiseEvent } from '#core/order/promises.ts'
import type { CountEvent } from '#core/stock/counts.ts'
import type { Incident } from '#core/stock/ledger.ts'
import type { PresaleEvent } from '#core/stock/presale.ts'

export const INCIDENT_OVER: Readonly<Record<Incident['kind'], string>> = {
  negative: 'The ERP has no negative stock of it any more',
  shrunk: 'No more is on sale than there is, after pieces had gone',
  counted: 'The warehouse and the ERP count the same again',
  adjusted: 'The ERP has booked what the warehouse wrote off or found',
  promised: 'For every piece that was promised something is expected again, or it is here',
  raised: 'No more is on sale than there is, after somebody else had put stock on sale',
}

type Words = { readonly [T in CountEvent['type']]: (event: Extract<CountEvent, { type: T }>) => string }

const pieces = (count: number): string => (count === 1 ? '1 piece' : `${count} pieces`)

type Promised = PresaleEvent | PromiseEvent
type PromiseWords = { readonly [T in Promised['type']]: (event: Extract<Promised, { type: T }>) => string }

/** What was sold before it was here. */
export const PRESALE_WORDS: PromiseWords = {
  'order.promiseNoted': ({ sku, open, quantity, date }) => {
    if (!open) return `Nothing of ${sku} is waited for any more`
    const what = quantity === 0 ? sku : `${quantity} of ${sku}`
    return date === null ? `${what} was promised, and nothing is expected any more` : `${what} is promised for ${date}`
  },
  'stock.presaleRuled': ({ rule }) =>
    rule === null
      ? 'Nothing more is sold before it is here'
      : `May be sold before it is here, by ${rule.channels.join(', ')}`,
  'stock.looked': () => 'Looked at what is on its way',
  'stock.promised': ({ orderRef, quantity, date }) =>
    quantity === 0
      ? `${orderRef} waits for the day of release, ${date}`
      : `${orderRef} took ${quantity} expected by ${date}`,
  'stock.promiseMoved': ({ orderRef, date, was }) =>
    date === null
      ? `Nothing is expected for ${orderRef} any more`
      : `${orderRef} waits until ${date} instead of ${was ?? 'no day'}`,
  'stock.promiseMet': ({ orderRef, quantity }) =>
    `${pieces(quantity)} promised to ${orderRef} ${quantity === 1 ? 'is' : 'are'} here`,
  'stock.promiseLet': ({ orderRef, quantity }) => `${orderRef} wants ${pieces(quantity)} less of what is expected`,
}

export const SHELF_WORDS: Words = {
  'stock.counted': ({ by, onHand, off }) =>
    off === 0 ? `${by} counted ${onHand}, as the ERP has` : `${by} counted ${onHand}; the ERP has ${onHand + off}`,
  'stock.adjusted': ({ by, quantity, reason }) =>
    quantity < 0 ? `${by} wrote ${pieces(-quantity)} off (${reason})` : `${by} found ${pieces(quantity)} (${reason})`,
}
