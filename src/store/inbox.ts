/** The inbox: everything that has to be decided, each once. */
import type { Sql } from './database.ts'

export type InboxKind = 'delivery' | 'answer' | 'note'

export interface NewInboxRow {
  source: string
  key: string
  kind: InboxKind
  topic: string
  body: Uint8Array
  correlation: string | null
  receivedAt: string
  priority: number
}

export interface InboxRow {
  id: number
  source: string
  key: string
  kind: InboxKind
  topic: string
  body: Buffer
  correlation: string | null
  received_at: string
}

export interface InboxVerdict {
  id: number
  state: 'done' | 'dead'
  correlation: string | null
  outcome: string
}

/**
 * New rows as a table in a statement, over the parameters from `$first` on that `rowValues` gives; `of` numbers them.
 * The bodies go as one run of bytes and are cut apart over there. In an array they would be written in hexadecimal, at
 * twice the size; as a parameter each, every number of rows would be a statement of its own to plan and to keep.
 */
export function rowsFrom(first: number): string {
  const types = ['text', 'text', 'text', 'text', 'int', 'int', 'text', 'timestamptz', 'smallint']
  const lists = types.map((type, nth) => `$${first + 1 + nth}::${type}[]`).join(', ')
  return `(
    select source, key, kind, topic, substring($${first}::bytea from start for length) as body, correlation, received_at,
      priority, of
    from unnest(${lists}) with ordinality
      as i (source, key, kind, topic, start, length, correlation, received_at, priority, of)
  ) as fresh`
}

/** The parameters of `rowsFrom`. */
export function rowValues(rows: readonly NewInboxRow[]): unknown[] {
  let end = 1
  const starts = rows.map(({ body }) => (end += body.length) - body.length)
  return [
    Buffer.concat(rows.map(({ body }) => body)),
    rows.map(({ source }) => source),
    rows.map(({ key }) => key),
    rows.map(({ kind }) => kind),
    rows.map(({ topic }) => topic),
    starts,
    rows.map(({ body }) => body.length),
    rows.map(({ correlation }) => correlation),
    rows.map(({ receivedAt }) => receivedAt),
    rows.map(({ priority }) => priority),
  ]
}

const INSERT = `insert into inbox (source, key, kind, topic, body, correlation, received_at, priority)
  select source, key, kind, topic, body, correlation, received_at, priority from ${rowsFrom(1)}
  on conflict on constraint inbox_once do nothing
  returning source, key`

/**
 * Stores what is new and leaves out what is known already, in one statement.
 *
 * @returns the `source` and `key` of the rows that were new.
 */
export const insertInbox = (sql: Sql, rows: readonly NewInboxRow[]): Promise<{ source: string; key: string }[]> =>
  sql.prepared(INSERT, rowValues(rows))

/** Any number that nothing else in the database locks. */
const TURN_LOCK = 4_017_226_313

/**
 * Whether it is this transaction's turn to decide. One process decides at a time: a stream then hears its messages in
 * the order they arrived, which the stock ledger relies on. The lock ends with the transaction, also when its process
 * dies.
 */
export async function takeTurn(sql: Sql): Promise<boolean> {
  const [row] = await sql.prepared<{ mine: boolean }>('select pg_try_advisory_xact_lock($1) as mine', [TURN_LOCK])
  return row?.mine === true
}

/** Waits until it is this transaction's turn to decide: then nobody else changes a stream before it ends. */
export const waitForTurn = (sql: Sql): Promise<unknown> =>
  sql.prepared('select pg_advisory_xact_lock($1) as mine', [TURN_LOCK])

/**
 * Claims the oldest undecided rows for this transaction; other processes skip them. The locked rows are the claim: when
 * the transaction ends without a verdict they are free again.
 */
export const claimInbox = (sql: Sql, limit: number): Promise<InboxRow[]> =>
  sql.prepared(
    `select id, source, key, kind, topic, body, correlation, received_at
     from inbox where state = 'new' order by priority, id limit $1 for update skip locked`,
    [limit],
  )

export const settleInbox = (sql: Sql, verdicts: readonly InboxVerdict[], at: string): Promise<number> =>
  sql.run(
    `with counted as (update installation set turns = turns + 1 returning turns)
     update inbox set state = v.state, correlation = coalesce(inbox.correlation, v.correlation),
       outcome = v.outcome, decided_at = $5, turn = (select turns from counted)
     from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as v (id, state, correlation, outcome)
     where inbox.id = v.id`,
    [
      verdicts.map(({ id }) => id),
      verdicts.map(({ state }) => state),
      verdicts.map(({ correlation }) => correlation),
      verdicts.map(({ outcome }) => outcome),
      at,
    ],
  )

export async function countUndecided(sql: Sql): Promise<number> {
  const [row] = await sql.prepared<{ count: number }>(`select count(*) from inbox where state = 'new'`)
  return row?.count ?? 0
}

/** Gives a dead row back to be decided again. @returns whether there was such a row. */
export const reviveInbox = async (sql: Sql, id: number): Promise<boolean> =>
  (await sql.run(`update inbox set state = 'new', outcome = null where id = $1 and state = 'dead'`, [id])) > 0
