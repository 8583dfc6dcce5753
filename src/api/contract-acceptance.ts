/** The shape of a person's answer to a channel that asks whether an order is accepted. */
import { z } from 'zod'
import { object } from './contract-parts.ts'

export const acceptanceBody = object('DecideAcceptance', {
  accepted: z
    .array(z.string().min(1).max(200))
    .max(1_000)
    .describe('Lines that are accepted, by their ids; all others are refused. An empty list refuses the order.'),
})
