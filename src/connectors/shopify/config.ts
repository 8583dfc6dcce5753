/** What one connection to a shop is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { API_VERSION } from './limits.ts'

const domain = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be a domain such as my-shop.myshopify.com')

const location = z.strictObject({
  locationId: z.string().regex(/^\d+$/).describe('Id of the location in Shopify, in quotes.'),
  pool: z.string().min(1).describe("Code of the ERP's warehouse it sells from."),
})

export const shopifyConfig = z.strictObject({
  shop: domain.describe(
    "The shop's own domain at Shopify: my-shop.myshopify.com. Webhooks of any other shop are refused.",
  ),
  url: z.url().optional().describe("Base URL of the API; the shop's domain unless it points to a simulator."),
  clientId: z.string().min(1).describe("The app's client id. It is no secret."),
  clientSecret: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe("Reference to the app's client secret. It signs webhooks too."),
  previousClientSecret: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe('Reference to the secret before the last rotation; both are accepted in signatures while it is set.')
    .optional(),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .default(API_VERSION)
    .describe('Version of the Admin API. Leave it alone unless told to change it.'),
  locations: z
    .array(location)
    .default([])
    .describe("Which of the shop's locations sell from which warehouse. Stock news of others is dropped."),
  backfillDays: z
    .int()
    .min(0)
    .max(60)
    .default(7)
    .describe('How many days of orders are read the first time; 0 when the orders before are not ours.'),
  redemptions: z
    .boolean()
    .default(false)
    .describe('Whether orders are read with what gift cards and store credit paid of them: one more call per order.'),
  payments: z
    .boolean()
    .default(false)
    .describe(
      "Whether payments, payouts and disputes of Shopify's own payments are read; the app needs their permissions.",
    ),
  notifyCustomers: z.boolean().default(true).describe('Whether Shopify mails the customer about each shipment.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(20_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type ShopifyConfig = z.infer<typeof shopifyConfig>
/** As it is written, before defaults. */
export type ShopifyConfigInput = z.input<typeof shopifyConfig>
