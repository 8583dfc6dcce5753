/**
 * What an order knows of its payments at their providers. It waits for them only where the policy says so; a payment
 * that came before the order is kept until the order comes.
 */
import type { Money } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import { type Note, note } from '../decider.ts'
import type { ChannelPolicy, Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { redeemedIn } from './redeemed.ts'
import type { OrderState } from './state.ts'
import type { Obstacle } from './validation.ts'
import { isPromiseCode } from './promises.ts'
import { TYPED_CARD } from './typed-card.ts'

/** A payment as it stands at its provider. */
export interface OrderPayment {
  provider: string
  paymentId: string
  /** Of the payment's own history: older news is left out. */
  version: number
  authorised: Money
  captured: Money
  refunded: Money
  closed: boolean
  disputed: boolean
  warned: boolean
  /** The provider has people look at it. */
  inReview?: true
}

export interface NotePayment {
  type: 'order.notePayment'
  payment: OrderPayment
}

export type OrderPaymentEvent = {
  type: 'order.paymentNoted'
  payment: OrderPayment
  /** Nothing was known of it before. */
  first?: true
}

export interface PaymentExceptions {
  type: 'order.exceptionRaised'
  code: string
  detail: string
}

const isSame = (one: OrderPayment, other: OrderPayment): boolean =>
  one.provider === other.provider && one.paymentId === other.paymentId

export function notePayment(
  state: OrderState,
  { payment }: NotePayment,
  policy: Policy,
): (OrderPaymentEvent | PaymentExceptions)[] {
  const known = state.payments?.find((one) => isSame(one, payment))
  if (known && known.version >= payment.version) return []
  const events: (OrderPaymentEvent | PaymentExceptions)[] = [
    { type: 'order.paymentNoted', payment, ...(known ? {} : { first: true }) },
  ]
  // With a policy of holds it is held for it, until it is on its way.
  if (payment.warned && !known?.warned && (!policy.holds || isReleased(state)))
    events.push({
      type: 'order.exceptionRaised',
      code: 'fraud_warned',
      detail: `${payment.provider} expects fraud on payment ${payment.paymentId}. Decide before the goods leave.`,
    })
  if (payment.inReview && !known?.inReview && isReleased(state))
    events.push({
      type: 'order.exceptionRaised',
      code: 'fraud_review',
      detail: `${payment.provider} reviews payment ${payment.paymentId}, and the order has gone on. Stop the goods if you can.`,
    })
  if (payment.disputed && !known?.disputed && isReleased(state))
    events.push({ type: 'order.exceptionRaised', ...disputed(payment) })
  return events
}

const isReleased = ({ stage }: OrderState): boolean => stage !== 'absent' && stage !== 'placed'

export function evolvePayment(state: OrderState, { payment }: OrderPaymentEvent): OrderState {
  const before = state.payments?.find((one) => isSame(one, payment))
  const others = (state.payments ?? []).filter((one) => !isSame(one, payment))
  const payments = [...others, payment]
  const over: string[] = []
  if (!payments.some((one) => one.disputed)) over.push('payment_disputed', 'evidence_due')
  if (payments.every((one) => one.closed || one.captured.amount >= one.authorised.amount))
    over.push('authorisation_ends')
  if (payment.captured.amount > (before?.captured.amount ?? 0)) over.push('capture_failed')
  return { ...state, payments, exceptions: state.exceptions.filter(({ code }) => !over.includes(code)) }
}

/** What is raised over money or card numbers stays when the order goes on. */
export const keptOnRelease = (exceptions: readonly Obstacle[]): Obstacle[] =>
  exceptions.filter(({ code }) => code === 'fraud_warned' || code === TYPED_CARD || isPromiseCode(code))

const disputed = ({ provider, paymentId }: OrderPayment): Obstacle => ({
  code: 'payment_disputed',
  detail: `The customer's bank disputes payment ${paymentId} at ${provider}. Send evidence there in time.`,
})

/** What providers suspect of its payments. A warning holds only under a policy of holds; it is shown in any case. */
export function fraudObstacles(payments: readonly OrderPayment[], policy: Policy): Obstacle[] {
  const found: Obstacle[] = []
  for (const { provider, paymentId, warned, inReview } of payments) {
    if (warned && policy.holds)
      found.push({ code: 'fraud_expected', detail: `${provider} expects fraud on payment ${paymentId}.` })
    if (inReview) found.push({ code: 'fraud_review', detail: `${provider} reviews payment ${paymentId}.` })
  }
  return found
}

/** Cash on delivery, or invoice. What was paid and taken back is no such order. */
export const goesUnpaid = (order: Order, rules: Pick<ChannelPolicy, 'unpaid'>): boolean =>
  ['pending', 'partly_paid'].includes(order.paymentStatus) && isOnAccount(order, rules)

/** Whoever brings it, or the customer by the invoice, pays the retailer: no channel or provider has the money. */
export function isOnAccount({ tags, terms }: Order, { unpaid }: Pick<ChannelPolicy, 'unpaid'>): boolean {
  if (!unpaid) return false
  const term = terms?.paymentTerm
  return tags.some((one) => unpaid.tags.includes(one)) || (term !== undefined && unpaid.paymentTerms.includes(term))
}

/** What of its payments keeps the order from the ERP. Nothing, where no provider is set for the channel. */
export function paymentObstacles(order: Order, payments: readonly OrderPayment[], policy: Policy): Obstacle[] {
  const found: Obstacle[] = payments.filter((one) => one.disputed).slice(0, 1).map(disputed) // prettier-ignore
  const awaited = Object.entries(policy.payments ?? {}).filter(
    ([, { channels, waitFor }]) => waitFor !== 'nothing' && channels.includes(order.channel),
  )
  const rules = policy.channels[order.channel]
  const isOwed = order.total.amount > 0 && !(rules && goesUnpaid(order, rules))
  if (awaited.length === 0 || !isOwed) return found
  const isAwaited = ({ provider }: OrderPayment) => awaited.some(([name]) => name === provider)
  const foreign = payments.find((one) => isAwaited(one) && wanted(order, one.authorised.currency) === null)
  if (foreign) {
    const detail = `Payment ${foreign.paymentId} is in ${foreign.authorised.currency}, the order in ${order.currency}.`
    return [...found, { code: 'payment_currency', detail }]
  }
  const currency = payments.find(isAwaited)?.authorised.currency ?? order.currency
  // Of a split tender others have a part, and gift cards too: nobody has to wait for that.
  const theirs = payments.filter(({ authorised }) => authorised.currency === currency)
  const paid = theirs.reduce((sum, one) => sum + securedOf(one, awaited), 0)
  const due = (wanted(order, currency) ?? order.total.amount) - redeemedIn(order, currency)
  if (paid >= due) return found
  const isShort = theirs.length > 0 && paid > 0 && theirs.every((one) => one.closed)
  const [name] = awaited[0]!
  const code = isShort ? 'payment_short' : 'payment_awaited'
  const detail = isShort
    ? `${paid} of ${due} ${currency} was paid, and no more can be captured.`
    : `${name} has ${paid} of ${due} ${currency} so far.`
  return [...found, { code, detail }]
}

function securedOf({ provider, captured, authorised, closed }: OrderPayment, awaited: readonly Awaited[]): number {
  const waitFor = awaited.find(([name]) => name === provider)?.[1].waitFor
  return waitFor === 'captured' || closed ? captured.amount : authorised.amount
}

type Awaited = [string, NonNullable<Policy['payments']>[string]]

/** The order's total in that currency; null when it has none in it. */
export function wanted({ total, presentmentTotal }: Order, currency: string): number | null {
  return [total, presentmentTotal].find((one) => one.currency === currency)?.amount ?? null
}

/** Its payments are told that it is here, and what the channel gave back. */
export function paymentNotes({ order, payments = [] }: OrderState): Note[] {
  if (!order) return []
  const orderRef = `${order.channel}:${order.externalId}`
  return payments.map(({ provider, paymentId }) =>
    note(streams.payment(provider, paymentId), { type: 'payment.noteOrder', orderRef, refunded: order.refunded }),
  )
}
