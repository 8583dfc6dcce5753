/** Alarms: what streams have left for themselves, to be heard at a later moment. */
import type { Json } from '#canon/json.ts'
import type { Sql } from './database.ts'

export interface NewAlarm {
  stream: string
  name: string
  /** null calls it off. */
  dueAt: string | null
  /** As JSON text. */
  command: string
  key: string
  correlation: string
}

export interface AlarmRow {
  stream: string
  name: string
  due_at: string
  command: unknown
  key: string
  correlation: string
}

/** Sets them in their order: the last one of a stream and a name counts. */
export async function setAlarms(sql: Sql, alarms: readonly NewAlarm[]): Promise<void> {
  const last = new Map(alarms.map((one) => [`${one.stream} ${one.name}`, one]))
  const all = [...last.values()]
  const off = all.filter(({ dueAt }) => dueAt === null)
  const on = all.filter(({ dueAt }) => dueAt !== null)
  if (off.length > 0) {
    await sql.run(
      `delete from alarm using unnest($1::text[], $2::text[]) as o (stream, name)
       where alarm.stream = o.stream and alarm.name = o.name`,
      [off.map(({ stream }) => stream), off.map(({ name }) => name)],
    )
  }
  if (on.length === 0) return
  await sql.run(
    `insert into alarm (stream, name, due_at, command, key, correlation)
     select stream, name, due_at::timestamptz, command::json, key, correlation
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       as n (stream, name, due_at, command, key, correlation)
     on conflict (stream, name) do update set due_at = excluded.due_at, command = excluded.command,
       key = excluded.key, correlation = excluded.correlation`,
    [
      on.map(({ stream }) => stream),
      on.map(({ name }) => name),
      on.map(({ dueAt }) => dueAt),
      on.map(({ command }) => command),
      on.map(({ key }) => key),
      on.map(({ correlation }) => correlation),
    ],
  )
}

/** Takes those that are due; they are gone once the transaction commits. Other processes step past them. */
export const takeDueAlarms = (sql: Sql, now: string, limit: number): Promise<AlarmRow[]> =>
  sql.prepared(
    `delete from alarm where (stream, name) in (
       select stream, name from alarm where due_at <= $1 order by due_at, stream, name limit $2 for update skip locked
     ) returning stream, name, due_at, command, key, correlation`,
    [now, limit],
  )

export interface AlarmCount {
  /** The second part of the stream's name: for orders the channel. */
  of: string
  count: number
  soonest: string
}

/** Alarms of that name, by what their streams belong to. */
export const countAlarms = (sql: Sql, name: string): Promise<AlarmCount[]> =>
  sql.prepared(
    `select split_part(stream, '/', 2) as of, count(*) as count, min(due_at) as soonest from alarm
     where name = $1 group by 1 order by 1`,
    [name],
  )

export interface AlarmOfStream {
  stream: string
  label: string
  due_at: string
  state: Json
  /** How many there are of that name in all. */
  all: number
}

/** The alarms whose names begin so, those that ring first before the others, and the streams they are for. */
export const alarmsLike = (
  sql: Sql,
  prefix: string,
  limit: number,
): Promise<{ stream: string; name: string; label: string; state: Json }[]> =>
  sql.prepared(
    `select a.stream, a.name, s.label, s.state
     from (select stream, name, due_at from alarm where starts_with(name, $1) order by due_at, stream limit $2) a
     join stream s on s.stream = a.stream order by a.due_at, a.stream, a.name`,
    [prefix, limit],
  )

/** The alarms of that name that ring first, and the streams they are for. */
export const alarmsOf = (sql: Sql, name: string, limit: number): Promise<AlarmOfStream[]> =>
  sql.prepared(
    `select a.stream, s.label, a.due_at, s.state, a.all
     from (select stream, due_at, count(*) over () as all from alarm where name = $1
       order by due_at, stream limit $2) a
     join stream s on s.stream = a.stream order by a.due_at, a.stream`,
    [name, limit],
  )
