/** What one connection to an Uber Direct account is configured with. The descriptions here are the reference page. */
import { z } from 'zod'
import { REQUESTS_PER_SECOND } from './limits.ts'

export const uberConfig = z.strictObject({
  url: z.url().default('https://api.uber.com').describe('Base URL of the API.'),
  authUrl: z.url().default('https://auth.uber.com/oauth/v2/token').describe('Where tokens are given.'),
  customerId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/)
    .describe('Id of the organization that deliveries are made for.'),
  clientId: z.string().min(1).describe('Id of the application.'),
  clientSecret: z.string().min(1).meta({ secret: true }).describe("Reference to the application's secret."),
  webhookKeys: z
    .array(z.string().min(1).meta({ secret: true }))
    .max(5)
    .default([])
    .describe('References to the signing keys of the webhook, as the dashboard shows them: two while one is replaced.'),
  proof: z
    .enum(['none', 'picture', 'signature'])
    .default('picture')
    .describe('What the courier has to bring back as proof. It stays at Uber.'),
  requestsPerSecond: z.number().positive().default(REQUESTS_PER_SECOND).describe('How fast Uber is called at most.'),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type UberConfig = z.infer<typeof uberConfig>
/** As it is written, before defaults. */
export type UberConfigInput = z.input<typeof uberConfig>
