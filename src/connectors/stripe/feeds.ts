/**
 * What webhooks lose. `events` reads Stripe's own list of them, under the same names, for the 30 days it is kept;
 * `listing` reads whatever can still change, once a day, so that nothing depends on events alone.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import { cardNumberIn } from '#canon/card-number.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { EVENTS_KEPT_MS, FEED_OVERLAP_MS, LISTED_DAYS, PAGE } from './limits.ts'
import { listOf, shaped } from './shape.ts'
import { LISTED_EVENT_TYPES } from './webhooks.ts'
import type { Client } from './wire.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000
const seconds = (ms: number): number => Math.floor(ms / 1_000)

/** `since`, `high`: seconds. Pages go from the newest back, so a pass ends before `high` counts. */
const eventsCursor = z.object({ since: z.int(), after: z.string().nullable(), high: z.int() })
const eventRow = z.looseObject({ id: z.string().min(1).max(200), type: z.string().min(1).max(100), created: z.int() })

export function eventsFeed(client: Client, io: Io, backfillDays: number): Feed {
  // Nothing older than what is kept: there is nothing to be listed.
  const start = (ms: number) => {
    const since = seconds(Math.max(ms, io.now() - EVENTS_KEPT_MS + HOUR_MS))
    return { since, after: null, high: since }
  }
  return {
    everyMs: 60_000,
    since: (at) => start(Date.parse(at)),
    async read(stored): Promise<FeedPage> {
      const known = eventsCursor.safeParse(stored).data
      const { since, after, high } = known ?? start(io.now() - backfillDays * DAY_MS)
      const values = {
        types: LISTED_EVENT_TYPES,
        created: { gte: since },
        limit: PAGE,
        ...(after === null ? {} : { starting_after: after }),
      }
      const answer = await client.call({ method: 'GET', path: '/v1/events', values, what: 'listing events' })
      const page = shaped(listOf(eventRow), answer, 'the list of events')
      const readings = page.data.map((one) => readingOf(one.id, one.type, one))
      const top = page.data.reduce((last, { created }) => Math.max(last, created), high)
      const last = page.data.at(-1)
      if (page.has_more && last) return { readings, cursor: { since, after: last.id, high: top }, more: true }
      const next = Math.max(since, top - seconds(FEED_OVERLAP_MS))
      return { readings, cursor: { since: next, after: null, high: top }, more: false }
    },
  }
}

type Listed = keyof typeof LISTED_DAYS
const KINDS = Object.keys(LISTED_DAYS) as Listed[]

const listingCursor = z.object({ kind: z.int().min(0), after: z.string().nullable(), from: z.int().nullable() })
const row = z.looseObject({ id: z.string().min(1).max(200) })

export function listingFeed(client: Client, io: Io): Feed {
  return {
    everyMs: DAY_MS,
    bulk: true,
    since: (at) => ({ kind: 0, after: null, from: seconds(Date.parse(at)) }),
    async read(stored): Promise<FeedPage> {
      const { kind, after, from } = listingCursor.safeParse(stored).data ?? { kind: 0, after: null, from: null }
      const name = KINDS[kind] ?? KINDS[0]!
      const usual = seconds(io.now() - LISTED_DAYS[name] * DAY_MS)
      const values = {
        created: { gte: from === null ? usual : Math.min(from, usual) },
        limit: PAGE,
        ...(after === null ? {} : { starting_after: after }),
      }
      const answer = await client.call({ method: 'GET', path: `/v1/${name}`, values, what: `listing ${name}` })
      const page = shaped(listOf(row), answer, `the list of ${name}`)
      const readings = page.data.map((one) => readingOf(`${one.id}:${digest(one)}`, `poll/${name}`, one))
      const last = page.data.at(-1)
      if (page.has_more && last) return { readings, cursor: { kind, after: last.id, from }, more: true }
      const isLast = kind + 1 >= KINDS.length
      const cursor = isLast ? { kind: 0, after: null, from: null } : { kind: kind + 1, after: null, from }
      return { readings, cursor, more: !isLast }
    },
  }
}

const digest = (one: unknown): string => createHash('sha256').update(canonicalJson(one)).digest('hex').slice(0, 16)

/** What holds a card number is not taken in; that it is there is. */
function readingOf(key: string, topic: string, body: unknown): Reading {
  const shown = cardNumberIn(JSON.stringify(body))
  if (shown === null) return { key, topic, body: body as Json }
  const inner = (body as { data?: { object?: unknown } }).data?.object ?? body
  const { payment_intent: of, charge, id } = inner as Record<string, unknown>
  const named = [of, charge, id].find((one) => typeof one === 'string') as string | undefined
  return { key: `refused/${key}`, topic: 'poll/refused', body: { id: named ?? 'unknown', shown } }
}
