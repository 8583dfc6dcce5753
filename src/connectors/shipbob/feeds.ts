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
