/** Runs of scheduled work: planned once, taken by one process at a time, finished by whoever holds the lease. */
import type { Sql } from './database.ts'

export interface TaskKey {
  connection: string
  task: string
}

/**
 * Locks the task's line, so that one process plans at a time; made when it was not there.
 *
 * @returns null when the line is new: nothing before `now` was ever promised.
 */
export async function lockTimetable(
  sql: Sql,
  { connection, task }: TaskKey,
  { plan, now }: { plan: string; now: string },
): Promise<{ plan: string; planned_to: string } | null> {
  const added = await sql.run(
    'insert into timetable (connection, task, plan, planned_to) values ($1, $2, $3, $4) on conflict do nothing',
    [connection, task, plan, now],
  )
  if (added > 0) return null
  const [row] = await sql.prepared<{ plan: string; planned_to: string }>(
    'select plan, planned_to from timetable where connection = $1 and task = $2 for update',
    [connection, task],
  )
  return row ?? null
}

export const moveTimetable = (
  sql: Sql,
  { connection, task }: TaskKey,
  { plan, plannedTo }: { plan: string; plannedTo: string },
): Promise<number> =>
  sql.run('update timetable set plan = $3, planned_to = $4 where connection = $1 and task = $2', [
    connection,
    task,
    plan,
    plannedTo,
  ])

export interface NewRun {
  nominal: string
  state: 'due' | 'skipped'
  missed: number
}

/** A moment that is written down already stays as it is. */
export const insertRuns = (sql: Sql, { connection, task }: TaskKey, runs: readonly NewRun[]): Promise<number> =>
  sql.run(
    `insert into run (connection, task, nominal, state, due_at, missed)
     select $1, $2, nominal, state, nominal, missed
     from unnest($3::timestamptz[], $4::text[], $5::int[]) as r (nominal, state, missed)
     on conflict do nothing`,
    [
      connection,
      task,
      runs.map(({ nominal }) => nominal),
      runs.map(({ state }) => state),
      runs.map(({ missed }) => missed),
    ],
  )

export interface TakenRun {
  nominal: string
  attempts: number
  missed: number
  started_at: string
}

/**
 * The oldest unfinished run of the task, if nobody holds it: one at a time, in their order. Who comes second waits for
 * the first one's row and then finds it taken. A run whose holder died is free when its lease has ended.
 */
export async function takeRun(
  sql: Sql,
  { connection, task }: TaskKey,
  { owner, now, leaseUntil }: { owner: string; now: string; leaseUntil: string },
): Promise<TakenRun | null> {
  const [row] = await sql.prepared<TakenRun>(
    `update run set state = 'running', owner = $3, due_at = $5, attempts = attempts + 1,
       started_at = coalesce(started_at, $4)
     where connection = $1 and task = $2 and state in ('due', 'running') and due_at <= $4 and nominal = (
       select min(nominal) from run where connection = $1 and task = $2 and state in ('due', 'running'))
     returning nominal, attempts, missed, started_at`,
    [connection, task, owner, now, leaseUntil],
  )
  return row ?? null
}

export interface HeldRun extends TaskKey {
  nominal: string
  attempts: number
}

/** @returns whether the run is still this holder's; false when its lease had ended and somebody else took it. */
export const renewRun = async (sql: Sql, run: HeldRun, leaseUntil: string): Promise<boolean> =>
  (await sql.run(
    `update run set due_at = $5
     where connection = $1 and task = $2 and nominal = $3 and attempts = $4 and state = 'running'`,
    [run.connection, run.task, run.nominal, run.attempts, leaseUntil],
  )) > 0

/** Ends the run, or with `due` lets it be tried again from `at` on. @returns whether it was still this holder's. */
export const settleRun = async (
  sql: Sql,
  run: HeldRun,
  { state, at, report }: { state: 'done' | 'failed' | 'due'; at: string; report: string },
): Promise<boolean> =>
  (await sql.run(
    `update run set state = $5, due_at = $6, owner = null, report = $7,
       finished_at = case when $5 = 'due' then null else $6::timestamptz end
     where connection = $1 and task = $2 and nominal = $3 and attempts = $4 and state = 'running'`,
    [run.connection, run.task, run.nominal, run.attempts, state, at, report],
  )) > 0

/** Forgets what ended long ago. */
export const dropRuns = (sql: Sql, { connection, task }: TaskKey, before: string): Promise<number> =>
  sql.run(`delete from run where connection = $1 and task = $2 and nominal < $3 and state not in ('due', 'running')`, [
    connection,
    task,
    before,
  ])

export interface RunView extends TaskKey {
  nominal: string
  state: 'due' | 'running' | 'done' | 'failed' | 'skipped'
  attempts: number
  missed: number
  started_at: string | null
  finished_at: string | null
  report: string | null
}

/** The latest of each task, newest first. */
export const readRuns = (sql: Sql, perTask: number): Promise<RunView[]> =>
  sql.prepared(
    `select connection, task, nominal, state, attempts, missed, started_at, finished_at, report
     from (select run.connection, run.task, nominal, state, attempts, missed, started_at, finished_at, report,
         row_number() over (partition by run.connection, run.task order by nominal desc) as place
       from run) as ranked
     where place <= $1 order by connection, task, nominal desc`,
    [perTask],
  )

export interface UpkeepView extends TaskKey {
  due_at: string
  ran_at: string | null
  report: string | null
}

export const readTasks = (sql: Sql): Promise<UpkeepView[]> =>
  sql.prepared('select connection, task, due_at, ran_at, report from upkeep order by connection, task')
