/** Token buckets of the vendors, shared by all processes on the database. Whoever changes one names what it read. */
import type { Json } from '#canon/json.ts'
import { jsonb, type Sql } from './database.ts'

export interface RateRow {
  state: Json
  revision: number
}

export async function readRate(sql: Sql, connection: string, bucket: string): Promise<RateRow | null> {
  const [row] = await sql.prepared<RateRow>('select state, revision from rate where connection = $1 and bucket = $2', [
    connection,
    bucket,
  ])
  return row ?? null
}

/** Begins a bucket, unless somebody did already. */
export const beginRate = (sql: Sql, connection: string, bucket: string, state: unknown): Promise<number> =>
  sql.run('insert into rate (connection, bucket, state) values ($1, $2, $3::json) on conflict do nothing', [
    connection,
    bucket,
    jsonb(state),
  ])

/**
 * Writes the bucket if it is still as it was at `revision`. Nobody waits for the disk: a server that crashes forgets
 * the grants of its last moment, and the vendor's answers put that right.
 *
 * @returns null when it was written; else how it stands, to be tried again.
 */
export async function swapRate(
  sql: Sql,
  { connection, bucket, revision, state }: { connection: string; bucket: string; revision: number; state: unknown },
): Promise<RateRow | null> {
  const [row] = await sql.prepared<RateRow & { mine: boolean }>(
    `with mine as (
       update rate set state = $4::json, revision = revision + 1
       where connection = $1 and bucket = $2 and revision = $3 returning revision)
     select state, revision, exists (select from mine) as mine, set_config('synchronous_commit', 'off', true)
     from rate where connection = $1 and bucket = $2`,
    [connection, bucket, revision, jsonb(state)],
  )
  return row?.mine ? null : (row ?? { state: null, revision: -1 })
}
