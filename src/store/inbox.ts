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
 * Stores what is new and leaves out what is known already, in one statement.
 * @returns the `source` and `key` of the rows that were new.
 *
 * Rows go as single parameters, not as arrays: bytes then cross the wire as they are, where an array would write them in
 * hexadecimal, at twice the size.
 */
export function insertInbox(sql: Sql, rows: readonly NewInboxRow[]): Promise<{ source: string; key: string }[]> {
  const values: unknown[] = []
  const tuples = rows.map((row) => {
    const at = values.push(
      row.source, row.key, row.kind, row.topic, row.body, row.correlation, row.receivedAt, row.priority,
    ) - 7 // prettier-ignore
    return `($${at},$${at + 1},$${at + 2},$${at + 3},$${at + 4},$${at + 5},$${at + 6},$${at + 7})`
  })
  const text = `
    insert into inbox (source, key, kind, topic, body, correlation, received_at, priority)
    values ${tuples.join(',')}
    on conflict on constraint inbox_once do nothing
    returning source, key`
  return sql.prepared(text, values)
}

/**
 * Claims the oldest undecided rows for this transaction; other processes skip them.
 * The locked rows are the claim: when the transaction ends without a verdict they are free again.
 */
export const claimInbox = (sql: Sql, limit: number): Promise<InboxRow[]> =>
  sql.prepared(
    `select id, source, key, kind, topic, body, correlation, received_at
     from inbox where state = 'new' order by priority, id limit $1 for update skip locked`,
    [limit],
  )

export const settleInbox = (sql: Sql, verdicts: readonly InboxVerdict[], at: string): Promise<number> =>
  sql.run(
    `update inbox set state = v.state, correlation = coalesce(inbox.correlation, v.correlation),
       outcome = v.outcome, decided_at = $5
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
