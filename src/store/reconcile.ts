/** Runs of reconciliation: one at a time per definition, whichever process works on it. */
import type { Json } from '#canon/json.ts'
import { isUniqueViolation } from './database-errors.ts'
import { type Database, jsonb, type Sql } from './database.ts'

export type RunState = 'reading' | 'comparing' | 'mending' | 'done' | 'failed'

export interface StoredSide {
  cursor: Json | null
  done: boolean
  read: number
}

export interface RunRow {
  id: number
  definition: string
  state: RunState
  streamed: boolean
  mends: boolean
  since: string
  started_at: string
  fence: number
  sides: [StoredSide, StoredSide]
  compared_to: string | null
  waiting: number
  found: number
  mended: number
  resolved: number
  report: string | null
}

const COLUMNS = `id, definition, state, streamed, mends, since, started_at, fence, sides, compared_to, waiting, found,
  mended, resolved, report`

export interface NewRun {
  definition: string
  streamed: boolean
  mends: boolean
  since: string
  at: string
  owner: string
  leaseUntil: string
}

/** Begins a run. @returns null when one is under way. */
export async function beginRun(database: Database, run: NewRun): Promise<RunRow | null> {
  const sides = [0, 1].map(() => ({ cursor: null, done: false, read: 0 }))
  try {
    const [row] = await database.prepared<RunRow>(
      `insert into reconcile_run (definition, streamed, mends, since, started_at, due_at, owner, lease_until, sides)
       values ($1, $2, $3, $4, $5, $5, $6, $7, $8::json) returning ${COLUMNS}`,
      [run.definition, run.streamed, run.mends, run.since, run.at, run.owner, run.leaseUntil, jsonb(sides)],
    )
    return row ?? null
  } catch (error) {
    if (isUniqueViolation(error)) return null
    throw error
  }
}

/** Takes over a run whose process died or gave it back. @returns null when there is none. */
export async function takeOverRun(
  sql: Sql,
  { definition, owner, now, leaseUntil }: { definition: string; owner: string; now: string; leaseUntil: string },
): Promise<RunRow | null> {
  const [row] = await sql.prepared<RunRow>(
    `update reconcile_run set owner = $2, lease_until = $4, fence = fence + 1
     where definition = $1 and state in ('reading', 'comparing', 'mending') and lease_until <= $3 and due_at <= $3
     returning ${COLUMNS}`,
    [definition, owner, now, leaseUntil],
  )
  return row ?? null
}

/** Definitions whose runs stand still and are due to go on. */
export const waitingRuns = (sql: Sql, now: string): Promise<{ definition: string }[]> =>
  sql.prepared(
    `select definition from reconcile_run
     where state in ('reading', 'comparing', 'mending') and lease_until <= $1 and due_at <= $1 order by id`,
    [now],
  )

/** Who works on the definition now, if anybody does. */
export async function activeRun(sql: Sql, definition: string): Promise<(RunRow & { owner: string }) | null> {
  const [row] = await sql.prepared<RunRow & { owner: string }>(
    `select ${COLUMNS}, owner from reconcile_run where definition = $1 and state in ('reading', 'comparing', 'mending')`,
    [definition],
  )
  return row ?? null
}

/** Whether the run is still this process's; nobody can take it over before the transaction ends. */
export const lockRun = async (sql: Sql, { id, fence }: RunRow): Promise<boolean> =>
  (
    await sql.prepared(
      `select 1 from reconcile_run
     where id = $1 and fence = $2 and state in ('reading', 'comparing', 'mending') for update`,
      [id, fence],
    )
  ).length > 0

/**
 * Lets this transaction end before the disk has it. A crash of the server may then undo the last steps of a run, each
 * as a whole; they are done again.
 */
export const withoutWaiting = (sql: Sql): Promise<unknown> => sql.query('set local synchronous_commit = off')

/** Writes down how far the run is, and keeps the lease. Part of the transaction that stores what was done. */
export const saveRun = (sql: Sql, run: RunRow, leaseUntil: string): Promise<number> =>
  sql.run(
    `update reconcile_run set state = $3, sides = $4::json, compared_to = $5, waiting = $6, found = $7, mended = $8,
       resolved = $9, report = $10, lease_until = $11
     where id = $1 and fence = $2 and state in ('reading', 'comparing', 'mending')`,
    [
      run.id, run.fence, run.state, jsonb(run.sides), run.compared_to, run.waiting, run.found, run.mended, run.resolved,
      run.report, leaseUntil,
    ],
  ) // prettier-ignore

export const finishRun = (sql: Sql, run: RunRow, at: string): Promise<number> =>
  sql.run(`update reconcile_run set finished_at = $3 where id = $1 and fence = $2`, [run.id, run.fence, at])

/** Gives the run back: anybody may go on with it from `dueAt`. */
export const releaseRun = (sql: Sql, run: RunRow, dueAt: string, report: string | null): Promise<number> =>
  sql.run(
    `update reconcile_run set lease_until = $3, due_at = $3, report = coalesce($4, report)
     where id = $1 and fence = $2 and state in ('reading', 'comparing', 'mending')`,
    [run.id, run.fence, dueAt, report],
  )

/** The first time the hub decided anything: what was placed before is not its business. null on an empty hub. */
export async function firstDecision(sql: Sql): Promise<string | null> {
  const [row] = await sql.prepared<{ at: string | null }>(
    `select min(created_at) as at from (select distinct kind from stream) kinds
     cross join lateral (select created_at from stream where stream.kind = kinds.kind order by created_at limit 1) first`,
  )
  return row?.at ?? null
}

/** How many records each side of the last finished run had, to know how far this one is. */
export async function lastReads(sql: Sql, definition: string): Promise<[number, number] | null> {
  const [row] = await sql.prepared<{ sides: [StoredSide, StoredSide] }>(
    `select sides from reconcile_run where definition = $1 and state = 'done' order by id desc limit 1`,
    [definition],
  )
  return row ? [row.sides[0].read, row.sides[1].read] : null
}

/** Puts a task on the list without doing it now: it is due for the first time at `dueAt`. */
export const plantTask = (sql: Sql, connection: string, task: string, dueAt: string): Promise<number> =>
  sql.run(`insert into upkeep (connection, task, due_at) values ($1, $2, $3) on conflict do nothing`, [
    connection,
    task,
    dueAt,
  ])

const SHOWN = `${COLUMNS}, finished_at, owner, lease_until, due_at`

export interface ShownRun extends RunRow {
  finished_at: string | null
  owner: string
  lease_until: string
  due_at: string
}

/** The last runs of every definition, newest first. */
export const recentRuns = (sql: Sql, perDefinition: number): Promise<ShownRun[]> =>
  sql.prepared(
    `select ${SHOWN}
     from (select ${SHOWN}, row_number() over (partition by definition order by id desc) as place from reconcile_run) runs
     where place <= $1 order by id desc`,
    [perDefinition],
  )

/** When each definition is due next by itself. */
export const dueTasks = (sql: Sql): Promise<{ task: string; due_at: string }[]> =>
  sql.prepared(`select task, due_at from upkeep where connection = 'reconcile'`)
