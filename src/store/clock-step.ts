/**
 * Times that were written while a clock was ahead. Once it is right again they lie in the future, and what waits for
 * them would wait as long as the clock was wrong.
 */
import type { Sql } from './database.ts'

/** The latest moment at which anything is said to have happened, in milliseconds since 1970; null when nothing has. */
export async function latestMoment(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ latest: string | null }>(
    `select greatest(
       (select received_at from inbox order by id desc limit 1),
       (select at from journal order by position desc limit 1),
       (select max(ran_at) from upkeep), (select max(read_at) from cursor)) as latest`,
  )
  return row?.latest ? Date.parse(row.latest) : null
}

export interface BringForward {
  ms: number
  now: string
  /** When a lease that begins now would end. */
  leaseUntil: string
}

/**
 * Brings everything that waits for a time after `now` forward by so much, though not before `now`. What waited for a
 * good reason is at worst tried too early. A lease that runs is left as long as one may last.
 */
export async function bringForward(sql: Sql, { ms, now, leaseUntil }: BringForward): Promise<void> {
  const by = `${Math.ceil(ms)} milliseconds`
  await sql.run(
    `update outbox set first_tried_at = least(first_tried_at, $1::timestamptz),
       due_at = case when owner is null then greatest($1::timestamptz, due_at - $2::interval)
         else least(due_at, $3::timestamptz) end
     where state = 'open' and due_at > $1::timestamptz`,
    [now, by, leaseUntil],
  )
  await sql.run(
    `update upkeep set due_at = greatest($1::timestamptz, due_at - $2::interval) where due_at > $1::timestamptz`,
    [now, by],
  )
  await sql.run(
    `update governor set probe_at = greatest($1::timestamptz, probe_at - $2::interval),
       opened_at = least(opened_at, $1::timestamptz), paused_until = '{}'
     where probe_at > $1::timestamptz or paused_until::text <> '{}'`,
    [now, by],
  )
}
