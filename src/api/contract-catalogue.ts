/** Shapes of what channels show of products against what they should. */
import { z } from 'zod'
import { channelName, count, cursor, limit, next, object } from './contract-parts.ts'

export const catalogueParams = z.object({
  channel: channelName.optional().describe('All that are not off, unless said.'),
  cursor: cursor.optional(),
  limit,
})

export const catalogueRow = object('CatalogueRow', {
  sku: z.string(),
  channel: z.string(),
  mode: z.enum(['dry', 'on']),
  status: z
    .enum(['differs', 'held', 'unlisted', 'unknown', 'archived'])
    .describe(
      'held: something has no rule. unlisted: not in the channel. unknown: not in the ERP. archived: taken off.',
    ),
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
