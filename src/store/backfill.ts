/** Backfills: feeds read again from the past. Their position moves in the transaction that stores the news. */
import type { Json } from '#canon/json.ts'
import { jsonb, type Sql } from './database.ts'

export interface NewBackfill {
  connection: string
  feed: string
  since: string
  reason: string
  position: Json
  at: string
  dueAt: string
}

/** @returns the id; null when one that reaches as far back is open already. */
export async function insertBackfill(sql: Sql, one: NewBackfill): Promise<number | null> {
  const [row] = await sql.prepared<{ id: number }>(
    `insert into backfill (connection, feed, since, reason, position, created_at, due_at)
     select $1, $2, $3::timestamptz, $4, $5::json, $6::timestamptz, $7::timestamptz
     where not exists (
       select 1 from backfill where connection = $1 and feed = $2 and state = 'open' and since <= $3::timestamptz)
     returning id`,
    [one.connection, one.feed, one.since, one.reason, jsonb(one.position), one.at, one.dueAt],
  )
  return row?.id ?? null
}

export interface TakenBackfill {
  id: number
  feed: string
  since: string
  position: Json
  pages: number
  read: number
  missed: number
  attempts: number
}

/** The oldest open backfill of the connection that nobody holds. */
export async function takeBackfill(
  sql: Sql,
  { connection, owner, now, leaseUntil }: { connection: string; owner: string; now: string; leaseUntil: string },
): Promise<TakenBackfill | null> {
  const [row] = await sql.prepared<TakenBackfill>(
    `update backfill set owner = $2, due_at = $4, attempts = attempts + 1
     where id = (select id from backfill where connection = $1 and state = 'open' and due_at <= $3
       order by id limit 1 for update skip locked)
     returning id, feed, since, position, pages, read, missed, attempts`,
    [connection, owner, now, leaseUntil],
  )
  return row ?? null
}

/** @returns whether it is still this holder's. Call it in the transaction that stores what was read. */
export const moveBackfill = async (
  sql: Sql,
  { id, attempts }: Pick<TakenBackfill, 'id' | 'attempts'>,
  step: { position: Json; read: number; missed: number; leaseUntil: string },
): Promise<boolean> =>
  (await sql.run(
    `update backfill set position = $3::json, pages = pages + 1, read = read + $4, missed = missed + $5, due_at = $6
     where id = $1 and attempts = $2 and state = 'open'`,
    [id, attempts, jsonb(step.position), step.read, step.missed, step.leaseUntil],
  )) > 0

/** Ends it, or with `open` lets it go on from `dueAt`. */
export const settleBackfill = async (
  sql: Sql,
  { id, attempts }: Pick<TakenBackfill, 'id' | 'attempts'>,
  end: { state: 'open' | 'done' | 'failed'; at: string; dueAt: string; report: string },
): Promise<boolean> =>
  (await sql.run(
    `update backfill set state = $3, due_at = $5, owner = null, report = $6,
       finished_at = case when $3 = 'open' then null else $4::timestamptz end
     where id = $1 and attempts = $2 and state = 'open'`,
    [id, attempts, end.state, end.at, end.dueAt, end.report],
  )) > 0

/** What waits to be read may be read now. */
export const hurryBackfills = (sql: Sql, connection: string, now: string): Promise<number> =>
  sql.run(
    `update backfill set due_at = $2 where connection = $1 and state = 'open' and owner is null and due_at > $2`,
    [connection, now],
  )

export interface BackfillView {
  id: number
  connection: string
  feed: string
  since: string
  reason: string
  state: 'open' | 'done' | 'failed'
  pages: number
  read: number
  missed: number
  created_at: string
  finished_at: string | null
  report: string | null
}

const VIEW = 'id, connection, feed, since, reason, state, pages, read, missed, created_at, finished_at, report'

export const readBackfills = (sql: Sql, limit: number): Promise<BackfillView[]> =>
  sql.prepared(`select ${VIEW} from backfill order by id desc limit $1`, [limit])

export async function readBackfill(sql: Sql, id: number): Promise<BackfillView | null> {
  const [row] = await sql.prepared<BackfillView>(`select ${VIEW} from backfill where id = $1`, [id])
  return row ?? null
}
