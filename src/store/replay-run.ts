/** What was replayed and what was undone: who asked, what was shown, and how to find what it caused. */
import type { Json } from '#canon/json.ts'
import { jsonb, type Sql } from './database.ts'

export interface ReplayRunRow {
  id: string
  kind: 'replay' | 'undo'
  selection: Json
  asked_by: string
  at: string
  policy: string
  token: string
  rows: number
  preview: Json
  undone_by: string | null
}

const COLUMNS = 'id, kind, selection, asked_by, at, policy, token, rows, preview, undone_by'

/** @returns whether it was written; not when the same thing was undone before. */
export const insertRun = async (sql: Sql, run: Omit<ReplayRunRow, 'undone_by'>): Promise<boolean> =>
  (await sql.run(
    `insert into replay_run (id, kind, selection, asked_by, at, policy, token, rows, preview)
     values ($1, $2, $3::json, $4, $5, $6, $7, $8, $9::json) on conflict do nothing`,
    [run.id, run.kind, jsonb(run.selection), run.asked_by, run.at, run.policy, run.token, run.rows, jsonb(run.preview)],
  )) > 0

export const markUndone = (sql: Sql, id: string, by: string): Promise<number> =>
  sql.run('update replay_run set undone_by = $2 where id = $1 and undone_by is null', [id, by])

export const readRun = async (sql: Sql, id: string): Promise<ReplayRunRow | null> =>
  (await sql.prepared<ReplayRunRow>(`select ${COLUMNS} from replay_run where id = $1`, [id]))[0] ?? null

/** The undo of this thing, if there was one. */
export const undoOf = async (sql: Sql, what: string): Promise<ReplayRunRow | null> =>
  (
    await sql.prepared<ReplayRunRow>(
      `select ${COLUMNS} from replay_run where kind = 'undo' and selection ->> 'undo' = $1`,
      [what],
    )
  )[0] ?? null

/** Newest first. */
export const listRuns = (sql: Sql, limit: number): Promise<ReplayRunRow[]> =>
  sql.prepared(`select ${COLUMNS} from replay_run order by at desc, id limit $1`, [limit])

const keyPrefix = (run: string) => `replay/${run}/`

/** Hands stored deliveries to the turn again, as new rows that name the run; in the order they are given. */
export const copyInbox = (sql: Sql, run: string, ids: readonly number[], priority: number): Promise<number> =>
  sql.run(
    `insert into inbox (source, key, kind, topic, body, correlation, received_at, priority)
     select i.source, $1 || i.id, i.kind, i.topic, i.body, null, i.received_at, $3
     from unnest($2::bigint[]) with ordinality as wanted (id, place) join inbox_all i on i.id = wanted.id
     order by wanted.place
     on conflict on constraint inbox_once do nothing`,
    [keyPrefix(run), ids, priority],
  )

/** The rows that a run handed in. */
export const rowsOfRun = (sql: Sql, run: string, sources: readonly string[]): Promise<{ id: number }[]> =>
  sql.query(
    `select id from inbox_all where source = any($2::text[]) and kind = 'delivery' and starts_with(key, $1) order by id`,
    [keyPrefix(run), sources],
  )
