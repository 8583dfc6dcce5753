/**
 * The order feed: searches by the time of the last change, ten locations at a time, and reads whole what it has not
 * read in that state. At the end of each pass it says up to when every order is known.
 */
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { FEED_OVERLAP_MS, FEED_SETTLE_MS, LOCATIONS_PER_SEARCH, SALES_PER_READ, SEARCH_PAGE } from './limits.ts'
import { orderList, type Sales } from './sales.ts'
import { shaped } from './shape.ts'
import type { SquareOrder } from './shapes.ts'
import type { Client } from './wire.ts'

const cursorShape = z.object({
  /** Everything changed at or after this is searched. */
  since: z.string(),
  /** Which ten locations, and where their search goes on. */
  chunk: z.int(),
  after: z.string().nullable(),
  /** Their clock when the pass began; null between passes. */
  began: z.string().nullable(),
  /** The latest change seen. */
  high: z.string(),
  /** Orders read already, with the state they were read in. */
  read: z.record(z.string(), z.string()),
  /** It reads from a later moment than the feed itself may stand at, so it cannot say that all before is known. */
  partial: z.boolean().optional(),
})
type Cursor = z.infer<typeof cursorShape>

export interface OrdersFeedOptions {
  io: Io
  sales: Sales
  locations: readonly string[]
  backfillDays: number
}

export function ordersFeed(client: Client, { io, sales, locations, backfillDays }: OrdersFeedOptions): Feed {
  const start = (since: string): Cursor => ({ since, chunk: 0, after: null, began: null, high: since, read: {} })
  return {
    everyMs: 20_000,
    since: (at) => ({ ...start(at), partial: true }),
    async read(stored) {
      const known = cursorShape.safeParse(stored)
      const fresh = () => start(new Date(io.now() - backfillDays * 86_400_000).toISOString())
      const before = known.success ? known.data : fresh()
      if (locations.length === 0) return { readings: [], cursor: before, more: false }
      const began = before.began ?? new Date(await client.clock()).toISOString()
      const cursor = { ...before, began }
      const page = await search(client, locations, cursor)
      const unread = page.orders.filter((one) => cursor.read[one.id] !== stateOf(one))
      const wanted = unread.slice(0, SALES_PER_READ)
      const readings = await sales.readings(wanted)
      const read = { ...cursor.read, ...Object.fromEntries(wanted.map((one) => [one.id, stateOf(one)])) }
      const high = page.orders.reduce((last, { updated_at: at }) => (at > last ? at : last), cursor.high)
      // The same page again: what was read is remembered, so the next call goes on behind it.
      if (unread.length > wanted.length) return { readings, cursor: { ...cursor, read, high }, more: true }
      return next({ ...cursor, read, high }, readings, page.cursor ?? null, locations.length)
    },
  }
}

/** Orders of a till carry no version; both sides of the name are theirs. */
const stateOf = ({ updated_at: at, version }: SquareOrder): string => `${at} ${version ?? ''}`

async function search(client: Client, locations: readonly string[], { since, chunk, after }: Cursor) {
  const at = chunk * LOCATIONS_PER_SEARCH
  const body = {
    location_ids: locations.slice(at, at + LOCATIONS_PER_SEARCH),
    query: {
      filter: { date_time_filter: { updated_at: { start_at: since } } },
      sort: { sort_field: 'UPDATED_AT', sort_order: 'ASC' },
    },
    limit: SEARCH_PAGE,
    ...(after === null ? {} : { cursor: after }),
  }
  const answer = await client.call({ method: 'POST', path: '/v2/orders/search', body, what: 'searching orders' })
  return shaped(orderList, answer, 'the search of orders')
}

function next(cursor: Cursor, readings: Reading[], after: string | null, locations: number): FeedPage {
  if (after !== null) return { readings, cursor: { ...cursor, after }, more: true }
  const chunk = cursor.chunk + 1
  if (chunk * LOCATIONS_PER_SEARCH < locations)
    return { readings, cursor: { ...cursor, chunk, after: null }, more: true }
  const from = new Date(Date.parse(cursor.high) - FEED_OVERLAP_MS).toISOString()
  const since = from > cursor.since ? from : cursor.since
  const read = Object.fromEntries(Object.entries(cursor.read).filter(([, state]) => state >= since))
  const ended = { ...cursor, since, chunk: 0, after: null, began: null, read }
  const known = cursor.partial ? [] : [caughtUp(cursor.began!)]
  return { readings: [...readings, ...known], cursor: ended, more: false }
}

/** Their lists trail what happens by some seconds: up to so long before the pass began everything was listed. */
function caughtUp(began: string): Reading {
  const until = new Date(Date.parse(began) - FEED_SETTLE_MS).toISOString()
  return { key: `caught-up/${until}`, topic: 'poll/caught-up', body: { until } }
}
