/** The shapes of payouts: what reached the bank, what it is made of, and what does not agree. */
import { PAYOUT_STATUSES } from '#canon/payout.ts'
import { z } from 'zod'
import { amount, at, channelName, cursor, flag, limit, next, object } from './contract-parts.ts'

const payout = {
  provider: z.string().describe('The connection it came from.'),
  payoutId: z.string(),
  status: z.string(),
  attention: z.boolean().describe('Somebody has to look.'),
  reconciled: z.boolean().describe('It was paid, and is what its movements come to, to the cent.'),
  booking: z
    .enum(['asked', 'booked', 'failed'])
    .nullable()
    .describe('How far it is in the books of the ERP. Null where policy leaves it out of them.'),
  updatedAt: at,
  issuedAt: at.nullable(),
  net: amount.nullable().describe('What reached the bank. Null while nothing of it could be read.'),
  fees: amount.nullable(),
  differs: amount.nullable().describe('By so much the bank got more than its movements come to.'),
  lines: z.int().describe('Movements it is made of.'),
  kinds: z.array(z.object({ kind: z.string(), net: amount })).describe('What is left after fees, by kind.'),
  unknown: z
    .array(z.object({ lineId: z.string(), type: z.string(), net: amount }))
    .describe('Movements nobody knows here; at most 100.'),
  months: z
    .array(
      z.object({
        month: z.string(),
        net: amount,
        carriedForward: z.boolean(),
        heads: z.array(z.object({ head: z.string(), net: amount })),
      }),
    )
    .describe('Only where the provider tells them.'),
  troubles: z.array(z.object({ code: z.string(), detail: z.string() })),
  missing: z.array(z.string()).describe('Orders it pays for that no channel told of; at most 100.'),
  missingCount: z.int(),
}

export const payoutPart = object('Payout', payout)
export const payoutList = object('PayoutList', { rows: z.array(z.object(payout)), next })
export const payoutListParams = z.object({
  status: z.enum(PAYOUT_STATUSES).optional(),
  attention: flag.optional(),
  provider: channelName.optional().describe('Name of the connection.'),
  cursor: cursor.optional(),
  limit,
})
export const payoutParams = z.object({ provider: channelName, payoutId: z.string().min(1).max(200) })
