/** What deciders are told of a retailer's rules for what channels show. Plain data; `policy/catalogue.ts` checks it. */

/** What a channel shows of a SKU, field by field. */
export type OfferField = 'title' | 'price' | 'barcode' | 'taxClass' | 'images' | 'attributes'

/** One rule for one attribute; the first whose condition holds gives its value. */
export interface AttributeRule {
  attribute: string
  /** What of the product is looked at; always unless said. */
  when?: { field: ProductField; is?: string | undefined; contains?: string | undefined } | undefined
  /** The value, with the product's own words in braces: `Made for {category}`. */
  value?: string | undefined
  /** Or the word of a table for what the product has in this field. */
  map?: { field: ProductField; table: string } | undefined
}

export type ProductField = 'sku' | 'name' | 'category' | 'barcode'

export interface ChannelCatalogue {
  /** `dry`: differences are shown and nothing is written. */
  mode: 'off' | 'dry' | 'on'
  /** Name of the ERP's price list; without one no price is written. */
  priceList?: string | undefined
  /** What the channel sells in; a list in another currency is never written there. */
  currency?: string | undefined
  /** Fields the hub writes; all others belong to the channel. */
  fields: readonly OfferField[]
  /** The ERP's tax to the channel's tax class. */
  taxClasses: Readonly<Record<string, string>>
  attributes: readonly AttributeRule[]
  /** Tables of words, by name. */
  tables: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Where a channel finds an image: `https://…/{hash}.jpg`. Without it no images are written. */
  imageUrl?: string | undefined
  /** Products that are archived in the ERP are taken off the channel. */
  withdraw: boolean
}

export type CataloguePolicy = Readonly<Record<string, ChannelCatalogue>>
