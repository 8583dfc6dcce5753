/**
 * A payment at its provider: authorised, captured, refunded, disputed. News of it comes in any order, twice or never;
 * since each says how much in all, the largest counts and the order decides nothing. What is asked of the provider
 * never gives back more than was captured, whoever else gave something back.
 */
import { type Money, money } from '#canon/money.ts'
import type { DisputeSeen, PaymentSeen, RefundSeen } from '#canon/payment.ts'
import { type Context, type Decider, type Decision, refused } from '../decider.ts'
import type { Done, Failed } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { parseOrderRef } from '../streams.ts'
import { chargebacks, clockStep, lookAtClock } from './clocks.ts'
import { finish, giveUp } from './ends.ts'
import { evolve } from './evolve.ts'
import { seeDispute, seePayment, seeRefund } from './news.ts'
import { raise } from './raise.ts'
import { react } from './react.ts'
import { capturable, initial, type PaymentState, refundable, refundParts } from './state.ts'

export type PaymentCommand =
  | { type: 'payment.observe'; seen: PaymentSeen; at: string }
  | { type: 'payment.observeRefund'; refund: RefundSeen; at: string }
  | { type: 'payment.observeDispute'; dispute: DisputeSeen; at: string }
  | { type: 'payment.observeWarning'; warningId: string; kind: string; at: string }
  | { type: 'payment.observeReview'; reviewId: string; open: boolean; fraud: boolean; at: string }
  /** From the order: it is here, and so much was given back on it in the channel. */
  | { type: 'payment.noteOrder'; orderRef: string; refunded: Money }
  /** From the connector: something a person has to see. */
  | { type: 'payment.noteException'; code: string; detail: string }
  /** `requestId` names the request for good: asking twice does it once. */
  | { type: 'payment.capture'; requestId: string; amount: Money; final: boolean }
  /** `ofReturn`: asked by a return, which hears of a refusal as of any other end. */
  | { type: 'payment.refund'; requestId: string; amount: Money; reason: string; ofReturn?: true }
  | { type: 'payment.void'; reason: string }
  /** By a person: ask again for what was given up. */
  | { type: 'payment.retry' }
  /** Its own alarms. */
  | { type: 'payment.lookForOrder' }
  | { type: 'payment.lookAtClock' }
  | Done
  | Failed

export type PaymentEvent =
  | { type: 'payment.opened'; amount: Money; at: string }
  | { type: 'payment.authorised'; total: Money; at: string }
  | { type: 'payment.captured'; total: Money; at: string; parts?: Readonly<Record<string, number>> }
  /** Nothing more can be captured. */
  | { type: 'payment.closed'; released: Money; at: string }
  | { type: 'payment.failed'; code: string; at: string }
  | { type: 'payment.expiryNoted'; expiresAt: string }
  /** `at` null: called off. */
  | { type: 'payment.clocksSet'; set: readonly { name: string; at: string | null }[] }
  | { type: 'payment.orderNamed'; orderRef: string; lookAt: string; channelRefunds: PaymentState['channelRefunds'] }
  | { type: 'payment.orderFound'; orderRef: string; channelRefunds: PaymentState['channelRefunds']; at?: string }
  | { type: 'payment.channelRefunded'; total: Money }
  | { type: 'payment.captureAsked'; requestId: string; amount: Money; cumulative: Money; final: boolean }
  | { type: 'payment.captureEnded'; requestId: string; status: 'done' | 'unknown' | 'refused' }
  | { type: 'payment.voidAsked'; reason: string }
  | { type: 'payment.voidEnded'; status: 'done' | 'unknown' | 'refused' }
  | { type: 'refund.asked'; requestId: string; amount: Money; reason: string; captureId?: string }
  /** At the provider, in this state. The first event of a refund made elsewhere. */
  | { type: 'refund.seen'; refund: RefundSeen; at: string }
  /** `unknown`: given up, and nobody knows whether it was done. */
  | { type: 'refund.ended'; requestId: string; status: 'unknown' | 'refused'; detail: string }
  | { type: 'payment.disputed'; dispute: DisputeSeen; at: string }
  | { type: 'payment.warned'; warningId: string; kind: string; at: string }
  /** People at the provider look at it, or have done so. */
  | { type: 'payment.reviewed'; reviewId: string; open: boolean; fraud: boolean; at: string }
  | { type: 'payment.exceptionRaised'; code: string; detail: string }

/** Refusals in order of precedence. */
export type PaymentRefusal =
  | 'payment_unknown'
  | 'currency_differs'
  | 'amount_not_positive'
  | 'request_differs'
  | 'beyond_authorised'
  | 'beyond_captured'
  | 'nothing_to_void'
  | 'nothing_to_retry'
const refuse = (code: PaymentRefusal, reason: string) => refused(code, reason)

const ORPHAN_MINUTES = 24 * 60

function decide(
  state: PaymentState,
  command: PaymentCommand,
  policy: Policy,
  context: Context,
): Decision<PaymentEvent> {
  const first = respond(state, command, policy, context)
  if ('refused' in first) return first
  const after = first.reduce(evolve, state)
  return [...first, ...chargebacks(after), ...clockStep(after, policy, context.stream)]
}

function respond(
  state: PaymentState,
  command: PaymentCommand,
  policy: Policy,
  context: Context,
): Decision<PaymentEvent> {
  switch (command.type) {
    case 'payment.observe': {
      const events = seePayment(state, command.seen, command.at)
      return [...events, ...named(state, command.seen.orderRef, policy, context)]
    }
    case 'payment.observeRefund':
      return seeRefund(state, command.refund, command.at)
    case 'payment.observeDispute':
      return seeDispute(state, command.dispute, command.at)
    case 'payment.observeWarning': {
      const { warningId, kind, at } = command
      return state.warnings.includes(warningId) ? [] : [{ type: 'payment.warned', warningId, kind, at }]
    }
    case 'payment.observeReview': {
      const { type: _, ...review } = command
      const known = state.reviews?.find(({ reviewId }) => reviewId === review.reviewId)
      // It is opened once: news of that may come after news of its end.
      return known && (!known.open || review.open) ? [] : [{ type: 'payment.reviewed', ...review }]
    }
    case 'payment.noteOrder':
      return noteOrder(state, command, policy, context)
    case 'payment.noteException':
      return raise(state, command.code, command.detail)
    case 'payment.lookAtClock':
      return lookAtClock(state, context.at)
    case 'payment.lookForOrder': {
      const detail = `Money came for order ${state.orderRef}, and the channel has told of no such order.`
      return state.orderKnown || state.orderRef === null ? [] : raise(state, 'order_missing', detail)
    }
    case 'done':
      return finish(state, command, context.at)
    case 'failed':
      return giveUp(state, command)
    default: {
      const asked = ask(state, command)
      if (!('refused' in asked) || command.type !== 'payment.refund' || !command.ofReturn) return asked
      return [{ type: 'refund.ended', requestId: command.requestId, status: 'refused', detail: asked.reason }]
    }
  }
}

type Request = Extract<
  PaymentCommand,
  { type: 'payment.capture' | 'payment.refund' | 'payment.void' | 'payment.retry' }
>

function ask(state: PaymentState, command: Request): Decision<PaymentEvent> {
  const { currency } = state
  if (currency === null) return refuse('payment_unknown', 'The provider has told of no such payment yet.')
  if (command.type === 'payment.void') return release(state, command.reason)
  if (command.type === 'payment.retry') return retry(state)
  const { amount, requestId } = command
  if (amount.currency !== currency)
    return refuse('currency_differs', `The payment is in ${currency}, the request in ${amount.currency}.`)
  if (!(amount.amount > 0)) return refuse('amount_not_positive', 'An amount must be more than nothing.')
  const known = [...state.captures, ...state.refunds].filter((one) => isOf(one.requestId, requestId))
  if (known.length > 0 && known.reduce((sum, one) => sum + one.amount, 0) !== amount.amount)
    return refuse('request_differs', `Request ${requestId} was made before with another amount.`)
  if (known.length > 0) return []
  return command.type === 'payment.capture' ? capture(state, command) : giveBack(state, command)
}

function capture(
  state: PaymentState,
  { requestId, amount, final }: Extract<Request, { type: 'payment.capture' }>,
): Decision<PaymentEvent> {
  const left = state.voiding ? 0 : capturable(state)
  if (amount.amount > left)
    return refuse('beyond_authorised', `${left} of the authorised ${state.authorised} can be captured.`)
  const cumulative = money(state.authorised - left + amount.amount, amount.currency)
  return [{ type: 'payment.captureAsked', requestId, amount, cumulative, final }]
}

function giveBack(
  state: PaymentState,
  { requestId, amount, reason }: Extract<Request, { type: 'payment.refund' }>,
): Decision<PaymentEvent> {
  const left = refundable(state)
  if (amount.amount > left)
    return refuse('beyond_captured', `${Math.max(0, left)} of the captured ${state.captured} can be given back.`)
  return refundParts(state, amount.amount).map(({ captureId, share }, at) => ({
    type: 'refund.asked',
    requestId: at === 0 ? requestId : `${requestId}/${at + 1}`,
    amount: money(share, amount.currency),
    reason,
    ...(captureId === undefined ? {} : { captureId }),
  }))
}

/** A request that takes from several captures is one refund each, named after it. */
const isOf = (name: string | null, requestId: string): boolean =>
  name === requestId || name?.startsWith(`${requestId}/`) === true

function release(state: PaymentState, reason: string): Decision<PaymentEvent> {
  if (state.voiding?.status === 'asked' || (state.closed && state.captured === 0)) return []
  const isFree = state.authorised > 0 && capturable(state) === state.authorised
  if (!isFree) return refuse('nothing_to_void', 'Nothing is authorised, or something was captured: refund it instead.')
  return [{ type: 'payment.voidAsked', reason }]
}

function retry(state: PaymentState): Decision<PaymentEvent> {
  const { currency } = state
  if (currency === null) return []
  const events: PaymentEvent[] = []
  for (const { requestId, amount, cumulative, final, status } of state.captures) {
    if (status !== 'unknown') continue
    const sums = { amount: money(amount, currency), cumulative: money(cumulative, currency) }
    events.push({ type: 'payment.captureAsked', requestId, ...sums, final })
  }
  const of = (captureId: string | undefined) => (captureId === undefined ? {} : { captureId })
  // Others may have given so much meanwhile that it would be too much, were it not done.
  for (const { requestId, amount, status, reason, captureId } of refundable(state) < 0 ? [] : state.refunds)
    if (status === 'unknown' && requestId !== null)
      events.push({ type: 'refund.asked', requestId, amount: money(amount, currency), reason, ...of(captureId) })
  if (state.voiding?.status === 'unknown') events.push({ type: 'payment.voidAsked', reason: state.voiding.reason })
  return events.length > 0 ? events : refuse('nothing_to_retry', 'Nothing of this payment was given up.')
}

/** The provider was told which order it pays. The first name counts. */
function named(
  state: PaymentState,
  orderRef: string | undefined,
  policy: Policy,
  { stream, at }: Context,
): PaymentEvent[] {
  if (orderRef === undefined || state.orderRef === orderRef) return []
  const channel = parseOrderRef(orderRef)?.channel
  if (channel === undefined || !Object.hasOwn(policy.channels, channel))
    return raise(state, 'order_unclear', `The provider names order ${orderRef}, and there is no such channel.`)
  if (state.orderRef !== null)
    return raise(state, 'order_differs', `The payment is for order ${state.orderRef}; now it names ${orderRef}.`)
  const { orphanAfterMinutes = ORPHAN_MINUTES, channelRefunds = 'through_provider' } = rulesOf(policy, stream)
  const lookAt = new Date(Date.parse(at) + orphanAfterMinutes * 60_000).toISOString()
  return [{ type: 'payment.orderNamed', orderRef, lookAt, channelRefunds }]
}

function noteOrder(
  state: PaymentState,
  { orderRef, refunded: back }: Extract<PaymentCommand, { type: 'payment.noteOrder' }>,
  policy: Policy,
  { stream, at }: Context,
): PaymentEvent[] {
  if (state.orderRef !== null && state.orderRef !== orderRef)
    return raise(state, 'order_differs', `The payment is for order ${state.orderRef}; order ${orderRef} names it too.`)
  const events: PaymentEvent[] = []
  const { channelRefunds = 'through_provider' } = rulesOf(policy, stream)
  if (!state.orderKnown) events.push({ type: 'payment.orderFound', orderRef, channelRefunds, at })
  const counts = state.currency === null || back.currency === state.currency
  if (counts && back.amount > state.channelRefunded) events.push({ type: 'payment.channelRefunded', total: back })
  if (!counts && back.amount > 0) {
    const detail = `The channel gave back ${back.amount} ${back.currency} on a payment in ${state.currency}.`
    events.push(...raise(state, 'refund_currency', detail))
  }
  return events
}

const rulesOf = ({ payments }: Policy, stream: string): Partial<NonNullable<Policy['payments']>[string]> =>
  payments?.[stream.split('/')[1] ?? ''] ?? {}

export const payment: Decider<PaymentState, PaymentCommand, PaymentEvent, Policy> = { initial, decide, evolve, react }
