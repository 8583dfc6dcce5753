/** What one connection to a Stripe account is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { API_VERSION, REQUESTS_PER_SECOND } from './limits.ts'

const named = z.strictObject({
  metadata: z.string().min(1).max(40).describe("Metadata of a payment whose value is the order's id in its channel."),
  channel: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .describe('Name of that channel.'),
})

export const stripeConfig = z.strictObject({
  url: z.url().default('https://api.stripe.com').describe('Base URL of the API.'),
  secretKey: z.string().min(1).meta({ secret: true }).describe('Reference to the secret or restricted key.'),
  webhookSecrets: z
    .array(z.string().min(1).meta({ secret: true }))
    .max(5)
    .default([])
    .describe('References to the signing secrets of the webhook endpoint: two while one is being replaced.'),
  orders: z
    .array(named)
    .default([])
    .describe('Where shops write which order is paid, besides crossdock_order (`<channel>:<id>`). The first counts.'),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/)
    .default(API_VERSION)
    .describe('Sent as Stripe-Version. Leave it alone unless told to change it.'),
  backfillDays: z.int().min(0).max(29).default(7).describe('How many days of events are read the first time.'),
  requestsPerSecond: z.number().positive().default(REQUESTS_PER_SECOND).describe('How fast Stripe is called at most.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type StripeConfig = z.infer<typeof stripeConfig>
/** As it is written, before defaults. */
export type StripeConfigInput = z.input<typeof stripeConfig>
