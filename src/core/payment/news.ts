/** What the provider says, held against what is known: only what is more than before is an event. */
import { money } from '#canon/money.ts'
import type { DisputeSeen, DisputeStatus, PaymentSeen, RefundSeen } from '#canon/payment.ts'
import type { PaymentEvent } from './payment.ts'
import { raise } from './raise.ts'
import { type PaymentState, refundable } from './state.ts'

export function seePayment(state: PaymentState, seen: PaymentSeen, at: string): PaymentEvent[] {
  const { currency } = seen
  if (state.currency !== null && state.currency !== currency)
    return raise(state, 'currency_differs', `The payment was in ${state.currency} and is now told of in ${currency}.`)
  const of = (amount: number) => money(amount, currency)
  const events: PaymentEvent[] = []
  if (state.currency === null) events.push({ type: 'payment.opened', amount: of(seen.amount), at })
  // What was captured was authorised, whatever news came first.
  const { captured, parts } = capturedIn(state, seen)
  const authorised = Math.max(seen.authorised, captured)
  if (authorised > state.authorised) events.push({ type: 'payment.authorised', total: of(authorised), at })
  if (captured > state.captured)
    events.push({ type: 'payment.captured', total: of(captured), at, ...(parts ? { parts } : {}) })
  if (seen.closed && !state.closed) {
    const rest = Math.max(authorised, state.authorised) - captured
    events.push({ type: 'payment.closed', released: of(rest), at })
  }
  if (seen.expiresAt !== undefined && seen.expiresAt !== state.expiresAt)
    events.push({ type: 'payment.expiryNoted', expiresAt: seen.expiresAt })
  const isOpen = state.authorised === 0 && authorised === 0 && !state.closed
  if (seen.failure !== undefined && isOpen && state.failure !== seen.failure)
    events.push({ type: 'payment.failed', code: seen.failure, at })
  return events
}

/** The most that is known: by the sum the provider tells, or by the captures it told of one by one. */
function capturedIn(
  state: PaymentState,
  { captured, captures }: PaymentSeen,
): { captured: number; parts?: Readonly<Record<string, number>> } {
  if (!captures) return { captured: Math.max(captured, state.captured) }
  const parts: Record<string, number> = { ...state.parts }
  for (const { captureId, amount } of captures) parts[captureId] = Math.max(amount, parts[captureId] ?? 0)
  const sum = Object.values(parts).reduce((all, amount) => all + amount, 0)
  return { captured: Math.max(captured, state.captured, sum), parts }
}

/** From first to last: a refund that succeeded can still fail, and stays failed. */
const RANK: Readonly<Record<string, number>> = { pending: 0, requires_action: 1, succeeded: 2, canceled: 3, failed: 4 }
const rank = (status: string): number => RANK[status] ?? -1

const STEPS: Readonly<Record<DisputeStatus, number>> = { warned: 0, open: 1, answered: 2, closed: 3, won: 4, lost: 5 }

export function seeRefund(state: PaymentState, refund: RefundSeen, at: string): PaymentEvent[] {
  const { currency } = refund.amount
  if (state.currency !== null && state.currency !== currency)
    return raise(state, 'refund_currency', `A refund in ${currency} of a payment in ${state.currency}.`)
  const known = state.refunds.find(({ refundId, requestId }) => isSame(refund, refundId, requestId))
  if (known && known.refundId !== null && rank(known.status) >= rank(refund.status)) return []
  const event: PaymentEvent = { type: 'refund.seen', refund, at }
  const failed = refund.status === 'failed' || refund.status === 'canceled'
  if (!failed) return [event, ...(known ? [] : beyond(state, refund))]
  const why = refund.failure ? ` (${refund.failure})` : ''
  const detail = `A refund of ${refund.amount.amount} ${currency} did not reach the customer${why}. The money is still ours.`
  return [event, ...raise(state, 'refund_failed', detail)]
}

/** Somebody else gave back more than there was to give, by all books together. */
function beyond(state: PaymentState, { amount }: RefundSeen): PaymentEvent[] {
  const elsewhere = state.channelRefunds === 'through_provider' ? state.channelRefunded : 0
  // The channel's own refund, seen at the provider now, is not a second one.
  const left = refundable(state) + elsewhere
  if (state.captured === 0 || amount.amount <= left) return []
  const detail = `${amount.amount} ${amount.currency} was given back where ${Math.max(0, left)} was left to give.`
  return raise(state, 'refunded_beyond', detail)
}

const isSame = (refund: RefundSeen, refundId: string | null, requestId: string | null): boolean =>
  refundId === refund.refundId || (refundId === null && requestId !== null && requestId === refund.requestId)

export function seeDispute(state: PaymentState, dispute: DisputeSeen, at: string): PaymentEvent[] {
  const known = state.disputes.find(({ disputeId }) => disputeId === dispute.disputeId)
  const merged = known ? further(known, dispute) : dispute
  return known && same(known, merged) ? [] : [{ type: 'payment.disputed', dispute: merged, at }]
}

const step = ({ status }: DisputeSeen): number => STEPS[status]

/** The one that has come further, with the most that either knows of the money. */
function further(known: DisputeSeen, news: DisputeSeen): DisputeSeen {
  return {
    ...(step(news) >= step(known) ? news : known),
    withdrawn: Math.max(known.withdrawn, news.withdrawn),
    returned: Math.max(known.returned, news.returned),
  }
}

const same = (a: DisputeSeen, b: DisputeSeen): boolean =>
  a.status === b.status && a.withdrawn === b.withdrawn && a.returned === b.returned && a.dueBy === b.dueBy
