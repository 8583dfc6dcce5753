/** Everything that belongs to one order, from what remembers it, archive and all, by its correlation. Reads only. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'
import type { InboxKind } from './inbox.ts'
import { EVENT, type EventView } from './views.ts'

export interface TracedInbox {
  id: number
  source: string
  key: string
  kind: InboxKind
  topic: string
  body: Buffer
  received_at: string
  decided_at: string | null
  state: 'new' | 'done' | 'dead'
  outcome: string | null
}

export interface TracedIntent {
  id: number
  key: string
  stream: string
  version: number
  connection: string
  type: string
  ask: Json
  state: 'open' | 'done' | 'failed'
  created_at: string
  due_at: string
  attempts: number
  first_tried_at: string | null
  finished_at: string | null
  answer: Json | null
  fault: { kind: string; code: string; message: string } | null
}

/** Bodies that take more bytes than this are left out: nobody reads them in a page. */
export const TRACED_BODY_BYTES = 256 * 1024

/** Oldest first, at most `limit` of each; the newest are left out when there are more. */
export async function readTrace(sql: Sql, correlation: string, limit: number) {
  const [inbox, events, intents] = await Promise.all([
    sql.prepared<TracedInbox>(
      `select id, source, key, kind, topic, case when length(body) <= $3 then body else ''::bytea end as body,
         received_at, decided_at, state, outcome
       from inbox_all where correlation = $1 order by id limit $2`,
      [correlation, limit, TRACED_BODY_BYTES],
    ),
    sql.prepared<EventView>(`select ${EVENT} from journal_all where correlation = $1 order by position limit $2`, [
      correlation,
      limit,
    ]),
    sql.prepared<TracedIntent>(
      `select id, key, stream, version, connection, type, ask, state, created_at, due_at, attempts, first_tried_at,
         finished_at, answer, fault
       from outbox_all where correlation = $1 order by id limit $2`,
      [correlation, limit],
    ),
  ])
  return { inbox, events, intents }
}

export type Trace = Awaited<ReturnType<typeof readTrace>>
