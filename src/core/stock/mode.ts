/**
 * How a SKU is shared. _Exclusive_: each channel sells from its own allotment, and nothing is sold twice. _Shared_:
 * each sees all there is, less its buffer; it may oversell, by as much as news is late. For deep stock only.
 */
import type { Policy, StockPolicy } from '../policy.ts'
import type { Ledger, Mode } from './ledger.ts'
import { offerable } from './offer.ts'
import type { StockEvent } from './stock.ts'

export interface Place {
  pool: string
  sku: string
}

/** Pieces that are never offered: the first rule that fits, else what holds for all. */
export const safetyOf = ({ stock, safetyStock }: Policy, { pool, sku }: Place): number =>
  stock?.safety.find((one) => (one.sku ?? sku) === sku && (one.pool ?? pool) === pool)?.pieces ?? safetyStock

export const sellableOf = (state: Ledger, policy: Policy, place: Place): number =>
  state.stocked && state.reading ? Math.max(0, offerable(state) - safetyOf(policy, place)) : 0

/** What policy makes of the stock there is. Shared again only once there is twice what is scarce, or it would flap. */
export function modeChange(state: Ledger, policy: Policy, place: Place): StockEvent[] {
  const { stock } = policy
  const is: Mode = state.mode?.is ?? 'exclusive'
  if (!stock || state.mode?.byHand || !state.stocked || !state.reading) return []
  const mode = state.presale?.rule ? 'exclusive' : wanted(stock, is, sellableOf(state, policy, place), place.sku)
  return mode === is ? [] : [{ type: 'stock.modeSet', mode, byHand: false }]
}

function wanted({ mode, scarceBelow, flashSale }: StockPolicy, is: Mode, sellable: number, sku: string): Mode {
  if (mode === 'exclusive' || flashSale.includes(sku)) return 'exclusive'
  return sellable < (is === 'shared' ? scarceBelow : 2 * scarceBelow) ? 'exclusive' : 'shared'
}
