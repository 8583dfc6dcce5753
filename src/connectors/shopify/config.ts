/** What one connection to a shop is configured with. */
import { z } from 'zod'
import { API_VERSION } from './limits.ts'

const domain = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be a domain such as my-shop.myshopify.com')

export const shopifyConfig = z.object({
  /** The shop's own domain at Shopify: `my-shop.myshopify.com`. Webhooks of any other shop are refused. */
  shop: domain,
  /** Base URL of the API; the shop's domain unless it points to a simulator. */
  url: z.url().optional(),
  clientId: z.string().min(1),
  /** Reference to the app's client secret. It signs webhooks too. */
  clientSecret: z.string().min(1).meta({ secret: true }),
  /** Reference to the secret before the last rotation; both are accepted in signatures while it is set. */
  previousClientSecret: z.string().min(1).meta({ secret: true }).optional(),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}$/)
    .default(API_VERSION),
  /** Which of the shop's locations sell from which pool (the ERP's warehouse code). Others are nothing to us. */
  locations: z.array(z.object({ locationId: z.string().regex(/^\d+$/), pool: z.string().min(1) })).default([]),
  /** How many days of orders the order feed reads the first time; 0 when the orders before are not ours. */
  backfillDays: z.int().min(0).max(60).default(7),
  /** Whether Shopify mails the customer about each shipment. */
  notifyCustomers: z.boolean().default(true),
  /** Waits this long for an answer; 0 waits for ever. */
  requestTimeoutMs: z.int().min(0).default(20_000),
})

export type ShopifyConfig = z.infer<typeof shopifyConfig>
/** As it is written, before defaults. */
export type ShopifyConfigInput = z.input<typeof shopifyConfig>
