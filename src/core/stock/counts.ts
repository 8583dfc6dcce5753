/**
 * What a warehouse run by somebody else says of its shelf: what it counted, and what it wrote off or found. The ERP
 * stays the owner of the number; what was written off is not sold meanwhile, and a difference that stands is told.
 */
import type { Ledger } from './ledger.ts'

/** To `stock/<pool>/<sku>`: so many pieces are on its shelf, promised or not. Any number of times. */
export interface CountStock {
  type: 'stock.count'
  by: string
  onHand: number
  at: string
}

/** To `stock/<pool>/<sku>`: it wrote pieces off (negative) or found some. Each is handed in once. */
export interface AdjustStock {
  type: 'stock.adjust'
  by: string
  quantity: number
  /** Their word or code for why. */
  reason: string
  at: string
}

export type CountCommand = CountStock | AdjustStock

export type CountEvent =
  /** `off`: what the ERP has more; `stands`: it was the same at the count before. */
  | { type: 'stock.counted'; by: string; onHand: number; at: string; off: number; stands: boolean }
  | { type: 'stock.adjusted'; by: string; quantity: number; reason: string; at: string }

export interface Shelf {
  by: string
  count: { onHand: number; at: string; off: number; stands: boolean } | null
  /** Pieces written off (negative) or found that the ERP has not booked. */
  pending: number
  /** Why, of the last of them. */
  reason: string
}

const NONE: Shelf = { by: '', count: null, pending: 0, reason: '' }

/** Not there any more, whatever the ERP says. */
export const writtenOff = ({ shelf }: Pick<Ledger, 'shelf'>): number => Math.max(0, -(shelf?.pending ?? 0))

export const isCountCommand = (command: { type: string }): command is CountCommand =>
  command.type === 'stock.count' || command.type === 'stock.adjust'

export const isCountEvent = (event: { type: string }): event is CountEvent =>
  event.type === 'stock.counted' || event.type === 'stock.adjusted'

/** A count older than the last one says nothing, and neither does the same one again once it agrees. */
export function hearShelf({ shelf, reading, stocked }: Ledger, command: CountCommand): CountEvent[] {
  if (command.type === 'stock.adjust') {
    const { type: _, ...rest } = command
    return command.quantity === 0 ? [] : [{ type: 'stock.adjusted', ...rest }]
  }
  const { by, onHand, at } = command
  const before = shelf?.count
  if (!stocked || !reading || (before && at <= before.at)) return []
  const off = reading.onHand - onHand
  if (before && before.onHand === onHand && before.off === off && (off === 0 || before.stands)) return []
  return [{ type: 'stock.counted', by, onHand, at, off, stands: off !== 0 && before?.off === off }]
}

export function evolveShelf(state: Ledger, event: CountEvent): Ledger {
  const shelf = state.shelf ?? NONE
  const { by } = event
  if (event.type === 'stock.adjusted')
    return { ...state, shelf: { ...shelf, by, pending: shelf.pending + event.quantity, reason: event.reason } }
  const { onHand, at, off, stands } = event
  // What is counted is what is there: with the ERP in agreement, nothing is left to be booked.
  const pending = off === 0 ? 0 : shelf.pending
  return { ...state, shelf: { ...shelf, by, pending, count: { onHand, at, off, stands } } }
}

/** The ERP moved by just what was pending: somebody booked it. */
export function booked(before: Ledger, after: Ledger): Ledger {
  const { shelf } = after
  if (!shelf || shelf.pending === 0 || !before.reading || !after.reading) return after
  const isBooked = after.reading.onHand - before.reading.onHand === shelf.pending
  return isBooked ? { ...after, shelf: { ...shelf, pending: 0 } } : after
}

/** What people have to know of the shelf; null when all is well. */
export function shelfWords({ shelf, reading }: Ledger): Readonly<Record<'counted' | 'adjusted', string | null>> {
  const { count = null, pending = 0, by = '', reason = '' } = shelf ?? {}
  const isOff = count !== null && count.stands && count.off !== 0 && reading?.onHand !== count.onHand
  const more = pending > 0 ? `found ${pending} more` : `wrote ${-pending} off`
  const meanwhile = pending > 0 ? 'Nothing more is sold' : 'They are not sold any more'
  return {
    counted: isOff
      ? `${by} has counted ${count.onHand} twice where the ERP has ${reading!.onHand}. Count them, and correct the one that is wrong.`
      : null,
    adjusted: pending === 0 ? null : `${by} ${more} (${reason}). ${meanwhile}; book it in the ERP.`,
  }
}
