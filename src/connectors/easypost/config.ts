/** What one connection to an EasyPost account is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { REQUESTS_PER_SECOND } from './limits.ts'

export const easypostConfig = z.strictObject({
  url: z.url().default('https://api.easypost.com').describe('Base URL of the API.'),
  apiKey: z.string().min(1).meta({ secret: true }).describe('Reference to the API key, for test or production.'),
  webhookSecrets: z
    .array(z.string().min(1).meta({ secret: true }))
    .max(5)
    .default([])
    .describe(
      'References to secrets that webhooks are signed with. The first is given to EasyPost; the rest still count.',
    ),
  followDays: z
    .int()
    .min(1)
    .max(180)
    .default(45)
    .describe('Trackers made in so many days are read again every hour, whatever webhooks said.'),
  requestsPerSecond: z
    .number()
    .positive()
    .default(REQUESTS_PER_SECOND)
    .describe('How fast EasyPost is called at most.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type EasypostConfig = z.infer<typeof easypostConfig>
/** As it is written, before defaults. */
export type EasypostConfigInput = z.input<typeof easypostConfig>
