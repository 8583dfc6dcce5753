/** Dead letters: opened by the transaction in which something dies, ended by a person or by proof. */
import type { Sql } from './database.ts'

export type LetterState = 'open' | 'retrying' | 'resolved'

/** What died, as the one who gave it up knows it. */
export interface NewLetter {
  /** Number of the inbox or outbox row. */
  subject: number
  class: string
  step: string
  connection: string
  what: string
  stream: string | null
  /** The stream stood there when it failed; null takes where it stands now. */
  version: number | null
  correlation: string | null
  kind: string
  code: string
  message: string
  owner: string
}

export interface LetterRow {
  id: number
  inbox_id: number | null
  outbox_id: number | null
  class: string
  step: string
  connection: string
  what: string
  stream: string | null
  stream_version: number | null
  correlation: string | null
  kind: string
  code: string
  message: string
  owner: string
  value_amount: number | null
  value_currency: string | null
  state: LetterState
  assignee: string | null
  opened_at: string
  failed_at: string
  deaths: number
  retries: number
  retry_key: string | null
  resolved_at: string | null
  resolution: string | null
  proof: string | null
  notice: number | null
  notified_at: string | null
}

export const LETTER_COLUMNS = `id, inbox_id, outbox_id, class, step, connection, what, stream, stream_version, correlation,
  kind, code, message, owner, value_amount, value_currency, state, assignee, opened_at, failed_at, deaths, retries,
  retry_key, resolved_at, resolution, proof, notice, notified_at`

/**
 * Opens a letter for each, in the caller's transaction. One that had died before is opened again: the same letter, one
 * death more. It is announced anew only when it had been resolved; else those who retried it are at it.
 *
 * @param of which table the subjects are rows of.
 */
export async function openLetters(
  sql: Sql,
  of: 'inbox' | 'outbox',
  letters: readonly NewLetter[],
  at: string,
): Promise<void> {
  const subject = `${of}_id`
  const opened = await sql.prepared<{ id: number; deaths: number; message: string }>(
    `insert into dead_letter (${subject}, class, step, connection, what, stream, stream_version, correlation, kind, code,
       message, owner, value_amount, value_currency, opened_at, failed_at)
     select d.subject, d.class, d.step, d.connection, d.what, d.stream, coalesce(d.version, s.version), d.correlation,
       d.kind, d.code, d.message, d.owner, (o.state #>> '{order,total,amount}')::bigint,
       o.state #>> '{order,total,currency}', $13, $13
     from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[],
         $9::text[], $10::text[], $11::text[], $12::text[])
       as d (subject, class, step, connection, what, stream, version, correlation, kind, code, message, owner)
     left join stream s on s.stream = d.stream
     left join stream o on o.stream = d.correlation and o.kind = 'order'
     order by d.subject
     on conflict (${subject}) do update set state = 'open', class = excluded.class, step = excluded.step,
       stream = excluded.stream, stream_version = excluded.stream_version, correlation = excluded.correlation,
       kind = excluded.kind, code = excluded.code, message = excluded.message, failed_at = excluded.failed_at,
       value_amount = coalesce(excluded.value_amount, dead_letter.value_amount),
       value_currency = coalesce(excluded.value_currency, dead_letter.value_currency),
       deaths = dead_letter.deaths + 1, retry_key = null, resolved_at = null, resolution = null, proof = null,
       notice = case when dead_letter.state = 'resolved' then null else dead_letter.notice end,
       notified_at = case when dead_letter.state = 'resolved' then null else dead_letter.notified_at end
     returning id, deaths, message`,
    [
      letters.map((one) => one.subject),
      letters.map((one) => one.class),
      letters.map((one) => one.step),
      letters.map((one) => one.connection),
      letters.map((one) => one.what),
      letters.map((one) => one.stream),
      letters.map((one) => one.version),
      letters.map((one) => one.correlation),
      letters.map((one) => one.kind),
      letters.map((one) => one.code),
      letters.map((one) => one.message),
      letters.map((one) => one.owner),
      at,
    ],
  )
  const again = opened.filter(({ deaths }) => deaths > 1)
  for (const { id, deaths, message } of again) {
    const text = `It failed again, for the ${deaths}. time: ${message}`
    await comment(sql, id, { at, who: 'hub', action: 'failed', text })
  }
}

export interface NewComment {
  at: string
  who: string
  action: string
  text: string
}

export const comment = (sql: Sql, letter: number, { at, who, action, text }: NewComment): Promise<number> =>
  sql.run(`insert into dead_letter_comment (letter, at, who, action, text) values ($1, $2, $3, $4, $5)`, [
    letter,
    at,
    who,
    action,
    text,
  ])

export const readComments = (sql: Sql, letter: number): Promise<NewComment[]> =>
  sql.prepared(`select at, who, action, text from dead_letter_comment where letter = $1 order by id limit 500`, [
    letter,
  ])

export async function readLetter(sql: Sql, id: number): Promise<LetterRow | null> {
  const [row] = await sql.prepared<LetterRow>(`select ${LETTER_COLUMNS} from dead_letter where id = $1`, [id])
  return row ?? null
}

/** Nobody else may act on it until the transaction ends. */
export async function lockLetter(sql: Sql, id: number): Promise<LetterRow | null> {
  const [row] = await sql.prepared<LetterRow>(`select ${LETTER_COLUMNS} from dead_letter where id = $1 for update`, [
    id,
  ])
  return row ?? null
}

export interface LetterFilter {
  /** `unresolved` is open and retrying. */
  state: LetterState | 'unresolved'
  class?: string | undefined
  owner?: string | undefined
  connection?: string | undefined
  assignee?: string | undefined
  what?: string | undefined
  code?: string | undefined
}

const FITS = `(case when $1 = 'unresolved' then state <> 'resolved' else state = $1 end)
  and ($2::text is null or class = $2) and ($3::text is null or owner = $3) and ($4::text is null or connection = $4)
  and ($5::text is null or assignee = $5) and ($6::text is null or what = $6) and ($7::text is null or code = $7)`

const fitsOf = (filter: LetterFilter): unknown[] => [
  filter.state,
  filter.class ?? null,
  filter.owner ?? null,
  filter.connection ?? null,
  filter.assignee ?? null,
  filter.what ?? null,
  filter.code ?? null,
]

/** Newest first. @param before number of the last letter seen. */
export const listLetters = (
  sql: Sql,
  filter: LetterFilter,
  { before, limit }: { before: number | null; limit: number },
): Promise<LetterRow[]> =>
  sql.prepared(
    `select ${LETTER_COLUMNS} from dead_letter where ${FITS} and ($8::bigint is null or id < $8)
     order by id desc limit $9`,
    [...fitsOf(filter), before, limit],
  )

/** The numbers of those that fit, oldest first: what a bulk action works through. */
export const numbersOf = async (
  sql: Sql,
  filter: LetterFilter,
  { after, limit }: { after: number; limit: number },
): Promise<number[]> => {
  const rows = await sql.prepared<{ id: number }>(
    `select id from dead_letter where ${FITS} and id > $8 order by id limit $9`,
    [...fitsOf(filter), after, limit],
  )
  return rows.map(({ id }) => id)
}

export async function countLetters(sql: Sql, filter: LetterFilter): Promise<number> {
  const [row] = await sql.prepared<{ count: number }>(
    `select count(*) as count from dead_letter where ${FITS}`,
    fitsOf(filter),
  )
  return row?.count ?? 0
}

export interface LetterCount {
  class: string
  owner: string
  count: number
  oldest: string
}

/** Of those that are not resolved. */
export const countByClass = (sql: Sql): Promise<LetterCount[]> =>
  sql.prepared(
    `select class, owner, count(*) as count, min(opened_at) as oldest from dead_letter where state <> 'resolved'
     group by class, owner order by class, owner`,
  )

/** What the letters that are not resolved are worth, one sum per currency. */
export const valueAtRisk = (sql: Sql): Promise<{ currency: string; amount: number }[]> =>
  sql.prepared(
    `select value_currency as currency, sum(value_amount)::int8 as amount
     from (select distinct coalesce(correlation, id::text) as subject, value_currency, value_amount
           from dead_letter where state <> 'resolved' and value_currency is not null) worth
     group by value_currency order by value_currency`,
  )

export const markRetrying = (sql: Sql, id: number, retryKey: string | null): Promise<number> =>
  sql.run(`update dead_letter set state = 'retrying', retries = retries + 1, retry_key = $2 where id = $1`, [
    id,
    retryKey,
  ])

/** Its retry came to nothing. */
export const markOpen = (sql: Sql, id: number): Promise<number> =>
  sql.run(`update dead_letter set state = 'open', retry_key = null where id = $1 and state = 'retrying'`, [id])

export const assignLetter = (sql: Sql, id: number, assignee: string | null): Promise<number> =>
  sql.run(`update dead_letter set assignee = $2 where id = $1`, [id, assignee])

/** @returns whether it was not resolved before. */
export const resolveLetter = async (
  sql: Sql,
  id: number,
  { at, resolution, proof }: { at: string; resolution: string; proof: string },
): Promise<boolean> =>
  (await sql.run(
    `update dead_letter set state = 'resolved', resolved_at = $2, resolution = $3, proof = $4
     where id = $1 and state <> 'resolved'`,
    [id, at, resolution, proof],
  )) > 0

/** Those of the connections from which something came that could not be decided, and is not resolved. */
export const undecidableFrom = async (sql: Sql, connections: readonly string[]): Promise<string[]> =>
  (
    await sql.prepared<{ connection: string }>(
      `select distinct connection from dead_letter
       where state <> 'resolved' and inbox_id is not null and connection = any($1::text[])`,
      [connections],
    )
  ).map(({ connection }) => connection)
