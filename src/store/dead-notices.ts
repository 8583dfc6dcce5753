/** Messages about dead letters: gathered by cause, claimed before they are sent, marked after. */
import type { Json } from '#canon/json.ts'
import { jsonb, type Sql } from './database.ts'

export type Channel = 'log' | 'webhook' | 'email'

/** Dead letters nobody was told of, of one cause. */
export interface Cause {
  class: string
  connection: string
  step: string
  what: string
  code: string
  owner: string
  letters: number[]
  oldest: string
}

/**
 * Takes the causes whose oldest letter has waited long enough, with all their letters; other processes wait no longer
 * than this transaction and then find nothing.
 */
export const takeCauses = async (sql: Sql, waitedSince: string): Promise<Cause[]> => {
  // Whoever gathers, gathers alone: two at once would send two messages of one cause.
  const [lock] = await sql.prepared<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [GATHER_LOCK])
  if (lock?.mine !== true) return []
  return sql.prepared<Cause>(
    `select class, connection, step, what, code, owner, array_agg(id order by id) as letters, min(failed_at) as oldest
     from dead_letter where notice is null
     group by class, connection, step, what, code, owner having min(failed_at) <= $1
     order by min(failed_at), class, connection, step, what, code, owner limit 100`,
    [waitedSince],
  )
}

/** Any number that nothing else in the database locks. */
const GATHER_LOCK = 4_017_226_314

export interface NewNotice {
  messageId: string
  channels: readonly Channel[]
  content: Json
  letters: readonly number[]
  at: string
}

export async function writeNotice(sql: Sql, { messageId, channels, content, letters, at }: NewNotice): Promise<void> {
  const rows = await sql.prepared<{ id: number }>(
    `insert into dead_notice (message_id, channel, content, letters, due_at, created_at)
     select $1, channel, $3::json, $4, $5, $5 from unnest($2::text[]) as c (channel) returning id`,
    [messageId, channels, jsonb(content), letters.length, at],
  )
  await sql.run(`update dead_letter set notice = $2 where id = any($1::bigint[])`, [letters, rows[0]!.id])
}

export interface ClaimedNotice {
  id: number
  message_id: string
  channel: Channel
  content: Json
  attempts: number
}

/** Leases notices that are due. Counts as an attempt; the number is the fence against whoever comes late. */
export const claimNotices = (
  sql: Sql,
  { now, leaseUntil, limit }: { now: string; leaseUntil: string; limit: number },
): Promise<ClaimedNotice[]> =>
  sql.prepared(
    `update dead_notice set due_at = $2, attempts = attempts + 1
     where id in (select id from dead_notice where state = 'open' and due_at <= $1 order by due_at, id limit $3
                  for update skip locked)
     returning id, message_id, channel, content, attempts`,
    [now, leaseUntil, limit],
  )

/** @returns whether the claim still held. Its letters count as announced from the first channel that took it. */
export async function markSent(sql: Sql, { id, attempts, message_id }: ClaimedNotice, at: string): Promise<boolean> {
  const changed = await sql.run(
    `update dead_notice set state = 'sent', sent_at = $3, fault = null
     where id = $1 and attempts = $2 and state = 'open'`,
    [id, attempts, at],
  )
  if (changed === 0) return false
  await sql.run(
    `update dead_letter set notified_at = $2
     where notified_at is null and notice = (select min(id) from dead_notice where message_id = $1)`,
    [message_id, at],
  )
  return true
}

/** @param dueAt null gives it up. */
export const markUnsent = (
  sql: Sql,
  { id, attempts }: ClaimedNotice,
  { fault, dueAt }: { fault: string; dueAt: string | null },
): Promise<number> =>
  sql.run(
    `update dead_notice set fault = $3, due_at = coalesce($4::timestamptz, due_at),
       state = case when $4::timestamptz is null then 'failed' else 'open' end
     where id = $1 and attempts = $2 and state = 'open'`,
    [id, attempts, fault, dueAt],
  )

export interface NoticeRow {
  message_id: string
  channel: Channel
  letters: number
  state: 'open' | 'sent' | 'failed'
  attempts: number
  due_at: string
  sent_at: string | null
  fault: string | null
}

/** What was told of a letter, channel by channel. */
export const noticesOf = (sql: Sql, notice: number): Promise<NoticeRow[]> =>
  sql.prepared(
    `select message_id, channel, letters, state, attempts, due_at, sent_at, fault from dead_notice
     where message_id = (select message_id from dead_notice where id = $1) order by id`,
    [notice],
  )

/** Messages that could not be sent and were given up, and those that are late. */
export async function noticeTroubles(sql: Sql): Promise<{ failed: number; late: number }> {
  const [row] = await sql.prepared<{ failed: number; late: number }>(
    `select count(*) filter (where state = 'failed') as failed,
       count(*) filter (where state = 'open' and fault is not null) as late
     from dead_notice where state <> 'sent'`,
  )
  return row ?? { failed: 0, late: 0 }
}
