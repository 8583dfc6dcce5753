/** What a provider paid out, and the movements it is made of, in the hub's words. */
import { z } from 'zod'
import { instant, moneySchema } from './primitives.ts'

/** `unknown`: the provider's word is newer than this release. */
export const PAYOUT_LINE_KINDS = ['charge', 'refund', 'dispute', 'fee', 'adjustment', 'transfer', 'unknown'] as const
export type PayoutLineKind = (typeof PAYOUT_LINE_KINDS)[number]

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
})
export type PayoutLine = z.infer<typeof payoutLine>

export const payoutSeen = z.object({
  status: z.enum(PAYOUT_STATUSES),
  issuedAt: instant,
  /** What reached the bank; negative when it was taken from there. */
  net: moneySchema,
  /** All of them. */
  lines: z.array(payoutLine).max(50_000),
})
export type PayoutSeen = z.infer<typeof payoutSeen>
