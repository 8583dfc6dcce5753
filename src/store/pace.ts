/**
 * How many calls at once a connection bears, as all processes have learnt it together: part of the governor's row. No
 * clock is compared: a change names how often the number had been lowered when its call began, and what was learnt
 * under an older number counts no more.
 */
import type { Sql } from './database.ts'

export interface Pace {
  /** At least 1; a fraction is on its way to the next. */
  atOnce: number
  /** Counts how often it was lowered. */
  lowered: number
}

/** Either less (`factor` below 1) or more (`credit`). */
export interface PaceChange {
  /** As the call that taught it saw it. */
  lowered: number
  factor: number
  credit: number
}

export const unknownPace: Pace = { atOnce: 1, lowered: 0 }

/** What `changePace` does to the row. */
export const paced = (pace: Pace, { lowered, factor, credit }: PaceChange, most: number): Pace =>
  pace.lowered === lowered
    ? {
        atOnce: Math.max(1, Math.min(most, Math.min(most, pace.atOnce) * factor + credit)),
        lowered: lowered + (factor < 1 ? 1 : 0),
      }
    : pace

/** Waits for whoever has the row; changes nothing when the pace was lowered since. */
export const changePace = (
  sql: Sql,
  connection: string,
  { lowered, factor, credit }: PaceChange,
  most: number,
): Promise<number> =>
  sql.run(
    `insert into governor (connection, at_once, lowered)
     values ($1, greatest(1, least($2::float8, least($2::float8, 1) * $3::float8 + $4::float8)),
       case when $3::float8 < 1 then 1 else 0 end)
     on conflict (connection) do update set
       at_once = greatest(1, least($2::float8, least($2::float8, governor.at_once) * $3::float8 + $4::float8)),
       lowered = governor.lowered + excluded.lowered
     where governor.lowered = $5`,
    [connection, most, factor, credit, lowered],
  )
