/**
 * The yardstick of `turn`: the recorded rows written again by hand-written SQL over plain `pg`, in transactions of the
 * same size. It reads what a turn has to read (the claim and the locked states) and decides nothing: it knows the
 * outcome.
 */
import pg from 'pg'
import { seconds, startClock } from './measure.ts'
import type { OutsideStep, Step, TurnStep } from './recording.ts'

type Row = Record<string, unknown>

const column = (rows: readonly Row[], name: string): unknown[] => rows.map((row) => row[name])
const columns = (rows: readonly Row[], names: readonly string[]): unknown[] => names.map((name) => column(rows, name))
const jsonList = (rows: readonly Row[], name: string): string => `[${column(rows, name).join(',')}]`

interface Statement {
  name: string
  text: string
  values: unknown[]
}

/** Everything that can be done before the clock runs is done before: the reference is handed finished parameters. */
export interface Prepared {
  timed: boolean
  statements: Statement[]
}

export const prepareAll = (steps: readonly Step[]): Prepared[] =>
  steps.map((step) =>
    step.step === 'turn'
      ? { timed: true, statements: turnStatements(step) }
      : { timed: false, statements: outsideStatements(step) },
  )

/** @returns seconds spent in the transactions of turns. */
export async function replay(client: pg.Client, prepared: readonly Prepared[]): Promise<number> {
  let spent = 0
  for (const { timed, statements } of prepared) {
    const startedMs = startClock()
    await client.query('begin')
    for (const statement of statements) await client.query(statement)
    await client.query('commit')
    if (timed) spent += seconds(startedMs)
  }
  return spent
}

/** JSON stays text and times stay text: nothing that is read here is looked at. */
export function plainClient(url: string): pg.Client {
  return new pg.Client({ connectionString: url, types: { getTypeParser: () => (text: string) => text } as never })
}

function turnStatements({ claimed, settled, streams, events, intents, notes }: TurnStep): Statement[] {
  const statements: Statement[] = [
    {
      name: 'claim',
      text: `select id, source, key, kind, topic, body, correlation, received_at
             from inbox where state = 'new' order by priority, id limit $1 for update skip locked`,
      values: [claimed],
    },
    {
      name: 'lock',
      text: 'select stream, version, state from stream where stream = any($1::text[]) order by stream for update',
      values: [column(streams, 'stream')],
    },
  ]
  if (events.length > 0) {
    statements.push({
      name: 'events',
      text: `insert into journal (stream, version, type, data, at, cause, correlation, policy)
             select stream, version, type, data, $5, cause, correlation, $6
             from rows from (unnest($1::text[]), unnest($2::int[]), unnest($3::text[]), json_array_elements($4::json),
                 unnest($7::bigint[]), unnest($8::text[]))
               as e (stream, version, type, data, cause, correlation)`,
      values: [
        ...columns(events, ['stream', 'version', 'type']),
        jsonList(events, 'data'),
        events[0]!['at'],
        events[0]!['policy'],
        ...columns(events, ['cause', 'correlation']),
      ],
    })
  }
  if (streams.length > 0) {
    statements.push({
      name: 'streams',
      text: `insert into stream (stream, kind, version, state, label, status, attention, created_at, updated_at)
             select stream, kind, version, state, label, status, attention, $4, $4
             from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::int[]), json_array_elements($5::json),
                 unnest($6::text[]), unnest($7::text[]), unnest($8::bool[]))
               as s (stream, kind, version, state, label, status, attention)
             on conflict (stream) do update set version = excluded.version, state = excluded.state, label = excluded.label,
               status = excluded.status, attention = excluded.attention, updated_at = excluded.updated_at`,
      values: [
        ...columns(streams, ['stream', 'kind', 'version']),
        streams[0]!['updated_at'],
        jsonList(streams, 'state'),
        ...columns(streams, ['label', 'status', 'attention']),
      ],
    })
  }
  if (intents.length > 0) {
    statements.push({
      name: 'intents',
      text: `insert into outbox (key, stream, version, connection, type, ask, correlation, priority, created_at, due_at)
             select key, stream, version, connection, type, ask, correlation, priority, $9, $9
             from rows from (unnest($1::text[]), unnest($2::text[]), unnest($3::int[]), unnest($4::text[]), unnest($5::text[]),
                 json_array_elements($6::json), unnest($7::text[]), unnest($8::smallint[]))
               as i (key, stream, version, connection, type, ask, correlation, priority)`,
      values: [
        ...columns(intents, ['key', 'stream', 'version', 'connection', 'type']),
        jsonList(intents, 'ask'),
        ...columns(intents, ['correlation', 'priority']),
        intents[0]!['created_at'],
      ],
    })
  }
  if (notes.length > 0) statements.push(insertInbox(notes))
  statements.push({
    name: 'settle',
    text: `update inbox set state = v.state, correlation = v.correlation, outcome = v.outcome, decided_at = $5
           from unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) as v (id, state, correlation, outcome)
           where inbox.id = v.id`,
    values: [...columns(settled, ['id', 'state', 'correlation', 'outcome']), '2026-03-02T09:15:04.000Z'],
  })
  return statements
}

function outsideStatements({ arrived, answered }: OutsideStep): Statement[] {
  const statements: Statement[] = []
  for (let at = 0; at < arrived.length; at += 200) statements.push(insertInbox(arrived.slice(at, at + 200)))
  if (answered.length > 0) {
    statements.push({
      name: 'answer',
      text: `update outbox set state = 'done', attempts = 1, answer = '{}', finished_at = created_at where id = any($1::bigint[])`,
      values: [answered],
    })
  }
  return statements
}

const INBOX = ['source', 'key', 'kind', 'topic', 'body', 'correlation', 'received_at', 'priority'] as const

function insertInbox(rows: readonly Row[]): Statement {
  const tuple = (row: number) => `(${INBOX.map((_, place) => `$${row * INBOX.length + place + 1}`).join(',')})`
  return {
    name: `inbox-${rows.length}`,
    text: `insert into inbox (${INBOX.join(', ')}) values ${rows.map((_, row) => tuple(row)).join(',')} on conflict (source, key) do nothing`,
    values: rows.flatMap((row) => INBOX.map((name) => row[name])),
  }
}
