/**
 * Payments and refunds by the time of their last change, one location after the other. They are no news by themselves:
 * they say which orders to read again, such as a sale that a till without a line handed in days later.
 */
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { FEED_OVERLAP_MS, SALES_PER_READ } from './limits.ts'
import type { Sales } from './sales.ts'
import { id, listOf, maybeText, moment, shaped } from './shape.ts'
import type { Client } from './wire.ts'

const cursorShape = z.object({
  since: z.string(),
  /** Which location, and where its list goes on. */
  place: z.int(),
  after: z.string().nullable(),
  high: z.string(),
  /** What was looked at already, with its last change. */
  read: z.record(z.string(), z.string()),
})
type Cursor = z.infer<typeof cursorShape>

const change = z.object({ id, updated_at: moment, order_id: maybeText })
const lists = {
  payments: z.object({ payments: listOf(change), cursor: maybeText }),
  refunds: z.object({ refunds: listOf(change), cursor: maybeText }),
}

export interface ChangesFeedOptions {
  io: Io
  sales: Sales
  locations: readonly string[]
  backfillDays: number
}

export function changesFeed(client: Client, kind: keyof typeof lists, options: ChangesFeedOptions): Feed {
  const { io, sales, locations, backfillDays } = options
  const start = (since: string): Cursor => ({ since, place: 0, after: null, high: since, read: {} })
  return {
    everyMs: 60_000,
    since: start,
    async read(stored) {
      const known = cursorShape.safeParse(stored)
      const cursor = known.success ? known.data : start(new Date(io.now() - backfillDays * 86_400_000).toISOString())
      const location = locations[cursor.place]
      if (location === undefined) return { readings: [], cursor: { ...cursor, place: 0, after: null }, more: false }
      const page = await list(client, kind, location, cursor)
      const unread = page.all.filter((one) => cursor.read[one.id] !== one.updated_at)
      const wanted = unread.slice(0, SALES_PER_READ)
      const ids = [...new Set(wanted.flatMap((one) => one.order_id ?? []))]
      const readings = await sales.readings(await sales.orders(ids))
      const read = { ...cursor.read, ...Object.fromEntries(wanted.map((one) => [one.id, one.updated_at])) }
      const high = page.all.reduce((last, { updated_at: at }) => (at > last ? at : last), cursor.high)
      if (unread.length > wanted.length) return { readings, cursor: { ...cursor, read, high }, more: true }
      return next({ ...cursor, read, high }, readings, page.after, locations.length)
    },
  }
}

async function list(client: Client, kind: keyof typeof lists, location: string, { since, after }: Cursor) {
  const query = new URLSearchParams({
    location_id: location,
    updated_at_begin_time: since,
    sort_field: 'UPDATED_AT',
    sort_order: 'ASC',
    limit: '100',
    ...(after === null ? {} : { cursor: after }),
  })
  const answer = await client.call({ method: 'GET', path: `/v2/${kind}?${query.toString()}`, what: `listing ${kind}` })
  const page = shaped<{ payments?: Change[]; refunds?: Change[]; cursor?: string | null | undefined }>(
    lists[kind],
    answer,
    `the list of ${kind}`,
  )
  return { all: page[kind] ?? [], after: page.cursor ?? null }
}
type Change = z.infer<typeof change>

function next(cursor: Cursor, readings: Reading[], after: string | null, locations: number): FeedPage {
  if (after !== null) return { readings, cursor: { ...cursor, after }, more: true }
  const place = cursor.place + 1
  if (place < locations) return { readings, cursor: { ...cursor, place, after: null }, more: true }
  const from = new Date(Date.parse(cursor.high) - FEED_OVERLAP_MS).toISOString()
  const since = from > cursor.since ? from : cursor.since
  const read = Object.fromEntries(Object.entries(cursor.read).filter(([, at]) => at >= since))
  return { readings, cursor: { since, place: 0, after: null, high: cursor.high, read }, more: false }
}
