/** What dead letters are about: the inbox and outbox rows that died, and what shows that they live again. */
import type { Json } from '#canon/json.ts'
import type { LetterRow } from './dead-letters.ts'
import { LETTER_COLUMNS } from './dead-letters.ts'
import type { Sql } from './database.ts'

export interface DeadMessage {
  id: number
  source: string
  key: string
  kind: 'delivery' | 'answer' | 'note'
  topic: string
  body: Buffer
  state: string
  received_at: string
  decided_at: string | null
  outcome: string | null
}

const MESSAGE = 'id, source, key, kind, topic, body, state, received_at, decided_at, outcome'

export async function readMessage(sql: Sql, id: number, lock = false): Promise<DeadMessage | null> {
  const [row] = await sql.prepared<DeadMessage>(
    `select ${MESSAGE} from inbox where id = $1${lock ? ' for update' : ''}`,
    [id],
  )
  return row ?? null
}

export interface DeadIntent {
  id: number
  key: string
  stream: string
  version: number
  connection: string
  type: string
  ask: Json
  correlation: string
  state: string
  attempts: number
  created_at: string
  first_tried_at: string | null
  finished_at: string | null
  answer: Json | null
  fault: Json | null
}

export async function readIntent(sql: Sql, id: number, lock = false): Promise<DeadIntent | null> {
  const [row] = await sql.prepared<DeadIntent>(
    `select id, key, stream, version, connection, type, ask, correlation, state, attempts, created_at, first_tried_at,
       finished_at, answer, fault
     from outbox where id = $1${lock ? ' for update' : ''}`,
    [id],
  )
  return row ?? null
}

/**
 * The same ask is owed again under the same key. Its failure has been answered under the name the new answer must have,
 * so that answer steps aside: `answer/<key>` becomes `answer/<key>#<n>`.
 *
 * @returns `undecided` while the failure still waits to be decided: then nothing was changed.
 */
export async function reopenIntent(
  sql: Sql,
  { id, key, connection }: { id: number; key: string; connection: string },
  { nth, at }: { nth: number; at: string },
): Promise<'reopened' | 'undecided' | 'not_failed'> {
  const name = `answer/${key}`
  const [answer] = await sql.prepared<{ state: string }>(
    `select state from inbox where source = $1 and key = $2 for update`,
    [connection, name],
  )
  if (answer?.state === 'new') return 'undecided'
  const changed = await sql.run(
    `update outbox set state = 'open', due_at = $2, first_tried_at = null, finished_at = null, owner = null
     where id = $1 and state = 'failed'`,
    [id, at],
  )
  if (changed === 0) return 'not_failed'
  // It may have been archived since: the letter keeps its intent from moving, not what was said of it.
  for (const table of ['inbox', 'inbox_archive'])
    await sql.run(`update ${table} set key = $3 where source = $1 and key = $2`, [connection, name, `${name}#${nth}`])
  return 'reopened'
}

/** Puts another body in the place of a dead message's; what it had is kept for good. @returns the body's version. */
export async function editMessage(
  sql: Sql,
  letter: number,
  message: DeadMessage,
  { body, who, at }: { body: Uint8Array; who: string; at: string },
): Promise<number> {
  const keep = `insert into dead_letter_body (letter, version, at, who, body) values ($1, $2, $3, $4, $5)
    on conflict (letter, version) do nothing`
  await sql.run(keep, [letter, 0, message.received_at, message.source, message.body])
  const [last] = await sql.prepared<{ version: number }>(
    `select max(version) as version from dead_letter_body where letter = $1`,
    [letter],
  )
  const version = (last?.version ?? 0) + 1
  await sql.run(keep, [letter, version, at, who, Buffer.from(body)])
  await sql.run(`update inbox set body = $2 where id = $1 and state = 'dead'`, [message.id, Buffer.from(body)])
  return version
}

export const readBodies = (
  sql: Sql,
  letter: number,
): Promise<{ version: number; at: string; who: string; body: Buffer }[]> =>
  sql.prepared(`select version, at, who, body from dead_letter_body where letter = $1 order by version`, [letter])

/** A letter with what may have become of its subject since. */
export interface WatchedRow extends LetterRow {
  inbox_state: string | null
  inbox_outcome: string | null
  inbox_decided_at: string | null
  intent_state: string | null
  intent_version: number | null
  intent_ask: Json | null
  intent_finished_at: string | null
  /** Of the command by which a person asked the stream to decide again. */
  retry_state: string | null
  retry_outcome: string | null
  /** A later letter about the same thing. */
  later: number | null
}

/** Letters that are not resolved, those looked at longest ago first; each counts as looked at from now on. */
export const watchLetters = (sql: Sql, at: string, limit: number): Promise<WatchedRow[]> =>
  sql.prepared(
    `with due as (
       update dead_letter set checked_at = $1 where id in (
         select id from dead_letter where state <> 'resolved' order by checked_at nulls first, id limit $2
         for update skip locked)
       returning ${LETTER_COLUMNS}
     )
     select d.${LETTER_COLUMNS.replaceAll(/,\s+/g, ', d.')}, i.state as inbox_state, i.outcome as inbox_outcome, i.decided_at as inbox_decided_at,
       o.state as intent_state, o.version as intent_version, o.ask as intent_ask, o.finished_at as intent_finished_at,
       r.state as retry_state, r.outcome as retry_outcome, l.id as later
     from due d
     left join inbox i on i.id = d.inbox_id
     left join outbox o on o.id = d.outbox_id
     left join inbox r on r.source = 'person' and r.key = d.retry_key
     left join lateral (
       select max(n.id) as id from dead_letter n join outbox no on no.id = n.outbox_id
       where n.stream = d.stream and n.what = d.what and n.outbox_id > d.outbox_id and n.connection = d.connection
         and no.ask #>> '{parcel,shipmentId}' is not distinct from o.ask #>> '{parcel,shipmentId}'
     ) l on d.outbox_id is not null
     order by d.id`,
    [at, limit],
  )

export interface ProofRow {
  version: number
  type: string
  at: string
  data: Json
}

/** What happened to a stream after a version, of these types, oldest first; also what is in the archive by now. */
export const eventsSince = (sql: Sql, stream: string, version: number, types: readonly string[]): Promise<ProofRow[]> =>
  sql.prepared(
    `select version, type, at, data from journal_all
     where stream = $1 and version > $2 and type = any($3::text[]) order by version limit 50`,
    [stream, version, types],
  )

/** Whether anything that hangs together with the letter waits to be decided or to be called. */
export async function isUnderWay(
  sql: Sql,
  { stream, correlation }: Pick<LetterRow, 'stream' | 'correlation'>,
): Promise<boolean> {
  const [row] = await sql.prepared(
    `select 1 from inbox where state = 'new' and (topic = $1 or correlation = $2)
     union all select 1 from outbox where state = 'open' and (stream = $1 or correlation = $2) limit 1`,
    [stream, correlation],
  )
  return row !== undefined
}

/** The later letter goes on where the earlier one ends: who is at it, and how often it was retried. */
export const inherit = (sql: Sql, from: number, to: number): Promise<number> =>
  sql.run(
    `update dead_letter n set retries = greatest(n.retries, d.retries), assignee = coalesce(n.assignee, d.assignee)
     from dead_letter d where d.id = $1 and n.id = $2`,
    [from, to],
  )

export interface OrphanMessage {
  id: number
  source: string
  topic: string
  correlation: string | null
  outcome: string | null
}

/** Dead messages and failed intents that have no letter: of before there were any, or buried by an older release. */
export const orphanMessages = (sql: Sql, limit: number): Promise<OrphanMessage[]> =>
  sql.prepared(
    `select i.id, i.source, i.topic, i.correlation, i.outcome from inbox i
     where i.state = 'dead' and not exists (select 1 from dead_letter d where d.inbox_id = i.id) order by i.id limit $1`,
    [limit],
  )

export const orphanIntents = (sql: Sql, limit: number): Promise<DeadIntent[]> =>
  sql.prepared(
    `select o.id, o.key, o.stream, o.version, o.connection, o.type, o.ask, o.correlation, o.state, o.attempts,
       o.created_at, o.first_tried_at, o.finished_at, o.answer, o.fault
     from outbox o
     where o.state = 'failed' and not exists (select 1 from dead_letter d where d.outbox_id = o.id)
     order by o.id limit $1`,
    [limit],
  )
