/** How payments at a provider are treated, as it stands in the configuration. */
import { z } from 'zod'

export const paymentPolicy = z.strictObject({
  channels: z.array(z.string().min(1)).default([]).describe('Channels whose orders are paid there.'),
  waitFor: z
    .enum(['nothing', 'authorised', 'captured'])
    .default('nothing')
    .describe('An order of these channels goes to the ERP once the provider has its total authorised, or captured.'),
  channelRefunds: z
    .enum(['through_provider', 'elsewhere'])
    .default('through_provider')
    .describe('Whether a refund in the channel is made by this provider, or in some other way and so besides its own.'),
  orphanAfterMinutes: z
    .int()
    .min(1)
    .max(525_600)
    .default(1_440)
    .describe('A payment whose order is not known after so many minutes is shown to a person.'),
})
