/** What deciding again reads: rows in the order they were decided, what each caused, and streams as they were. */
import type { Json } from '#canon/json.ts'
import type { Database, Sql } from './database.ts'
import type { InboxRow } from './inbox.ts'

/** A row that was decided before. */
export interface DecidedRow extends InboxRow {
  state: 'done' | 'dead'
  decided_at: string
  turn: number | null
  priority: number
}

export interface CausedEvent {
  cause: number
  stream: string
  version: number
  type: string
  data: Json
  at: string
  policy: string
  position: number
}

export interface CausedIntent {
  cause: number
  key: string
  stream: string
  version: number
  connection: string
  type: string
  ask: Json
  state: 'open' | 'done' | 'failed'
  answer: Json | null
}

export interface CausedNote {
  cause: number
  id: number
  key: string
  topic: string
  body: Buffer
}

/** Which rows; what is null does not narrow it. */
export interface RowFilter {
  ids: readonly number[] | null
  stream: string | null
  /** Only what arrived from this connection. */
  source: string | null
  /** Only what arrived from outside: no notes and no answers. */
  deliveries: boolean
  /** Decided at or after. */
  from: string | null
  /** Decided before. */
  to: string | null
}

/** Runs `work` where the server refuses every write, on one picture of the database. */
export const readOnly = <T>(database: Database, work: (sql: Sql) => Promise<T>): Promise<T> =>
  database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read, read only')
    return work(sql)
  })

/** `turn` is null for rows decided before turns were counted: those come first, by their time. */
const ORDER = 'turn nulls first, decided_at, priority, id'

/**
 * Rows of a stream: those that caused its events, and those of the same thing that caused none. Deliveries may concern
 * other streams as well.
 */
const FILTER = `state <> 'new' and ($1::bigint[] is null or id = any($1)) and ($2::text is null or id in (
    select cause from journal_all where stream = $2
    union select i.id from inbox_all i where i.correlation in (
      select correlation from journal_all where stream = $2
    ) and (i.topic = $2 or i.kind = 'delivery')
  )) and ($3::text is null or source = $3) and (not $6::bool or kind = 'delivery')
  and ($4::timestamptz is null or decided_at >= $4) and ($5::timestamptz is null or decided_at < $5)`

const valuesOf = ({ ids, stream, source, from, to, deliveries }: RowFilter) => [
  ids, stream, source, from, to, deliveries,
] // prettier-ignore

export async function countDecided(sql: Sql, filter: RowFilter): Promise<number> {
  const [row] = await sql.query<{ count: number }>(
    `select count(*) as count from inbox_all where ${FILTER}`,
    valuesOf(filter),
  )
  return row?.count ?? 0
}

/** In the order of their decisions, a page at a time. Only inside a transaction, one at a time. */
export async function* decidedRows(sql: Sql, filter: RowFilter, page = 200): AsyncGenerator<DecidedRow[]> {
  await sql.query(
    `declare decided no scroll cursor for
     select id, source, key, kind, topic, body, correlation, received_at, state, decided_at, turn, priority
     from inbox_all where ${FILTER} order by ${ORDER}`,
    valuesOf(filter),
  )
  try {
    for (;;) {
      const rows = await sql.query<DecidedRow>(`fetch ${page} from decided`)
      if (rows.length === 0) return
      yield rows
    }
  } finally {
    await sql.query('close decided').catch(() => [])
  }
}

export const eventsCausedBy = (sql: Sql, causes: readonly number[]): Promise<CausedEvent[]> =>
  sql.prepared(
    `select cause, stream, version, type, data, at, policy, position from journal_all
     where cause = any($1::bigint[]) order by position`,
    [causes],
  )

export const intentsCausedBy = (sql: Sql, causes: readonly number[]): Promise<CausedIntent[]> =>
  sql.prepared(
    `select j.cause, o.key, o.stream, o.version, o.connection, o.type, o.ask, o.state, o.answer
     from journal_all j join outbox_all o on o.correlation = j.correlation and o.stream = j.stream and o.version = j.version
     where j.cause = any($1::bigint[]) order by o.id`,
    [causes],
  )

/** Notes are named by the event that owes them: `stream/version/n`. */
export const notesCausedBy = (sql: Sql, causes: readonly number[]): Promise<CausedNote[]> =>
  sql.prepared(
    `select j.cause, n.id, n.key, n.topic, n.body
     from journal_all j join inbox_all n on n.correlation = j.correlation and n.source = 'core'
       and starts_with(n.key, j.stream || '/' || j.version || '/')
     where j.cause = any($1::bigint[]) order by n.id`,
    [causes],
  )

/** Answers to these calls. */
export const answersTo = (sql: Sql, keys: readonly string[]): Promise<{ id: number }[]> =>
  sql.prepared(
    `select a.id from outbox_all o join inbox_all a on a.source = o.connection and a.key = 'answer/' || o.key
     where o.key = any($1::text[])`,
    [keys],
  )

/** The version each stream had right before this row was decided; streams that had none are left out. */
export const versionsBefore = (
  sql: Sql,
  streams: readonly string[],
  row: DecidedRow,
): Promise<{ stream: string; version: number }[]> =>
  sql.prepared(
    `select j.stream, max(j.version) as version from journal_all j join inbox_all i on i.id = j.cause
     where j.stream = any($1::text[])
       and (coalesce(i.turn, 0), i.decided_at, i.priority, i.id) < (coalesce($2::bigint, 0), $3::timestamptz, $4::int, $5::bigint)
     group by j.stream`,
    [streams, row.turn, row.decided_at, row.priority, row.id],
  )

/** The version a stream had at the end of a moment; 0 before its first event. */
export async function versionAt(sql: Sql, stream: string, at: string): Promise<number> {
  const [row] = await sql.prepared<{ version: number | null }>(
    `select max(version) as version from journal_all where stream = $1 and at <= $2`,
    [stream, at],
  )
  return row?.version ?? 0
}

export interface HistoryEvent {
  stream: string
  version: number
  type: string
  data: Json
  at: string
  cause: number
  policy: string
}

/** Events of a stream with `after < version <= upTo`, oldest first. */
export const historyOf = (
  sql: Sql,
  stream: string,
  { after, upTo, limit }: { after: number; upTo: number; limit: number },
): Promise<HistoryEvent[]> =>
  sql.prepared(
    `select stream, version, type, data, at, cause, policy from journal_all
     where stream = $1 and version > $2 and version <= $3 order by version limit $4`,
    [stream, after, upTo, limit],
  )
