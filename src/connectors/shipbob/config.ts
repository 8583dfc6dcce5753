/** What one connection to a ShipBob account is configured with. The descriptions here are the reference page. */
import { z } from 'zod'

export const shipbobConfig = z.strictObject({
  url: z.url().default('https://api.shipbob.com').describe('Base URL of the API.'),
  token: z.string().min(1).meta({ secret: true }).describe('Reference to the personal access token.'),
  channelId: z.int().min(1).describe('Id of the ShipBob channel that our orders belong to.'),
  webhookSecrets: z
    .array(z.string().min(1).meta({ secret: true }))
    .max(5)
    .default([])
    .describe('References to signing secrets of the webhook subscription: two while one is being replaced.'),
  shippingMethods: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe("ShipBob's shipping method for each of the channels' codes; a code that is not named is sent as it is."),
  defaultShippingMethod: z
    .string()
    .min(1)
    .default('Standard')
    .describe('Shipping method of orders whose channel names none.'),
  locations: z
    .record(z.string(), z.int().min(1))
    .default({})
    .describe("ShipBob's location for each warehouse of the ERP; it chooses one by itself unless said."),
  countsFor: z
    .string()
    .min(1)
    .max(20)
    .optional()
    .describe(
      'Warehouse of the ERP whose stock is compared every hour with what ShipBob has on hand in all its places.',
    ),
  backfillDays: z.int().min(0).max(90).default(7).describe('How many days of changes are read the first time.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type ShipbobConfig = z.infer<typeof shipbobConfig>
export type ShipbobConfigInput = z.input<typeof shipbobConfig>
