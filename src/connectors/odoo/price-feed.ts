/**
 * Prices by the price lists that are mapped, and by no other. A changed rule moves no product, and a deleted one leaves
 * no trace: so the rules themselves are polled. What a rule names is priced anew; after a rule for everything, or when
 * one is missing by count, all products are, page by page.
 */
import type { Money } from '#canon/money.ts'
import { z } from 'zod'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Domain } from './client.ts'
import { digest } from './digest.ts'
import { LIMITS } from './limits.ts'
import type { Odoo } from './odoo.ts'
import { itemRow, priceBy, type Priced, type PriceItem, speaksOf } from './price-rules.ts'
import { type PriceReading, TOPICS } from './readings.ts'
import { fromFloat, fromOdooTime, idOf, link, msToOdooTime, text } from './values.ts'

const ITEMS = 'product.pricelist.item'
const ROWS = 200

const cursorShape = z.object({
  /** Rules and products that changed at or after this are looked at. */
  from: z.string(),
  /** When it was looked last: rules that began or ended since count as changed. */
  seen: z.string(),
  rules: z.int(),
  /** Digest of the rules that speak of more than one product, as they hold now. */
  wide: z.string(),
  lastRule: z.int(),
  /** How often all products were priced: what a price was before comes under another name then. */
  pass: z.int(),
  /** While all products are priced: the last one that was. */
  after: z.int().nullable(),
})
type Cursor = z.infer<typeof cursorShape>

const FIRST: Cursor = {
  from: '1970-01-01 00:00:00',
  seen: '1970-01-01 00:00:00',
  rules: -1,
  wide: '',
  lastRule: 0,
  pass: 0,
  after: null,
}

const productRow = z.object({
  id: z.number(),
  default_code: text,
  product_tmpl_id: link,
  categ_id: link,
  lst_price: z.number(),
  write_date: z.string(),
})
type ProductRow = z.infer<typeof productRow>
const categoryRow = z.object({ id: z.number(), parent_path: text })

interface List {
  id: number
  name: string
  currency: string
}

export function priceFeed(odoo: Odoo, names: readonly string[]): Feed {
  return {
    everyMs: 60_000,
    async read(stored): Promise<FeedPage> {
      const cursor = cursorShape.safeParse(stored).data ?? FIRST
      const lists = await odoo.directory.priceLists(names)
      const now = msToOdooTime(await odoo.client.serverNow())
      return cursor.after === null ? await news(odoo, lists, cursor, now) : await everything(odoo, lists, cursor, now)
    },
  }
}

/** One page of all products. */
async function everything(odoo: Odoo, lists: readonly List[], cursor: Cursor, now: string): Promise<FeedPage> {
  const rows = await readProducts(odoo, [['id', '>', cursor.after ?? 0]], ROWS)
  const readings = await priced(odoo, lists, rows, now, cursor.pass)
  const more = rows.length === ROWS
  return { readings, cursor: { ...cursor, after: more ? rows.at(-1)!.id : null }, more }
}

async function news(odoo: Odoo, lists: readonly List[], cursor: Cursor, now: string): Promise<FeedPage> {
  const { client } = odoo
  const mine = ['pricelist_id', 'in', lists.map(({ id }) => id)] as const
  const rules = z.int().parse(await client.call(ITEMS, 'search_count', { args: [[mine]] }))
  const changed = await client.search(ITEMS, itemRow, [
    mine, '|', '|', ['write_date', '>=', cursor.from],
    '&', ['date_start', '>', cursor.seen], ['date_start', '<=', now],
    '&', ['date_end', '>=', cursor.seen], ['date_end', '<', now],
  ]) // prettier-ignore
  const added = changed.filter(({ id }) => id > cursor.lastRule).length
  const lastRule = changed.reduce((last, { id }) => Math.max(last, id), cursor.lastRule)
  const from = msToOdooTime(Date.parse(fromOdooTime(now)) - LIMITS.overlapMs)
  const next: Cursor = { ...cursor, from: from > cursor.from ? from : cursor.from, seen: now, rules, lastRule }
  const wide = await wideRules(odoo, mine, now)
  if (wide !== cursor.wide || rules !== cursor.rules + added) {
    // The rules were all read by now: what changes from here on is seen in the next run.
    return { readings: [], cursor: { ...next, wide, pass: cursor.pass + 1, after: 0 }, more: true }
  }
  const rows = await readProducts(odoo, [...namedBy(changed), ['write_date', '>=', cursor.from]], ROWS)
  if (rows.length === ROWS) return { readings: [], cursor: { ...next, pass: cursor.pass + 1, after: 0 }, more: true }
  return { readings: await priced(odoo, lists, rows, now, cursor.pass), cursor: next, more: false }
}

const WIDE = ['3_global', '2_product_category']

/** They are few, and each moves all prices: compared as a whole, none is missed however late it comes. */
async function wideRules({ client }: Odoo, mine: Domain[number], now: string): Promise<string> {
  const rules = await client.search(ITEMS, itemRow, [mine, ['applied_on', 'in', WIDE]])
  const holding = rules.filter(({ date_start: start, date_end: end }) => !(start && start > now) && !(end && end < now))
  return digest(holding.map(({ write_date: _, ...rule }) => rule))
}

/** Products these rules name, or whatever else stands in the last term. */
function namedBy(items: readonly PriceItem[]): Domain {
  const ids = items.flatMap(({ applied_on: on, product_id: one }) =>
    on === '0_product_variant' && one ? [one[0]] : [],
  )
  const templates = items.flatMap(({ applied_on: on, product_tmpl_id: one }) =>
    on === '1_product' && one ? [one[0]] : [],
  )
  return ['|', '|', ['id', 'in', ids], ['product_tmpl_id', 'in', templates]]
}

const readProducts = ({ client }: Odoo, domain: Domain, limit: number): Promise<ProductRow[]> =>
  client.search('product.product', productRow, [['default_code', '!=', false], ...domain], { limit })

async function priced(
  odoo: Odoo,
  lists: readonly List[],
  rows: readonly ProductRow[],
  now: string,
  pass: number,
): Promise<Reading[]> {
  if (rows.length === 0) return []
  const products = await withCategories(odoo, rows)
  const items = await rulesFor(odoo, lists, products)
  const company = await odoo.directory.currency()
  return products.flatMap(({ row, product }) => {
    const sku = (row.default_code || '').trim()
    if (sku === '') return []
    const prices: Record<string, Money | null> = {}
    let stamp = row.write_date
    for (const { id, name, currency } of lists) {
      const found = priceBy(items.get(id) ?? [], product, now)
      // A price of the product itself is in the company's currency, and is not converted here.
      const usable = found && (currency === company || found.by?.compute_price === 'fixed')
      prices[name] = usable ? fromFloat(found.value, currency) : null
      const mine = (items.get(id) ?? []).filter((one) => speaksOf(one, product))
      for (const moment of [found?.by?.write_date ?? '', lastTurn(mine, now)]) if (moment > stamp) stamp = moment
    }
    const key = `${TOPICS.price}:${row.id}:${digest({ sku, prices, stamp, pass })}`
    const body: PriceReading = { sku, prices, at: fromOdooTime(now) }
    return [{ key, topic: TOPICS.price, body }]
  })
}

/** When one of these rules began or ended last: what a price was before comes under another name since then. */
const lastTurn = (items: readonly PriceItem[], now: string): string =>
  items.flatMap(({ date_start: start, date_end: end }) => [start || '', end || '']).reduce(
    (last, moment) => (moment <= now && moment > last ? moment : last), '',
  ) // prettier-ignore

/** All rules of these lists that could speak of these products, by list. */
async function rulesFor(
  { client }: Odoo,
  lists: readonly List[],
  products: readonly { product: Priced }[],
): Promise<Map<number, PriceItem[]>> {
  const items = await client.search(ITEMS, itemRow, [
    ['pricelist_id', 'in', lists.map(({ id }) => id)],
    '|', '|', ['applied_on', 'in', WIDE],
    ['product_id', 'in', products.map(({ product }) => product.id)],
    ['product_tmpl_id', 'in', products.map(({ product }) => product.templateId)],
  ]) // prettier-ignore
  return Map.groupBy(items, ({ pricelist_id: list }) => idOf(list))
}

async function withCategories(
  { client }: Odoo,
  rows: readonly ProductRow[],
): Promise<{ row: ProductRow; product: Priced }[]> {
  const ids = [...new Set(rows.flatMap(({ categ_id: one }) => (one ? [one[0]] : [])))]
  const paths = new Map(
    (await client.read('product.category', categoryRow, ids)).map((one) => [one.id, one.parent_path]),
  )
  return rows.map((row) => {
    const path = (row.categ_id && paths.get(row.categ_id[0])) || ''
    const categories = path.split('/').filter(Boolean).map(Number)
    const templateId = idOf(row.product_tmpl_id)
    return { row, product: { id: row.id, templateId, categories, listPrice: row.lst_price } }
  })
}
