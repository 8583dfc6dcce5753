/**
 * Whether the hub has come to rest: nothing is undecided, nothing is owed, and every feed that could bring news has
 * been read since. Asked of its database.
 */
import type { Database } from '#store/database.ts'

export interface Unrest {
  undecided: number
  owed: number
  /** Moves whenever something happened. That a feed was read, and brought nothing, is nothing. */
  mark: string
  /** When the earliest of what is owed is due, in milliseconds since 1970; a lease that runs is due when it ends. */
  dueMs: number
  /** When the feed that was read longest ago was read; 0 when one was never read. */
  readMs: number
}

/** The feeds that bring what happens to orders and stock. */
const FEEDS = ['feed:orders', 'feed:deliveries', 'feed:stock'] as const

interface Row {
  undecided: number
  owed: number
  mark: string
  due: string | null
  read: string | null
  feeds: number
}

export async function readUnrest(database: Database): Promise<Unrest> {
  const [row] = await database.query<Row>(
    `select
       (select count(*) from inbox where state = 'new') as undecided,
       (select count(*) from outbox where state = 'open') as owed,
       (select coalesce(sum(attempts), 0) from outbox) || ' ' || (select count(*) from outbox where state <> 'open')
         || ' ' || (select coalesce(max(position), 0) from journal) as mark,
       (select min(due_at) from outbox where state = 'open') as due,
       (select min(ran_at) from upkeep where task = any($1::text[])) as read,
       (select count(ran_at) from upkeep where task = any($1::text[])) as feeds`,
    [FEEDS],
  )
  const { undecided = 0, owed = 0, mark = '', due = null, read = null, feeds = 0 } = row ?? {}
  return {
    undecided,
    owed,
    mark,
    dueMs: due === null ? Infinity : Date.parse(due),
    readMs: read === null || feeds < FEEDS.length ? 0 : Date.parse(read),
  }
}
