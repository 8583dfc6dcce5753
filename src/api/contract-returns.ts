/** The shapes of what people say of goods that come back. */
import type { Disposition, ReturnReason } from '#core/return/state.ts'
import { z } from 'zod'
import { object } from './contract-parts.ts'

const DISPOSITIONS = ['sellable', 'damaged', 'missing'] as const satisfies readonly Disposition[]
export const REASONS = [
  'unwanted', 'defective', 'damaged', 'wrong_item', 'not_as_described', 'too_late', 'other',
] as const satisfies readonly ReturnReason[] // prettier-ignore

const name = z.string().regex(/^[\w.-]{1,100}$/)
const pieces = {
  lineId: z.string().min(1).max(200).describe("The channel's id of the line, as the order page shows it."),
  quantity: z.int().min(1).max(1_000_000),
}

export const askReturnBody = object('AskReturn', {
  returnId: name.describe('Names the return: the number the customer is given. The same name again changes nothing.'),
  reason: z
    .string()
    .min(1)
    .max(100)
    .describe(
      `One of ${REASONS.join(', ')}; or a word of the channel that the policy knows. Others are shown to a person.`,
    ),
  lines: z.array(z.object(pieces)).min(1).max(1_000),
  exchange: z
    .object({
      goods: z
        .array(
          z.object({
            sku: z.string().min(1).max(120),
            title: z.string().min(1).max(200).optional(),
            quantity: z.int().min(1).max(1_000_000),
            unitPrice: z.int().min(0).max(1e12).describe("Minor units of the order's currency, taxed as it is."),
          }),
        )
        .min(1)
        .max(100),
      by: z.string().trim().min(1).max(100).describe('Who agreed to it.'),
    })
    .optional()
    .describe(
      'Other goods go out instead, as an order of their own. What they cost less is given back; what they cost more is asked for.',
    ),
})

export const paidExchangeBody = object('PaidExchange', {
  exchangeId: name.describe('The return it belongs to.'),
  by: z.string().trim().min(1).max(100).describe('Who says that it was paid.'),
})

export const receiveReturnBody = object('ReceiveReturn', {
  receiptId: name.describe('Names the receipt. The same name again changes nothing.'),
  returnId: name.optional().describe('The return that was asked for, if one was.'),
  pool: z
    .string()
    .min(1)
    .max(20)
    .optional()
    .describe('Code of the warehouse or store the goods are in; the one that served the order unless said.'),
  lines: z
    .array(
      z.object({
        ...pieces,
        disposition: z
          .enum(DISPOSITIONS)
          .describe(
            'sellable: back on the shelf. damaged: back, and not for sale. missing: said to come, and not there.',
          ),
      }),
    )
    .min(1)
    .max(1_000),
})
