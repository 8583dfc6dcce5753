/** What is known against each connection, shared by all processes on the database: is it called at all, and when. */
import { jsonb, type Sql } from './database.ts'
import type { Pace } from './pace.ts'

export type BreakerState = 'closed' | 'open' | 'half_open'

export interface GovernorRow {
  connection: string
  state: BreakerState
  opened_at: string | null
  probe_at: string | null
  failures: number
  reason: string | null
  /** Instants by lane; past ones may still stand here. */
  paused_until: Readonly<Record<string, string>>
}

const COLUMNS = 'connection, state, opened_at, probe_at, failures, reason, paused_until'

export const innocent = (connection: string): GovernorRow => ({
  connection, state: 'closed', opened_at: null, probe_at: null, failures: 0, reason: null, paused_until: {},
}) // prettier-ignore

/** What stands against claiming in a lane, besides the row itself. */
export interface Reserve {
  /** Of the lane that only one process may claim from at a time; null for any other. */
  lock: number | null
  /** Calls of other processes are counted when their lease ends after this instant; null counts nobody. */
  busySince: string | null
  owner: string
}

export interface ReservedRow {
  row: GovernorRow
  /** Whether the lane is free for this transaction. */
  mine: boolean
  /** Calls under way in other processes. */
  elsewhere: number
  /** Processes at work, this one among them where it has signed in. */
  processes: number
  pace: Pace
}

/**
 * The row, and with it the lock of a serial lane: taken in a statement of its own, the claim that follows sees what the
 * holder before has leased.
 */
export async function reserveGovernor(sql: Sql, connection: string, reserve: Reserve): Promise<ReservedRow> {
  const [found] = await sql.prepared<
    GovernorRow & Omit<ReservedRow, 'row' | 'pace'> & { at_once: number; lowered: number }
  >(
    `select coalesce(governor.connection, $1) as connection, coalesce(state, 'closed') as state, opened_at, probe_at,
       coalesce(failures, 0) as failures, reason, coalesce(paused_until, '{}'::json) as paused_until, mine,
       case when $3::timestamptz is null then 0 else (
         select count(distinct (owner, type, due_at)) from outbox
         where outbox.connection = $1 and outbox.state = 'open' and owner is not null and owner <> $4 and due_at > $3
       ) end as elsewhere,
       case when $3::timestamptz is null then 0 else (select count(*) from process where state = 'running') end
         as processes,
       coalesce(at_once, 1) as at_once, coalesce(lowered, 0) as lowered
     from (select case when $2::bigint is null then true else pg_try_advisory_xact_lock($2) end as mine) as reserved
     left join governor on governor.connection = $1`,
    [connection, reserve.lock, reserve.busySince, reserve.owner],
  )
  const { mine, elsewhere, processes, at_once: atOnce, lowered, ...row } = found!
  return { row, mine, elsewhere, processes, pace: { atOnce, lowered } }
}

export async function readGovernor(sql: Sql, connection: string): Promise<GovernorRow> {
  const [row] = await sql.prepared<GovernorRow>(`select ${COLUMNS} from governor where connection = $1`, [connection])
  return row ?? innocent(connection)
}

export const readGovernors = (sql: Sql): Promise<GovernorRow[]> =>
  sql.prepared(`select ${COLUMNS} from governor order by connection`)

/** Waits for whoever has it; nobody else has it until the transaction ends. */
export async function lockGovernor(sql: Sql, connection: string): Promise<GovernorRow> {
  await sql.run('insert into governor (connection) values ($1) on conflict do nothing', [connection])
  const [row] = await sql.prepared<GovernorRow>(`select ${COLUMNS} from governor where connection = $1 for update`, [
    connection,
  ])
  return row ?? innocent(connection)
}

/** @returns null when somebody else has it: whoever wants to probe then has no need to. */
export async function tryGovernor(sql: Sql, connection: string): Promise<GovernorRow | null> {
  const [row] = await sql.prepared<GovernorRow>(
    `select ${COLUMNS} from governor where connection = $1 for update skip locked`,
    [connection],
  )
  return row ?? null
}

export const saveGovernor = (sql: Sql, row: GovernorRow): Promise<number> =>
  sql.run(
    `update governor set state = $2, opened_at = $3, probe_at = $4, failures = $5, reason = $6,
       paused_until = $7::json
     where connection = $1`,
    [row.connection, row.state, row.opened_at, row.probe_at, row.failures, row.reason, jsonb(row.paused_until)],
  )

/** Ends every probe. Only for a database that nobody else can be using: who made them are dead processes. */
export const releaseProbes = (sql: Sql, now: string): Promise<number> =>
  sql.run(`update governor set probe_at = $1 where state = 'half_open' and probe_at > $1`, [now])

/**
 * An outage is over: what failed because of it is due at once, in its old place, and the time it took counts for
 * nobody's giving up.
 */
export const resumeIntents = (sql: Sql, connection: string, openedAt: string, now: string): Promise<number> =>
  sql.run(
    `update outbox set
       first_tried_at = first_tried_at + ($3::timestamptz - greatest(first_tried_at, $2::timestamptz)),
       due_at = case when owner is null and fault::text ~ '^\\{"kind":"(unavailable|unauthorised)"'
         then least(due_at, $3::timestamptz) else due_at end
     where connection = $1 and state = 'open' and first_tried_at <= $3::timestamptz`,
    [connection, openedAt, now],
  )
