/**
 * What webhooks lose: every tracker of the last weeks is read again. EasyPost lists events without what they tell of,
 * and trackers by when they were made, so there is no shorter way.
 */
import type { Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { LISTING_EVERY_MS, PAGE } from './limits.ts'
import { shaped, tracker, trackers } from './shape.ts'
import type { Client } from './wire.ts'

/** `from`: trackers made since; `before`: the last one of the page before. */
const cursorOf = z.object({ from: z.string(), before: z.string().nullable() })
const DAY_MS = 86_400_000

export function trackersFeed(client: Client, io: Io, followDays: number): Feed {
  const start = () => ({ from: new Date(io.now() - followDays * DAY_MS).toISOString(), before: null })
  return {
    everyMs: LISTING_EVERY_MS,
    since: start,
    async read(stored): Promise<FeedPage> {
      const known = cursorOf.safeParse(stored).data
      const { from, before } = known?.before ? known : start()
      const query = new URLSearchParams({
        start_datetime: from,
        page_size: String(PAGE),
        ...(before === null ? {} : { before_id: before }),
      })
      const answer = await client.call({
        method: 'GET',
        path: `/trackers?${query.toString()}`,
        what: 'listing trackers',
      })
      const page = shaped(trackers, answer, 'the list of trackers')
      const readings = page.trackers.map(readingOf)
      const last = page.trackers.at(-1)
      if (!page.has_more || last === undefined) return { readings, cursor: { from, before: null }, more: false }
      return { readings, cursor: { from, before: shaped(tracker, last, 'a tracker').id }, more: true }
    },
  }
}

/** Named by its last change: what has not changed is not decided again. Who signed for it is nobody's business. */
function readingOf(row: unknown): Reading {
  const { id, updated_at: at, status } = shaped(tracker, row, 'a tracker')
  const { signed_by: _, ...body } = row as Record<string, Json>
  return { key: `poll/${id}/${at}/${status}`, topic: 'poll/tracker', body }
}
