/**
 * The product feed: everything the first time, then what changed, and everything again some times a day, since a
 * variation that changed does not always touch its product. Only a change that means something to us is a new reading.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Feed, Reading } from '../kit/connector.ts'
import type { Client } from './http.ts'
import { PER_PAGE_MAX, PRODUCTS_EVERY_MS, PRODUCTS_PER_READ, PRODUCTS_SWEEP_MS, SETTLE_MS } from './limits.ts'
import { SHOWN_MEMBERS } from './shown.ts'
import { type ProductBody, productsIn, type VariationBody, variationsIn } from './products.ts'

const cursorShape = z.object({
  /** What changed at or after this is listed; null lists all products. */
  since: z.string().nullable(),
  /** The next page; a sweep goes by id, so that nothing moves under it. */
  page: z.int().min(1),
  began: z.string().nullable(),
  sweptAt: z.string().nullable(),
})
type Cursor = z.infer<typeof cursorShape>

export function productFeed(client: Client): Feed {
  return {
    everyMs: PRODUCTS_EVERY_MS,
    since: (at) => ({ since: at, page: 1, began: null, sweptAt: at }),
    bulk: true,
    async read(stored) {
      const parsed = cursorShape.safeParse(stored)
      const cursor: Cursor = parsed.success ? parsed.data : { since: null, page: 1, began: null, sweptAt: null }
      const { products, dateMs } = await listProducts(client, cursor)
      const readings: Reading[] = []
      for (const product of products) readings.push(readingOf(product, await variationsOf(client, product)))
      const began = cursor.began ?? (dateMs === null ? null : new Date(dateMs).toISOString())
      if (products.length >= PRODUCTS_PER_READ)
        return { readings, cursor: { ...cursor, page: cursor.page + 1, began }, more: true }
      return { readings, cursor: nextPass(cursor, began), more: false }
    },
  }
}

function nextPass({ since, sweptAt }: Cursor, began: string | null): Cursor {
  const swept = since === null ? began : sweptAt
  const overdue = began !== null && swept !== null && Date.parse(began) - Date.parse(swept) >= PRODUCTS_SWEEP_MS
  const from = began === null ? since : new Date(Date.parse(began) - SETTLE_MS).toISOString()
  return { since: overdue ? null : from, page: 1, began: null, sweptAt: swept }
}

/** One page of products, whatever state they are in. */
export async function listProducts(
  client: Client,
  { since, page }: { since: string | null; page: number },
): Promise<{ products: ProductBody[]; dateMs: number | null }> {
  const changed = since === null ? {} : { modified_after: since.slice(0, 19), dates_are_gmt: 'true' }
  const query = { ...changed, orderby: 'id', order: 'asc', per_page: PRODUCTS_PER_READ, page }
  const { body, dateMs } = await client.call({ method: 'GET', path: '/products', query, what: 'the list of products' })
  return { products: productsIn(body, 'products'), dateMs }
}

/** All variations; they change all the time while they sell, so pages go by id. */
export async function variationsOf(client: Client, { id, type }: ProductBody): Promise<VariationBody[]> {
  if (type !== 'variable') return []
  const all: VariationBody[] = []
  for (let page = 1; ; page += 1) {
    const query = { orderby: 'id', order: 'asc', per_page: PER_PAGE_MAX, page }
    const { body } = await client.call({ method: 'GET', path: `/products/${id}/variations`, query, what: 'variations' })
    const found = variationsIn(body, 'variations')
    all.push(...found)
    if (found.length < PER_PAGE_MAX) return all
  }
}

const KEPT = [
  'id', 'name', 'parent_id', 'sku', 'manage_stock', 'stock_quantity', 'attributes',
  'date_modified', 'date_modified_gmt', ...SHOWN_MEMBERS,
] as const // prettier-ignore

/** Only what is read of it is kept. The time of change is part of the name: stock comes back to what it was before. */
function readingOf(product: ProductBody, variations: readonly VariationBody[]): Reading {
  const kept = (one: object) =>
    Object.fromEntries(KEPT.flatMap((name) => (name in one ? [[name, one[name as never]]] : [])))
  const body = { product: kept(product), variations: variations.map(kept) } as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)
  return { key: `product:${product.id}:${digest}`, topic: 'poll/product', body }
}
