/** Reservations whose time is over. */
import type { Sql } from './database.ts'

export interface DueReservation {
  stream: string
  version: number
}

/** The earliest first. @param now UTC with milliseconds, as the states hold it. */
export const dueReservations = (sql: Sql, now: string, limit: number): Promise<DueReservation[]> =>
  sql.prepared(
    `select stream, version from stream
     where kind = 'reservation' and status in ('pending', 'held', 'converted') and state ->> 'expiresAt' <= $1
     order by state ->> 'expiresAt' limit $2`,
    [now, limit],
  )
