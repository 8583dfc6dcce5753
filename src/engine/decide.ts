/**
 * One message, decided in memory: what it says to which streams, and what comes of it there. A turn writes that down;
 * deciding again compares it with what was written. Nothing here touches the database.
 */
import type { Context, Refused } from '#core/decider.ts'
import { mapped } from '#core/mapping/mapping.ts'
import type { Policy } from '#core/policy.ts'
import type { AnyDecider } from '#core/registry.ts'
import { NOTE_PRIORITY, priorityOf } from '#policy/priorities.ts'
import type { NewAlarm } from '#store/alarms.ts'
import type { InboxRow, NewInboxRow } from '#store/inbox.ts'
import type { NewEvent } from '#store/journal.ts'
import type { NewIntent } from '#store/outbox.ts'
import { Fault } from '../fault.ts'
import { connectionFor, type Engine, keyIn } from './engine.ts'
import { storableJson } from './storable.ts'

export interface Message {
  row: InboxRow
  stream: string
  command: { type: string }
}

export interface State {
  version: number
}

export interface Written {
  events: NewEvent[]
  intents: NewIntent[]
  notes: NewInboxRow[]
  /** Notes for later; absent while there are none. */
  alarms?: NewAlarm[]
}

export interface Decided extends Written {
  /** After the last of the events; as it was when nothing came of it. */
  state: State
  /** Why nothing came of it; null when something did, or when there was nothing to do. */
  refused: Refused | null
}

/** What a row says to which streams. Throws when it cannot be understood. */
export function translate(engine: Engine, row: InboxRow): Message[] {
  const body = storableJson(row.body.toString('utf8'))
  if (row.kind !== 'delivery') return [{ row, stream: row.topic, command: body as { type: string } }]
  const connection = engine.connections.get(row.source)
  if (!connection) {
    const message = `It came from '${row.source}', which is no connection any more. Configure it again, then retry.`
    throw new Fault('rejected', message, { code: 'connection_unknown' })
  }
  const tables = engine.policy.mappings?.[row.source]
  const said = connection
    .translate({ topic: row.topic, body, receivedAt: row.received_at })
    .map(({ stream, command }) => ({ row, stream, command }))
  return tables ? said.flatMap((one) => mapped(one, tables) ?? []) : said
}

export interface Said extends Message {
  at: string
  correlation: string
}

/** Throws what the decider throws: then nobody can decide the message. */
export function decide(
  engine: Engine,
  policy: Policy,
  { decider, state: before }: { decider: AnyDecider; state: State },
  said: Said,
): Decided {
  const { row, stream, command, at } = said
  const written: Written = { events: [], intents: [], notes: [] }
  const context: Context = { stream, at, messageKey: row.key, restored: engine.epoch > 0 }
  const decision = decider.decide(before, command, policy, context)
  if ('refused' in decision) return { ...written, state: before, refused: decision }
  let state = before
  for (const event of decision) {
    state = decider.evolve(state, event)
    record(engine, said, { event, state, decider }, written)
  }
  return { ...written, state, refused: null }
}

/** An event with everything it owes. */
function record(
  engine: Engine,
  { row, stream, at, correlation }: Said,
  { event, state, decider }: { event: { type: string }; state: State; decider: AnyDecider },
  into: Written,
): void {
  const { version } = state
  const { type, ...data } = event
  into.events.push({ stream, version, type, data: JSON.stringify(data), cause: row.id, correlation })
  for (const [n, owed] of decider.react(event, state, stream).entries()) {
    const key = `${stream}/${version}/${n}`
    if ('note' in owed && owed.alarm) {
      const { name, at: dueAt } = owed.alarm
      const command = JSON.stringify(owed.command)
      ;(into.alarms ??= []).push({ stream: owed.stream, name, dueAt, command, key, correlation })
    } else if ('note' in owed) {
      const body = Buffer.from(JSON.stringify(owed.command))
      into.notes.push({
        source: 'core', key, kind: 'note', topic: owed.stream, body, correlation, receivedAt: at, priority: NOTE_PRIORITY,
      }) // prettier-ignore
    } else {
      const connection = connectionFor(engine, owed.to)
      const priority = priorityOf(owed.type, owed.urgency)
      into.intents.push({
        key: keyIn(engine.epoch, key),
        stream, version, connection, type: owed.type, ask: JSON.stringify(owed.ask), correlation, priority,
      }) // prettier-ignore
    }
  }
}
