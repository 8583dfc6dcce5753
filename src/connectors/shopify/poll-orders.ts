/**
 * The order feed: reads what webhooks lost, by the time of the last change. It lists ids first, which is cheap, and
 * reads only the orders it has not read in that state; the cursor remembers those of the last minutes, which are listed
 * again and again because Shopify's search index trails the data. At the end of a pass it says how far orders are
 * known: as far below the shop's clock as that index may trail.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { openAttempts } from './attempts.ts'
import {
  LARGE_LIST,
  listOrders,
  moreFulfilledLines,
  moreOrderLines,
  morePlacedRefunds,
  moreRefundedLines,
  moreSeatedLines,
  moreShippingLines,
  readLists,
  readOrders,
  readPlacedLists,
  readPlacedOrders,
  readPlaces,
  readTransactions,
  SMALL_LIST,
  type ReadOrder,
} from './feed-operations.ts'
import type { Caller } from './graphql.ts'
import { gid, numberOf } from './ids.ts'
import { FEED_OVERLAP_MS, FEED_SETTLE_MS, ORDERS_PER_READ } from './limits.ts'
import { readOn } from './paging.ts'

const cursorShape = z.object({
  /** Everything changed at or after this is listed. */
  since: z.string(),
  /** Where the listing goes on; null at its beginning. */
  after: z.string().nullable(),
  /** The latest change seen. */
  high: z.string(),
  /** Orders read already, with the change they were read at. */
  read: z.record(z.string(), z.string()),
  /** What the shop's clock said when the pass began; null before it. Empty: its end does not say how far. */
  began: z.string().nullable().default(null),
})
type Cursor = z.infer<typeof cursorShape>

export interface OrderReadOptions {
  io: Io
  /** Orders say where their pieces lie: the shop sells from several places. */
  placed: boolean
  /** Orders say what gift cards and store credit paid of them. */
  redemptions: boolean
}

export function orderFeed(graphql: Caller, options: OrderReadOptions & { backfillDays: number }): Feed {
  const { io, placed, backfillDays } = options
  const attempts = openAttempts(graphql)
  return {
    // Webhooks do not say where an order is taken from: there the feed is what brings orders.
    everyMs: placed ? 15_000 : 60_000,
    since: (at) => ({ since: at, after: null, high: at, read: {}, began: null }),
    async read(stored) {
      const attempt = attempts.at(stored, io.now())
      const cursor = cursorOf(stored, attempt.atMs, backfillDays)
      const filter = { query: `updated_at:>='${cursor.since}'`, after: cursor.after }
      const { data, at } = await attempt.timed(listOrders, filter, placed ? readPlacedOrders : readOrders)
      const { orders: page } = data
      let began = cursor.began ?? at ?? ''
      const unread = page.nodes.filter(({ id, updatedAt }) => cursor.read[numberOf(id)] !== updatedAt)
      const wanted = unread.slice(0, ORDERS_PER_READ)
      const found =
        wanted.length > 0
          ? await attempt.call(placed ? readPlacedOrders : readOrders, { ids: wanted.map(({ id }) => id) })
          : { nodes: [] }
      const read = { ...cursor.read }
      // An order deleted meanwhile comes back as null; it is remembered so that it is not asked for again.
      for (const { id, updatedAt } of wanted) read[numberOf(id)] = updatedAt
      const readings: Reading[] = []
      for (const node of found.nodes) {
        if (!node) continue
        const whole = await complete(attempt, node, options)
        if (!whole) {
          began = ''
          continue
        }
        read[whole.legacyResourceId] = whole.updatedAt
        readings.push(readingOf(whole))
      }
      const high = page.nodes.reduce((latest, { updatedAt }) => (updatedAt > latest ? updatedAt : latest), cursor.high)
      attempts.end(stored)
      const unfinished = unread.length > wanted.length
      return next({ ...cursor, read, high, began }, readings, unfinished, page.pageInfo, attempt.atMs)
    },
  }
}

/** The orders as the feed would deliver them now. What the shop has no more is left out. */
export async function orderReadings(
  graphql: Caller,
  options: OrderReadOptions,
  externalIds: readonly string[],
): Promise<Reading[]> {
  const readings: Reading[] = []
  for (let at = 0; at < externalIds.length; at += ORDERS_PER_READ) {
    const ids = externalIds.slice(at, at + ORDERS_PER_READ).map((id) => gid('Order', id))
    for (const node of (await graphql.call(options.placed ? readPlacedOrders : readOrders, { ids })).nodes) {
      const whole = node && (await complete(graphql, node, options))
      if (whole) readings.push(readingOf(whole))
    }
  }
  return readings
}

function next(
  cursor: Cursor,
  readings: Reading[],
  unfinished: boolean,
  { hasNextPage, endCursor }: { hasNextPage: boolean; endCursor?: string | null | undefined },
  now: number,
): FeedPage {
  // The same page again: what was read is remembered, so the next call goes on behind it.
  if (unfinished) return { readings, cursor, more: true }
  const from = new Date(Date.parse(cursor.high) - FEED_OVERLAP_MS).toISOString()
  const to = hasNextPage ? Infinity : now - FEED_SETTLE_MS
  const kept = Object.entries(cursor.read).filter(
    ([, at]) => Date.parse(at) >= Date.parse(from) && Date.parse(at) <= to,
  )
  const read = Object.fromEntries(kept)
  if (hasNextPage && endCursor) return { readings, cursor: { ...cursor, read, after: endCursor }, more: true }
  const since = from > cursor.since ? from : cursor.since
  const done = { ...cursor, read, since, after: null, began: null }
  if (!cursor.began) return { readings, cursor: done, more: false }
  const until = new Date(Date.parse(cursor.began) - FEED_OVERLAP_MS).toISOString()
  const caughtUp: Reading = { key: `caught-up/${until}`, topic: 'poll/caught-up', body: { until } }
  return { readings: [...readings, caughtUp], cursor: done, more: false }
}

function cursorOf(stored: Json | null, now: number, backfillDays: number): Cursor {
  const parsed = cursorShape.safeParse(stored)
  if (parsed.success) return parsed.data
  const since = new Date(now - backfillDays * 86_400_000).toISOString()
  return { since, after: null, high: since, read: {}, began: null }
}

/**
 * The digest is part of the name because their clock counts whole seconds: two changes within one second are two
 * readings.
 */
function readingOf(order: ReadOrder): Reading {
  const body = order as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 12)
  return { key: `order:${order.legacyResourceId}:${order.updatedAt}:${digest}`, topic: 'poll/order', body }
}

/** The order with every page of what hangs on it, or null when it is too large to be read at all. */
async function complete(
  graphql: Caller,
  order: ReadOrder,
  { io, placed, redemptions }: OrderReadOptions,
): Promise<ReadOrder | null> {
  const { id } = order
  let { fulfillments, refunds, shippingLines } = order
  if (fulfillments.length >= SMALL_LIST || refunds.length >= SMALL_LIST) {
    const lists = (await graphql.call(placed ? readPlacedLists : readLists, { id })).order
    if (!lists) return null
    ;({ fulfillments, refunds, shippingLines } = lists)
    if (fulfillments.length >= LARGE_LIST || refunds.length >= LARGE_LIST) {
      io.log('warn', 'An order has too many shipments or refunds to be read by the feed; its webhooks still count.', {
        order: id,
      })
      return null
    }
  }
  const more = (operation: typeof moreOrderLines, of: string) => async (after: string) =>
    (await graphql.call(operation, { id: of, after })).node?.page
  return {
    ...order,
    lineItems: await readOn(order.lineItems, more(moreOrderLines, id)),
    shippingLines: await readOn(shippingLines, more(moreShippingLines, id)),
    fulfillments: await each(fulfillments, async (it) => ({
      ...it,
      fulfillmentLineItems: await readOn(it['fulfillmentLineItems'] as never, more(moreFulfilledLines, it.id)),
    })),
    refunds: await each(refunds, async (it) => ({
      ...it,
      refundLineItems: await readOn(
        it['refundLineItems'] as never,
        more(placed ? morePlacedRefunds : moreRefundedLines, it.id),
      ),
    })),
    ...(placed && { fulfillmentOrders: await placesOf(graphql, id) }),
    ...(redemptions && { transactions: (await graphql.call(readTransactions, { id })).order?.transactions ?? [] }),
  }
}

/** Which place serves which pieces. */
async function placesOf(graphql: Caller, id: string) {
  const page = async (after: string | null) => (await graphql.call(readPlaces, { id, after })).order?.fulfillmentOrders
  const first = await page(null)
  const all = first ? (await readOn(first, page)).nodes : []
  const nodes = await each(all, async (it) => ({
    ...it,
    lineItems: await readOn(
      it.lineItems,
      async (after) => (await graphql.call(moreSeatedLines, { id: it.id, after })).node?.page,
    ),
  }))
  return { nodes }
}

/** One after the other: a feed must not take the budget from orders and stock. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = []
  for (const item of items) done.push(await work(item))
  return done
}
