/**
 * What webhooks lose. `events` reads PayPal's own list of them, under the same names, for the 30 days it is kept;
 * `transactions` reads what the transaction search finds, which lags by hours; `disputes` whatever changed of those.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import { cardNumberIn } from '#canon/card-number.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import {
  DISPUTES_PAGE, EVENTS_KEPT_MS, EVENTS_PAGE, FEED_OVERLAP_MS, SEARCH_FIRST_MS, SEARCH_LAG_MS, SEARCH_OVERLAP_MS,
  SEARCH_PAGE, SEARCH_SPAN_MS,
} from './limits.ts' // prettier-ignore
import { moment, shaped } from './shape.ts'
import { EVENT_TYPES } from './webhooks.ts'
import type { Client } from './wire.ts'

const HOUR_MS = 3_600_000
const iso = (ms: number): string => new Date(ms).toISOString()
const id = z.string().min(1).max(200)
const links = z
  .array(z.object({ rel: z.string(), href: z.string() }))
  .nullish()
  .transform((all) => all ?? [])

/** Path and query of the next page: the host is ours to choose, so that no answer sends the token elsewhere. */
function nextOf(all: readonly { rel: string; href: string }[]): string | null {
  const next = all.find(({ rel }) => rel === 'next')
  const at = next ? URL.parse(next.href) : null
  return at ? `${at.pathname}${at.search}` : null
}

const eventsCursor = z.object({ since: z.int(), next: z.string().nullable(), high: z.int() })
const eventRow = z.looseObject({ id, event_type: z.string().min(1).max(100), create_time: moment })
const eventList = z.object({ events: z.array(eventRow).nullish(), links })

export function eventsFeed(client: Client, io: Io, backfillDays: number): Feed {
  const start = (ms: number) => {
    const since = Math.max(ms, io.now() - EVENTS_KEPT_MS + HOUR_MS)
    return { since, next: null, high: since }
  }
  return {
    everyMs: 60_000,
    since: (at) => start(Date.parse(at)),
    async read(stored): Promise<FeedPage> {
      const { since, next, high } = eventsCursor.safeParse(stored).data ?? start(io.now() - backfillDays * 24 * HOUR_MS)
      const query = new URLSearchParams({
        page_size: String(EVENTS_PAGE),
        start_time: iso(since),
        end_time: iso(io.now()),
      })
      const path = next ?? `/v1/notifications/webhooks-events?${query.toString()}`
      const answer = await client.call({ method: 'GET', path, what: 'listing events' })
      const page = shaped(eventList, answer, 'the list of events')
      const ours = (page.events ?? []).filter((one) => EVENT_TYPES.includes(one.event_type as never))
      const readings = ours.map((one) => readingOf(one.id, one.event_type, one))
      const top = (page.events ?? []).reduce((last, one) => Math.max(last, Date.parse(one.create_time)), high)
      const more = nextOf(page.links)
      if (more !== null) return { readings, cursor: { since, next: more, high: top }, more: true }
      const from = Math.max(since, top - FEED_OVERLAP_MS)
      return { readings, cursor: { since: from, next: null, high: top }, more: false }
    },
  }
}

/** `to`: null before the first page of a window, since it ends when it is read. */
const searchCursor = z.object({ from: z.int(), to: z.int().nullable(), page: z.int().min(1) })
const found = z.object({
  transaction_details: z
    .array(z.object({ transaction_info: z.object({ transaction_id: id, transaction_event_code: z.string() }) }))
    .nullish(),
  total_pages: z.int().nullish(),
  last_refreshed_datetime: moment.nullish(),
})

/** Which resource a transaction is, by the first three characters of its event code. */
const RESOURCES: readonly (readonly [RegExp, 'captures' | 'refunds', string])[] = [
  [/^T00/, 'captures', 'poll/capture'],
  [/^T11/, 'refunds', 'poll/refund'],
]

export function transactionsFeed(client: Client, io: Io): Feed {
  const window = (from: number) => ({ from, to: null, page: 1 })
  return {
    everyMs: 6 * HOUR_MS,
    bulk: true,
    since: (at) => window(Date.parse(at)),
    async read(stored): Promise<FeedPage> {
      const { from, to: end, page } = searchCursor.safeParse(stored).data ?? window(io.now() - SEARCH_FIRST_MS)
      const to = end ?? Math.min(io.now(), from + SEARCH_SPAN_MS)
      const query = new URLSearchParams({
        start_date: iso(from),
        end_date: iso(to),
        fields: 'transaction_info',
        page_size: String(SEARCH_PAGE),
        page: String(page),
      })
      const path = `/v1/reporting/transactions?${query.toString()}`
      const told = shaped(
        found,
        await client.call({ method: 'GET', path, what: 'searching transactions' }),
        'the search',
      )
      const readings: Reading[] = []
      for (const { transaction_info: one } of told.transaction_details ?? []) {
        const kind = RESOURCES.find(([code]) => code.test(one.transaction_event_code))
        if (kind) readings.push(await resource(client, kind[1], kind[2], one.transaction_id))
      }
      if (page < (told.total_pages ?? 1)) return { readings, cursor: { from, to, page: page + 1 }, more: true }
      // What the search does not know yet is looked for again.
      const known = told.last_refreshed_datetime ? Date.parse(told.last_refreshed_datetime) : to - SEARCH_LAG_MS
      const next = Math.min(to, known) - SEARCH_OVERLAP_MS
      const behind = to - from >= SEARCH_SPAN_MS && to < io.now()
      return { readings, cursor: window(behind ? to : next), more: behind }
    },
  }
}

async function resource(client: Client, kind: string, topic: string, name: string): Promise<Reading> {
  const path = `/v2/payments/${kind}/${encodeURIComponent(name)}`
  const body = await client.call({ method: 'GET', path, what: `reading one of the ${kind}` })
  return readingOf(`${name}:${digest(body)}`, topic, body)
}

const disputesCursor = z.object({ since: z.int(), next: z.string().nullable(), begun: z.int() })
const disputeList = z.object({ items: z.array(z.object({ dispute_id: id })).nullish(), links })

export function disputesFeed(client: Client, io: Io, backfillDays: number): Feed {
  const start = (since: number) => ({ since, next: null, begun: io.now() })
  return {
    everyMs: HOUR_MS,
    bulk: true,
    since: (at) => start(Date.parse(at)),
    async read(stored): Promise<FeedPage> {
      const cursor = disputesCursor.safeParse(stored).data ?? start(io.now() - backfillDays * 24 * HOUR_MS)
      const { since, next } = cursor
      const begun = next === null ? io.now() : cursor.begun
      const query = new URLSearchParams({ update_time_after: iso(since), page_size: String(DISPUTES_PAGE) })
      const path = next ?? `/v1/customer/disputes?${query.toString()}`
      const answer = await client.call({ method: 'GET', path, what: 'listing disputes' })
      const page = shaped(disputeList, answer, 'the list of disputes')
      const readings: Reading[] = []
      // The list says neither which transaction it is about nor what money moved.
      for (const { dispute_id: name } of page.items ?? []) {
        const one = { method: 'GET', path: `/v1/customer/disputes/${encodeURIComponent(name)}` } as const
        const body = await client.call({ ...one, what: 'reading a dispute' })
        readings.push(readingOf(`${name}:${digest(body)}`, 'poll/dispute', body))
      }
      const more = nextOf(page.links)
      if (more !== null) return { readings, cursor: { since, next: more, begun }, more: true }
      return { readings, cursor: { since: begun - FEED_OVERLAP_MS, next: null, begun }, more: false }
    },
  }
}

const digest = (one: unknown): string => createHash('sha256').update(canonicalJson(one)).digest('hex').slice(0, 16)

/** What holds a card number is not taken in; that it is there is. */
function readingOf(key: string, topic: string, body: unknown): Reading {
  const shown = cardNumberIn(JSON.stringify(body))
  if (shown === null) return { key, topic, body: body as Json }
  const inner = (body as { resource?: unknown }).resource ?? body
  const { id: own, supplementary_data: more } = inner as {
    id?: unknown
    supplementary_data?: { related_ids?: { order_id?: unknown } }
  }
  const named = [more?.related_ids?.order_id, own].find((one) => typeof one === 'string') as string | undefined
  return { key: `refused/${key}`, topic: 'poll/refused', body: { id: named ?? 'unknown', shown } }
}
