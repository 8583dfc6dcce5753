/** What PayPal's objects say, in the hub's words. Pure. */
import type { DisputeSeen, DisputeStatus, PaymentSeen, RefundSeen, RefundStatus } from '#canon/payment.ts'
import { type Amount, fromPaypal } from './amounts.ts'
import type { Authorization, Capture, Dispute, Links, Order, Refund } from './shape.ts'
import { malformed } from './shape.ts'

export interface OrderNames {
  /** Where a shop writes which order is paid, the first that fits. */
  orders: readonly { field: 'custom_id' | 'invoice_id'; prefix: string; channel: string }[]
}

interface Named {
  custom_id?: string | null | undefined
  invoice_id?: string | null | undefined
}

/** `<channel>:<externalId>`; undefined when nothing names an order. */
export function orderRefOf(one: Named, { orders }: OrderNames): string | undefined {
  if (one.custom_id && /^[a-z][a-z0-9-]*:[\w.-]{1,150}$/.test(one.custom_id)) return one.custom_id
  for (const { field, prefix, channel } of orders) {
    const value = one[field]
    const rest = value?.startsWith(prefix) ? value.slice(prefix.length) : ''
    if (/^[\w.-]{1,150}$/.test(rest)) return `${channel}:${rest}`
  }
  return undefined
}

const named = (one: Named, names: OrderNames): { orderRef?: string } => {
  const orderRef = orderRefOf(one, names)
  return orderRef === undefined ? {} : { orderRef }
}

/** Money was set aside in these, whatever became of it. */
const SET_ASIDE: ReadonlySet<string> = new Set(['CREATED', 'CAPTURED', 'PARTIALLY_CAPTURED', 'VOIDED'])
const TAKEN: ReadonlySet<string> = new Set(['COMPLETED', 'PARTIALLY_REFUNDED', 'REFUNDED'])

const takenOf = ({ amount, status }: Capture): number => (TAKEN.has(status) ? fromPaypal(amount).amount : 0)

export function seenOfAuthorization(one: Authorization, names: OrderNames): PaymentSeen {
  const { amount, currency } = fromPaypal(one.amount)
  const isOpen = one.status === 'CREATED' || one.status === 'PARTIALLY_CAPTURED'
  return {
    currency,
    amount,
    authorised: SET_ASIDE.has(one.status) ? amount : 0,
    captured: 0,
    closed: one.status === 'VOIDED' || one.status === 'CAPTURED',
    ...(isOpen && one.expiration_time ? { expiresAt: one.expiration_time } : {}),
    ...(one.status === 'DENIED' ? { failure: 'denied' } : {}),
    ...named(one, names),
  }
}

/** News of one capture knows nothing of the others. */
export function seenOfCapture(one: Capture, names: OrderNames): PaymentSeen {
  const { amount, currency } = fromPaypal(one.amount)
  const captured = takenOf(one)
  const failed = one.status === 'DECLINED' || one.status === 'FAILED'
  return {
    currency,
    amount,
    authorised: captured,
    captured,
    captures: [{ captureId: one.id, amount: captured }],
    closed: captured > 0 && one.final_capture === true,
    ...(failed ? { failure: one.status.toLowerCase() } : {}),
    ...named(one, names),
  }
}

/** A whole order: everything that was set aside and taken on it. */
export function seenOfOrder(one: Order, names: OrderNames): PaymentSeen {
  const units = one.purchase_units
  const { currency } = fromPaypal(units[0]!.amount)
  const of = (all: readonly { amount: Amount }[]) =>
    all.reduce((sum, each) => {
      const { amount, currency: other } = fromPaypal(each.amount)
      if (other !== currency) throw malformed('The units of an order are in several currencies.')
      return sum + amount
    }, 0)
  const authorizations = units.flatMap(({ payments }) => payments?.authorizations ?? [])
  const captures = capturesOf(one)
  const parts = captures.map((each) => ({ captureId: each.id, amount: takenOf(each) }))
  const captured = parts.reduce((sum, { amount }) => sum + amount, 0)
  const isDone = (status: string) => ['VOIDED', 'CAPTURED', 'DENIED'].includes(status)
  const isOver = captures.some((each) => each.final_capture === true && takenOf(each) > 0)
  const open = authorizations.find(({ status }) => !isDone(status))
  return {
    currency,
    amount: of(units),
    authorised: Math.max(captured, of(authorizations.filter(({ status }) => SET_ASIDE.has(status)))),
    captured,
    captures: parts,
    closed: isOver || one.status === 'VOIDED' || (authorizations.length > 0 && !open),
    ...(open?.expiration_time ? { expiresAt: open.expiration_time } : {}),
    ...named(units[0]!, names),
  }
}

export const capturesOf = (one: Order): Capture[] =>
  one.purchase_units.flatMap(({ payments }) => payments?.captures ?? [])
export const refundsOf = (one: Order): Refund[] => one.purchase_units.flatMap(({ payments }) => payments?.refunds ?? [])
export const authorizationsOf = (one: Order): Authorization[] =>
  one.purchase_units.flatMap(({ payments }) => payments?.authorizations ?? [])

const REFUNDS: Readonly<Record<string, RefundStatus>> = {
  PENDING: 'pending', COMPLETED: 'succeeded', FAILED: 'failed', CANCELLED: 'canceled',
} // prettier-ignore

export function seenOfRefund(one: Refund, captureId = captureOf(one.links)): RefundSeen {
  const status = REFUNDS[one.status]
  if (!status) throw malformed('A refund has a status that this release does not know.')
  const requestId = requestOf(one.custom_id)
  return {
    refundId: one.id,
    ...(requestId === undefined ? {} : { requestId }),
    amount: fromPaypal(one.amount),
    ...(captureId === undefined ? {} : { captureId }),
    status,
  }
}

/** A refund names its capture only by the link upwards. */
export const captureOf = (links: Links): string | undefined =>
  links?.find(({ rel }) => rel === 'up')?.href.match(/\/captures\/([A-Za-z0-9-]{1,60})$/)?.[1]

/** A custom_id of a refund is letters, digits and `-_.,`: what has others goes as base64url. */
export const customIdOf = (requestId: string): string =>
  /^[\w.,-]{1,100}$/.test(requestId)
    ? `crossdock.${requestId}`
    : `crossdock,${Buffer.from(requestId).toString('base64url')}`

export function requestOf(customId: string | null | undefined): string | undefined {
  if (customId?.startsWith('crossdock.')) return customId.slice(10)
  return customId?.startsWith('crossdock,') ? Buffer.from(customId.slice(10), 'base64url').toString() : undefined
}

const OUTCOMES: Readonly<Record<string, DisputeStatus>> = {
  RESOLVED_BUYER_FAVOUR: 'lost', ACCEPTED: 'lost', RESOLVED_SELLER_FAVOUR: 'won', DENIED: 'won',
  // PayPal paid the customer out of its own pocket.
  RESOLVED_WITH_PAYOUT: 'won', CANCELED_BY_BUYER: 'closed', NONE: 'closed',
} // prettier-ignore

export function seenOfDispute(one: Dispute): DisputeSeen {
  const amount = fromPaypal(one.dispute_amount)
  const status = disputeStatus(one)
  const moved = (type: string): number =>
    one.money_movements
      .filter((move) => move.affected_party === 'SELLER' && move.type === type && move.amount)
      // Moved in the currency of the balance, which may be another: then all of it counts.
      .reduce((sum, { amount: each }) => {
        const { amount: part, currency } = fromPaypal(each!)
        return sum + (currency === amount.currency ? part : amount.amount)
      }, 0)
  const refunded = status === 'lost' ? (one.dispute_outcome?.amount_refunded ?? one.dispute_amount) : null
  const taken = refunded?.currency_code === amount.currency ? fromPaypal(refunded).amount : amount.amount
  return {
    disputeId: one.dispute_id,
    amount,
    status,
    reason: (one.reason ?? 'other').toLowerCase().slice(0, 200),
    withdrawn: Math.max(moved('DEBIT'), refunded ? taken : 0),
    returned: moved('CREDIT'),
    dueBy: status === 'open' || status === 'warned' ? (one.seller_response_due_date ?? null) : null,
  }
}

function disputeStatus({ status, dispute_outcome: outcome, dispute_life_cycle_stage: stage }: Dispute): DisputeStatus {
  if (status === 'RESOLVED') return OUTCOMES[outcome?.outcome_code ?? 'NONE'] ?? 'closed'
  // A question between the two of them: no bank and no money is in it yet.
  if (stage === 'INQUIRY') return 'warned'
  return status === 'OPEN' || status === 'WAITING_FOR_SELLER_RESPONSE' ? 'open' : 'answered'
}
