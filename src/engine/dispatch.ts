/**
 * Dispatch does what the outbox owes: lease, commit, call outside any transaction, finish in a second one. The end of
 * an intent comes back as an inbox row, written together with the finish, so that a crash in between repeats the call
 * (which is an _ensure_) and never loses the answer.
 */
import type { Connection, Outbound, Outcome, Sent } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import { ANSWER_PRIORITY } from '#policy/priorities.ts'
import { insertInbox, type NewInboxRow } from '#store/inbox.ts'
import { isCatchingUp } from '#store/installation.ts'
import {
  claimIntents,
  type Finish,
  finishIntents,
  type LeasedIntent,
  postponeIntents,
  type Postponement,
} from '#store/outbox.ts'
import { Fault, toFault } from '../fault.ts'
import { connectionNamed, type Engine, instantAt } from './engine.ts'
import { nextPause } from './retry.ts'
import { createSlots, type Slots } from './slots.ts'

/** Longer than the longest call: Odoo works on a conflict for up to 21 s, and a worker is killed after 120 s. */
const LEASE_MS = 5 * 60_000

/** Intent types of one connection that never run at the same time; each lane is worked by one loop per process. */
export interface Lane {
  connection: string
  name: string
  types: readonly IntentType[]
}

export function lanesOf(name: string, connection: Connection): Lane[] {
  const lanes = new Map<string, IntentType[]>()
  for (const [type, outbound] of Object.entries(connection.outbound) as [IntentType, Outbound<IntentType>][]) {
    const lane = outbound.serial ?? type
    lanes.set(lane, [...(lanes.get(lane) ?? []), type])
  }
  return [...lanes].map(([lane, types]) => ({ connection: name, name: lane, types }))
}

interface Attempted {
  intent: LeasedIntent
  outcome: Outcome<IntentType>
}

/** @returns how many intents were attempted; 0 when nothing is due. */
export async function dispatch(engine: Engine, lane: Lane): Promise<number> {
  const connection = connectionNamed(engine, lane.connection)
  if (await mustWait(engine, lane)) return 0
  const nowMs = engine.io.now()
  const intents = await engine.database.transaction((sql) =>
    claimIntents(sql, {
      connection: lane.connection,
      types: lane.types,
      limit: Math.max(atOnce(engine, connection), ...lane.types.map((type) => outboundOf(connection, type).batch ?? 1)),
      owner: engine.owner,
      now: instantAt(nowMs),
      leaseUntil: instantAt(nowMs + LEASE_MS),
    }),
  )
  if (intents.length === 0) return 0
  intents.sort((a, b) => a.id - b.id)
  const attempted: Attempted[] = []
  for (const type of lane.types) {
    const mine = intents.filter((intent) => intent.type === type)
    if (mine.length > 0) attempted.push(...(await attemptAll(engine, connection, type, mine)))
  }
  await finish(engine, lane.connection, attempted)
  return intents.length
}

/** After a restore nothing is read from or written to a channel's stock until the feeds have caught up. */
const mustWait = async ({ epoch, database }: Engine, { types }: Lane): Promise<boolean> =>
  epoch > 0 && types.some((type) => type.startsWith('inventory.')) && (await isCatchingUp(database))

function outboundOf(connection: Connection, type: IntentType): Outbound<IntentType> {
  return connection.outbound[type] as unknown as Outbound<IntentType>
}

async function attemptAll(
  engine: Engine,
  connection: Connection,
  type: IntentType,
  intents: readonly LeasedIntent[],
): Promise<Attempted[]> {
  const outbound = outboundOf(connection, type)
  const groups = groupsOf(intents, outbound.batch ?? 1)
  const attempt = async (group: readonly LeasedIntent[]): Promise<Attempted[]> => {
    const outcomes = await slotsOf(connection).run(() => send(outbound, group))
    return group.map((intent, index) => ({ intent, outcome: outcomes[index]! }))
  }
  if (engine.parallel > 1 && outbound.serial === undefined) return (await Promise.all(groups.map(attempt))).flat()
  const attempted: Attempted[] = []
  for (const group of groups) attempted.push(...(await attempt(group)))
  return attempted
}

/**
 * Batches; but what has failed twice goes alone. In a batch one bad intent, or one lost answer among its many calls,
 * fails all of them: with every 7th answer lost a batch of four sales never got through.
 */
function groupsOf(intents: readonly LeasedIntent[], size: number): (readonly LeasedIntent[])[] {
  const fresh = intents.filter(({ attempts }) => attempts <= 2)
  const groups: LeasedIntent[][] = intents.filter(({ attempts }) => attempts > 2).map((intent) => [intent])
  for (let at = 0; at < fresh.length; at += size) groups.push(fresh.slice(at, at + size))
  return groups
}

const atOnce = ({ parallel }: Engine, { concurrency = parallel }: Connection): number => Math.min(parallel, concurrency)

const slots = new WeakMap<Connection, Slots>()

function slotsOf(connection: Connection): Slots {
  const known = slots.get(connection)
  if (known) return known
  const fresh = createSlots(connection.concurrency ?? Number.POSITIVE_INFINITY)
  slots.set(connection, fresh)
  return fresh
}

async function send(outbound: Outbound<IntentType>, group: readonly LeasedIntent[]): Promise<Outcome<IntentType>[]> {
  const sent = group.map(({ key, attempts, ask }) => ({ key, attempt: attempts, ask }) as unknown as Sent<IntentType>)
  try {
    const outcomes = await outbound.send(sent)
    if (outcomes.length === group.length) return outcomes
    const fault = new Fault('rejected', 'Bug: the connector gave another number of outcomes than it was given intents.')
    return group.map(() => ({ fault }))
  } catch (error) {
    const fault = toFault(error)
    return group.map(() => ({ fault }))
  }
}

async function finish(engine: Engine, connection: string, attempted: readonly Attempted[]): Promise<void> {
  const nowMs = engine.io.now()
  const at = instantAt(nowMs)
  const finished = new Map<number, { finish: Finish; row: NewInboxRow }>()
  const postponed: Postponement[] = []
  for (const { intent, outcome } of attempted) {
    if ('answer' in outcome) {
      const { answer } = outcome
      const command = { type: 'done', intent: intent.type, ask: intent.ask, answer, version: intent.version }
      const finish: Finish = {
        id: intent.id,
        attempt: intent.attempts,
        state: 'done',
        answer: JSON.stringify(answer),
        fault: null,
      }
      finished.set(intent.id, { finish, row: answerRow(connection, intent, command, at) })
      continue
    }
    const { kind, code, message } = outcome.fault
    const fault = { kind, code, message }
    const pause = nextPause(outcome.fault, {
      number: intent.attempts, firstAtMs: Date.parse(intent.first_tried_at), nowMs, jitter: engine.io.jitter(),
    }) // prettier-ignore
    if (pause !== null) {
      postponed.push({
        id: intent.id,
        attempt: intent.attempts,
        dueAt: instantAt(nowMs + pause),
        fault: JSON.stringify(fault),
      })
      continue
    }
    const command = { type: 'failed', intent: intent.type, version: intent.version, fault }
    const finish: Finish = {
      id: intent.id,
      attempt: intent.attempts,
      state: 'failed',
      answer: null,
      fault: JSON.stringify(fault),
    }
    finished.set(intent.id, { finish, row: answerRow(connection, intent, command, at) })
    // A refusal is somebody's business decision, and its order says so; giving up is the hub's own failure.
    const level = kind === 'rejected' ? 'warn' : 'error'
    engine.io.log(level, 'an intent failed for good', { key: intent.key, type: intent.type, ...fault })
  }
  await engine.database.transaction(async (sql) => {
    if (postponed.length > 0) await postponeIntents(sql, postponed)
    if (finished.size === 0) return
    const mine = await finishIntents(sql, [...finished.values()].map((one) => one.finish), at) // prettier-ignore
    engine.meter.add('lateAnswers', finished.size - mine.length)
    // In the order they were owed: the server gives them back in whatever order suits its plan.
    const rows = mine.toSorted((a, b) => a.id - b.id).map(({ id }) => finished.get(id)!.row)
    if (rows.length > 0) await insertInbox(sql, rows)
  })
  engine.meter.add('postponed', postponed.length)
  engine.meter.add('failed', [...finished.values()].filter((one) => one.finish.state === 'failed').length)
  engine.meter.add('answered', [...finished.values()].filter((one) => one.finish.state === 'done').length)
}

const answerRow = (connection: string, intent: LeasedIntent, command: unknown, at: string): NewInboxRow => ({
  source: connection,
  key: `answer/${intent.key}`,
  kind: 'answer',
  topic: intent.stream,
  body: Buffer.from(JSON.stringify(command)),
  correlation: intent.correlation,
  receivedAt: at,
  priority: ANSWER_PRIORITY,
})
