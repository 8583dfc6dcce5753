/**
 * What webhooks told, to be searched for four weeks: every event under the same name as its webhook, so that one that
 * arrived both ways counts once.
 */
import { z } from 'zod'
import type { Json } from '#canon/json.ts'
import type { Io } from '../../io.ts'
import type { Feed } from '../kit/connector.ts'
import { EVENTS_KEPT_MS, FEED_OVERLAP_MS } from './limits.ts'
import { id, listOf, maybeText, moment, shaped } from './shape.ts'
import type { Client } from './wire.ts'

const cursorShape = z.object({ since: z.string(), after: z.string().nullable(), high: z.string() })

const event = z.looseObject({ event_id: id, type: z.string(), merchant_id: maybeText, created_at: moment })
const eventList = z.object({ events: listOf(event), cursor: maybeText })

/** Those that mean something by themselves. Orders and payments have feeds that read them whole. */
export const EVENTS_READ = ['inventory.count.updated', 'oauth.authorization.revoked'] as const

const HOUR_MS = 3_600_000

export function eventsFeed(client: Client, io: Io, merchantId: string): Feed {
  const start = (since: string) => ({ since, after: null, high: since })
  return {
    everyMs: 5 * 60_000,
    // Nothing older than what is kept: Square refuses to search for it.
    since: (at) => start(new Date(Math.max(Date.parse(at), io.now() - EVENTS_KEPT_MS + HOUR_MS)).toISOString()),
    async read(stored) {
      const cursor = cursorShape.safeParse(stored).data ?? start(new Date(io.now() - HOUR_MS).toISOString())
      const oldest = new Date(io.now() - EVENTS_KEPT_MS + HOUR_MS).toISOString()
      const since = cursor.since < oldest && cursor.after === null ? oldest : cursor.since
      const body = {
        query: {
          filter: { event_types: EVENTS_READ, merchant_ids: [merchantId], created_at: { start_at: since } },
          sort: { field: 'DEFAULT', order: 'ASC' },
        },
        limit: 100,
        ...(cursor.after === null ? {} : { cursor: cursor.after }),
      }
      const answer = await client.call({ method: 'POST', path: '/v2/events', body, what: 'searching events' })
      const page = shaped(eventList, answer, 'the search of events')
      const readings = page.events.map((one) => ({ key: one.event_id, topic: one.type, body: one as unknown as Json }))
      const high = page.events.reduce((last, { created_at: at }) => (at > last ? at : last), cursor.high)
      if (page.cursor) return { readings, cursor: { since, after: page.cursor, high }, more: true }
      const from = new Date(Date.parse(high) - FEED_OVERLAP_MS).toISOString()
      return { readings, cursor: { since: from > since ? from : since, after: null, high }, more: false }
    },
  }
}
