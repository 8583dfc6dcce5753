/**
 * What a channel should show of a SKU, by the ERP and the retailer's rules, and how that differs from what it shows.
 * Pure, and shared by the offers themselves and by the dry run that writes nothing. What has no rule is named and left
 * out; everything else goes on.
 */
import { formatMoney, type Money, parseMoney } from '#canon/money.ts'
import type { ChannelListing, ErpProduct, ShownListing } from '#canon/product.ts'
import type { AttributeRule, ChannelCatalogue, OfferField, ProductField } from './policy.ts'

/** What the hub knows of a SKU in one channel. */
export interface OfferFacts {
  erp: ErpProduct
  prices: Readonly<Record<string, Money>>
  listing: ChannelListing | null
}

/** Something without a rule: it holds this field and nothing else. */
export interface Trouble {
  code: 'tax_class_unknown' | 'price_missing' | 'price_currency' | 'word_unknown' | 'not_possible' | 'contested'
  field: OfferField
  /** What it is about: the name of the tax, of the price list, the word. */
  about: string
}

export interface Wanted {
  fields: ShownListing
  troubles: readonly Trouble[]
  /** Of the price. */
  currency: string
}

/** One value that is not as it should be. `theirs` is null when it is not known, `attribute` names one of many. */
export interface Difference {
  field: OfferField | 'status'
  attribute?: string
  ours: string
  theirs: string | null
  /** Who may write it. What belongs to the channel is shown and never written. */
  owner: 'hub' | 'channel'
}

export function wantedOf({ erp, prices }: OfferFacts, rules: ChannelCatalogue): Wanted {
  const troubles: Trouble[] = []
  const price = priceOf(prices, rules, troubles)
  const taxClass = taxClassOf(erp, rules, troubles)
  const attributes = attributesOf(erp, rules, troubles)
  const fields: ShownListing = {
    title: erp.name,
    ...(price === null ? {} : { price }),
    ...(erp.barcode === undefined ? {} : { barcode: erp.barcode }),
    ...(taxClass === null ? {} : { taxClass }),
    ...(rules.imageUrl !== undefined && erp.image !== undefined ? { images: [erp.image] } : {}),
    ...(Object.keys(attributes).length > 0 ? { attributes } : {}),
  }
  return { fields, troubles, currency: (rules.priceList && prices[rules.priceList]?.currency) || 'USD' }
}

function priceOf(prices: OfferFacts['prices'], rules: ChannelCatalogue, troubles: Trouble[]): string | null {
  const { priceList: list, currency } = rules
  if (list === undefined) return null
  const price = Object.hasOwn(prices, list) ? prices[list] : undefined
  if (!price) {
    troubles.push({ code: 'price_missing', field: 'price', about: list })
    return null
  }
  if (currency === undefined || currency === price.currency) return formatMoney(price)
  troubles.push({ code: 'price_currency', field: 'price', about: `${list} is in ${price.currency}` })
  return null
}

/** The class of the first tax that has one: a product with several taxes is named by the one the table knows. */
function taxClassOf({ taxes = [] }: ErpProduct, { taxClasses }: ChannelCatalogue, troubles: Trouble[]): string | null {
  if (Object.keys(taxClasses).length === 0) return null
  const name = taxes.length === 0 ? '' : taxes.find((tax) => Object.hasOwn(taxClasses, tax))
  if (name !== undefined && Object.hasOwn(taxClasses, name)) return taxClasses[name]!
  // A product without a tax needs no class, unless the table has a row for that.
  if (taxes.length > 0) troubles.push({ code: 'tax_class_unknown', field: 'taxClass', about: taxes.join(', ') })
  return null
}

function attributesOf(erp: ErpProduct, rules: ChannelCatalogue, troubles: Trouble[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const rule of rules.attributes) {
    if (Object.hasOwn(found, rule.attribute) || !holds(rule, erp)) continue
    const value = valueOf(rule, erp, rules, troubles)
    if (value !== null) found[rule.attribute] = value
  }
  return found
}

const wordOf = (erp: ErpProduct, field: ProductField): string => erp[field] ?? ''

function holds({ when }: AttributeRule, erp: ErpProduct): boolean {
  if (!when) return true
  const { field, is, contains = '' } = when
  const word = wordOf(erp, field)
  return (is === undefined || word === is) && word.toLowerCase().includes(contains.toLowerCase())
}

function valueOf(rule: AttributeRule, erp: ErpProduct, rules: ChannelCatalogue, troubles: Trouble[]): string | null {
  if (!rule.map)
    return (rule.value ?? '').replace(/\{(sku|name|category|barcode)\}/g, (_, one: ProductField) => wordOf(erp, one))
  const { field, table } = rule.map
  const word = wordOf(erp, field)
  const words = rules.tables[table] ?? {}
  if (Object.hasOwn(words, word)) return words[word]!
  if (word !== '') troubles.push({ code: 'word_unknown', field: 'attributes', about: `${table}: ${word}` })
  return null
}

/** Whether two values mean the same; prices may have more zeros than they need. */
function same(field: string, ours: string, theirs: string | undefined, currency: string): boolean {
  if (field !== 'price' || theirs === undefined) return ours === theirs
  const [a, b] = [parseMoney(ours, currency), parseMoney(theirs, currency)]
  return a !== null && b !== null && a.amount === b.amount
}

/** Everything that is not as it should be, whoever may write it. */
export function differencesOf(
  { fields, currency }: Wanted,
  shown: ShownListing,
  rules: ChannelCatalogue,
): Difference[] {
  const ownerOf = (field: OfferField) => (rules.fields.includes(field) ? ('hub' as const) : ('channel' as const))
  const found: Difference[] = []
  for (const field of ['title', 'price', 'barcode', 'taxClass'] as const) {
    const ours = fields[field]
    if (ours !== undefined && !same(field, ours, shown[field], currency))
      found.push({ field, ours, theirs: shown[field] ?? null, owner: ownerOf(field) })
  }
  const [image] = fields.images ?? []
  if (image !== undefined && !shown.images?.includes(image))
    found.push({ field: 'images', ours: image, theirs: shown.images?.join(', ') ?? null, owner: ownerOf('images') })
  for (const [attribute, ours] of Object.entries(fields.attributes ?? {})) {
    const theirs = shown.attributes ? (shown.attributes[attribute] ?? '') : null
    if (ours !== theirs) found.push({ field: 'attributes', attribute, ours, theirs, owner: ownerOf('attributes') })
  }
  return found
}

/** The differences the hub may write, as the fields to write. */
export function fieldsToWrite(wanted: Wanted, differences: readonly Difference[]): ShownListing {
  const mine = differences.filter(({ owner }) => owner === 'hub')
  const fields: ShownListing = {}
  for (const { field } of mine) if (field !== 'status') Object.assign(fields, { [field]: wanted.fields[field] })
  const attributes = mine.flatMap(({ attribute, ours }) =>
    attribute === undefined ? [] : [[attribute, ours] as const],
  )
  return attributes.length > 0 ? { ...fields, attributes: Object.fromEntries(attributes) } : fields
}
