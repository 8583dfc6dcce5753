/** What webhooks lose: orders by when they last changed, returns by when they were completed. */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { FEED_OVERLAP_MS, PAGE } from './limits.ts'
import { shaped } from './shape.ts'
import type { Client } from './wire.ts'

const DAY_MS = 86_400_000
const digest = (one: unknown): string => createHash('sha256').update(canonicalJson(one)).digest('hex').slice(0, 16)
const readingOf = (topic: string, one: { id: number }): Reading => ({
  key: `${topic}:${one.id}:${digest(one)}`,
  topic,
  body: one as unknown as Json,
})

const row = z.looseObject({ id: z.int() })
/** `began`: when the pass began, which is where the next one goes on. */
const cursorShape = z.object({ since: z.string(), page: z.int().min(1), began: z.string() })

function passes(
  io: Io,
  backfillDays: number,
  read: (since: string, page: number) => Promise<{ readings: Reading[]; more: boolean }>,
): Pick<Feed, 'since' | 'read'> {
  const start = (since: number) => ({
    since: new Date(since).toISOString(),
    page: 1,
    began: new Date(io.now()).toISOString(),
  })
  return {
    since: (at) => start(Date.parse(at)),
    async read(stored): Promise<FeedPage> {
      const { since, page, began } = cursorShape.safeParse(stored).data ?? start(io.now() - backfillDays * DAY_MS)
      const from = page === 1 ? new Date(io.now()).toISOString() : began
      const { readings, more } = await read(since, page)
      if (more) return { readings, cursor: { since, page: page + 1, began: from }, more }
      return { readings, cursor: { ...start(Date.parse(from) - FEED_OVERLAP_MS), began: from }, more }
    },
  }
}

export const ordersFeed = (client: Client['patient'], io: Io, backfillDays: number): Feed => ({
  everyMs: 120_000,
  ...passes(io, backfillDays, async (since, page) => {
    const query = { LastUpdateStartDate: since, Page: page, Limit: PAGE, SortOrder: 'Oldest' }
    const answer = await client.call({ method: 'GET', path: '/order', query, what: 'listing orders' })
    const rows = shaped(z.array(row), answer, 'the list of orders')
    return { readings: rows.map((one) => readingOf('poll/order', one)), more: rows.length === PAGE }
  }),
})

const returnsPage = z.object({ items: z.array(row).nullish(), next: z.string().nullish() })

export const returnsFeed = (client: Client['patient'], io: Io, backfillDays: number): Feed => ({
  everyMs: 900_000,
  ...passes(io, backfillDays, async (since, page) => {
    const query = { CompletedStartDate: since, Limit: PAGE, Cursor: page }
    const answer = await client.call({ method: 'GET', path: '/return', query, what: 'listing returns' })
    const { items, next } = shaped(returnsPage, answer, 'the list of returns')
    return { readings: (items ?? []).map((one) => readingOf('poll/return', one)), more: Boolean(next) }
  }),
})

const level = z.object({ inventory_id: z.int(), sku: z.string().nullish(), total_on_hand_quantity: z.int() })
const levels = z.object({ items: z.array(level).nullish(), next: z.string().nullish() })
/** `at`: when the pass began. `next`: the query of the page to come. */
const countCursor = z.object({ at: z.string(), page: z.int().min(1), next: z.record(z.string(), z.string()) })

/** Everything on the shelf, promised or not. A page is one reading: a count of thousands of SKUs is a few rows. */
export const inventoryFeed = (client: Client['patient'], io: Io, warehouse: string): Feed => ({
  everyMs: 3_600_000,
  bulk: true,
  async read(stored): Promise<FeedPage> {
    const first = { at: new Date(io.now()).toISOString(), page: 1, next: { PageSize: String(PAGE) } }
    const { at, page, next: query } = countCursor.safeParse(stored).data ?? first
    const what = 'counting the stock'
    const answer = await client.call({ method: 'GET', path: '/inventory-level', query, what })
    const { items, next } = shaped(levels, answer, 'the list of stock')
    const counts = (items ?? []).flatMap(({ sku, total_on_hand_quantity: onHand }) =>
      sku ? [{ sku, onHand: Math.max(0, onHand) }] : [],
    )
    const readings: Reading[] =
      counts.length > 0
        ? [{ key: `poll/inventory:${at}:${page}`, topic: 'poll/inventory', body: { warehouse, at, counts } }]
        : []
    if (!next) return { readings, cursor: null, more: false }
    const rest = Object.fromEntries(new URL(next, 'https://api.shipbob.com').searchParams)
    return { readings, cursor: { at, page: page + 1, next: rest }, more: true }
  },
})
