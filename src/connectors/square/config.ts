/** What one connection to a Square account is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { API_VERSION, REQUESTS_PER_SECOND } from './limits.ts'

const location = z.strictObject({
  locationId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,50}$/)
    .describe('Id of the location in Square.'),
  pool: z.string().min(1).describe("Code of the ERP's warehouse it sells from."),
  store: z
    .string()
    .regex(/^[A-Za-z0-9][\w-]{0,62}$/)
    .optional()
    .describe('What the store is called in the hub; the id of the location unless said.'),
})

/** Names of sources that are tills, as orders carry them. */
const COUNTERS = ['Square Point of Sale', 'Point of Sale', 'Square for Retail', 'Square for Restaurants', 'Register']

export const squareConfig = z.strictObject({
  merchantId: z
    .string()
    .min(1)
    .describe('Id of the seller in Square. Webhooks of any other seller are refused: one app signs for all of them.'),
  url: z.url().default('https://connect.squareup.com').describe('Base URL of the API.'),
  accessToken: z.string().min(1).meta({ secret: true }).describe('Reference to the access token.'),
  signatureKey: z
    .string()
    .min(1)
    .meta({ secret: true })
    .optional()
    .describe(
      'Reference to the signature key of the webhook subscription. Without it only one process can verify webhooks.',
    ),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .default(API_VERSION)
    .describe('Sent as Square-Version. Leave it alone unless told to change it.'),
  locations: z
    .array(location)
    .default([])
    .describe("Which of the seller's locations sell from which warehouse. Others are not read."),
  counterSources: z
    .array(z.string().min(1))
    .default(COUNTERS)
    .describe('Sources whose orders are receipts of a till, where the payment does not tell which product took it.'),
  dayStartsAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default('00:00')
    .describe("When a business day begins by the store's clock; a sale before it belongs to the day before."),
  backfillDays: z
    .int()
    .min(0)
    .max(365)
    .default(7)
    .describe('How many days of sales are read the first time; 0 when those before are not ours.'),
  requestsPerSecond: z
    .number()
    .positive()
    .default(REQUESTS_PER_SECOND)
    .describe('How fast Square is called at most. It publishes no limits; it answers 429 where this is too fast.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(20_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type SquareConfig = z.infer<typeof squareConfig>
/** As it is written, before defaults. */
export type SquareConfigInput = z.input<typeof squareConfig>
