/** What one connection to a seller in one store is configured with. The descriptions here are the reference page. */
import { isTimeZone } from '#canon/day.ts'
import { z } from 'zod'
import { MARKETPLACES } from './marketplaces.ts'

const secret = (what: string) => z.string().min(1).meta({ secret: true }).describe(`Reference to ${what}.`)

const location = z.strictObject({
  locationId: z
    .string()
    .min(1)
    .describe(
      'Code of the fulfilment channel: DEFAULT for your own stock, AMAZON_NA, AMAZON_EU, … for stock at Amazon.',
    ),
  pool: z.string().min(1).describe("Code of the ERP's warehouse it stands for."),
})

const queue = z.strictObject({
  url: z.url().describe('URL of the SQS queue that Amazon puts its notifications into.'),
  arn: z
    .string()
    .regex(/^arn:aws[\w-]*:sqs:[a-z0-9-]+:\d+:[\w-]+$/, 'must be the ARN of an SQS queue')
    .describe('ARN of the same queue; subscriptions name it.'),
  accessKeyId: secret('the id of an AWS access key that may read and delete messages of the queue'),
  secretAccessKey: secret('the secret of that access key'),
})

const settlements = z.strictObject({
  from: z.iso.date().describe('Reports that Amazon makes on this day or later are read; it keeps them for 90 days.'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is no time zone such as America/Los_Angeles')
    .optional()
    .describe("Whose calendar says which month an amount belongs to; the marketplace's own unless said."),
})

export const amazonConfig = z.strictObject({
  sellerId: z.string().regex(/^[A-Z0-9]+$/).describe("The seller's own id (merchant token)."), // prettier-ignore
  marketplaceId: z
    .string()
    .refine((id) => Object.hasOwn(MARKETPLACES, id), 'is no marketplace this release knows')
    .describe('The store: ATVPDKIKX0DER is amazon.com. One connection per store.'),
  clientId: z.string().min(1).describe("The app's client id at Login with Amazon. It is no secret."),
  clientSecret: secret("the app's client secret; it must be rotated every 180 days, and is read anew at every use"),
  refreshToken: secret('the refresh token of the seller’s authorisation'),
  url: z.url().optional().describe("Base URL of the API; the region's own unless it points to a simulator."),
  tokenUrl: z.url().default('https://api.amazon.com/auth/o2/token').describe('Where tokens are given.'),
  queue: queue.optional().describe('Where news arrives within seconds; without it orders are found by listing alone.'),
  locations: z
    .array(location)
    .default([])
    .describe('Which fulfilment channel stands for which warehouse. Stock of others is not published.'),
  taxRates: z
    .array(z.string().regex(/^\d+(\.\d+)?$/))
    .optional()
    .describe(
      "Tax rates of your goods as decimals in quotes ('0.19'), likeliest first; those of the country unless said.",
    ),
  carriers: z
    .record(z.string(), z.string())
    .default({})
    .describe("Amazon's carrier code by the carrier's name in the ERP; others go as Other with their name."),
  backfillDays: z
    .int()
    .min(0)
    .max(60)
    .default(7)
    .describe('How many days of orders are read the first time; 0 when the orders before are not ours.'),
  settlements: settlements
    .optional()
    .describe(
      "Settlement reports are read, split by months, and held against the orders; off unless said. The app needs the role 'Finance and Accounting'. Set it at one connection per account and currency.",
    ),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(20_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type AmazonConfig = z.infer<typeof amazonConfig>
/** As it is written, before defaults. */
export type AmazonConfigInput = z.input<typeof amazonConfig>
