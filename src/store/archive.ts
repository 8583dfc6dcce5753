/**
 * The archive: what is settled, by month. Rows move there in batches, each in one transaction, so that a row is always
 * in exactly one of the two places. The names of tables and columns are data of this file, never of anybody's input.
 */
import type { Sql } from './database.ts'

export type Archived = 'inbox' | 'journal' | 'outbox'

interface Plan {
  /** Every column, in the order of both tables. */
  columns: string
  /** Grows with time: rows are looked at in its order. */
  order: string
  /** The moment that says which month a row belongs to. */
  month: string
  /** What may move, given the moment before which things are settled as `$3`. */
  settled: string
}

const PLANS: Readonly<Record<Archived, Plan>> = {
  inbox: {
    columns: 'id, source, key, kind, topic, body, correlation, received_at, state, priority, decided_at, outcome, turn',
    order: 'id',
    month: 'received_at',
    // What nobody could decide stays until somebody did something about it, and until that was seen to have helped.
    settled: `state = 'done' and decided_at < $3::timestamptz
      and id not in (select inbox_id from dead_letter where state <> 'resolved' and inbox_id is not null)
      and (source <> 'person'
        or key not in (select retry_key from dead_letter where state <> 'resolved' and retry_key is not null))`,
  },
  journal: {
    columns: 'stream, version, type, data, at, cause, correlation, policy, position',
    order: 'position',
    month: 'at',
    settled: 'at < $3::timestamptz',
  },
  outbox: {
    columns: `id, key, stream, version, connection, type, ask, correlation, priority, state, created_at, due_at,
      attempts, owner, first_tried_at, finished_at, answer, fault`,
    order: 'id',
    month: 'created_at',
    settled: `state = 'done' and finished_at < $3::timestamptz
      and id not in (select outbox_id from dead_letter where state <> 'resolved' and outbox_id is not null)`,
  },
}
export const ARCHIVED = Object.keys(PLANS) as Archived[]

export interface Moved {
  rows: number
  /** Where to go on; null when everything from here on is too young. */
  next: number | null
}

/**
 * Moves what is settled among the next `limit` rows behind `after`. Run it in a transaction.
 *
 * @param before the moment before which a row must have been settled, as ISO text.
 */
export async function moveSettled(
  sql: Sql,
  table: Archived,
  { after, limit, before }: { after: number; limit: number; before: string },
): Promise<Moved> {
  const { columns, order, month, settled } = PLANS[table]
  const [window] = await sql.prepared<{ last: number | null; first_at: string | null; last_at: string | null }>(
    `select max(n) as last, min(at) as first_at, max(at) as last_at
     from (select ${order} as n, ${month} as at from ${table} where ${order} > $1 order by ${order} limit $2) w`,
    [after, limit],
  )
  if (!window || window.last === null || window.first_at! >= before) return { rows: 0, next: null }
  for (const first of monthsFrom(window.first_at!, window.last_at!)) await makePartition(sql, table, first)
  const rows = await sql.run(
    `with gone as (
       delete from ${table} where ${order} > $1 and ${order} <= $2 and ${settled} returning ${columns}
     )
     insert into ${table}_archive (${columns}) select ${columns} from gone`,
    [after, window.last, before],
  )
  return { rows, next: window.last }
}

/** The first days of the months that two moments and everything between them fall in, as `2026-11`. */
function monthsFrom(first: string, last: string): string[] {
  const months: string[] = []
  for (let month = first.slice(0, 7); month <= last.slice(0, 7); month = monthAfter(month)) months.push(month)
  return months
}

function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number]
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

const PARTITION = /^(inbox|journal|outbox)_archive_(\d{4})_(\d{2})$/

async function makePartition(sql: Sql, table: Archived, month: string): Promise<void> {
  const name = `${table}_archive_${month.replace('-', '_')}`
  const [found] = await sql.prepared<{ there: boolean }>('select to_regclass($1) is not null as there', [name])
  if (found?.there) return
  await sql.query(
    `create table ${name} partition of ${table}_archive
     for values from ('${month}-01 00:00:00+00') to ('${monthAfter(month)}-01 00:00:00+00')`,
  )
}

/** Makes the table when it is a month of the archive; a backup names it. @returns whether it is one. */
export async function restorePartition(sql: Sql, name: string): Promise<boolean> {
  const [, table, year, month] = PARTITION.exec(name) ?? []
  if (!table) return false
  await makePartition(sql, table as Archived, `${year}-${month}`)
  return true
}

export interface Month {
  table: Archived
  /** `2026-11` */
  month: string
  /** The moment from which on nothing is in it, as ISO text. */
  end: string
  /** As PostgreSQL estimates. */
  rows: number
  bytes: number
}

/** Every month of the archive, oldest first. */
export async function archivedMonths(sql: Sql): Promise<Month[]> {
  const rows = await sql.query<{ name: string; rows: number; bytes: number }>(
    `select relname as name, greatest(reltuples, 0)::int8 as rows, pg_total_relation_size(oid) as bytes
     from pg_class where relnamespace = current_schema()::regnamespace and relispartition and relkind = 'r'`,
  )
  const months = rows.flatMap(({ name, rows, bytes }): Month[] => {
    const [, table, year, number] = PARTITION.exec(name) ?? []
    if (!table) return []
    const month = `${year}-${number}`
    return [{ table: table as Archived, month, end: `${monthAfter(month)}-01T00:00:00.000Z`, rows, bytes }]
  })
  return months.sort((a, b) => a.month.localeCompare(b.month) || a.table.localeCompare(b.table))
}

/** Forgets a month for good. */
export const dropMonth = async (sql: Sql, { table, month }: Month): Promise<void> =>
  void (await sql.query(`drop table if exists ${table}_archive_${month.replace('-', '_')}`))

/** Rows (as PostgreSQL estimates) and bytes of a table of the spine. */
export async function hotSize(sql: Sql, table: Archived): Promise<{ rows: number; bytes: number }> {
  const [row] = await sql.query<{ rows: number; bytes: number }>(
    `select greatest(reltuples, 0)::int8 as rows, pg_total_relation_size(oid) as bytes from pg_class
     where oid = to_regclass($1)`,
    [table],
  )
  return row ?? { rows: 0, bytes: 0 }
}
