/**
 * The order feeds. `searchOrders` lets through one call in three minutes, so it is the safety net under the queue: one
 * listing by the last change, and one by the time of placing, which alone can say how far all orders are known.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { CHANGED_EVERY_MS, FEED_OVERLAP_MS, ORDERS_PER_PAGE, PLACED_EVERY_MS } from './limits.ts'
import { INCLUDED, type OrderNode, orderNode } from './order-node.ts'
import { instantOf } from './shape.ts'

export interface OrderFeedOptions {
  marketplaceId: string
  backfillDays: number
}

/** An order is kept as it came: what we do not read today may be read tomorrow. */
const whole = z.looseObject({ orderId: z.string().min(1), lastUpdatedTime: z.string() })
export type WholeOrder = z.infer<typeof whole>

const page = z.object({
  orders: z.array(whole),
  pagination: z.object({ nextToken: z.string().nullish() }).nullish(),
  /** Amazon lists nothing newer than two minutes, and says up to when. */
  lastUpdatedBefore: z.string().nullish(),
  createdBefore: z.string().nullish(),
})

const cursorShape = z.object({
  since: z.string(),
  /** Where the listing goes on, and when it was begun: tokens end after a day. */
  token: z.string().nullable(),
  startedMs: z.number(),
})

const TOKEN_LIFE_MS = 23 * 3_600_000

/** By the last change: what the queue did not tell. */
export const changedFeed = (client: Client, io: Io, options: OrderFeedOptions): Feed =>
  feed('lastUpdatedAfter', CHANGED_EVERY_MS, client, io, options)

/** By the time of placing; each complete pass says up to when every order placed is known. */
export const placedFeed = (client: Client, io: Io, options: OrderFeedOptions): Feed =>
  feed('createdAfter', PLACED_EVERY_MS, client, io, options)

function feed(
  by: 'lastUpdatedAfter' | 'createdAfter',
  everyMs: number,
  client: Client,
  io: Io,
  { marketplaceId, backfillDays }: OrderFeedOptions,
): Feed {
  return {
    everyMs,
    since: (at) => ({ since: at, token: null, startedMs: 0 }),
    async read(stored): Promise<FeedPage> {
      const parsed = cursorShape.safeParse(stored).data
      const since = parsed?.since ?? new Date(io.now() - backfillDays * 86_400_000).toISOString()
      const expired = parsed !== undefined && io.now() - parsed.startedMs > TOKEN_LIFE_MS
      const token = parsed && !expired ? parsed.token : null
      const startedMs = token === null ? io.now() : parsed!.startedMs
      const { data } = await searchPage(client, { marketplaceId, [by]: since, token })
      const readings = data.orders.map(readingOf)
      const next = data.pagination?.nextToken
      if (next) return { readings, cursor: { since, token: next, startedMs }, more: true }
      const until = by === 'createdAfter' ? data.createdBefore : data.lastUpdatedBefore
      if (!until) return { readings, cursor: { since, token: null, startedMs: 0 }, more: false }
      const known = instantOf(until, by)
      const from = new Date(Date.parse(known) - FEED_OVERLAP_MS).toISOString()
      if (by === 'createdAfter') readings.push(caughtUp(known))
      return { readings, cursor: { since: from > since ? from : since, token: null, startedMs: 0 }, more: false }
    },
  }
}

export interface Search {
  marketplaceId: string
  lastUpdatedAfter?: string
  createdAfter?: string
  token: string | null
}

/** Throws a Fault. The filters must be repeated with every token. */
export const searchPage = (client: Client, { marketplaceId, token, ...after }: Search) =>
  client.call('searchOrders', page, {
    patient: true,
    query: {
      marketplaceIds: marketplaceId,
      ...after,
      includedData: INCLUDED,
      maxResultsPerPage: String(ORDERS_PER_PAGE),
      ...(token === null ? {} : { paginationToken: token }),
    },
  })

const one = z.object({ order: whole })

/** The order as it is now, or null when Amazon has none by that id. */
export async function readOrder(client: Client, orderId: string): Promise<WholeOrder | null> {
  try {
    const ask = { path: { orderId }, query: { includedData: INCLUDED }, patient: true }
    return (await client.call('getOrder', one, ask)).data.order
  } catch (error) {
    if ((error as { code?: string }).code === 'amazon.not_found') return null
    throw error
  }
}

/** Named by order, change and content: data sets that were withheld before come as another reading. */
export function readingOf(order: WholeOrder): Reading {
  const body = order as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 12)
  return { key: `order:${order.orderId}:${order.lastUpdatedTime}:${digest}`, topic: 'poll/order', body }
}

const caughtUp = (until: string): Reading => ({
  key: `caught-up/${until}`,
  topic: 'poll/caught-up',
  body: { until },
})

/** What is read of the order; null when it is not as it must be. */
export const nodeOf = (order: WholeOrder): OrderNode | null => orderNode.safeParse(order).data ?? null
