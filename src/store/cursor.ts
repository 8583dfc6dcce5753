/** How far feeds have read, and when regular work was last done; both shared by all processes on the database. */
import type { Json } from '#canon/json.ts'
import { jsonb, type Sql } from './database.ts'

export async function readCursor(sql: Sql, connection: string, feed: string): Promise<Json | null> {
  const [row] = await sql.prepared<{ position: Json }>(
    `select position from cursor where connection = $1 and feed = $2`,
    [connection, feed],
  )
  return row?.position ?? null
}

export const moveCursor = (
  sql: Sql,
  {
    connection,
    feed,
    position,
    at,
    caughtUp,
  }: { connection: string; feed: string; position: Json; at: string; caughtUp: boolean },
): Promise<number> =>
  sql.run(
    `insert into cursor (connection, feed, position, read_at, caught_up_at)
     values ($1, $2, $3::json, $4, case when $5::bool then $4::timestamptz end)
     on conflict (connection, feed) do update set position = excluded.position, read_at = excluded.read_at,
       caught_up_at = coalesce(excluded.caught_up_at, cursor.caught_up_at)`,
    [connection, feed, jsonb(position), at, caughtUp],
  )

/** Whether this process may do the task now; if so nobody else may before `nextDueAt`. */
export const takeTask = async (
  sql: Sql,
  { connection, task, now, nextDueAt }: { connection: string; task: string; now: string; nextDueAt: string },
): Promise<boolean> =>
  (await sql.run(
    `insert into upkeep (connection, task, due_at) values ($1, $2, $4)
     on conflict (connection, task) do update set due_at = excluded.due_at where upkeep.due_at <= $3`,
    [connection, task, now, nextDueAt],
  )) > 0

/** Tasks of the connection that nobody may do yet. To look is cheap; to try to take one locks its row, due or not. */
export async function tasksNotDue(sql: Sql, connection: string, now: string): Promise<Set<string>> {
  const rows = await sql.prepared<{ task: string }>('select task from upkeep where connection = $1 and due_at > $2', [
    connection,
    now,
  ])
  return new Set(rows.map(({ task }) => task))
}

/** @param well everything was found, or made, as it must be. */
export const reportTask = (
  sql: Sql,
  task: { connection: string; task: string; at: string; report: string; well: boolean },
): Promise<number> =>
  sql.run(
    `insert into upkeep (connection, task, due_at, ran_at, report, well_at)
     values ($1, $2, $3, $3, $4, case when $5::bool then $3::timestamptz end)
     on conflict (connection, task) do update set ran_at = excluded.ran_at, report = excluded.report,
       well_at = coalesce(excluded.well_at, upkeep.well_at)`,
    [task.connection, task.task, task.at, task.report, task.well],
  )

/** When the task last found everything as it must be; null when it never has. */
export async function lastWell(sql: Sql, connection: string, task: string): Promise<string | null> {
  const [row] = await sql.prepared<{ well_at: string | null }>(
    'select well_at from upkeep where connection = $1 and task = $2',
    [connection, task],
  )
  return row?.well_at ?? null
}

/** Lets the task be due at once, e.g. because a feed has more to read. */
export const hurryTask = (sql: Sql, connection: string, task: string, now: string): Promise<number> =>
  sql.run(`update upkeep set due_at = $3 where connection = $1 and task = $2 and due_at > $3`, [connection, task, now])
