/** What a provider paid out, and the movements it is made of, in the hub's words. */
import { z } from 'zod'
import { instant, moneySchema } from './primitives.ts'

/** `unknown`: the provider's word is newer than this release. */
export const PAYOUT_LINE_KINDS = ['charge', 'refund', 'dispute', 'fee', 'adjustment', 'transfer', 'unknown'] as const
export type PayoutLineKind = (typeof PAYOUT_LINE_KINDS)[number]

/** What an amount is for, in settlements of marketplaces. `reserve` is kept back, or comes back from an earlier one. */
export const PAYOUT_HEADS = [
  'principal', 'tax', 'shipping', 'promotion', 'commission', 'fulfilment', 'reserve', 'other',
] as const // prettier-ignore
export type PayoutHead = (typeof PAYOUT_HEADS)[number]

/** Minor units by what they are for; what is not named is nothing. */
export type PayoutHeads = Readonly<Partial<Record<PayoutHead, number>>>
export const payoutHeads = z.partialRecord(z.enum(PAYOUT_HEADS), z.int())

/** `2026-10`, by the calendar of whoever sells. */
export const month = z.string().regex(/^\d{4}-\d\d$/, 'must be a month')

export const PAYOUT_STATUSES = ['scheduled', 'paid', 'failed', 'canceled'] as const

const payoutLine = z.object({
  lineId: z.string().min(1).max(200),
  kind: z.enum(PAYOUT_LINE_KINDS),
  /** As the provider calls it. */
  type: z.string().max(100),
  /** What reached the balance, or (negative) left it: after `fee`. */
  net: moneySchema,
  fee: moneySchema,
  /** `<channel>:<externalId>` */
  orderRef: z.string().optional(),
  /** Only where the provider tells it: what it is for, and the month it belongs to. */
  head: z.enum(PAYOUT_HEADS).optional(),
  month: month.optional(),
})
export type PayoutLine = z.infer<typeof payoutLine>

export const payoutSeen = z.object({
  status: z.enum(PAYOUT_STATUSES),
  issuedAt: instant,
  /** What reached the bank; negative when it was taken from there. */
  net: moneySchema,
  /** All of them. */
  lines: z.array(payoutLine).max(50_000),
  /** The month in which it was closed: what belongs to earlier ones is carried forward into it. */
  closes: month.optional(),
})
export type PayoutSeen = z.infer<typeof payoutSeen>

/** What a payout holds of one order. */
export const orderSettled = z.object({
  provider: z.string().min(1),
  payoutId: z.string().min(1),
  net: moneySchema,
  heads: payoutHeads,
})
export type OrderSettled = z.infer<typeof orderSettled>
