/** The shapes of returns as lists show them, and of money that is to go back. */
import type { Awaited } from '#insight/return-view.ts'
import { z } from 'zod'
import { amount, at, channelName, cursor, externalId, flag, limit, next, object } from './contract-parts.ts'
import { REASONS } from './contract-returns.ts'

const WAITS = ['approval', 'accounting', 'answer', 'goods'] as const satisfies readonly Awaited[]

const name = z.string().regex(/^[\w.-]{1,100}$/)
const person = z.string().trim().min(1).max(100)
const minor = z.int().min(1).max(Number.MAX_SAFE_INTEGER)
const pieces = z.object({ lineId: z.string().min(1).max(200), quantity: z.int().min(1).max(1_000_000) })

export const giveRefundBody = object('GiveRefund', {
  requestId: name.describe('Names the refund for good: the same name again gives nothing more.'),
  lines: z.array(pieces).max(1_000).default([]).describe('Pieces whose money goes back; none for money alone.'),
  amount: z
    .object({ amount: minor, currency: z.string().length(3) })
    .optional()
    .describe('All that goes back, tax included, in minor units; what the lines are worth, less the fee, unless said.'),
  shipping: z.boolean().optional().describe('What was paid for shipping goes back too; by policy unless said.'),
  reason: z.enum(REASONS).default('other'),
  by: person.describe('Who asks for it.'),
})

export const decideRefundBody = object('DecideRefund', {
  approve: z.boolean(),
  by: person.describe('Who decides: somebody else than who asked.'),
})
export const refundParams = z.object({ channel: channelName, externalId, requestId: name })

export const refundPreview = object('RefundPreview', {
  refused: z.object({ code: z.string(), reason: z.string() }).nullable(),
  amount: amount.nullable(),
  fee: amount.nullable(),
  needsApproval: z.boolean(),
  steps: z.array(z.object({ system: z.string(), does: z.string() })).describe('What it would do in every system.'),
})

const lines = z.array(z.object({ lineId: z.string(), quantity: z.int(), disposition: z.string().optional() }))

const view = {
  awaits: z
    .array(z.enum(WAITS))
    .describe('Who has to do something: a second person, who keeps the books, who gives the money, the warehouse.'),
  returns: z.array(z.object({ returnId: z.string(), reason: z.string(), step: z.string(), lines })),
  arrivals: z.array(z.object({ key: z.string(), from: z.string(), pool: z.string(), step: z.string(), lines })),
  refunds: z.array(
    z.object({
      refundId: z.string(),
      at,
      from: z.enum(['channel', 'hub', 'provider', 'exchange', 'till']),
      amount,
      step: z.string(),
      credit: z.string().nullable().describe('Number of its credit note.'),
      cameBack: z.boolean(),
    }),
  ),
  givings: z
    .array(
      z.object({
        requestId: z.string(),
        at,
        reason: z.string(),
        by: z.string(),
        approvedBy: z.string().nullable(),
        stage: z.string(),
        amount,
        fee: amount,
        through: z.array(z.string()),
      }),
    )
    .describe('What the hub was asked to give back itself.'),
  exchanges: z
    .array(
      z.object({
        exchangeId: z.string(),
        at,
        by: z.string(),
        step: z.enum(['open', 'sent', 'paid', 'stopped']),
        back: amount.describe('What comes back is worth.'),
        out: amount.describe('What goes out costs.'),
        owed: amount.describe('What the customer has to pay on top.'),
        goods: z.array(z.object({ sku: z.string().nullable(), quantity: z.int() })),
      }),
    )
    .describe('Other goods instead of those that come back.'),
}

export const returnView = object('ReturnView', view)
export const returnList = object('ReturnList', {
  rows: z.array(
    z.object({
      channel: z.string(),
      externalId: z.string(),
      label: z.string(),
      status: z.string(),
      attention: z.boolean(),
      updatedAt: at,
      ...view,
    }),
  ),
  next,
})
export const returnListParams = z.object({
  status: z.enum(['open', 'settled']).optional(),
  attention: flag.optional(),
  awaits: z
    .enum(['approval', 'accounting', 'answer'])
    .optional()
    .describe('Only what waits for a second person, for the books, or for who gives the money.'),
  channel: channelName.optional(),
  cursor: cursor.optional(),
  limit,
})
