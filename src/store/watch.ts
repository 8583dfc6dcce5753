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
