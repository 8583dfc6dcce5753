/** What is remembered of the goods and the money that came back from one order. */
import type { Money } from '#canon/money.ts'
import type { Refund } from '#canon/order.ts'
import type { AskReturn, ReceiveReturn } from './goods.ts'
import type { Exchange } from './exchange-state.ts'
import type { Foreign, Giving } from './giving-state.ts'
import type { CreditAsked } from './return.ts'

export const DISPOSITIONS = ['sellable', 'damaged', 'missing'] as const
/** What became of pieces somebody received, or should have. */
export type Disposition = (typeof DISPOSITIONS)[number]

export const RETURN_REASONS = [
  'unwanted', 'defective', 'damaged', 'wrong_item', 'not_as_described', 'too_late', 'other',
] as const // prettier-ignore
export type ReturnReason = (typeof RETURN_REASONS)[number]

export interface Pieces {
  lineId: string
  quantity: number
}

export interface Received extends Pieces {
  disposition: Disposition
}

/** What the order has told of itself. */
export interface OrderFacts {
  orderName: string
  currency: string
  taxesIncluded: boolean
  /** Warehouse that serves the order: where pieces come back to unless somebody says otherwise. */
  pool: string
  /** Pieces still wanted of each line that is shipped. */
  wanted: readonly Pieces[]
  saleId: string | null
  /** The posted invoice; `included` names the refunds that its total was less by already. */
  invoice: { invoiceId: string; total: Money; included: readonly string[] } | null
  /** `closed`: the order was cancelled before anything left, so there will never be an invoice. */
  billing: 'later' | 'closed'
}

/**
 * `waiting` for the invoice, or for the goods; `settled` without a credit note of ours; `beyond`: it is more than was
 * invoiced, and a person has to look.
 */
export type RefundStep = 'waiting' | 'asked' | 'credited' | 'settled' | 'failed' | 'beyond'

export interface KnownRefund {
  refund: Refund
  /**
   * Who told of it, when it was not the channel: it was given by the hub at a provider, or by somebody else there; or
   * other goods went out for it; or a till gave it, whose receipt is the credit.
   */
  from?: 'hub' | 'provider' | 'exchange' | 'till'
  /** It failed after all; `replacedBy` names the refund that its credit note stands for now. */
  cameBack?: true
  replacedBy?: string
  step: RefundStep
  /** Pieces of it that had left the warehouse and came back; null until that is known. */
  back: readonly Pieces[] | null
  /** What the credit note comes to, once it was asked for. */
  asked: Money | null
  credit: { creditId: string; number: string } | null
  /** As it was asked for, to ask again. */
  request?: CreditAsked
  /** Of the event that last asked for the credit note. */
  version: number
}

export interface KnownReturn {
  id: string
  lines: readonly Pieces[]
  reason: ReturnReason
  step: 'authorised' | 'received'
}

/** Pieces booked as come back, or on their way to be. */
export interface Arrival {
  key: string
  from: 'channel' | 'receipt' | 'till'
  lines: readonly Received[]
  /** Warehouse the pieces are in. */
  pool: string
  step: 'asked' | 'booked' | 'failed'
  version: number
}

export interface ReturnState {
  version: number
  facts: OrderFacts | null
  /** Pieces that had left the warehouse, when it was last asked. */
  left: readonly Pieces[]
  refunds: readonly KnownRefund[]
  returns: readonly KnownReturn[]
  arrivals: readonly Arrival[]
  /** Pieces that somebody said came back, by what they said it with. */
  told: { channel: readonly Pieces[]; receipt: readonly Pieces[] }
  /** What people asked for, until it is known what had left; and the names of all that was answered. */
  requested: readonly (AskReturn | ReceiveReturn)[]
  answered: readonly string[]
  /** Money the hub was asked to give back, and what others gave back at the provider. */
  givings?: readonly Giving[]
  foreign?: readonly Foreign[]
  exchanges?: readonly Exchange[]
  /** Names of refunds in the channel that failed. */
  lost?: readonly string[]
}

export const initial: ReturnState = {
  version: 0,
  facts: null,
  left: [],
  refunds: [],
  returns: [],
  arrivals: [],
  told: { channel: [], receipt: [] },
  requested: [],
  answered: [],
}

export const countOf = (pieces: readonly Pieces[], lineId: string): number =>
  pieces.reduce((all, one) => (one.lineId === lineId ? all + one.quantity : all), 0)

/** Sum by line, in the order in which lines were first named. */
export function plus(before: readonly Pieces[], more: readonly Pieces[]): Pieces[] {
  const lines = [...new Set([...before, ...more].map(({ lineId }) => lineId))]
  return lines.map((lineId) => ({ lineId, quantity: countOf(before, lineId) + countOf(more, lineId) }))
}

/** Pieces of a line that are booked as come back, or being booked. */
export const backOf = ({ arrivals }: ReturnState, lineId: string): number =>
  arrivals.reduce((all, { lines }) => all + countOf(lines, lineId), 0)

/** Refunds that tills gave. */
export const ofTills = ({ refunds }: Pick<ReturnState, 'refunds'>): Refund[] =>
  refunds.flatMap(({ refund, from }) => (from === 'till' ? [refund] : []))
