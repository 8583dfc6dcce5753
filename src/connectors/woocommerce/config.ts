/** What one connection to a shop is configured with. The descriptions here are the reference page. */
import { z } from 'zod'

export const wooConfig = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .describe(
      "The shop's home URL, exactly as under Settings › General (with its path and port, when it has them). Over plain " +
        'http every request is signed for this URL.',
    ),
  consumerKey: z
    .string()
    .min(1)
    .describe('Consumer key of a REST API key with the permission Read/Write. It is no secret by itself.'),
  consumerSecret: z.string().min(1).meta({ secret: true }).describe('Reference to its consumer secret.'),
  webhookSecret: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe(
      'Reference to a secret of your own: webhooks are created with it and their signatures are held against it.',
    ),
  previousWebhookSecret: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('Reference to the secret before the last change; both are accepted while it is set.')
    .optional(),
  pool: z.string().min(1).describe("Code of the ERP's warehouse the shop sells from."),
  feeSku: z
    .string()
    .min(1)
    .optional()
    .describe(
      'SKU (a service in the ERP) under which fees are sold. Without it an order with a fee waits for a person.',
    ),
  virtualSkus: z
    .array(z.string().min(1))
    .default([])
    .describe('SKUs that are never shipped, such as downloads: an order of the shop does not say which those are.'),
  keepBackorders: z
    .boolean()
    .default(false)
    .describe(
      'Leaves the backorder setting of products alone. Unless set it is switched off with every stock write: a product ' +
        'that allows backorders is sold beyond its number.',
    ),
  backfillDays: z
    .int()
    .min(0)
    .max(365)
    .default(7)
    .describe('How many days of orders are read the first time; 0 when the orders before are not ours.'),
  notifyCustomers: z
    .boolean()
    .default(true)
    .describe('Whether the shop mails the customer the note about each parcel.'),
  notedRefunds: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Payment methods (such as bacs, cheque, cod) whose refunds by the hub are only noted in the shop, since somebody ' +
        'else sends the money. Of all others the payment gateway gives it back, and one that cannot refuses.',
    ),
  requestTimeoutMs: z
    .int()
    .min(0)
    .max(25_000)
    .default(20_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type WooConfig = z.infer<typeof wooConfig>
/** As it is written, before defaults. */
export type WooConfigInput = z.input<typeof wooConfig>
