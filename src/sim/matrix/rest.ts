/**
 * Whether the hub has come to rest: nothing is undecided, nothing is owed, and since the last thing that happened every
 * feed that could bring news has been read again. Asked of its database; nobody waits for a time.
 */
import type { Database } from '#store/database.ts'

export interface Unrest {
  undecided: number
  owed: number
  /** Moves whenever something happened. */
  mark: string
  /** When the feed that was read longest ago was read, in milliseconds; 0 when one was never read. */
  readMs: number
}

/** The feeds that bring what happens to orders and stock. */
const FEEDS = ['feed:orders', 'feed:deliveries', 'feed:stock'] as const

interface Row {
  undecided: number
  owed: number
  mark: string
  read: string | null
  feeds: number
}

export async function readUnrest(database: Database): Promise<Unrest> {
  const [row] = await database.query<Row>(
    `select
       (select count(*) from inbox where state = 'new') as undecided,
       (select count(*) from outbox where state = 'open') as owed,
       (select coalesce(max(id), 0) from inbox) || ' ' || (select count(*) from outbox where state <> 'open')
         || ' ' || (select coalesce(max(position), 0) from journal) as mark,
       (select min(ran_at) from upkeep where task = any($1::text[])) as read,
       (select count(ran_at) from upkeep where task = any($1::text[])) as feeds`,
    [FEEDS],
  )
  const { undecided = 0, owed = 0, mark = '', read = null, feeds = 0 } = row ?? {}
  return { undecided, owed, mark, readMs: read === null || feeds < FEEDS.length ? 0 : Date.parse(read) }
}
