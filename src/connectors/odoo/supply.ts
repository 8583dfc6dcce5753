/**
 * What suppliers offer, as Odoo's vendor price list: one record for a supplier, a product and a quantity. A record that
 * people made is taken over when it names the supplier's article number, or none; it ends by its date and is never
 * deleted.
 */
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Outbound, Outcome, Sent } from '../kit/connector.ts'
import { externalIds, load, qualified } from './external.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { loadPartners } from './partner-load.ts'
import { idOf, link, text } from './values.ts'

type Offer = Ask<'supply.ensure'>
type Settled = Answer<'supply.ensure'>

const productRow = z.object({ id: z.number(), default_code: text, barcode: text, product_tmpl_id: link })
const variantRow = z.object({ id: z.number(), product_tmpl_id: link })
const idRow = z.object({ id: z.number() })
const currencyRow = z.object({ id: z.number(), name: z.string() })
const fieldRow = z.object({ price: z.object({ digits: z.tuple([z.number(), z.number()]).optional() }) })
const offerRow = z.object({
  id: z.number(),
  product_tmpl_id: link,
  product_id: link,
  product_code: text,
  min_qty: z.number(),
  price: z.number(),
  currency_id: link,
  delay: z.number(),
  date_end: text,
})
type OfferRow = z.infer<typeof offerRow>

interface Product {
  id: number
  template: number
  /** There is no other variant, so that what is said of the template is said of it. */
  only: boolean
}

export const ensureSupplies = (odoo: Odoo): Outbound<'supply.ensure'> => ({
  batch: LIMITS.offersPerCall,
  serial: 'supply',
  async send(intents) {
    const outcomes = new Map<Sent<'supply.ensure'>, Outcome<'supply.ensure'>>()
    for (const group of Map.groupBy(intents, ({ ask }) => ask.supplier.key).values()) {
      const settled = await ensureOf(odoo, group.map(({ ask }) => ask)) // prettier-ignore
      group.forEach((intent, index) => outcomes.set(intent, settled[index]!))
    }
    return intents.map((intent) => outcomes.get(intent)!)
  },
})

/** Of one supplier. */
async function ensureOf(odoo: Odoo, offers: readonly Offer[]): Promise<Outcome<'supply.ensure'>[]> {
  const [products, currencies, digits] = [
    await productsOf(odoo, offers),
    await currenciesOf(odoo, offers),
    await precision(odoo),
  ]
  const meant = offers.map((offer) => doubt(offer, products.get(nameOf(offer)) ?? [], digits))
  const templates = meant.flatMap((one) => ('template' in one ? [one.template] : []))
  if (templates.length === 0) return meant.map((answer) => ({ answer: answer as Settled }))
  const partner = await supplierOf(odoo, offers[0]!.supplier)
  const known = await odoo.client.search('product.supplierinfo', offerRow, [
    ['partner_id', '=', partner],
    ['product_tmpl_id', 'in', [...new Set(templates)]],
    ['company_id', 'in', [odoo.config.company, false]],
  ])
  const rows: Row[] = []
  const outcomes = offers.map((offer, index): Outcome<'supply.ensure'> => {
    const product = meant[index]!
    if ('outcome' in product) return { answer: product }
    const found = known.find((row) => isOf(row, offer, product))
    if (!found && offer.until !== null) return { answer: { outcome: 'absent' } }
    const currency = currencies.get(offer.currency)
    if (currency === undefined) return { fault: currencyUnknown(offer.currency) }
    if (!found || differs(found, offer, currency)) rows.push({ offer, product, partner, currency, found })
    return { answer: { outcome: 'set' } }
  })
  await write(odoo, rows)
  return outcomes
}

interface Row {
  offer: Offer
  product: Product
  partner: number
  currency: number
  found: OfferRow | undefined
}

const nameOf = ({ sku, barcode }: Offer): string => (sku === undefined ? `barcode ${barcode}` : `reference ${sku}`)

/** Archived products are not found: what is not sold any more is not bought either. */
async function productsOf({ client }: Odoo, offers: readonly Offer[]): Promise<Map<string, Product[]>> {
  const [skus, barcodes] = [
    [...new Set(offers.flatMap(({ sku }) => sku ?? []))],
    [...new Set(offers.flatMap(({ sku, barcode }) => (sku === undefined ? (barcode ?? []) : [])))],
  ]
  const rows = await client.search('product.product', productRow, [
    '|',
    ['default_code', 'in', skus],
    ['barcode', 'in', barcodes],
  ])
  const templates = rows.flatMap(({ product_tmpl_id: of }) => (of ? [of[0]] : []))
  const variants = await client.search('product.product', variantRow, [['product_tmpl_id', 'in', templates]])
  const found = new Map<string, Product[]>()
  const add = (name: string, product: Product) => found.set(name, [...(found.get(name) ?? []), product])
  for (const { id, default_code, barcode, product_tmpl_id: of } of rows) {
    const template = idOf(of)
    const only = variants.filter((one) => one.product_tmpl_id && one.product_tmpl_id[0] === template).length === 1
    if (default_code) add(`reference ${default_code}`, { id, template, only })
    if (barcode) add(`barcode ${barcode}`, { id, template, only })
  }
  return found
}

async function currenciesOf({ client }: Odoo, offers: readonly Offer[]): Promise<Map<string, number>> {
  const names = [...new Set(offers.map(({ currency }) => currency))]
  const rows = await client.search('res.currency', currencyRow, [['name', 'in', names]])
  return new Map(rows.map(({ id, name }) => [name, id]))
}

const currencyUnknown = (currency: string): Fault =>
  new Fault('rejected', `Odoo has no active currency ${currency}. Activate it, then retry.`, {
    code: 'odoo.currency_unknown',
  })

/** Odoo rounds what has more digits without a word. Only administrators may read the setting; the field says it too. */
async function precision({ client }: Odoo): Promise<number> {
  const kwargs = { allfields: ['price'], attributes: ['digits'] }
  const { price } = fieldRow.parse(await client.call('product.supplierinfo', 'fields_get', { kwargs }))
  return price.digits?.[1] ?? 2
}

/** The one product that is meant; else why nothing is written. */
function doubt(offer: Offer, found: readonly Product[], digits: number): Product | Settled {
  const what = nameOf(offer)
  if (found.length === 0) return { outcome: 'unknown', detail: `Odoo has no active product with the ${what}.` }
  if (found.length > 1) return { outcome: 'ambiguous', detail: `Odoo has ${found.length} products with the ${what}.` }
  if ((offer.price.split('.')[1] ?? '').replace(/0+$/, '').length <= digits) return found[0]!
  const detail = `Odoo keeps prices with ${digits} digits and would round ${offer.price}. Raise the precision 'Product Price'.`
  return { outcome: 'too_fine', detail }
}

async function supplierOf({ client }: Odoo, { key, name, ref }: Offer['supplier']): Promise<number> {
  const id = qualified(externalIds.supplier(key))
  if (ref !== undefined) {
    const rows = await client.search('res.partner', idRow, [['ref', '=', ref]])
    if (rows.length === 1) return rows[0]!.id
    if (rows.length > 1) {
      const message = `${rows.length} partners in Odoo have the reference '${ref}'. Leave it on the supplier alone.`
      throw new Fault('rejected', message, { code: 'odoo.supplier_ambiguous' })
    }
  }
  const partners = await loadPartners(client, [{ id, name, is_company: '1', ...(ref === undefined ? {} : { ref }) }])
  return partners.get(id)!
}

const isOf = (row: OfferRow, { article, minQuantity }: Offer, { id, template, only }: Product): boolean =>
  row.min_qty === Number(minQuantity) &&
  row.product_tmpl_id !== false &&
  row.product_tmpl_id[0] === template &&
  (row.product_id ? row.product_id[0] === id : only) &&
  (row.product_code === article || row.product_code === false || row.product_code === '')

/** Prices come back as floats with the noise of one. */
const differs = (row: OfferRow, offer: Offer, currency: number): boolean =>
  Math.abs(row.price - Number(offer.price)) > 1e-9 ||
  row.delay !== offer.leadDays ||
  row.product_code !== offer.article ||
  idOf(row.currency_id) !== currency ||
  (row.date_end || null) !== offer.until

const COLUMNS = ['partner_id/.id', 'product_tmpl_id/.id', 'product_id/.id', 'min_qty', 'price', 'currency_id/.id', 'delay', 'product_code', 'date_end'] // prettier-ignore

/** New ones by external id, so that a lost answer makes no second one; known ones by their own. */
async function write({ client }: Odoo, rows: readonly Row[]): Promise<void> {
  const cells = ({ offer, product, partner, currency }: Row) => [
    String(partner),
    String(product.template),
    String(product.id),
    offer.minQuantity,
    offer.price,
    String(currency),
    String(offer.leadDays),
    offer.article,
    offer.until ?? '',
  ]
  const known = rows.flatMap((row) => (row.found ? [[String(row.found.id), ...cells(row)]] : []))
  const fresh = rows.flatMap((row) => (row.found ? [] : [[qualified(externalOf(row.offer)), ...cells(row)]]))
  if (known.length > 0) await load(client, 'product.supplierinfo', ['.id', ...COLUMNS], known)
  if (fresh.length > 0) await load(client, 'product.supplierinfo', ['id', ...COLUMNS], fresh)
}

const externalOf = ({ supplier, minQuantity, article }: Offer): string =>
  externalIds.supply(supplier.key, minQuantity, article)
