/**
 * The product feed: everything the first time, then what changed. Only a change that means something to us is a new
 * reading.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Feed, Reading } from '../kit/connector.ts'
import { listProducts, moreVariants, type ReadProduct } from './feed-operations.ts'
import type { Caller } from './graphql.ts'
import { FEED_OVERLAP_MS } from './limits.ts'
import { readOn } from './paging.ts'

const cursorShape = z.object({
  /** Everything changed at or after this is listed; null lists all products. */
  since: z.string().nullable(),
  after: z.string().nullable(),
  high: z.string().nullable(),
})

export function productFeed(graphql: Caller): Feed {
  return {
    everyMs: 5 * 60_000,
    since: (at) => ({ since: at, after: null, high: null }),
    bulk: true,
    async read(stored) {
      const parsed = cursorShape.safeParse(stored)
      const cursor = parsed.success ? parsed.data : { since: null, after: null, high: null }
      const query = cursor.since === null ? null : `updated_at:>='${cursor.since}'`
      const { products: page } = await graphql.call(listProducts, { query, after: cursor.after })
      const more = (id: string) => async (after: string) => (await graphql.call(moreVariants, { id, after })).node?.page
      const readings: Reading[] = []
      for (const product of page.nodes) {
        const variants = await readOn(product.variants, more(product.id))
        readings.push(readingOf({ ...product, variants }))
      }
      const high = page.nodes.reduce(
        (latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest),
        cursor.high ?? '',
      )
      const { hasNextPage, endCursor } = page.pageInfo
      if (hasNextPage && endCursor) return { readings, cursor: { ...cursor, after: endCursor, high }, more: true }
      const since = high === '' ? cursor.since : new Date(Date.parse(high) - FEED_OVERLAP_MS).toISOString()
      return { readings, cursor: { since, after: null, high: high || null }, more: false }
    },
  }
}

/** Named by its content without the time of change: that moves with every sale, what we read of a product does not. */
function readingOf(product: ReadProduct): Reading {
  const body = product as unknown as Json
  const { updatedAt: _, ...content } = product
  const digest = createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16)
  return { key: `product:${product.legacyResourceId}:${digest}`, topic: 'poll/product', body }
}
