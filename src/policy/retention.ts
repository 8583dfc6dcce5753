/** How long things are remembered, as a retailer sets it. */
import { z } from 'zod'

export const retentionSchema = z.strictObject({
  hotDays: z
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Days after which what is settled moves to the archive, where it is compressed.'),
  keepDays: z
    .union([z.literal('for ever'), z.int().min(90).max(36_500)])
    .default(730)
    .describe('Days after which a month of the archive is dropped for good; or for ever.'),
})
export type Retention = z.infer<typeof retentionSchema>
