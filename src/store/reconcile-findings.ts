/** What reconciliation found and has not seen mended yet. */
import type { Sql } from './database.ts'

export interface NewFinding {
  kind: string
  key: string
  field: string
  ours: string | null
  theirs: string | null
  stream: string | null
  cure: string
}

/** Stores new findings and notes which of the known ones are still there. @returns how many were new. */
export async function storeFindings(
  sql: Sql,
  { definition, run, at }: { definition: string; run: number; at: string },
  findings: readonly NewFinding[],
): Promise<number> {
  if (findings.length === 0) return 0
  const rows = await sql.prepared<{ fresh: boolean }>(
    `insert into reconcile_finding (definition, kind, key, field, ours, theirs, stream, cure, found_at, seen_at,
       first_run, last_run)
     select $1, kind, key, field, ours, theirs, stream, cure, $3, $3, $2, $2
     from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])
       as f (kind, key, field, ours, theirs, stream, cure)
     on conflict (definition, key, kind, field) where state <> 'resolved'
     do update set state = 'open', ours = excluded.ours, theirs = excluded.theirs, seen_at = excluded.seen_at, last_run = excluded.last_run
     returning first_run = last_run as fresh`,
    [
      definition, run, at,
      findings.map(({ kind }) => kind),
      findings.map(({ key }) => key),
      findings.map(({ field }) => field),
      findings.map(({ ours }) => ours),
      findings.map(({ theirs }) => theirs),
      findings.map(({ stream }) => stream),
      findings.map(({ cure }) => cure),
    ],
  ) // prettier-ignore
  return rows.filter(({ fresh }) => fresh).length
}

/** These keys could not be judged this time: what was found of them before stays. */
export const keepFindings = (sql: Sql, definition: string, run: number, keys: readonly string[]): Promise<number> =>
  keys.length === 0
    ? Promise.resolve(0)
    : sql.run(
        `update reconcile_finding set last_run = $2 where definition = $1 and key = any($3) and state <> 'resolved'`,
        [definition, run, keys],
      )

/** What was found before and not this time is over, as far as this run looked back. */
export const resolveFindings = (
  sql: Sql,
  { definition, run, since, at }: { definition: string; run: number; since: string; at: string },
): Promise<number> =>
  sql.run(
    `update reconcile_finding set state = 'resolved', resolved_at = $4, resolved_run = $2
     where definition = $1 and last_run < $2 and state <> 'resolved'
       and exists (select 1 from reconcile_run where id = first_run and since >= $3)`,
    [definition, run, since, at],
  )

/** What a run found and nobody tried to mend before, in pieces. */
export const findingsOf = (
  sql: Sql,
  definition: string,
  run: number,
  afterId: number,
  limit: number,
): Promise<{ id: number; kind: string; key: string; field: string; ours: string | null; theirs: string | null }[]> =>
  sql.prepared(
    `select id, kind, key, field, ours, theirs from reconcile_finding
     where definition = $1 and last_run = $2 and seen_at >= (select started_at from reconcile_run where id = $2)
       and state = 'open' and handed_in_at is null and id > $3 order by id limit $4`,
    [definition, run, afterId, limit],
  )

export const markHandedIn = (sql: Sql, ids: readonly number[], at: string): Promise<number> =>
  sql.run(`update reconcile_finding set state = 'handed_in', handed_in_at = $2 where id = any($1)`, [ids, at])

export const countFindings = (sql: Sql): Promise<{ definition: string; kind: string; count: number }[]> =>
  sql.prepared(
    `select definition, kind, count(*) from reconcile_finding where state <> 'resolved' group by definition, kind`,
  )

/** The earliest moment that a finding still open looked back to. */
export async function oldestSince(sql: Sql, definition: string): Promise<string | null> {
  const [row] = await sql.prepared<{ since: string | null }>(
    `select min(since) as since from reconcile_run
     where id in (select first_run from reconcile_finding where definition = $1 and state <> 'resolved')`,
    [definition],
  )
  return row?.since ?? null
}

export interface FindingRow extends NewFinding {
  id: number
  definition: string
  state: 'open' | 'handed_in' | 'resolved'
  found_at: string
  seen_at: string
  first_run: number
  last_run: number
  handed_in_at: string | null
  resolved_at: string | null
  resolved_run: number | null
}

/** Newest first. */
export function listFindings(
  sql: Sql,
  filter: { definition?: string | undefined; open: boolean; before: number | null; limit: number },
): Promise<FindingRow[]> {
  return sql.prepared(
    `select id, definition, kind, key, field, ours, theirs, stream, cure, state, found_at, seen_at, first_run, last_run,
       handed_in_at, resolved_at, resolved_run
     from reconcile_finding
     where ($1::text is null or definition = $1) and (state <> 'resolved') = $2 and ($3::bigint is null or id < $3)
     order by id desc limit $4`,
    [filter.definition ?? null, filter.open, filter.before, filter.limit],
  )
}
