/** Any stream of the hub, for those who look below the orders: lists by kind, and one stream's journal. Masked. */
import type { Sql } from '#store/database.ts'
import { eventsAfter, type EventView, listInbox, listStreams, readState, type StreamStateRow } from '#store/views.ts'
import { createMask, plainly } from './masking.ts'
import { pageOf, readCursor } from './paging.ts'
import { eventTitle } from './words.ts'

export interface StreamFilter {
  kind: string
  attention?: boolean | undefined
  q?: string | undefined
  cursor?: string | undefined
  limit: number
}

/** @returns null when the cursor is none of ours. */
export async function listOfKind(sql: Sql, { kind, attention, q, cursor, limit }: StreamFilter) {
  const after = readCursor(cursor)
  if (after === null) return null
  const labels = q === undefined ? undefined : [q]
  const rows = await listStreams(sql, { kind, attention, labels, after: after ?? undefined, limit: limit + 1 })
  return pageOf(rows, limit, streamRow)
}

/** @returns null when there is no such stream. */
export async function streamPage(sql: Sql, stream: string, { after, limit }: { after: number; limit: number }) {
  const [row, events] = await Promise.all([readState(sql, stream), eventsAfter(sql, stream, after, limit + 1)])
  if (!row) return null
  const mask = createMask()
  mask.learn(row.state)
  return { summary: streamRow(row), events: eventsOf(events.slice(0, limit), mask), more: events.length > limit }
}

const streamRow = ({ stream, label, status, attention, version, created_at, updated_at }: StreamStateRow) => ({
  stream,
  label,
  status,
  attention,
  version,
  createdAt: created_at,
  updatedAt: updated_at,
})

export function eventsOf(events: readonly EventView[], mask = createMask()) {
  for (const { data } of events) mask.learn(data)
  return events.map(({ version, at, type, data, cause }) => ({
    version,
    at,
    type,
    title: mask.text(eventTitle(type, data)),
    cause,
    data: mask.ours(data),
  }))
}

/** @param cursor an id as text. @returns null when it is none. */
export async function listWaiting(
  sql: Sql,
  { state, cursor, limit }: { state: 'new' | 'dead'; cursor?: string | undefined; limit: number },
) {
  if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) return null
  const rows = await listInbox(sql, { state, before: cursor === undefined ? null : Number(cursor), limit: limit + 1 })
  const kept = rows.slice(0, limit).map(({ received_at, outcome, ...row }) => ({
    ...row,
    receivedAt: received_at,
    outcome: outcome === null ? null : plainly(outcome),
  }))
  return { rows: kept, next: rows.length > limit ? String(kept.at(-1)!.id) : null }
}
