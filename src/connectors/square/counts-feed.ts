/** Counts of what is in stock, by the time they were last calculated: what webhooks of counts lose. */
import { z } from 'zod'
import type { Json } from '#canon/json.ts'
import type { Feed } from '../kit/connector.ts'
import { FEED_OVERLAP_MS } from './limits.ts'
import { listOf, maybeText, shaped } from './shape.ts'
import { type Count, count } from './shapes.ts'
import type { Client } from './wire.ts'

const cursorShape = z.object({ since: z.string(), after: z.string().nullable(), high: z.string() })

/** As they come, so that what is handed in has Square's own words. */
export const countList = z.object({ counts: listOf(z.record(z.string(), z.json())), cursor: maybeText })

const EPOCH = '1970-01-01T00:00:00.000Z'

export function countsFeed(client: Client, locations: readonly string[]): Feed {
  return {
    everyMs: 60_000,
    since: (at) => ({ since: at, after: null, high: at }),
    async read(stored) {
      const cursor = cursorShape.safeParse(stored).data ?? { since: EPOCH, after: null, high: EPOCH }
      if (locations.length === 0) return { readings: [], cursor, more: false }
      const page = await countsPage(client, { locations, since: cursor.since, after: cursor.after })
      const readings = page.counts.map((one) => ({
        key: `count:${one.catalog_object_id}:${one.location_id}:${one.calculated_at}:${one.told.quantity as string}`,
        topic: 'poll/count',
        body: one.told,
      }))
      const high = page.counts.reduce((last, { calculated_at: at }) => (at > last ? at : last), cursor.high)
      if (page.after !== null) return { readings, cursor: { ...cursor, after: page.after, high }, more: true }
      const from = high === EPOCH ? EPOCH : new Date(Date.parse(high) - FEED_OVERLAP_MS).toISOString()
      const since = from > cursor.since ? from : cursor.since
      return { readings, cursor: { since, after: null, high }, more: false }
    },
  }
}

export interface CountsQuery {
  locations: readonly string[]
  since: string
  after: string | null
}

/** One page of what is in stock. */
export async function countsPage(client: Client, { locations, since, after }: CountsQuery) {
  const body = {
    location_ids: locations,
    states: ['IN_STOCK'],
    updated_after: since,
    limit: 500,
    ...(after === null ? {} : { cursor: after }),
  }
  const path = '/v2/inventory/counts/batch-retrieve'
  const answer = await client.call({ method: 'POST', path, body, what: 'reading counts' })
  const page = shaped(countList, answer, 'the list of counts')
  const counts = page.counts.map((told): Count & { told: Record<string, Json> } => ({
    ...shaped(count, told, 'a count'),
    told: told as Record<string, Json>,
  }))
  return { counts, after: page.cursor ?? null }
}
