/** What connections in shadow found. */
import type { Sql } from './database.ts'

/** `unsettled`: a difference that was seen once, of something that changes as we look. */
export type ShadowVerdict = 'same' | 'different' | 'missing' | 'extra' | 'unsettled'

export interface ShadowDiff {
  intent: string
  /** Empty for the record as a whole. */
  field: string
  connection: string
  type: string
  stream: string
  ours: string | null
  theirs: string | null
  verdict: ShadowVerdict
}

/** What was missing and came after all is no longer missing. */
export const saveShadowDiffs = (sql: Sql, diffs: readonly ShadowDiff[], at: string): Promise<number> =>
  sql.run(
    `insert into shadow_diff (intent, field, connection, type, stream, ours, theirs, verdict, at)
     select intent, field, connection, type, stream, ours, theirs, verdict, $9
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       as d (intent, field, connection, type, stream, ours, theirs, verdict)
     on conflict (intent, field) do update set ours = excluded.ours, theirs = excluded.theirs,
       verdict = excluded.verdict, at = excluded.at
     where shadow_diff.verdict <> excluded.verdict or shadow_diff.theirs is distinct from excluded.theirs`,
    [
      diffs.map(({ intent }) => intent),
      diffs.map(({ field }) => field),
      diffs.map(({ connection }) => connection),
      diffs.map(({ type }) => type),
      diffs.map(({ stream }) => stream),
      diffs.map(({ ours }) => ours),
      diffs.map(({ theirs }) => theirs),
      diffs.map(({ verdict }) => verdict),
      at,
    ],
  )

/**
 * Settles a difference that was seen before, with the same values: the record and its fields are now different, or
 * still are. @returns whether there was one.
 */
export const settleShadowDiff = async (
  sql: Sql,
  { connection, type, stream, ours, theirs, field }: ShadowDiff,
  at: string,
) =>
  (await sql.run(
    `update shadow_diff set verdict = case when verdict = 'unsettled' then 'different' else verdict end, at = $7
     where verdict in ('unsettled', 'different') and intent in (
       select intent from shadow_diff where stream = $1 and type = $2 and connection = $3 and field = $4 and ours = $5
         and theirs = $6 and verdict in ('unsettled', 'different') order by at desc limit 1
     )`,
    [stream, type, connection, field, ours, theirs, at],
  )) > 0

export interface ShadowCount {
  connection: string
  type: string
  verdict: ShadowVerdict
  count: number
}

/** Records by verdict, since a moment. */
export const countShadowRecords = (sql: Sql, since: string): Promise<ShadowCount[]> =>
  sql.prepared(
    `select connection, type, verdict, count(*) as count from shadow_diff where field = '' and at >= $1
     group by connection, type, verdict order by connection, type, verdict`,
    [since],
  )

export interface ShadowFieldCount extends ShadowCount {
  field: string
}

/** Fields that are not the same. What stands before the last blank names a part of the record and is left out. */
export const countShadowFields = (sql: Sql, since: string): Promise<ShadowFieldCount[]> =>
  sql.prepared(
    `select connection, type, regexp_replace(field, '^.* ', '') as field, verdict, count(*) as count
     from shadow_diff where field <> '' and verdict <> 'unsettled' and at >= $1
     group by connection, type, 3, verdict order by connection, type, 3, verdict`,
    [since],
  )

export interface ShadowDiffRow extends ShadowDiff {
  at: string
}

/** What is not the same, newest first: fields, and records that are missing. */
export const listShadowDiffs = (
  sql: Sql,
  { connection, since, limit }: { connection: string; since: string; limit: number },
): Promise<ShadowDiffRow[]> =>
  sql.prepared(
    `select intent, field, connection, type, stream, ours, theirs, verdict, at from shadow_diff
     where connection = $1 and at >= $2 and verdict not in ('same', 'unsettled') and (field <> '' or verdict = 'missing')
     order by at desc, intent, field limit $3`,
    [connection, since, limit],
  )

/** Since when each connection was compared, and how much still waits for the other integration. */
export const shadowSpans = (sql: Sql, connections: readonly string[]): Promise<ShadowSpan[]> =>
  sql.prepared(
    `select c.name as connection, (select min(at) from shadow_diff d where d.connection = c.name) as first,
       (select count(*) from outbox o where o.connection = c.name and o.state = 'open') as waiting
     from unnest($1::text[]) as c (name) order by c.name`,
    [connections],
  )

export interface ShadowSpan {
  connection: string
  first: string | null
  waiting: number
}
