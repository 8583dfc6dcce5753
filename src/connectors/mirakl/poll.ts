/**
 * What is read from a marketplace. Orders (OR11) by the time of their last change, offers (OF21) all of them. One page
 * is a call, and one call a minute is all there is for orders.
 *
 * A pass over the orders has a beginning and no end: were orders left out that change while it lasts, those behind them
 * would move up a place, past the page that was read already. With no end they only move down, and are read twice.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { TOPICS } from './inbound.ts'
import { FEED_OVERLAP_MS, PAGE_SIZE, SETTLE_MS } from './limits.ts'
import { type Answer, shapedAnswer, type Wire } from './wire.ts'

type Patient = Wire['patient']

const orderPage = z.object({ orders: z.array(z.looseObject({ order_id: z.string() })), total_count: z.int() })
const offerPage = z.object({ offers: z.array(z.looseObject({ offer_id: z.int() })), total_count: z.int() })

const cursorShape = z.object({
  /** Everything changed at or after this is listed. */
  since: z.string(),
  /** How many of this pass were read. */
  offset: z.int(),
  /** When the pass began, by their clock; null before its first page. */
  begun: z.string().nullable(),
})
type Cursor = z.infer<typeof cursorShape>

const instant = (ms: number): string => new Date(ms).toISOString()

export function orderFeed(
  wire: Patient,
  io: Io,
  { everyMs, backfillDays }: { everyMs: number; backfillDays: number },
): Feed {
  // prettier-ignore
  return {
    everyMs,
    since: (at) => ({ since: at, offset: 0, begun: null }),
    async read(stored): Promise<FeedPage> {
      const cursor = cursorShape.safeParse(stored).data ?? fresh(io.now(), backfillDays)
      const answer = await listOrders(wire, { start_update_date: cursor.since }, cursor.offset)
      const { orders, total_count } = shapedAnswer(orderPage, answer, 'OR11')
      const begun = cursor.begun ?? instant(answer.atMs)
      const readings = orders.map(orderReading)
      const offset = cursor.offset + orders.length
      if (orders.length > 0 && offset < total_count)
        return { readings, cursor: { ...cursor, offset, begun } satisfies Cursor, more: true }
      const until = instant(Date.parse(begun) - SETTLE_MS)
      readings.push({ key: `caught-up/${until}`, topic: TOPICS.caughtUp, body: { until } })
      const since = instant(Date.parse(begun) - FEED_OVERLAP_MS)
      const next: Cursor = { since: since > cursor.since ? since : cursor.since, offset: 0, begun: null }
      return { readings, cursor: next, more: false }
    },
  }
}

const fresh = (now: number, backfillDays: number): Cursor => ({
  since: instant(now - backfillDays * 86_400_000),
  offset: 0,
  begun: null,
})

export const listOrders = (wire: Patient, filter: Readonly<Record<string, string>>, offset: number): Promise<Answer> =>
  wire.call({
    operation: 'OR11',
    path: '/api/orders',
    query: { ...filter, sort: 'dateCreated', order: 'asc', max: PAGE_SIZE, offset },
  })

/** Named by its content: their clock counts seconds, and two changes within one are two readings. */
export function orderReading(order: { order_id: string }): Reading {
  const body = order as unknown as Json
  return { key: `order:${order.order_id}:${digest(body)}`, topic: TOPICS.order, body }
}

const digest = (body: Json): string => createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)

const offerCursor = z.object({ offset: z.int() })

/** What is no part of the listing, such as its stock, is left out: an offer is news when its listing changes. */
const listed = z.object({
  offer_id: z.int(),
  shop_sku: z.string(),
  product_sku: z.string().nullish(),
  product_title: z.string().nullish(),
  quantity: z.int(),
  currency_iso_code: z.unknown(),
  all_prices: z.unknown(),
  product_references: z.unknown(),
})

export function offerFeed(wire: Patient): Feed {
  return {
    everyMs: 3_600_000,
    bulk: true,
    since: () => ({ offset: 0 }),
    async read(stored): Promise<FeedPage> {
      const { offset } = offerCursor.safeParse(stored).data ?? { offset: 0 }
      const { offers, total } = await listOffers(wire, offset)
      const readings = offers.flatMap((offer): Reading[] => {
        const body = listed.safeParse(offer).data
        if (!body) return []
        const { quantity: _, ...listing } = body
        const key = `offer:${body.offer_id}:${digest(listing as Json)}`
        return [{ key, topic: TOPICS.offer, body: body as Json }]
      })
      const next = offset + offers.length
      const more = offers.length > 0 && next < total
      return { readings, cursor: { offset: more ? next : 0 }, more }
    },
  }
}

export async function listOffers(wire: Patient, offset: number): Promise<{ offers: unknown[]; total: number }> {
  const query = { max: PAGE_SIZE, offset, sort: 'productTitle' }
  const answer = await wire.call({ operation: 'OF21', path: '/api/offers', query })
  const page = shapedAnswer(offerPage, answer, 'OF21')
  return { offers: page.offers, total: page.total_count }
}
