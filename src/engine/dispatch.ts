/**
 * Dispatch does what the outbox owes: lease, commit, call outside any transaction, finish in a second one. The end of
 * an intent comes back as an inbox row, written together with the finish, so that a crash in between repeats the call
 * (which is an _ensure_) and never loses the answer.
 */
import { attemptIn } from '#connectors/kit/budget.ts'
import type { Connection, Outbound, Outcome, Sent } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import { ANSWER_PRIORITY, priorityOf } from '#policy/priorities.ts'
import { type NewLetter, openLetters } from '#store/dead-letters.ts'
import { giveBack, type Lease } from '#store/fleet.ts'
import type { Sql } from '#store/database.ts'
import type { NewInboxRow } from '#store/inbox.ts'
import { isCatchingUp } from '#store/installation.ts'
import { type Finish, finishIntents, type LeasedIntent, postponeIntents, type Postponement } from '#store/outbox.ts'
import type { PaceChange } from '#store/pace.ts'
import { shadowWait } from '#connectors/kit/shadow.ts'
import { Fault, toFault } from '../fault.ts'
import { elapsedMs } from '../io.ts'
import { isOutage, type Sign, signOf } from './breaker.ts'
import { intentLetter } from './death.ts'
import { connectionNamed, type Engine, instantAt } from './engine.ts'
import { claimAllowed, type Claimed, learn, teachesNothing } from './governor.ts'
import { countClaim, isForOldest, laneOf, learnPace, openTypes, outboundOf, slotsOf } from './lanes.ts'
import { nextPause } from './retry.ts'
import { recordSeen, type Seen } from './shadow/compare.ts'

/** Longer than the longest call: Odoo works on a conflict for up to 21 s, and a worker is killed after 120 s. */
export const LEASE_MS = 5 * 60_000

/** Intent types of one connection that never run at the same time; each lane is worked by one loop per process. */
export interface Lane {
  connection: string
  name: string
  types: readonly IntentType[]
}

export function lanesOf(name: string, connection: Connection): Lane[] {
  const lanes = new Map<string, IntentType[]>()
  for (const type of Object.keys(connection.outbound) as IntentType[]) {
    const lane = laneOf(connection, type)
    lanes.set(lane, [...(lanes.get(lane) ?? []), type])
  }
  return [...lanes].map(([lane, types]) => ({ connection: name, name: lane, types }))
}

export interface Attempted {
  intent: LeasedIntent
  outcome: Outcome<IntentType>
}

/** One call, which may carry several intents. */
export interface Call {
  sign: Sign
  attempted: Attempted[]
  /** Those that are given back: the process is ending, or was cut off and may have been presumed dead. */
  left?: readonly LeasedIntent[]
  /** What it taught of how many calls at once the system bears. */
  pace?: PaceChange | null
}

/** @returns how many intents were attempted; 0 when nothing is due or the governor lets nothing through. */
export async function dispatch(engine: Engine, lane: Lane): Promise<number> {
  const { life } = engine
  if (!life) return leaseAndCall(engine, lane)
  return life.mayClaim() ? life.hold(() => leaseAndCall(engine, lane)) : 0
}

async function leaseAndCall(engine: Engine, lane: Lane): Promise<number> {
  const connection = connectionNamed(engine, lane.connection)
  const open = await openPart(engine, lane)
  if (!open) return 0
  const work = async () => {
    const made = await callNext(engine, open)
    if (made) await writeDown(engine, lane.connection, made)
    return made?.claimed.intents.length ?? 0
  }
  // It waits for its place before it claims: what is claimed is sent at once.
  return connection.adaptive ? slotsOf(connection).run(work, urgencyOf(open)) : work()
}

/** The lane with what may go out of it now; null when nothing may. */
export async function openPart(engine: Engine, lane: Lane): Promise<Lane | null> {
  const { budget } = connectionNamed(engine, lane.connection)
  // Another kind of call draws from another bucket, and may go on.
  const isKept = (type: IntentType): boolean => (budget?.waitMs(type) ?? 0) > 0
  const types = openTypes(engine, lane.connection, lane.types).filter((type) => !isKept(type))
  if (types.length === 0) return null
  return (await waitsForFeeds(engine, types)) ? null : { ...lane, types }
}

/** The priority of a lane, by the most urgent of its types. */
export const urgencyOf = ({ types }: Lane): number => Math.min(...types.map((type) => priorityOf(type)))

/** What was claimed, and the calls that were made of it. Nothing of that is written yet. */
export interface Made {
  claimed: Claimed
  calls: readonly Call[]
}

/** @param lane with what may go out now. @returns null when nothing is due or the governor lets nothing through. */
export async function callNext(engine: Engine, lane: Lane): Promise<Made | null> {
  const connection = connectionNamed(engine, lane.connection)
  const nowMs = engine.io.now()
  const claim = {
    lane: lane.name,
    allTypes: () => allOpen(engine, lane.connection, connection),
    connection: lane.connection,
    types: lane.types,
    limit: Math.max(atOnce(engine, connection), ...lane.types.map((type) => outboundOf(connection, type).batch ?? 1)),
    owner: engine.life?.id() ?? engine.owner,
    now: instantAt(nowMs),
    leaseUntil: instantAt(nowMs + LEASE_MS),
    oldestFirst: isForOldest(connection, lane.name),
  }
  const claimed = await claimAllowed(engine.database, connection, claim)
  const { intents } = claimed
  if (intents.length === 0) return null
  intents.sort((a, b) => a.id - b.id)
  const calls: Call[] = []
  // A probe may be of another lane: it is the first in line of the whole connection.
  const types = claimed.probe ? intents.map(({ type }) => type as IntentType) : lane.types
  for (const type of types) {
    const mine = intents.filter((intent) => intent.type === type)
    if (mine.length > 0) calls.push(...(await attemptAll(engine, lane.connection, type, mine, claimed)))
  }
  if (calls.some(isAsked)) countClaim(connection, lane.name)
  return { claimed, calls }
}

/** Something was asked of the other system, as far as we know: our own budget did not keep all of it. */
const isAsked = ({ attempted }: Call): boolean =>
  attempted.some(({ outcome }) => 'answer' in outcome || !outcome.fault.own)

/** Writes down what came of the calls. When that fails, what was leased is given back by and by. */
export async function writeDown(engine: Engine, connection: string, { claimed, calls }: Made): Promise<void> {
  try {
    await finish(engine, connection, claimed, calls)
  } catch (error) {
    engine.life?.mislay(leasesOf(claimed.intents))
    throw error
  }
}

const leasesOf = (intents: readonly LeasedIntent[]): Lease[] =>
  intents.map(({ id, attempts }) => ({ id, attempt: attempts }))

const isOfStock = (type: string): boolean => type.startsWith('inventory.')

/** After a restore nothing is read from or written to a channel's stock until the feeds have caught up. */
const waitsForFeeds = async ({ epoch, database }: Engine, types: readonly string[]): Promise<boolean> =>
  epoch > 0 && types.some(isOfStock) && (await isCatchingUp(database))

async function allOpen(engine: Engine, name: string, connection: Connection): Promise<readonly IntentType[]> {
  const open = openTypes(engine, name, Object.keys(connection.outbound) as IntentType[])
  return (await waitsForFeeds(engine, open)) ? open.filter((type) => !isOfStock(type)) : open
}

async function attemptAll(
  engine: Engine,
  name: string,
  type: IntentType,
  intents: readonly LeasedIntent[],
  { pace: known, elsewhere }: Claimed,
): Promise<Call[]> {
  const connection = connectionNamed(engine, name)
  const outbound = outboundOf(connection, type)
  const groups = groupsOf(intents, outbound.batch ?? 1, outbound.together)
  const { life } = engine
  const attempt = async (group: readonly LeasedIntent[]): Promise<Call> => {
    const call = async () => {
      if (life && (life.state() !== 'running' || !(await life.mayCall()))) return null
      const [startedMs, startMs] = [elapsedMs(), engine.io.now()]
      const sent = await attemptIn(connection.budget, { key: group[0]!.key, kind: type }, () => send(outbound, group))
      if (engine.tracer) {
        const called = group.map((intent, index) => ({ intent, outcome: sent[index]! }))
        engine.tracer.called(name, called, { startMs, endMs: engine.io.now() })
      }
      engine.meter.observe('call', (elapsedMs() - startedMs) / 1_000, [name, type])
      const made = { type, startedMs: startMs, endedMs: engine.io.now(), outcomes: sent }
      return { sent, pace: learnPace(connection, { ...made, pace: known, elsewhere }) }
    }
    const called = connection.adaptive ? await call() : await slotsOf(connection).run(call)
    if (called === null) return { sign: 'silent', attempted: [], left: group }
    const { sent, pace } = called
    if (life && !(await life.mayCall())) return overtaken(group, sent)
    return { sign: signOf(sent), attempted: group.map((intent, index) => ({ intent, outcome: sent[index]! })), pace }
  }
  if (engine.parallel > 1 && outbound.serial === undefined && !connection.adaptive)
    return Promise.all(groups.map(attempt))
  const calls: Call[] = []
  for (const group of groups) calls.push(await attempt(group))
  return calls
}

/** What went wrong may be our own being cut off. An answer is one, as long as nobody has begun anew. */
function overtaken(group: readonly LeasedIntent[], outcomes: readonly Outcome<IntentType>[]): Call {
  const all = group.map((intent, index) => ({ intent, outcome: outcomes[index]! }))
  const left = all.filter(({ outcome }) => 'fault' in outcome).map(({ intent }) => intent)
  return { sign: 'silent', attempted: all.filter(({ outcome }) => 'answer' in outcome), left }
}

/**
 * Batches; but what has failed twice goes alone. In a batch one bad intent, or one lost answer among its many calls,
 * fails all of them: with every 7th answer lost a batch of four sales never got through.
 */
function groupsOf(intents: readonly LeasedIntent[], size: number, together = false): (readonly LeasedIntent[])[] {
  const isFresh = ({ attempts }: LeasedIntent) => together || attempts <= 2
  const fresh = intents.filter(isFresh)
  const groups: LeasedIntent[][] = intents.filter((intent) => !isFresh(intent)).map((intent) => [intent])
  for (let at = 0; at < fresh.length; at += size) groups.push(fresh.slice(at, at + size))
  return groups
}

const atOnce = ({ parallel }: Engine, { adaptive, concurrency = parallel }: Connection): number =>
  adaptive ? 1 : Math.min(parallel, concurrency)

async function send(outbound: Outbound<IntentType>, group: readonly LeasedIntent[]): Promise<Outcome<IntentType>[]> {
  const sent = group.map((intent) => {
    const { key, attempts: attempt, ask } = intent
    return { key, attempt, ask, ...(isUntried(intent) ? { untried: true } : {}) } as unknown as Sent<IntentType>
  })
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

async function finish(engine: Engine, connection: string, claimed: Claimed, calls: readonly Call[]): Promise<void> {
  const attempted = calls.flatMap((call) => call.attempted)
  const nowMs = engine.io.now()
  const at = instantAt(nowMs)
  const finished = new Map<number, { finish: Finish; row: NewInboxRow; letter?: NewLetter }>()
  const postponed: Postponed[] = []
  const seen: Seen[] = []
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
      if (outcome.observed) seen.push({ intent, observed: outcome.observed })
      continue
    }
    const { kind, code, message } = outcome.fault
    const wait = shadowWait(outcome.fault)
    if (wait) {
      postponed.push({ intent, fault: outcome.fault, pauseMs: outcome.fault.retryAfterMs ?? 0 })
      if (wait === 'missing') seen.push({ intent, observed: null })
      continue
    }
    engine.meter.count('faults', [connection, kind])
    const fault = { kind, code, message }
    // An outage gives nobody up: its time does not count.
    const firstAtMs = claimed.probe ? nowMs : Date.parse(intent.first_tried_at)
    const pause = nextPause(outcome.fault, {
      number: intent.attempts, firstAtMs, nowMs, jitter: engine.io.jitter(),
    }) // prettier-ignore
    if (pause !== null) {
      postponed.push({ intent, fault: outcome.fault, pauseMs: pause })
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
    const letter = intentLetter(engine, connection, intent, fault)
    finished.set(intent.id, { finish, row: answerRow(connection, intent, command, at), letter })
    // A refusal is somebody's business decision, and its order says so; giving up is the hub's own failure.
    const level = kind === 'rejected' ? 'warn' : 'error'
    const { key, type, correlation } = intent
    engine.io.log(level, 'an intent failed for good', { key, type, connection, correlation, ...fault })
  }
  const signs = calls.map(({ sign }) => sign)
  const paces = calls.flatMap(({ pace }) => pace ?? [])
  const lesson = { connection, claimed, signs, attempted, paces, nowMs }
  const left = calls.flatMap((call) => call.left ?? [])
  const isSingle =
    teachesNothing(engine, lesson) &&
    seen.length + left.length === 0 &&
    (postponed.length === 0 || finished.size === 0) &&
    [...finished.values()].every(({ letter }) => !letter)
  const write = async (sql: Sql) => {
    const probeMs = await learn(sql, engine, lesson)
    const rows = postponed.map((one) => postponement(one, probeMs, nowMs))
    if (rows.length > 0) await postponeIntents(sql, rows)
    if (seen.length > 0) await recordSeen(sql, connection, seen, at)
    if (left.length > 0) await giveBack(sql, leasesOf(left), at)
    if (finished.size === 0) return
    const mine = await finishIntents(sql, [...finished.values()], at)
    engine.meter.add('lateAnswers', finished.size - mine.length)
    const letters = mine.flatMap(({ id }) => finished.get(id)!.letter ?? [])
    if (letters.length > 0) await openLetters(sql, 'outbox', letters, at)
  }
  // Most calls are ended by one statement, which is a transaction by itself: a quarter of all that a hub said to the
  // server was the beginnings and ends of such.
  await (isSingle ? write(engine.database) : engine.database.transaction(write))
  for (const { intent } of attempted) {
    const state = finished.get(intent.id)?.finish.state
    if (state) engine.tracer?.ended(connection, intent, state, nowMs)
    const outcome = state === undefined ? 'postponed' : state === 'done' ? 'answered' : 'failed'
    engine.meter.count('attempts', [connection, intent.type, outcome])
  }
}

/** Every attempt before this one ended before anything was asked of the other system, and wrote that down. */
const isUntried = ({ attempts, fault }: LeasedIntent): boolean => fault?.untriedTo === attempts - 1

interface Postponed {
  intent: LeasedIntent
  fault: Fault
  pauseMs: number
}

/** @param probeMs set when the breaker is open and paces those that failed; a wait that was asked for is kept. */
function postponement({ intent, fault, pauseMs }: Postponed, probeMs: number | null, nowMs: number): Postponement {
  const { kind, code, message } = fault
  const first = intent.attempts === 1 || isUntried(intent)
  const untried = first && (fault.own || kind === 'throttled') ? { untriedTo: intent.attempts } : {}
  const waitMs = probeMs !== null && isOutage(kind) ? Math.max(probeMs, fault.retryAfterMs ?? 0) : pauseMs
  return {
    id: intent.id,
    attempt: intent.attempts,
    dueAt: instantAt(nowMs + Math.ceil(waitMs)),
    fault: JSON.stringify({ kind, code, message, ...untried }),
  }
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
