/**
 * What payouts hold of an order. One that is settled and that no channel ever told of is named at its payout, until it
 * comes after all.
 */
import type { OrderSettled } from '#canon/payout.ts'
import { type Note, note } from '../decider.ts'
import { streams } from '../streams.ts'
import type { OrderState } from './state.ts'

export interface NoteSettled {
  type: 'order.noteSettled'
  /** `<channel>:<externalId>` */
  orderRef: string
  settled: OrderSettled
}

export type OrderSettledEvent = {
  type: 'order.settled'
  orderRef: string
  settled: OrderSettled
  /** The order is not here yet. */
  early?: true
}

/** A payout as it is known by now replaces what was known of it. */
export function noteSettled(state: OrderState, { orderRef, settled }: NoteSettled): OrderSettledEvent[] {
  const before = state.settled?.find((one) => isSame(one, settled))
  if (JSON.stringify(before) === JSON.stringify(settled)) return []
  return [{ type: 'order.settled', orderRef, settled, ...(state.order ? {} : { early: true }) }]
}

export function evolveSettled(state: OrderState, { settled }: OrderSettledEvent): OrderState {
  return { ...state, settled: [...(state.settled ?? []).filter((one) => !isSame(one, settled)), settled] }
}

const isSame = (one: OrderSettled, other: OrderSettled): boolean =>
  one.provider === other.provider && one.payoutId === other.payoutId

/** Names the order at its payout, as far as it is missing. */
export const missingNotes = ({ early, orderRef, settled }: OrderSettledEvent): Note[] =>
  early ? [told(orderRef, settled, false)] : []

/** Now that it is here. */
export const foundNotes = ({ order, settled = [] }: OrderState): Note[] =>
  order ? settled.map((one) => told(`${order.channel}:${order.externalId}`, one, true)) : []

const told = (orderRef: string, { provider, payoutId, net }: OrderSettled, known: boolean): Note =>
  note(streams.payout(provider, payoutId), { type: 'payout.noteOrder', orderRef, net, known })
