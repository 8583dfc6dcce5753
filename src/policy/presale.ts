/** Pre-orders and backorders: what may be sold before it is here, how much of it, by whom, and for which day. */
import { quantity } from '#canon/primitives.ts'
import { z } from 'zod'

const name = z.string().min(1).max(120)
const day = z.iso.date()

const rule = z
  .strictObject({
    kind: z
      .enum(['preorder', 'backorder'])
      .default('backorder')
      .describe('preorder: not on sale yet. backorder: sold out, and on its way again.'),
    skus: z.array(name).min(1).optional().describe('Only these SKUs; all of them unless said.'),
    pool: z.string().min(1).max(20).optional().describe('Only this warehouse; all of them unless said.'),
    from: z
      .enum(['table', 'erp'])
      .describe('Who says what is coming: `expected` below, or the open receipts in the ERP with their days.'),
    expected: z
      .array(z.strictObject({ date: day.describe('As 2026-12-05.'), pieces: quantity.describe('Of each SKU.') }))
      .max(100)
      .default([])
      .describe('Pieces by the day they come. Once that day is over, what has not come counts no more.'),
    since: z.iso
      .datetime()
      .nullable()
      .default(null)
      .describe('What the ERP receives from this moment on is what was expected. Needed for a table.'),
    cap: quantity.nullable().default(null).describe('At most so many pieces are promised and not here at a time.'),
    holdBack: z.number().min(0).max(1).default(0).describe('Share of what is expected that is never sold ahead.'),
    channels: z
      .array(z.string().min(1))
      .describe('Connections that tell their customers when it comes. All others sell only what is here.'),
    release: day
      .nullable()
      .default(null)
      .describe('No day that is promised is earlier than this one, and until then other channels sell none of it.'),
    ship: z
      .enum(['whole', 'split'])
      .default('whole')
      .describe('An order with other goods waits for all of it, or what is here is sent before.'),
    owner: z.string().min(1).max(100).default('buying').describe('Who sees to it when a promise cannot be kept.'),
  })
  .superRefine(({ from, skus, since, expected, kind, release }, context) => {
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (from === 'table' && !skus) wrong('skus', 'A table is for certain SKUs: name them.')
    if (from === 'table' && since === null)
      wrong('since', 'Say from when on receipts are what the table expects: the moment it was written.')
    if (from === 'erp' && expected.length > 0) wrong('expected', 'The ERP says what is coming: leave the table out.')
    if (kind === 'preorder' && release === null) wrong('release', 'A pre-order has a day of release.')
  })

export const presaleSchema = z.array(rule).max(500)
