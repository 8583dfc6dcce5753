/**
 * The listing feed: a report of all offers every few hours, read in pieces. What changes in between the queue tells.
 * The document is fetched once and kept while it is read: its operation lets through one call a minute.
 */
import { createHash } from 'node:crypto'
import { canonicalJson, type Json } from '#canon/json.ts'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { LISTINGS_EVERY_MS, LISTINGS_PER_PAGE } from './limits.ts'
import { type ListingRow, rowsOf } from './listing-row.ts'
import { instantOf } from './shape.ts'
import { LISTINGS_REPORT, readDocument, reportState, requestReport } from './reports.ts'

const cursorShape = z.object({
  /** The report that is being made or read; null between two. */
  reportId: z.string().nullable(),
  /** How many of its rows were read. */
  read: z.number(),
  /** When the next one is asked for. */
  nextMs: z.number(),
})
type Cursor = z.infer<typeof cursorShape>

export function listingFeed(client: Client, io: Io, marketplaceId: string): Feed {
  let kept: { documentId: string; rows: ListingRow[] } | null = null

  async function rowsIn(documentId: string, made: string): Promise<ListingRow[]> {
    if (kept?.documentId !== documentId)
      kept = { documentId, rows: rowsOf(await readDocument(client, documentId), made) }
    return kept.rows
  }

  const idle = (cursor: Cursor): FeedPage => ({ readings: [], cursor, more: false })

  return {
    everyMs: 60_000,
    bulk: true,
    // Every report tells everything.
    since: () => ({ reportId: null, read: 0, nextMs: 0 }),
    async read(stored) {
      const cursor = cursorShape.safeParse(stored).data ?? { reportId: null, read: 0, nextMs: 0 }
      if (cursor.reportId === null) {
        if (io.now() < cursor.nextMs) return idle(cursor)
        const reportId = await requestReport(client, LISTINGS_REPORT, marketplaceId)
        return idle({ reportId, read: 0, nextMs: io.now() + LISTINGS_EVERY_MS })
      }
      const report = await reportState(client, cursor.reportId)
      if (report.state === 'waiting') return idle(cursor)
      if (report.state === 'gone') return idle({ ...cursor, reportId: null, read: 0 })
      const rows = await rowsIn(report.documentId, instantOf(report.made, 'createdTime'))
      const read = cursor.read + LISTINGS_PER_PAGE
      const readings = rows.slice(cursor.read, read).map(listingReading)
      if (read < rows.length) return { readings, cursor: { ...cursor, read }, more: true }
      kept = null
      return { readings, cursor: { ...cursor, reportId: null, read: 0 }, more: false }
    },
  }
}

/** Named by its content without the time: a report that says the same again is no news. */
export function listingReading(row: ListingRow): Reading {
  const { at: _, ...content } = row
  const digest = createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16)
  return { key: `listing:${row.sku}:${digest}`, topic: 'poll/listing', body: row as unknown as Json }
}
