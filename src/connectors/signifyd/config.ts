/** What one connection to a Signifyd team is configured with. The descriptions here are the reference page. */
import { z } from 'zod'

/** Personal fields of an order that may be sent. */
export const PERSONAL = ['name', 'email', 'phone', 'shipping_address', 'billing_address'] as const

export const signifydConfig = z.strictObject({
  url: z.url().default('https://api.signifyd.com').describe('Base URL of the API.'),
  teamKey: z
    .string()
    .min(1)
    .meta({ secret: true })
    .describe("Reference to the team's API key, which also signs the webhooks."),
  formerKeys: z
    .array(z.string().min(1).meta({ secret: true }))
    .max(4)
    .default([])
    .describe('References to former keys that webhooks may still be signed with, while one is being replaced.'),
  send: z
    .array(z.enum(PERSONAL))
    .default([...PERSONAL])
    .describe("Personal fields that are sent with an order. No other is, and nothing of a card's."),
  requestTimeoutMs: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Waits this long for an answer, in milliseconds; 0 waits for ever.'),
})

export type SignifydConfig = z.infer<typeof signifydConfig>
export type SignifydConfigInput = z.input<typeof signifydConfig>
