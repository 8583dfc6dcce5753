/** What must hold of the spine's tables whatever happened, for `crossdock doctor` to ask. Reads only. */
import type { Sql } from './database.ts'

/** So many of the newest rows are looked through: enough for days, and quick on any hub. */
const NEWEST = 200_000

/** What belongs to a connection that is not configured (any more): nobody will ever work on it. */
export const orphans = (
  sql: Sql,
  known: readonly string[],
): Promise<{ connection: string; intents: number; messages: number }[]> =>
  sql.query(
    `select connection, sum(intents) as intents, sum(messages) as messages
     from (
       select connection, count(*) as intents, 0 as messages from outbox where state = 'open' group by connection
       union all
       select source, 0, count(*) from inbox where state = 'new' and kind = 'delivery' group by source
     ) waiting
     where connection <> all($1::text[]) group by connection order by connection`,
    [known],
  )

/**
 * Calls that somebody should have taken long ago: due, first in their line, of a system that is called at all.
 *
 * @param dueBefore they are due since before that moment.
 */
export const forgotten = (
  sql: Sql,
  dueBefore: string,
): Promise<{ connection: string; type: string; count: number; oldest: string; key: string }[]> =>
  sql.query(
    `select connection, type, count(*) as count, min(due_at) as oldest, min(key) as key
     from (
       select distinct on (stream, connection) connection, type, due_at, key from outbox
       where state = 'open' order by stream, connection, id
     ) first
     where due_at < $1
       and not exists (select 1 from governor g where g.connection = first.connection and g.state <> 'closed')
     group by connection, type order by oldest`,
    [dueBefore],
  )

/** Leases that last longer than any call: their holder died, or two clocks disagree. */
export const longLeases = (
  sql: Sql,
  endsAfter: string,
): Promise<{ owner: string; count: number; until: string; key: string }[]> =>
  sql.query(
    `select owner, count(*) as count, max(due_at) as until, min(key) as key from outbox
     where state = 'open' and owner is not null and due_at > $1 group by owner order by owner`,
    [endsAfter],
  )

/** Streams whose newest events do not follow one another, or whose state is of another version than their journal. */
export const gaps = (sql: Sql): Promise<{ stream: string; version: number; expected: number }[]> =>
  sql.query(
    `with newest as (
       select stream, version, lag(version) over (partition by stream order by version) as before
       from (select stream, version from journal_all order by position desc limit ${NEWEST}) n
     ), broken as (
       select stream, version, before + 1 as expected from newest where version <> before + 1
       union all
       select s.stream, s.version, n.last
       from (select stream, max(version) as last from newest group by stream) n
       join stream s on s.stream = n.stream where s.version <> n.last
     )
     select stream, version, expected from broken order by stream, version limit 20`,
  )

/** Calls that ended without their stream being told. */
export const unanswered = (sql: Sql): Promise<{ key: string; state: string }[]> =>
  sql.query(
    `select o.key, o.state from (
       select id, key, state, connection from outbox where state <> 'open' order by id desc limit ${NEWEST}
     ) o
     where not exists (select 1 from inbox_all i where i.source = o.connection and i.key = 'answer/' || o.key)
     order by o.id limit 20`,
  )
