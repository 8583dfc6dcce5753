/** How stock is shared among channels: exclusively or not, what is kept back, and who gets the last pieces. */
import { quantity } from '#canon/primitives.ts'
import { z } from 'zod'

export const stockPolicySchema = z.strictObject({
  mode: z
    .enum(['exclusive', 'shared'])
    .default('exclusive')
    .describe(
      'exclusive: each channel sells from its own share, and nothing is sold twice. shared: each sees all of it, less its buffer, and may oversell by as much as news is late.',
    ),
  scarceBelow: quantity
    .default(20)
    .describe('A shared SKU with less to sell than this is shared out exclusively, until there is twice as much.'),
  flashSale: z.array(z.string().min(1)).default([]).describe('SKUs that are exclusive now, however deep.'),
  buffers: z
    .record(z.string(), quantity)
    .default({})
    .describe('Pieces of a shared SKU that a channel does not see, under the name of its connection.'),
  safety: z
    .array(
      z.strictObject({
        sku: z.string().min(1).optional().describe('All SKUs unless said.'),
        pool: z.string().min(1).optional().describe('All warehouses unless said.'),
        pieces: quantity.describe('Pieces that are never offered.'),
      }),
    )
    .default([])
    .describe('Safety stock of single SKUs or warehouses; the first that fits counts, safetyStock where none does.'),
  looks: z
    .int()
    .min(1)
    .max(10_000)
    .default(60)
    .describe('How often a number a channel has accepted is looked for, once in each pass of its orders feed.'),
  lastUnits: z
    .strictObject({
      pieces: quantity.describe('So many, or fewer.'),
      channel: z.string().min(1).describe('The name of its connection.'),
    })
    .optional()
    .describe('The last pieces of every SKU are sold by this channel alone.'),
})
