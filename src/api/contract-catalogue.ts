/** Shapes of what channels show of products against what they should. */
import { z } from 'zod'
import { channelName, count, cursor, limit, next, object, words } from './contract-parts.ts'

const catalogueStatus = z
  .enum(['differs', 'held', 'unlisted', 'unknown', 'archived'])
  .describe('held: something has no rule. unlisted: not in the channel. unknown: not in the ERP. archived: taken off.')

export const catalogueParams = z.object({
  channel: channelName.optional().describe('All that are not off, unless said.'),
  status: catalogueStatus.optional(),
  q: words.optional().describe('In the SKU.'),
  cursor: cursor.optional(),
  limit,
})

export const catalogueRow = object('CatalogueRow', {
  sku: z.string(),
  channel: z.string(),
  mode: z.enum(['dry', 'on']),
  status: catalogueStatus,
  differences: z.array(
    z.object({
      field: z.string(),
      attribute: z.string().optional(),
      ours: z.string(),
      theirs: z.string().nullable().describe('null: what the channel shows is not known.'),
      owner: z.enum(['hub', 'channel']).describe('What belongs to the channel is never written.'),
    }),
  ),
  troubles: z.array(z.object({ code: z.string(), field: z.string(), about: z.string() })),
  failed: z.string().nullable().describe('Why the last call for it was given up.'),
})

export const catalogueDifferences = object('CatalogueDifferences', {
  rows: z.array(catalogueRow),
  scanned: count.describe('Products of this page that were looked at.'),
  settled: count.describe('Of these, per channel, how many are as they should be.'),
  next,
})

export const sendCatalogueBody = object('SendCatalogue', {
  channel: channelName,
  skus: z.array(z.string().min(1).max(120)).min(1).max(500),
})
export const sentCatalogue = object('SentCatalogue', { asked: count.describe('SKUs that will be looked at again.') })

export const matchParams = z.object({ channel: channelName, limit })

export const catalogueMatches = object('CatalogueMatches', {
  unknown: count.describe('Listings under SKUs the ERP does not know, about which nobody has decided.'),
  proposed: count.describe('For so many of them there is a proposal.'),
  proposals: z.array(
    z.object({
      sku: z.string().describe("The channel's."),
      name: z.string(),
      by: z.enum(['sku', 'barcode', 'name']).describe('What they have in common.'),
      candidates: z
        .array(z.object({ sku: z.string(), name: z.string() }))
        .describe('Several: it does not tell them apart.'),
    }),
  ),
})

export const catalogueOverview = object('CatalogueOverview', {
  channels: z.array(
    object('CatalogueOfChannel', {
      channel: z.string(),
      mode: z.enum(['off', 'dry', 'on']),
      settled: count.describe('Products that are shown as they should be.'),
      differs: count,
      held: count,
      unlisted: count,
      unknown: count,
      archived: count,
      failed: count.describe('Of these, given up.'),
    }),
  ),
  cases: z
    .array(
      object('MappingCase', {
        kind: z.enum(['sku', 'tax', 'shipping', 'location', 'tender', 'word']),
        connection: z.string(),
        about: z.string(),
        count,
        holds: z.enum(['orders', 'receipts', 'listings', 'stock news', 'calls', 'offers']),
      }),
    )
    .describe('The mapping desk: words that nothing here stands for, and what they hold up.'),
  scanned: count.describe('Products that were looked at.'),
  complete: z.boolean().describe('false: there are more products than one answer looks at.'),
})

export const previewParams = z.object({ channel: channelName })
export const mappingPreviewBody = object('MappingPreviewAsked', {
  table: z.enum(['skus', 'shippingMethods']).default('skus'),
  rows: z
    .record(z.string().min(1).max(120), z.string().max(120))
    .describe("The channel's word to ours; they count beside, or instead of, the rows there are."),
  days: z.int().min(1).max(3_650).default(30).describe('Deliveries of so many days.'),
})
export const mappingPreview = object('MappingPreview', {
  deliveries: count.describe('Recorded deliveries that were translated again.'),
  changed: count.describe('Deliveries that would say something else.'),
  unreadable: count,
  words: z.record(z.string(), count).describe('How often each word would become another: `MUG-B → MUG`.'),
  first: z.array(
    z.object({
      inbox: count,
      topic: z.string(),
      stream: z.string(),
      path: z.string(),
      before: z.string().nullable(),
      after: z.string().nullable(),
    }),
  ),
})
