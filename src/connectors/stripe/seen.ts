/** What Stripe's objects say, in the hub's words. Pure. */
import type { DisputeSeen, DisputeStatus, PaymentSeen, RefundSeen, RefundStatus } from '#canon/payment.ts'
import { REFUND_STATUSES } from '#canon/payment.ts'
import { fromStripe } from './amounts.ts'
import type { Charge, Dispute, Intent, Refund } from './shape.ts'
import { malformed } from './shape.ts'

/** Metadata by which a refund of ours is found again, and by which others tell us the order. */
export const REQUEST_KEY = 'crossdock_request'
export const ORDER_KEY = 'crossdock_order'

export interface OrderNames {
  /** Metadata whose value is an order's id in that channel, the first that fits. */
  orders: readonly { metadata: string; channel: string }[]
}

type Metadata = Readonly<Record<string, string>>

/** `<channel>:<externalId>`; undefined when nothing names an order. */
export function orderRefOf(metadata: Metadata, { orders }: OrderNames): string | undefined {
  const whole = metadata[ORDER_KEY]
  if (whole !== undefined && /^[a-z][a-z0-9-]*:[\w.-]{1,150}$/.test(whole)) return whole
  for (const { metadata: key, channel } of orders) {
    const value = metadata[key]
    if (value !== undefined && /^[\w.-]{1,150}$/.test(value)) return `${channel}:${value}`
  }
  return undefined
}

export function seenOfIntent(one: Intent, names: OrderNames): PaymentSeen {
  const { status, amount, amount_received: received, amount_capturable: open, currency } = one
  const isOpen = status === 'requires_capture'
  const isDone = status === 'succeeded'
  const error = status === 'requires_payment_method' ? one.last_payment_error : null
  const failure = error ? (error.decline_code ?? error.code ?? 'declined') : undefined
  const of = (sum: number) => fromStripe(sum, currency).amount
  return {
    currency: currency.toUpperCase(),
    amount: of(amount),
    authorised: isOpen ? of(received + open) : isDone ? of(Math.max(amount, received)) : 0,
    captured: of(received),
    closed: isDone || status === 'canceled',
    ...(failure === undefined ? {} : { failure: failure.slice(0, 200) }),
    ...named(one.metadata, names),
  }
}

/** @param expired the authorisation lapsed. */
export function seenOfCharge(one: Charge, names: OrderNames, expired = false): PaymentSeen {
  const { status, amount, amount_captured: captured, currency } = one
  const of = (sum: number) => fromStripe(sum, currency).amount
  const isGood = status === 'succeeded'
  const until = one.payment_method_details?.card?.capture_before
  const failure = status === 'failed' ? (one.failure_code ?? 'declined').slice(0, 200) : undefined
  return {
    currency: currency.toUpperCase(),
    amount: of(amount),
    authorised: isGood ? of(amount) : 0,
    captured: isGood ? of(captured) : 0,
    // Whether more can be captured of several captures only the intent tells.
    closed: expired || (isGood && one.captured && !one.payment_intent),
    ...(isGood && !one.captured && until ? { expiresAt: until } : {}),
    ...(failure === undefined ? {} : { failure }),
    ...named(one.metadata, names),
  }
}

function named(metadata: Metadata, names: OrderNames): { orderRef?: string } {
  const orderRef = orderRefOf(metadata, names)
  return orderRef === undefined ? {} : { orderRef }
}

export function seenOfRefund(one: Refund): RefundSeen {
  const status = REFUND_STATUSES.find((known): known is RefundStatus => known === (one.status ?? 'pending'))
  if (!status) throw malformed('A refund has a status that this release does not know.')
  const requestId = one.metadata[REQUEST_KEY]
  return {
    refundId: one.id,
    ...(requestId ? { requestId: requestId.slice(0, 200) } : {}),
    amount: fromStripe(one.amount, one.currency),
    status,
    ...(one.failure_reason ? { failure: one.failure_reason.slice(0, 200) } : {}),
  }
}

const DISPUTES: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: 'warned',
  warning_under_review: 'warned',
  warning_closed: 'closed',
  prevented: 'closed',
  needs_response: 'open',
  under_review: 'answered',
  won: 'won',
  lost: 'lost',
}

export function seenOfDispute(one: Dispute): DisputeSeen {
  const status = DISPUTES[one.status]
  if (!status) throw malformed('A dispute has a status that this release does not know.')
  const amount = fromStripe(one.amount, one.currency)
  // Moved in the currency of the balance, which may be another: then all of it counts.
  const moved = (wanted: (sum: number) => boolean): number => {
    const moves = one.balance_transactions.filter((move) => wanted(move.amount))
    if (moves.length === 0) return 0
    if (moves.some(({ currency }) => currency !== one.currency)) return amount.amount
    return fromStripe(Math.abs(moves.reduce((sum, move) => sum + move.amount, 0)), one.currency).amount
  }
  return {
    disputeId: one.id,
    amount,
    status,
    reason: one.reason.slice(0, 200),
    withdrawn: moved((sum) => sum < 0),
    returned: moved((sum) => sum > 0),
    dueBy: one.evidence_details?.due_by ?? null,
  }
}

/** The payment something belongs to: its intent, or the charge of those that have none. */
export const paymentOf = (one: {
  payment_intent?: string | null | undefined
  charge?: string | null | undefined
}): string => {
  const id = one.payment_intent ?? one.charge
  if (!id) throw malformed('It names neither a payment intent nor a charge.')
  return id
}
