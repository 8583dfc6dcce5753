/**
 * The order feed: reads what webhooks lost, by the time of the last change, and what they do not tell (which pieces a
 * refund took back). It goes on behind the last change it saw instead of turning pages: an order that changes meanwhile
 * moves to the end of the list, and everything behind it one place forward, over the edge of a page. Only where more
 * changed within one second than fits on a page it turns pages, half of each read twice.
 *
 * At the end of a pass it says how far orders are known: everything changed up to then was handed in, stock taken for
 * it included. So the last minute is read again in every pass.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Client } from './http.ts'
import { ORDERS_EVERY_MS, ORDERS_PER_READ, PER_PAGE_MAX, SETTLE_MS } from './limits.ts'
import { orderReading } from './order-body.ts'
import { id, instantOf, shaped } from './shape.ts'

const cursorShape = z.object({
  /** Everything changed at or after this is listed. */
  since: z.string(),
  /** How many of the list were read already; 0 unless one second holds more than a page. */
  offset: z.int().min(0),
  /** What the shop's clock said when the pass began; null before it. */
  began: z.string().nullable(),
  /** Reads again from a moment in the past: it does not say how far orders are known. */
  again: z.boolean(),
})
type Cursor = z.infer<typeof cursorShape>

const listed = z.array(
  z.looseObject({
    id,
    date_created_gmt: z.string(),
    date_modified_gmt: z.string().nullish(),
    refunds: z.array(z.unknown()).default([]),
  }),
)
type Listed = z.infer<typeof listed>[number]

export function orderFeed(client: Client, io: Io, backfillDays: number): Feed {
  return {
    everyMs: ORDERS_EVERY_MS,
    since: (at) => ({ since: at, offset: 0, began: null, again: true }),
    async read(stored) {
      const cursor = cursorOf(stored, io.now(), backfillDays)
      const { body, dateMs } = await client.call({
        method: 'GET',
        path: '/orders',
        query: {
          // The filter leaves out what changed at the very second it names.
          modified_after: gmt(Date.parse(cursor.since) - 1_000),
          dates_are_gmt: 'true',
          orderby: 'modified',
          order: 'asc',
          per_page: ORDERS_PER_READ,
          ...(cursor.offset > 0 ? { offset: cursor.offset } : {}),
        },
        what: 'the list of orders',
      })
      const began = cursor.began ?? (dateMs === null ? null : new Date(dateMs).toISOString())
      const orders = shaped(listed, body, 'orders')
      const readings: Reading[] = []
      for (const order of orders) readings.push(await readingOf(client, order))
      return next({ ...cursor, began }, orders, readings)
    },
  }
}

/** The orders as the feed would deliver them now. What the shop has no more is left out. */
export async function orderReadings(client: Client, externalIds: readonly string[]): Promise<Reading[]> {
  const readings: Reading[] = []
  for (let at = 0; at < externalIds.length; at += PER_PAGE_MAX) {
    const include = externalIds.slice(at, at + PER_PAGE_MAX).join(',')
    const query = { include, per_page: PER_PAGE_MAX }
    const { body } = await client.call({ method: 'GET', path: '/orders', query, what: 'some orders' })
    for (const order of shaped(listed, body, 'orders')) readings.push(await readingOf(client, order))
  }
  return readings
}

function next(cursor: Cursor, orders: readonly Listed[], readings: Reading[]): FeedPage {
  const last = orders.at(-1)
  if (last && orders.length >= ORDERS_PER_READ) {
    const changed = changeOf(last)
    const stuck = changed === cursor.since
    const offset = stuck ? cursor.offset + Math.floor(ORDERS_PER_READ / 2) : 0
    return { readings, cursor: { ...cursor, since: changed, offset }, more: true }
  }
  if (cursor.began === null) return { readings, cursor: { ...cursor, offset: 0 }, more: false }
  const until = new Date(Date.parse(cursor.began) - SETTLE_MS).toISOString()
  // Never back: a clock over there that was put back reads a little more, and loses nothing.
  const since = until > cursor.since || cursor.again ? until : earlier(cursor.since, until)
  const done = { since, offset: 0, began: null, again: cursor.again }
  if (cursor.again) return { readings, cursor: done, more: false }
  const caughtUp: Reading = { key: `caught-up/${until}`, topic: 'poll/caught-up', body: { until } }
  return { readings: [...readings, caughtUp], cursor: done, more: false }
}

const earlier = (a: string, b: string): string => (a < b ? a : b)

const changeOf = ({ date_modified_gmt: changed, date_created_gmt: created }: Listed): string =>
  instantOf(changed ?? created, 'date_modified_gmt')

/** As the shop writes moments: without milliseconds and without a zone. */
const gmt = (ms: number): string => new Date(ms).toISOString().slice(0, 19)

/** Named by its content too: what was taken off the shelf shows a moment later, under the same time of change. */
async function readingOf(client: Client, order: Listed): Promise<Reading> {
  const refunds = order.refunds.length > 0 ? await refundsOf(client, order.id) : []
  // Links repeat addresses, and tell nothing.
  const { _links: _, ...rest } = order
  const body = { order: rest, refunds } as unknown as Json
  const digest = createHash('sha256').update(canonicalJson(body)).digest('hex').slice(0, 16)
  return { key: `order:${order.id}:${order.date_modified_gmt ?? ''}:${digest}`, topic: 'poll/order', body }
}

const refundShape = z.array(z.looseObject(orderReading.shape.refunds.element.shape))

async function refundsOf(client: Client, orderId: number): Promise<unknown[]> {
  const path = `/orders/${orderId}/refunds`
  const { body } = await client.call({
    method: 'GET',
    path,
    query: { per_page: PER_PAGE_MAX },
    what: 'the refunds of an order',
  })
  return shaped(refundShape, body, 'refunds').map(({ _links: _, ...refund }) => refund)
}

function cursorOf(stored: Json | null, now: number, backfillDays: number): Cursor {
  const parsed = cursorShape.safeParse(stored)
  if (parsed.success) return parsed.data
  const since = new Date(Math.floor(now / 1_000) * 1_000 - backfillDays * 86_400_000).toISOString()
  return { since, offset: 0, began: null, again: false }
}
