/** The shapes of what people do with an order: looked at first, then done as it was shown. */
import { z } from 'zod'
import { openHoldBody, releaseHoldBody } from './contract-holds.ts'
import { holdKind } from './contract-hold-part.ts'
import { object } from './contract-parts.ts'
import { giveRefundBody } from './contract-refunds.ts'
import { askReturnBody } from './contract-returns.ts'
import { cancelBody } from './contract.ts'

const skus = z.array(z.string().min(1).max(100)).min(1).max(1_000)
const rerouteBody = {
  to: z.string().min(1).max(100).describe('Code of the warehouse it is to leave from.'),
  skus: skus.optional().describe('Only these; without it all that has not left.'),
  by: z.string().trim().min(1).max(100),
  note: z.string().max(500).default(''),
}

export const orderAction = z.discriminatedUnion('do', [
  z.object({ do: z.literal('cancel'), ...cancelBody.shape }),
  z.object({ do: z.literal('hold'), ...openHoldBody.shape }),
  z.object({ do: z.literal('release'), kind: holdKind, ...releaseHoldBody.shape }),
  z.object({ do: z.literal('retry') }),
  z.object({ do: z.literal('resend') }),
  z.object({ do: z.literal('reroute'), ...rerouteBody }),
  z.object({
    do: z.literal('split'),
    ...rerouteBody,
    skus: skus.describe('They leave from there, the rest from where it is.'),
  }),
  z.object({
    do: z.literal('merge'),
    with: z
      .array(
        z
          .string()
          .regex(/^[^:/]+:.+$/, 'must be <channel>:<id of the order>')
          .max(200),
      )
      .min(1)
      .max(20)
      .describe('They leave in one parcel with this order, under its label.'),
    by: rerouteBody.by,
    note: rerouteBody.note,
  }),
  z.object({ do: z.literal('unmerge'), by: rerouteBody.by, note: rerouteBody.note }),
  z.object({ do: z.literal('return'), ...askReturnBody.shape }),
  z.object({
    do: z.literal('refund'),
    whole: z.boolean().default(false).describe('All that can still go back, whatever lines and amount say.'),
    ...giveRefundBody.shape,
  }),
])
export type OrderAction = z.infer<typeof orderAction>

export const lookAtActionBody = object('LookAtOrderAction', { action: orderAction })
export const doActionBody = object('DoOrderAction', {
  action: orderAction,
  token: z
    .string()
    .regex(/^[0-9a-z]{1,12}-[0-9a-z]{1,32}-[0-9a-f]{16}$/)
    .describe('Of the preview that was looked at; it holds for a quarter of an hour.'),
})

export const actionPreview = object('OrderActionPreview', {
  refused: z.object({ code: z.string(), reason: z.string(), cure: z.string() }).nullable(),
  steps: z.array(
    z.object({
      system: z.string().describe('The connection, or `hub`.'),
      does: z.string(),
      lasts: z.string().nullable().describe('How a person takes it back, where the hub cannot.'),
    }),
  ),
  after: z.string().describe('What comes later: answers of other systems are not known yet.'),
  token: z.string().describe('Repeat it to have exactly this done.'),
})
