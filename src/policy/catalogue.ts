/** What channels show of products: which fields the hub writes, from which price list, and how words are translated. */
import { currency } from '#canon/primitives.ts'
import type { OfferField, ProductField } from '#core/offer/policy.ts'
import { z } from 'zod'

const words = z.record(z.string(), z.string().max(1_000))
const offerFields: readonly OfferField[] = ['title', 'price', 'barcode', 'taxClass', 'images', 'attributes']
const productFields: readonly ProductField[] = ['sku', 'name', 'category', 'barcode']
const productField = z.enum(productFields)

const attributeRule = z
  .strictObject({
    attribute: z
      .string()
      .regex(/^[a-z][a-z0-9_]{1,62}$/, 'lower-case letters, digits and _')
      .describe('Its name there.'),
    when: z
      .strictObject({
        field: productField.describe('What of the product is looked at.'),
        is: z.string().optional().describe('Exactly this.'),
        contains: z.string().min(1).optional().describe('This somewhere in it, in capitals or not.'),
      })
      .refine(({ is, contains }) => is !== undefined || contains !== undefined, 'takes is, contains, or both')
      .optional()
      .describe('Of which products; of all unless said.'),
    value: z.string().max(1_000).optional().describe("The value, with the product's own words: 'Made for {category}'."),
    map: z
      .strictObject({
        field: productField.describe('What is looked up.'),
        table: z.string().min(1).describe('Its name under tables.'),
      })
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
    .array(z.enum(offerFields))
    .default(['price', 'barcode', 'taxClass'])
    .describe('Fields the hub writes. All others belong to the channel: what differs is shown and never written.'),
  taxClasses: words.default({}).describe("The tax in the ERP to the channel's tax class."),
  attributes: z
    .array(attributeRule)
    .default([])
    .describe('How attributes of the channel follow from the product; the first rule that fits counts.'),
  tables: z.record(z.string(), words).default({}).describe('Tables of words for attributes, by name.'),
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
