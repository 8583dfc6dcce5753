/** What channels show of products: which fields the hub writes, from which price list, and how words are translated. */
import { currency } from '#canon/primitives.ts'
import { OFFER_FIELDS, PRODUCT_FIELDS } from '#core/offer/policy.ts'
import { z } from 'zod'

const words = z.record(z.string(), z.string().max(1_000))
const productField = z.enum(PRODUCT_FIELDS)

const attributeRule = z
  .strictObject({
    attribute: z
      .string()
      .regex(/^[a-z][a-z0-9_]{1,62}$/, 'lower-case letters, digits and _')
      .describe('Its name there.'),
    when: z
      .strictObject({
        field: productField,
        is: z.string().optional(),
        contains: z.string().min(1).optional(),
      })
      .refine(({ is, contains }) => (is === undefined) !== (contains === undefined), 'takes one of: is, contains')
      .optional()
      .describe('Of which products; of all unless said.'),
    value: z.string().max(1_000).optional().describe("The value, with the product's own words: 'Made for {category}'."),
    map: z
      .strictObject({ field: productField, table: z.string().min(1) })
      .optional()
      .describe('Or the word of a table for what the product has in this field.'),
  })
  .refine(({ value, map }) => (value === undefined) !== (map === undefined), 'takes one of: value, map')

export const channelCatalogueSchema = z.strictObject({
  mode: z
    .enum(['off', 'dry', 'on'])
    .default('off')
    .describe('off: left alone. dry: differences are shown and nothing is written. on: the hub writes its fields.'),
  priceList: z
    .string()
    .min(1)
    .optional()
    .describe('Name of the price list in the ERP. Without it no price is written.'),
  currency: currency.optional().describe('What the channel sells in; a price list in another one is never written.'),
  fields: z
    .array(z.enum(OFFER_FIELDS))
    .default(['price', 'barcode', 'taxClass'])
    .describe('Fields the hub writes. All others belong to the channel: what differs is shown and never written.'),
  taxClasses: words.default({}).describe("The tax in the ERP to the channel's tax class."),
  attributes: z
    .array(attributeRule)
    .default([])
    .describe('How attributes of the channel follow from the product; the first rule that fits counts.'),
  tables: z.record(z.string(), words).default({}).describe('Tables of words for attributes, by name.'),
  skuAliases: words.default({}).describe("The channel's SKU to the ERP's, for those that differ."),
  imageUrl: z
    .url()
    .refine((url) => url.includes('{hash}'), 'must hold {hash}')
    .optional()
    .describe('Where channels find an image: https://cdn.example.com/{hash}.jpg. Without it no images are written.'),
  withdraw: z
    .boolean()
    .default(true)
    .describe('Products archived in the ERP are taken off the channel, never deleted.'),
})

export const catalogueSchema = z.record(z.string(), channelCatalogueSchema)
