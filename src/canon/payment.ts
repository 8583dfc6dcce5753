/** A payment as its provider has it, in the hub's words. Amounts are minor units of the payment's own currency. */
import { z } from 'zod'
import { currency, instant, moneySchema } from './primitives.ts'

/** From first to last; a refund that succeeded can still fail, and stays failed. */
export const REFUND_STATUSES = ['pending', 'requires_action', 'succeeded', 'canceled', 'failed'] as const
export type RefundStatus = (typeof REFUND_STATUSES)[number]

/** `warned`: the bank asks, no money has moved yet. */
export const DISPUTE_STATUSES = ['warned', 'open', 'answered', 'closed', 'won', 'lost'] as const
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number]

const amount = z.int().min(0)
const id = z.string().min(1).max(200)
const words = z.string().max(200)

/** What one piece of news says of a payment. Every amount only ever grows, so the order of the news decides nothing. */
export const paymentSeen = z.object({
  currency,
  /** What was to be paid. */
  amount,
  /** What the customer's bank has ever set aside, whatever became of it. */
  authorised: amount,
  /** What was taken of it, in all captures together, as far as this news knows. */
  captured: amount,
  /** Captures one by one, where news of one does not tell of the others. */
  captures: z.array(z.object({ captureId: id, amount })).optional(),
  /** Nothing more can be captured: everything was, or the rest was let go. */
  closed: z.boolean(),
  /** When what is authorised and not captured by then is lost. */
  expiresAt: instant.optional(),
  /** Why an attempt failed; the customer may try again. */
  failure: words.optional(),
  /** `<channel>:<externalId>`, when the provider was told. */
  orderRef: id.optional(),
})
export type PaymentSeen = z.infer<typeof paymentSeen>

/** One refund of a payment, whoever made it. */
export const refundSeen = z.object({
  refundId: id,
  /** The request of ours that made it. */
  requestId: id.optional(),
  amount: moneySchema,
  /** The capture it is taken from, where the provider gives back by capture. */
  captureId: id.optional(),
  status: z.enum(REFUND_STATUSES),
  failure: words.optional(),
})
export type RefundSeen = z.infer<typeof refundSeen>

/** The customer's bank wants the money back. */
export const disputeSeen = z.object({
  disputeId: id,
  amount: moneySchema,
  status: z.enum(DISPUTE_STATUSES),
  reason: words,
  /** What was taken from our balance, and what was given back, in all. */
  withdrawn: amount,
  returned: amount,
  /** Until when evidence is heard. */
  dueBy: instant.nullable(),
})
export type DisputeSeen = z.infer<typeof disputeSeen>
