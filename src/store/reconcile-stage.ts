/**
 * What a run has read, kept until it is compared: a partition of its own per run, unlogged, dropped at the end. The
 * server compares; only what may differ comes back.
 */
import { assert } from '#canon/assert.ts'
import type { Sql } from './database.ts'

export interface StagedRecord {
  side: 0 | 1
  key: string
  compared: string
  changed_at: string | null
  alone: boolean
  also: Record<string, string | number | boolean | null> | null
}

const partition = (run: number): string => {
  assert(Number.isSafeInteger(run) && run > 0, `${run} is not the number of a run`)
  return `reconcile_record_${run}`
}

export const openStage = (sql: Sql, run: number): Promise<unknown> =>
  sql.query(
    `create unlogged table if not exists ${partition(run)} partition of reconcile_record for values in (${run})`,
  )

export const closeStage = (sql: Sql, run: number): Promise<unknown> =>
  sql.query(`drop table if exists ${partition(run)}`)

export const emptyStage = (sql: Sql, run: number): Promise<unknown> => sql.query(`truncate ${partition(run)}`)

export const stage = (
  sql: Sql,
  run: number,
  side: 0 | 1,
  records: readonly Omit<StagedRecord, 'side'>[],
): Promise<unknown> =>
  sql.query(
    `insert into ${partition(run)} (run, side, key, compared, changed_at, alone, also)
     select $1, $2, key, compared, changed_at, alone, also
     from unnest($3::text[], $4::text[], $5::timestamptz[], $6::bool[], $7::json[])
       as r (key, compared, changed_at, alone, also)`,
    [
      run,
      side,
      records.map(({ key }) => key),
      records.map(({ compared }) => compared),
      records.map(({ changed_at }) => changed_at),
      records.map(({ alone }) => alone),
      records.map(({ also }) => (also === null ? null : JSON.stringify(also))),
    ],
  )

export async function countStaged(sql: Sql, run: number): Promise<number> {
  const [row] = await sql.query<{ count: number }>(`select count(*) from ${partition(run)}`)
  return row?.count ?? 0
}

/** Once everything is read; building the index afterwards takes half the time of keeping it. */
export async function sortStage(sql: Sql, run: number): Promise<void> {
  await sql.query(`create index if not exists ${partition(run)}_key on ${partition(run)} (key)`)
  await sql.query(`analyze ${partition(run)}`)
}

/**
 * The records of the next keys after `after` that may differ, at most `limit` keys, in order of key. Sides that agree
 * to the letter never leave the server.
 */
export const suspects = (
  sql: Sql,
  run: number,
  { after, limit, staleMs }: { after: string | null; limit: number; staleMs: number | null },
): Promise<StagedRecord[]> =>
  sql.query(
    `with suspect as (
       select key from ${partition(run)} where key > $1
       group by key
       having count(*) <> 2 and not (count(*) = 1 and bool_and(alone))
         or count(*) = 2 and (min(side) = max(side) or min(compared) <> max(compared)
           or max(changed_at) - min(changed_at) > $2::bigint * interval '1 millisecond')
       order by key limit $3)
     select side, key, compared, changed_at, alone, also
     from suspect join ${partition(run)} using (key) order by key, side`,
    [after ?? '', staleMs, limit],
  )
