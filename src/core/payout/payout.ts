/**
 * A payout is what its movements come to, to the cent, or a case says by how much it is not. A movement whose kind
 * nobody knows counts under its own head and is named: it is never swept into an adjustment, and the sum still holds.
 */
import { formatMoney, type Money, money } from '#canon/money.ts'
import type { PayoutLine, PayoutLineKind, PayoutSeen } from '#canon/payout.ts'
import type { Decider } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { monthsOf, type PayoutMonth } from './months.ts'

export type PayoutCommand =
  | { type: 'payout.observe'; payout: PayoutSeen }
  /** What the provider tells of it cannot be read: nothing of it counts. */
  | { type: 'payout.noteUnreadable'; detail: string }
  /** From an order it pays for: whether the hub has it. */
  | { type: 'payout.noteOrder'; orderRef: string; net: Money; known: boolean }

/** Minor units by kind: what is left after fees, and the fees. */
export interface PayoutSums {
  net: Readonly<Partial<Record<PayoutLineKind, number>>>
  fees: number
}

/** Set apart until somebody knows what it is. */
export type Quarantined = Pick<PayoutLine, 'lineId' | 'type' | 'net'>

export type PayoutEvent =
  | {
      type: 'payout.seen'
      status: PayoutSeen['status']
      issuedAt: string
      net: Money
      sums: PayoutSums
      lines: number
      quarantined: readonly Quarantined[]
      /** Only where the provider tells them. */
      months?: readonly PayoutMonth[]
    }
  | { type: 'payout.orderMissing'; orderRef: string; net: Money }
  | { type: 'payout.orderFound'; orderRef: string }
  | { type: 'payout.reconciled'; net: Money; fees: Money }
  | { type: 'payout.exceptionRaised'; code: PayoutTrouble; detail: string }

export type PayoutTrouble = 'payout_differs' | 'payout_line_unknown' | 'payout_failed' | 'payout_unreadable'

export interface PayoutState {
  version: number
  seen: Omit<Extract<PayoutEvent, { type: 'payout.seen' }>, 'type'> | null
  reconciled: boolean
  troubles: readonly { code: PayoutTrouble; detail: string }[]
  /** Orders it pays for that no channel ever told of. */
  missing?: readonly string[]
}

const initial: PayoutState = { version: 0, seen: null, reconciled: false, troubles: [] }

export const payout: Decider<PayoutState, PayoutCommand, PayoutEvent, Policy> = {
  initial,
  decide(state, command) {
    if (command.type === 'payout.noteOrder') return noteOrder(state, command)
    if (command.type === 'payout.noteUnreadable') return noteUnreadable(state, command.detail)
    const seen = summed(command.payout)
    const isMended = state.troubles.some(({ code }) => code === 'payout_unreadable')
    if (!isMended && JSON.stringify(seen) === JSON.stringify(state.seen)) return []
    return [{ type: 'payout.seen', ...seen }, ...judged(seen)]
  },
  evolve(before, event) {
    const state = { ...before, version: before.version + 1 }
    switch (event.type) {
      case 'payout.seen': {
        const { type: _, ...seen } = event
        // What is said of this picture follows it.
        return { ...state, seen, reconciled: false, troubles: [] }
      }
      case 'payout.reconciled':
        return { ...state, reconciled: true }
      case 'payout.orderMissing':
        return { ...state, missing: [...(state.missing ?? []), event.orderRef] }
      case 'payout.orderFound':
        return { ...state, missing: state.missing?.filter((one) => one !== event.orderRef) ?? [] }
      case 'payout.exceptionRaised':
        return { ...state, troubles: [...state.troubles, { code: event.code, detail: event.detail }] }
    }
  },
  react: () => [],
}

function noteOrder(
  { missing = [] }: PayoutState,
  { orderRef, net, known }: Extract<PayoutCommand, { type: 'payout.noteOrder' }>,
): PayoutEvent[] {
  if (missing.includes(orderRef) !== known) return []
  return known ? [{ type: 'payout.orderFound', orderRef }] : [{ type: 'payout.orderMissing', orderRef, net }]
}

function noteUnreadable({ troubles }: PayoutState, detail: string): PayoutEvent[] {
  if (troubles.some((one) => one.detail === detail)) return []
  return [{ type: 'payout.exceptionRaised', code: 'payout_unreadable', detail }]
}

function summed(payout: PayoutSeen): NonNullable<PayoutState['seen']> {
  const { status, issuedAt, net, lines } = payout
  const sums: Partial<Record<PayoutLineKind, number>> = {}
  const quarantined: Quarantined[] = []
  let fees = 0
  for (const line of lines) {
    const { lineId, kind, type } = line
    // Of another currency nobody knows what it comes to here.
    const isForeign = line.net.currency !== net.currency
    if (kind === 'unknown' || isForeign) quarantined.push({ lineId, type, net: line.net })
    if (isForeign) continue
    sums[kind] = (sums[kind] ?? 0) + line.net.amount
    fees += line.fee.amount
  }
  const months = monthsOf(payout)
  return {
    status, issuedAt, net, sums: { net: sums, fees }, lines: lines.length, quarantined, ...(months && { months }),
  } // prettier-ignore
}

function judged({ status, net, sums, quarantined }: NonNullable<PayoutState['seen']>): PayoutEvent[] {
  const events: PayoutEvent[] = []
  const raise = (code: PayoutTrouble, detail: string) => events.push({ type: 'payout.exceptionRaised', code, detail })
  const words = (amount: Money) => `${formatMoney(amount)} ${amount.currency}`
  const comesTo = Object.values(sums.net).reduce((all, amount) => all + amount, 0)
  if (status === 'failed' || status === 'canceled')
    raise('payout_failed', `${words(net)} did not reach the bank. Finance looks at the account over there.`)
  if (comesTo !== net.amount)
    raise(
      'payout_differs',
      `The bank got ${words(net)}, and its movements come to ${words(money(comesTo, net.currency))}. Nothing is booked of the difference.`,
    )
  for (const { lineId, type, net: amount } of quarantined)
    raise(
      'payout_line_unknown',
      `Movement ${lineId} of ${words(amount)} is '${type}', which is not known here: say what it is.`,
    )
  if (comesTo === net.amount && status === 'paid')
    events.push({ type: 'payout.reconciled', net, fees: money(sums.fees, net.currency) })
  return events
}
