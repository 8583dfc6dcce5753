/**
 * A payout is what its movements come to, to the cent, or a case says by how much it is not. A movement whose kind
 * nobody knows counts under its own head and is named: it is never swept into an adjustment, and the sum still holds.
 */
import { formatMoney, type Money, money } from '#canon/money.ts'
import type { PayoutLine, PayoutLineKind, PayoutSeen } from '#canon/payout.ts'
import { dayIn } from '#canon/day.ts'
import { type Context, type Decider, type Decision, refused } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { parsePayout } from '../streams.ts'
import { accountedAnew, booksTheSame, entriesOf, type PayoutBooking, type PayoutEntry } from './booking.ts'
import { monthsOf, type PayoutMonth } from './months.ts'

export type PayoutCommand =
  | { type: 'payout.observe'; payout: PayoutSeen }
  /** What the provider tells of it cannot be read: nothing of it counts. */
  | { type: 'payout.noteUnreadable'; detail: string }
  /** From an order it pays for: whether the hub has it. */
  | { type: 'payout.noteOrder'; orderRef: string; net: Money; known: boolean }
  /** By a person, after mending what kept it out of the books. */
  | { type: 'payout.retry' }
  | Done
  | Failed

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
  | { type: 'payout.bookingAsked'; journal: string; entries: readonly PayoutEntry[]; again?: true }
  /** `entries`: their names in the ERP. */
  | { type: 'payout.booked'; entries: readonly string[] }

export type PayoutTrouble =
  | 'payout_differs'
  | 'payout_line_unknown'
  | 'payout_failed'
  | 'payout_unreadable'
  | 'payout_not_booked'
  | 'payout_changed'

/** Refusals in order of precedence. */
export type PayoutRefusal = 'nothing_to_retry'

export interface PayoutState {
  version: number
  seen: Omit<Extract<PayoutEvent, { type: 'payout.seen' }>, 'type'> | null
  reconciled: boolean
  troubles: readonly { code: PayoutTrouble; detail: string }[]
  /** Orders it pays for that no channel ever told of. */
  missing?: readonly string[]
  /** Only where policy has it booked. */
  booking?: PayoutBooking
}

const initial: PayoutState = { version: 0, seen: null, reconciled: false, troubles: [] }

export const payout: Decider<PayoutState, PayoutCommand, PayoutEvent, Policy> = { initial, decide, evolve, react }

function decide(
  state: PayoutState,
  command: PayoutCommand,
  policy: Policy,
  { stream }: Context,
): Decision<PayoutEvent> {
  const rules = policy.payouts?.[parsePayout(stream).provider]
  switch (command.type) {
    case 'payout.observe': {
      const events = observe(state, command.payout)
      const after = events.reduce(evolve, state)
      return rules && after.reconciled ? [...events, ...bookingStep(state.booking, command.payout, rules)] : events
    }
    case 'payout.noteOrder':
      return noteOrder(state, command)
    case 'payout.noteUnreadable':
      return noteUnreadable(state, command.detail)
    case 'payout.retry':
      if (!rules || state.booking?.step !== 'failed') return refused('nothing_to_retry', 'Nothing of it has failed in the ERP.') // prettier-ignore
      return [bookingOf(accountedAnew(state.booking.entries, rules), rules, true)]
    case 'done':
      if (command.intent !== 'payout.book' || command.version !== state.booking?.version) return []
      return [{ type: 'payout.booked', entries: command.answer.entries }]
    case 'failed': {
      if (command.version !== state.booking?.version) return []
      const detail = `The ERP did not book it: ${command.fault.message}`
      return [{ type: 'payout.exceptionRaised', code: 'payout_not_booked', detail }]
    }
  }
}

function observe(state: PayoutState, payout: PayoutSeen): PayoutEvent[] {
  const seen = summed(payout)
  const isMended = state.troubles.some(({ code }) => code === 'payout_unreadable')
  if (!isMended && JSON.stringify(seen) === JSON.stringify(state.seen)) return []
  return [{ type: 'payout.seen', ...seen }, ...judged(seen)]
}

type Rules = NonNullable<Policy['payouts']>[string]

/** Once, as it was told first; what is told otherwise later is for a person, who can see both. */
function bookingStep(known: PayoutBooking | undefined, payout: PayoutSeen, rules: Rules): PayoutEvent[] {
  if (dayIn(payout.issuedAt, rules.timeZone) < rules.from) return []
  const entries = entriesOf(payout, rules)
  if (!known) return entries.length > 0 ? [bookingOf(entries, rules)] : []
  if (booksTheSame(known.entries, entries)) return []
  if (known.step === 'failed') return [bookingOf(entries, rules)]
  const detail =
    'It was told otherwise after it had been booked. Compare it with its entries in the ERP, and correct these.'
  return [{ type: 'payout.exceptionRaised', code: 'payout_changed', detail }]
}

const bookingOf = (entries: readonly PayoutEntry[], { journal }: Rules, again = false): PayoutEvent => ({
  type: 'payout.bookingAsked', journal, entries, ...(again && { again }),
}) // prettier-ignore

function evolve(before: PayoutState, event: PayoutEvent): PayoutState {
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
    case 'payout.exceptionRaised': {
      const { code, detail } = event
      const troubles = [...state.troubles, { code, detail }]
      return code === 'payout_not_booked' && state.booking
        ? { ...state, troubles, booking: { ...state.booking, step: 'failed' } }
        : { ...state, troubles }
    }
    case 'payout.bookingAsked': {
      const { journal, entries } = event
      const troubles = state.troubles.filter(({ code }) => code !== 'payout_not_booked')
      return { ...state, troubles, booking: { version: state.version, step: 'asked', journal, entries } }
    }
    case 'payout.booked': {
      const troubles = state.troubles.filter(({ code }) => code !== 'payout_not_booked')
      return { ...state, troubles, booking: { ...state.booking!, step: 'booked' } }
    }
  }
}

function react(event: PayoutEvent, _: PayoutState, stream: string): Intent[] {
  if (event.type !== 'payout.bookingAsked') return []
  const { journal, entries } = event
  return [{ type: 'payout.book', to: 'erp', ask: { ...parsePayout(stream), journal, entries } }]
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
