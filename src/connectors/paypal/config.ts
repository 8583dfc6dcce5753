/** What one connection to a PayPal account is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { CERT_HOSTS, CERT_NAMES, REQUESTS_PER_SECOND } from './limits.ts'

const orderName = z.strictObject({
  field: z.enum(['custom_id', 'invoice_id']).describe('Field of a payment that names its order.'),
  prefix: z.string().max(60).default('').describe("What stands before the order's id in that field."),
  channel: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/)
    .describe('Name of the channel.'),
})

export const paypalConfig = z.strictObject({
  url: z
    .url()
    .default('https://api-m.paypal.com')
    .describe('Base URL of the API. Of the sandbox: https://api-m.sandbox.paypal.com.'),
  clientId: z.string().min(1).describe('Client id of the REST app.'),
  clientSecret: z.string().min(1).meta({ secret: true }).describe('Reference to the secret of the REST app.'),
  webhookId: z
    .string()
    .regex(/^[A-Z0-9]{1,50}$/)
    .optional()
    .describe(
      "Id of the webhook, which is part of what is signed. Without it the webhook with the hub's URL is looked up.",
    ),
  certificateHosts: z
    .array(z.string().min(1))
    .min(1)
    .default([...CERT_HOSTS])
    .describe('Hosts a signing certificate is fetched from, and no others.'),
  certificateNames: z
    .array(z.string().min(1))
    .min(1)
    .default([...CERT_NAMES])
    .describe('Whom a signing certificate must be made out to.'),
  certificateRoots: z
    .array(z.string().min(1).meta({ secret: true }))
    .default([])
    .describe(
      'References to root certificates (PEM) that count besides those this Node knows. For a sandbox of your own.',
    ),
  orders: z
    .array(orderName)
    .default([])
    .describe(
      'Where shops write which order is paid, besides a custom_id of `<channel>:<id>`. The first that fits counts.',
    ),
  backfillDays: z.int().min(0).max(29).default(7).describe('How many days of events are read the first time.'),
  requestsPerSecond: z.number().positive().default(REQUESTS_PER_SECOND).describe('How fast PayPal is called at most.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type PaypalConfig = z.infer<typeof paypalConfig>
/** As it is written, before defaults. */
export type PaypalConfigInput = z.input<typeof paypalConfig>
