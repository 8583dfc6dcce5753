/** The hub processes on this database: who they are, whether their hearts beat, and what a dead one leaves behind. */
import type { Sql } from './database.ts'
import { MIGRATOR_LOCK } from './migrate.ts'

export type ProcessState = 'running' | 'draining'

export interface Joining {
  id: string
  host: string
  pid: number
  version: string
  /** How many migrations its release knows. */
  migrations: number
}

export interface ProcessRow extends Joining {
  state: ProcessState
  beat: number
  started_at: string
  beat_at: string
}

/**
 * Signs a process in. The lock keeps a migration from slipping in between the look at the schema and the row: whoever
 * migrates sees the row, or the process sees the migration.
 *
 * @param check throws when the release does not fit the schema.
 */
export async function joinFleet(sql: Sql, one: Joining, at: string, check: (sql: Sql) => Promise<unknown>) {
  await sql.query('select pg_advisory_xact_lock_shared($1)', [MIGRATOR_LOCK])
  await check(sql)
  await sql.run(
    `insert into process (id, host, pid, version, migrations, started_at, beat_at) values ($1, $2, $3, $4, $5, $6, $6)`,
    [one.id, one.host, one.pid, one.version, one.migrations, at],
  )
}

export const readFleet = (sql: Sql): Promise<ProcessRow[]> =>
  sql.prepared(
    `select id, host, pid, version, migrations, state, beat, started_at, beat_at from process
     order by started_at, id`,
  )

/**
 * One beat, and how the others stand. @returns null when this process is not in the fleet any more: it was presumed
 * dead, and whatever it held belongs to others.
 */
export async function beatOnce(
  sql: Sql,
  { id, state, at }: { id: string; state: ProcessState; at: string },
): Promise<{ id: string; beat: number }[] | null> {
  const rows = await sql.prepared<{ id: string; beat: number; mine: number }>(
    `with mine as (update process set beat = beat + 1, beat_at = $2, state = $3 where id = $1 returning id)
     select id, beat, (select count(*) from mine) as mine from process order by id`,
    [id, at, state],
  )
  return rows[0]?.mine ? rows.filter((row) => row.id !== id) : null
}

/**
 * Takes the row and the leases of a process whose beat still stands at `beat`; call it in a transaction.
 *
 * @returns how many leases were freed; null when it lives after all, or another one was quicker.
 */
export async function takeOver(sql: Sql, { id, beat, now }: { id: string; beat: number; now: string }) {
  const taken = await sql.run('delete from process where id = $1 and beat = $2', [id, beat])
  return taken > 0 ? releaseAll(sql, id, now) : null
}

/** Signs a process out and frees what it still held; call it in a transaction. @returns how many leases. */
export async function leaveFleet(sql: Sql, id: string, now: string): Promise<number> {
  await sql.run('delete from process where id = $1', [id])
  return releaseAll(sql, id, now)
}

/** For a database that nobody else can be using: all who are signed in are dead. */
export const emptyFleet = (sql: Sql): Promise<number> => sql.run('delete from process', [])

/**
 * Frees every lease of a process, and the probe it may have been making. Due is what was due before it was leased, by
 * whichever clock: not the end of the lease. The governor comes first, as everywhere: who holds its row waits for no
 * intent.
 */
async function releaseAll(sql: Sql, owner: string, now: string): Promise<number> {
  await sql.run(
    `update governor set probe_at = least(probe_at, $2::timestamptz)
     where state = 'half_open' and connection in (select connection from outbox where state = 'open' and owner = $1)`,
    [owner, now],
  )
  return sql.run(
    `update outbox set due_at = least(created_at, $2::timestamptz), owner = null where state = 'open' and owner = $1`,
    [owner, now],
  )
}

export interface Lease {
  id: number
  attempt: number
}

/** Gives back leases that were not used. Those that somebody took over since are left alone. */
export const giveBack = (sql: Sql, leases: readonly Lease[], now: string): Promise<number> =>
  sql.run(
    `update outbox set due_at = least(created_at, $3::timestamptz), owner = null
     from unnest($1::bigint[], $2::int[]) as l (id, attempt)
     where outbox.id = l.id and outbox.attempts = l.attempt and outbox.state = 'open' and owner is not null`,
    [leases.map(({ id }) => id), leases.map(({ attempt }) => attempt), now],
  )
