/** The catalogue of the tests' trading day: a channel in order, one that differs, and words nobody knows. */
import type {
  catalogueDifferences, catalogueMatches, catalogueOverview, mappingPreview,
} from '#api/contract-catalogue.ts' // prettier-ignore
import type { z } from 'zod'

type Rows = z.infer<typeof catalogueDifferences>['rows']

const none = { settled: 0, differs: 0, held: 0, unlisted: 0, unknown: 0, archived: 0, failed: 0 }

export const CATALOGUE: z.infer<typeof catalogueOverview> = {
  channels: [
    { channel: 'shopify-main', mode: 'on', ...none, settled: 1_204, differs: 3, held: 1, failed: 1 },
    { channel: 'woo-outlet', mode: 'dry', ...none, settled: 311, unlisted: 12, unknown: 2 },
    { channel: 'amazon-us', mode: 'off', ...none },
  ],
  cases: [
    { kind: 'sku', connection: 'woo-outlet', about: 'bowl_blue', count: 1, holds: 'listings' },
    { kind: 'tax', connection: 'shopify-main', about: "Tax rate '0.07' is not known.", count: 4, holds: 'orders' },
    {
      kind: 'location', connection: 'shopify-main', about: "No policy names the location 7009 of 'shopify-main'.",
      count: 31, holds: 'stock news',
    },
    { kind: 'tender', connection: 'berlin-7', about: "The register has no payment method for 'voucher'.", count: 2, holds: 'receipts' },
    { kind: 'word', connection: 'shopify-main', about: 'wood: Bathroom', count: 1, holds: 'listings' },
  ],
  scanned: 1_532,
  complete: true,
} // prettier-ignore

const row = (sku: string, change: Partial<Rows[number]>): Rows[number] => ({
  sku, channel: 'shopify-main', mode: 'on', status: 'differs', differences: [], troubles: [], failed: null, ...change,
}) // prettier-ignore

export const DIFFERENCES: Rows = [
  row('MUG-BLUE-L', {
    differences: [
      { field: 'price', ours: '11.00', theirs: '12.50', owner: 'hub' },
      { field: 'title', ours: 'Blue mug, large', theirs: 'Mug blue L', owner: 'channel' },
    ],
  }),
  row('LAMP-OAK-XL', {
    differences: [{ field: 'attributes', attribute: 'room', ours: 'For the Kitchen', theirs: null, owner: 'hub' }],
    failed: 'mirakl.price_refused',
  }),
  row('THROW-LINEN', {
    status: 'held',
    troubles: [{ code: 'tax_class_unknown', field: 'taxClass', about: 'VAT 7%' }],
  }),
  row('bowl_blue', { channel: 'woo-outlet', mode: 'dry', status: 'unknown' }),
  row('=CMD()', { channel: 'woo-outlet', mode: 'dry', status: 'unlisted' }),
]

export const MATCHES: z.infer<typeof catalogueMatches> = {
  unknown: 3,
  proposed: 3,
  proposals: [
    { sku: 'bowl_blue', name: 'Blue Bowl', by: 'barcode', candidates: [{ sku: 'BOWL', name: 'Bowl, blue' }] },
    {
      sku: 'jug', name: 'Jug', by: 'name',
      candidates: [{ sku: 'JUG-S', name: 'Jug' }, { sku: 'JUG-L', name: 'Jug' }],
    },
    { sku: 'GIFT', name: 'Gift wrap', by: 'name', candidates: [{ sku: 'WRAP', name: 'Gift wrap' }] },
  ],
} // prettier-ignore

export const previewOf = (rows: Readonly<Record<string, string>>): z.infer<typeof mappingPreview> => ({
  deliveries: 412,
  changed: Object.keys(rows).length * 3,
  unreadable: 0,
  words: Object.fromEntries(Object.entries(rows).map(([from, to]) => [`${from} → ${to || 'nothing'}`, 3])),
  first: [],
})
