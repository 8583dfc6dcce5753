/**
 * Shopify's own payments in the hub's words: what an order's transactions say of the money, disputes, and payouts with
 * the movements they are made of. One payment per order: disputes name the order and no transaction.
 */
import { money, type Money, parseMoney } from '#canon/money.ts'
import type { DisputeStatus } from '#canon/payment.ts'
import type { PayoutLine, PayoutLineKind, PayoutSeen } from '#canon/payout.ts'
import type { PaymentCommand } from '#core/payment/payment.ts'
import type { PayoutCommand } from '#core/payout/payout.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import type { Message } from '../kit/connector.ts'
import { numberOf } from './ids.ts'
import { instantOf, type OrderDraft, type TransactionDraft } from './order-draft.ts'
import { malformed, maybeText, shaped } from './shape.ts'

const GATEWAY = 'shopify_payments'

const REFUNDS = { SUCCESS: 'succeeded', FAILURE: 'failed', ERROR: 'failed' } as const

export function paymentMessages(draft: OrderDraft, channel: string): Message[] {
  const own = (draft.transactions ?? []).filter(({ gateway }) => gateway === GATEWAY)
  if (own.length === 0) return []
  const { currency } = draft
  const good = own.filter(({ status }) => status === 'SUCCESS')
  const of = (...kinds: string[]) => good.filter(({ kind }) => kinds.includes(kind))
  const amount = (one: TransactionDraft): Money => moneyIn({ amount: one.amount, currencyCode: currency })
  const sum = (all: readonly TransactionDraft[]) => all.reduce((total, one) => total + amount(one).amount, 0)
  const taken = of('SALE', 'CAPTURE')
  const authorised = Math.max(sum(of('SALE', 'AUTHORIZATION')), sum(taken))
  const at = (one: TransactionDraft) => instantOf(one.at ?? '', 'processedAt of a payment')
  const failed = good.length === 0 && own.some(({ status }) => status === 'FAILURE' || status === 'ERROR')
  const seen = {
    currency,
    amount: authorised || amount(own[0]!).amount,
    authorised,
    captured: sum(taken),
    captures: taken.map((one) => ({ captureId: one.id, amount: amount(one).amount })),
    closed: authorised > 0 && (of('VOID').length > 0 || sum(taken) >= authorised),
    ...(failed ? { failure: 'declined' } : {}),
    orderRef: `${channel}:${draft.id}`,
  }
  const stream = streams.payment(channel, draft.id)
  const tell = (command: PaymentCommand): Message => ({ stream, command })
  const back = own.filter(({ kind }) => kind === 'REFUND')
  return [
    tell({ type: 'payment.observe', seen, at: own.map(at).reduce((last, one) => (one > last ? one : last)) }),
    ...back.map((one) => {
      const status = REFUNDS[one.status as keyof typeof REFUNDS] ?? 'pending'
      return tell({ type: 'payment.observeRefund', refund: { refundId: one.id, amount: amount(one), status }, at: at(one) }) // prettier-ignore
    }),
  ]
}

const price = z.object({ amount: z.string(), currencyCode: z.string() })

function moneyIn({ amount, currencyCode }: z.infer<typeof price>): Money {
  const parsed = parseMoney(amount, currencyCode)
  if (parsed) return parsed
  throw malformed('An amount of Shopify Payments is none.')
}

const disputeNode = z.object({
  legacyResourceId: z.string(),
  type: z.string(),
  status: z.string(),
  initiatedAt: z.string(),
  finalizedOn: maybeText,
  evidenceDueBy: maybeText,
  amount: price,
  reasonDetails: z.object({ reason: z.string() }),
  order: z.object({ legacyResourceId: z.string() }).nullish(),
})

/** Of a chargeback; while a bank only asks, no money has moved. */
const DISPUTES: Readonly<Record<string, DisputeStatus>> = {
  NEEDS_RESPONSE: 'open',
  UNDER_REVIEW: 'answered',
  ACCEPTED: 'lost',
  LOST: 'lost',
  WON: 'won',
  CHARGE_REFUNDED: 'closed',
  PREVENTED: 'closed',
}

export function disputeMessages(body: unknown, channel: string, receivedAt: string): Message[] {
  const one = shaped(disputeNode, body, 'poll/dispute')
  const told = DISPUTES[one.status]
  if (!told) throw malformed('A dispute has a status that this release does not know.')
  const isInquiry = one.type === 'INQUIRY'
  const status = isInquiry && (told === 'open' || told === 'answered') ? 'warned' : told
  const amount = moneyIn(one.amount)
  const withdrawn = isInquiry || told === 'closed' ? 0 : amount.amount
  const command: PaymentCommand = {
    type: 'payment.observeDispute',
    dispute: {
      disputeId: one.legacyResourceId,
      amount,
      status,
      reason: one.reasonDetails.reason.toLowerCase(),
      withdrawn,
      returned: told === 'won' ? withdrawn : 0,
      dueBy: one.evidenceDueBy ? instantOf(one.evidenceDueBy, 'evidenceDueBy') : null,
    },
    at: receivedAt,
  }
  // An order may have left the shop's memory: its dispute is still somebody's business.
  return [
    { stream: streams.payment(channel, one.order?.legacyResourceId ?? `dispute-${one.legacyResourceId}`), command },
  ]
}

const payoutNode = z.object({
  legacyResourceId: z.string(),
  issuedAt: z.string(),
  status: z.string(),
  transactionType: z.string(),
  net: price,
  transactions: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      net: price,
      fee: price,
      associatedOrder: z.object({ id: z.string() }).nullish(),
    }),
  ),
})

const STATUSES: Readonly<Record<string, PayoutSeen['status']>> = {
  SCHEDULED: 'scheduled', IN_TRANSIT: 'scheduled', PAID: 'paid', FAILED: 'failed', CANCELED: 'canceled',
} // prettier-ignore

const KINDS: Readonly<Record<string, PayoutLineKind>> = {
  CHARGE: 'charge', CHARGE_ADJUSTMENT: 'charge',
  REFUND: 'refund', REFUND_ADJUSTMENT: 'refund', REFUND_FAILURE: 'refund',
  DISPUTE_WITHDRAWAL: 'dispute', DISPUTE_REVERSAL: 'dispute', CHARGEBACK_HOLD: 'dispute', CHARGEBACK_HOLD_RELEASE: 'dispute',
  CHARGEBACK_FEE: 'fee', CHARGEBACK_FEE_REFUND: 'fee', APPLICATION_FEE_REFUND: 'fee', STRIPE_FEE: 'fee', SHIPPING_LABEL: 'fee',
  ADJUSTMENT: 'adjustment', RESERVED_FUNDS: 'adjustment', RESERVED_FUNDS_REVERSAL: 'adjustment', RESERVED_FUNDS_WITHDRAWAL: 'adjustment',
  TRANSFER: 'transfer', TRANSFER_CANCEL: 'transfer', TRANSFER_FAILURE: 'transfer', TRANSFER_REFUND: 'transfer',
} // prettier-ignore

export function payoutMessages(body: unknown, channel: string): Message[] {
  const one = shaped(payoutNode, body, 'poll/payout')
  const status = STATUSES[one.status]
  if (!status) throw malformed('A payout has a status that this release does not know.')
  const net = moneyIn(one.net)
  const isTaken = one.transactionType === 'WITHDRAWAL'
  const lines = one.transactions.map((each): PayoutLine => ({
    lineId: numberOf(each.id),
    kind: Object.hasOwn(KINDS, each.type) ? KINDS[each.type]! : 'unknown',
    type: each.type,
    net: moneyIn(each.net),
    fee: moneyIn(each.fee),
    ...(each.associatedOrder ? { orderRef: `${channel}:${numberOf(each.associatedOrder.id)}` } : {}),
  }))
  const payout: PayoutSeen = {
    status,
    issuedAt: instantOf(one.issuedAt, 'issuedAt of a payout'),
    net: isTaken ? money(-Math.abs(net.amount), net.currency) : net,
    lines,
  }
  const command: PayoutCommand = { type: 'payout.observe', payout }
  return [{ stream: streams.payout(channel, one.legacyResourceId), command }]
}
