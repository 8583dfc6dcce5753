/** When a connection was last heard, and what was found when it was silent for too long. */
import type { Sql } from './database.ts'

/** When something last came from the connection of its own accord or was read from it; null when nothing ever did. */
export async function lastDelivery(sql: Sql, connection: string): Promise<string | null> {
  const [row] = await sql.prepared<{ received_at: string }>(
    `select received_at from inbox where source = $1 and kind = 'delivery' order by id desc limit 1`,
    [connection],
  )
  return row?.received_at ?? null
}

/** Which of these deliveries are stored already. */
export async function knownKeys(sql: Sql, source: string, keys: readonly string[]): Promise<Set<string>> {
  const rows = await sql.prepared<{ key: string }>(
    'select key from inbox where source = $1 and key = any($2::text[])',
    [source, keys],
  )
  return new Set(rows.map(({ key }) => key))
}

export interface WatchRow {
  connection: string
  heard_at: string
  checked_at: string
  missed: number
  report: string
}

export const saveWatch = (sql: Sql, row: WatchRow): Promise<number> =>
  sql.run(
    `insert into watch (connection, heard_at, checked_at, missed, report) values ($1, $2, $3, $4, $5)
     on conflict (connection) do update set heard_at = excluded.heard_at, checked_at = excluded.checked_at,
       missed = excluded.missed, report = excluded.report`,
    [row.connection, row.heard_at, row.checked_at, row.missed, row.report],
  )

export const readWatches = (sql: Sql): Promise<WatchRow[]> =>
  sql.prepared('select connection, heard_at, checked_at, missed, report from watch order by connection')

export interface WordsRow {
  connection: string
  /** Set when it is about a feed that was read again; else it is about silence. */
  feed: string | null
  since: string
  state: 'open' | 'done' | 'failed'
  report: string
}

/** What was last found of each connection since a moment: its silence, or what was read again because of a gap. */
export const lastWords = (sql: Sql, since: string): Promise<WordsRow[]> =>
  sql.prepared(
    `select distinct on (connection) connection, feed, since, state, report from (
       select connection, null as feed, heard_at as since, 'done' as state, report, checked_at as at from watch
       union all
       select connection, feed, since, state, coalesce(report, ''), coalesce(finished_at, created_at) from backfill
       where id > (select coalesce(max(id), 0) - 100 from backfill)
     ) as said
     where at >= $1 order by connection, at desc`,
    [since],
  )
