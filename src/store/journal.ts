/** The journal and the state it folds to. Both are written in the transaction that decided. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'

export interface StreamRow {
  stream: string
  version: number
  state: Json
}

export interface StreamChange {
  stream: string
  kind: string
  version: number
  /** As JSON text. */
  state: string
  label: string
  status: string
  attention: boolean
}

export interface NewEvent {
  stream: string
  version: number
  type: string
  /** As JSON text. */
  data: string
  cause: number
  correlation: string
}

/** Many JSON texts as one parameter, for `json_array_elements`, which hands each back byte for byte. */
export const jsonList = (texts: readonly string[]): string => `[${texts.join(',')}]`

/**
 * Locks and reads the streams that exist, in the order of their names so that no two transactions wait for each other.
 */
export const lockStreams = (sql: Sql, streams: readonly string[]): Promise<StreamRow[]> =>
  sql.prepared(`select stream, version, state from stream where stream = any($1::text[]) order by stream for update`, [
    streams,
  ])

/** The states of streams as they are, without holding anybody up. */
export const peekStreams = (sql: Sql, streams: readonly string[]): Promise<StreamRow[]> =>
  sql.prepared('select stream, version, state from stream where stream = any($1::text[])', [streams])

/**
 * The journal's key refuses a version that another transaction wrote first: `isUniqueViolation` tells.
 *
 * JSON columns go as one JSON list. As elements of a PostgreSQL array every quote in them would be escaped here and
 * unescaped there: 18 % slower, at twice the work for the hub (docs/decisions/0002-batched-turns.md).
 */
export const insertEvents = (sql: Sql, events: readonly NewEvent[], at: string, policy: string): Promise<number> =>
  sql.run(
    `insert into journal (stream, version, type, data, at, cause, correlation, policy)
     select stream, version, type, data, $7, cause, correlation, $8
     from rows from (unnest($1::text[]), unnest($2::int[]), unnest($3::text[]), json_array_elements($4::json),
         unnest($5::bigint[]), unnest($6::text[]))
       as e (stream, version, type, data, cause, correlation)`,
    [
      events.map(({ stream }) => stream),
      events.map(({ version }) => version),
      events.map(({ type }) => type),
      jsonList(events.map(({ data }) => data)),
      events.map(({ cause }) => cause),
      events.map(({ correlation }) => correlation),
      at,
      policy,
    ],
  )

export async function saveStreams(sql: Sql, changes: readonly StreamChange[], at: string): Promise<void> {
  await sql.run(
    `insert into stream (stream, kind, version, state, label, status, attention, created_at, updated_at)
     select stream, kind, version, state, label, status, attention, $8, $8
     from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::int[]), json_array_elements($4::json),
         unnest($5::text[]), unnest($6::text[]), unnest($7::bool[]))
       as s (stream, kind, version, state, label, status, attention)
     on conflict (stream) do update set version = excluded.version, state = excluded.state, label = excluded.label,
       status = excluded.status, attention = excluded.attention, updated_at = excluded.updated_at`,
    [
      changes.map(({ stream }) => stream),
      changes.map(({ kind }) => kind),
      changes.map(({ version }) => version),
      jsonList(changes.map(({ state }) => state)),
      changes.map(({ label }) => label),
      changes.map(({ status }) => status),
      changes.map(({ attention }) => attention),
      at,
    ],
  )
}
