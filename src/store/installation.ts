/** What is true of a database as a whole. */
import type { Sql } from './database.ts'

/** 0 as long as the database was never restored. The same for as long as a process runs: read it once. */
export async function readEpoch(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ epoch: number }>('select epoch from installation')
  if (!row) throw new Error('The database has lost its row in the table installation. Restore a backup.')
  return row.epoch
}

/** Where doubts come from, as a source in the inbox. */
export const RESTORE_SOURCE = 'restore'

/** That of notes between streams: what was not decided yet is heard before the doubt. */
const DOUBT_PRIORITY = 2

/** Whether the ledgers have yet to hear what happened between the backup and its restore. */
export async function isCatchingUp(sql: Sql): Promise<boolean> {
  const [row] = await sql.prepared<{ behind: boolean }>(
    `select catching_up_since is not null
       or exists (select 1 from inbox where state = 'new' and source = '${RESTORE_SOURCE}') as behind
     from installation`,
  )
  return row?.behind === true
}

/** Tells every ledger that what it believes is of another time. @returns how many there are. */
export const doubtStock = (sql: Sql, { reason, at }: { reason: string; at: string }): Promise<number> =>
  sql.run(
    `insert into inbox (source, key, kind, topic, body, correlation, received_at, priority)
     select '${RESTORE_SOURCE}', $1 || '~' || stream, 'note', stream, convert_to('{"type":"stock.doubt"}', 'UTF8'), stream,
       $2, $3
     from stream where kind = 'stock' order by stream collate "C"`,
    [reason, at, DOUBT_PRIORITY],
  )

/**
 * Ends the catching up once each of these feeds has had nothing more to read a while after the restore, and all of it
 * was decided. Only now does a reading of a channel tell what it shows beyond the sales we have heard of.
 *
 * @param feeds each as `connection feed`. @param settleMs how far what a system lists may lag behind what it did.
 */
export async function endCatchingUp(
  sql: Sql,
  { feeds, settleMs, at }: { feeds: readonly string[]; settleMs: number; at: string },
): Promise<boolean> {
  const ended = await sql.query<{ epoch: number }>(
    `update installation set catching_up_since = null
     where catching_up_since is not null
       and not exists (select 1 from inbox where state = 'new')
       and (select count(*) from cursor where connection || ' ' || feed = any($1::text[])
         and caught_up_at > catching_up_since + $2 * interval '1 millisecond') = $3
     returning epoch`,
    [feeds, settleMs, feeds.length],
  )
  if (ended[0]) await doubtStock(sql, { reason: `${ended[0].epoch}~caught-up`, at })
  return ended.length > 0
}
