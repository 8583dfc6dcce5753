/**
 * A turn is the only place where state changes. It claims a batch of undecided inbox rows, translates them, loads the
 * streams they are for, lets the deciders decide, and writes events, intents, notes and the new states: all in one
 * transaction, so that a crash at any point leaves either everything or nothing of it.
 *
 * Batching is what makes it fast: one commit carries a few hundred messages of many streams.
 */
import { assert } from '#canon/assert.ts'
import { type AnyDecider, deciders } from '#core/registry.ts'
import { kindOf } from '#core/streams.ts'
import { correlationOf, summaryOf } from '#core/summary.ts'
import { setAlarms } from '#store/alarms.ts'
import { isDataError, type Sql } from '#store/database.ts'
import { claimInbox, insertInbox, type InboxRow, type InboxVerdict, settleInbox, takeTurn } from '#store/inbox.ts'
import { insertEvents, lockStreams, saveStreams, type StreamChange } from '#store/journal.ts'
import { insertIntents } from '#store/outbox.ts'
import type { DeadStep } from '#policy/dead-classes.ts'
import { type NewLetter, openLetters } from '#store/dead-letters.ts'
import { elapsedMs } from '../io.ts'
import { failureOf, messageLetter } from './death.ts'
import { decide, type Message, type State, translate, type Written } from './decide.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'
import { doubtedSources, heldBack } from './watermark.ts'

/** Messages per transaction. Measured in docs/decisions/0002-batched-turns.md. */
export const TURN_SIZE = 200

/** A stream while its messages of this turn are being decided. */
interface Loaded {
  decider: AnyDecider
  state: State
  /** Version it had in the database. */
  stored: number
}

/** What becomes of a row; set when nobody can decide it. */
interface Verdict extends InboxVerdict {
  letter?: NewLetter
}

/**
 * @param touched gets the connections that something new may go out to: they are owed more, or an answer of theirs let
 *   the next in its line go.
 * @returns how many inbox rows were decided; 0 when there was nothing to do. A row whose outcome the database cannot
 *   hold would stop the hub for good, since every turn begins with it. So a turn that fails over its data is taken
 *   again with fewer rows, and the row that fails alone is kept for people.
 */
export async function turn(engine: Engine, limit = TURN_SIZE, touched = new Set<string>()): Promise<number> {
  try {
    return await attempt(engine, limit, touched)
  } catch (error) {
    if (!isDataError(error)) throw error
    return limit > 1 ? turn(engine, Math.floor(limit / 4) || 1, touched) : buryFirst(engine, error)
  }
}

async function attempt(engine: Engine, limit: number, touched: Set<string>): Promise<number> {
  const atMs = engine.io.now()
  const at = instantAt(atMs)
  const startedMs = elapsedMs()
  const done = await engine.database.transaction(async (sql) => {
    if (!(await takeTurn(sql))) return null
    const rows = await claimInbox(sql, limit)
    if (rows.length === 0) return null
    const { messages, verdicts } = translateAll(engine, rows)
    const streams = await loadStreams(sql, messages)
    const written: Written = { events: [], intents: [], notes: [] }
    const doubted = await doubtedSources(sql, messages)
    for (const message of messages) {
      const why = heldBack(message, doubted, rows, verdicts)
      if (why) verdicts.get(message.row.id)!.outcome = why
      else decideOne(engine, message, streams, written, verdicts, at)
    }
    await write(sql, engine, streams, written, [...verdicts.values()], at)
    return { rows, written, verdicts: [...verdicts.values()] }
  })
  if (!done) return 0
  const count = done.rows.length
  for (const { connection } of done.written.intents) touched.add(connection)
  for (const { kind, source } of done.rows) if (kind === 'answer') touched.add(source)
  engine.tracer?.decided(done.rows, done.verdicts, done.written.events, { startMs: atMs, endMs: engine.io.now() })
  engine.meter.add('messages', count)
  engine.meter.observe('turn', (elapsedMs() - startedMs) / 1_000)
  engine.meter.observe('turnSize', count)
  for (const { type } of done.written.events) engine.meter.count('events', [type])
  engine.meter.add('intents', done.written.intents.length)
  engine.meter.add('dead', done.verdicts.filter(({ state }) => state === 'dead').length)
  engine.meter.add('refused', done.verdicts.filter(({ outcome }) => outcome.startsWith('refused')).length)
  return count
}

function translateAll(engine: Engine, rows: readonly InboxRow[]) {
  const messages: Message[] = []
  const verdicts = new Map<number, Verdict>()
  for (const row of rows) {
    verdicts.set(row.id, { id: row.id, state: 'done', correlation: row.correlation, outcome: '' })
    try {
      messages.push(...translate(engine, row))
    } catch (error) {
      bury(engine, verdicts, row, { step: 'translate', stream: null, correlation: row.correlation }, error)
    }
  }
  return { messages, verdicts }
}

async function loadStreams(sql: Sql, messages: readonly Message[]): Promise<Map<string, Loaded>> {
  const names = [...new Set(messages.map(({ stream }) => stream))].sort()
  const rows = names.length === 0 ? [] : await lockStreams(sql, names)
  const known = new Map(rows.map((row) => [row.stream, row]))
  return new Map(
    names.flatMap((name): [string, Loaded][] => {
      const decider = deciders[kindOf(name)]
      if (!decider) return []
      const row = known.get(name)
      const state = row ? (row.state as unknown as State) : decider.initial
      return [[name, { decider, state, stored: row?.version ?? 0 }]]
    }),
  )
}

function decideOne(
  engine: Engine,
  message: Message,
  streams: Map<string, Loaded>,
  written: Written,
  verdicts: Map<number, Verdict>,
  at: string,
): void {
  const { row, stream } = message
  const verdict = verdicts.get(row.id)!
  const correlation = correlationOf(stream) ?? row.correlation ?? stream
  verdict.correlation ??= correlation
  try {
    const loaded = streams.get(stream)
    assert(loaded, `no decider knows the stream ${stream}`)
    const { state, refused, events, intents, notes, alarms } = decide(engine, engine.policy, loaded, {
      ...message, at, correlation,
    }) // prettier-ignore
    if (refused) {
      verdict.outcome = `refused ${refused.refused}: ${refused.reason}`
      return
    }
    // Nothing of a message that failed half-way may stay: only now is it taken over.
    loaded.state = state
    written.events.push(...events)
    written.intents.push(...intents)
    written.notes.push(...notes)
    if (alarms) written.alarms = [...(written.alarms ?? []), ...alarms]
    verdict.outcome = [verdict.outcome, ...events.map(({ type }) => type)].filter(Boolean).join(' ')
  } catch (error) {
    bury(engine, verdicts, row, { step: 'decide', stream, correlation }, error)
  }
}

async function buryFirst(engine: Engine, error: unknown): Promise<number> {
  return engine.database.transaction(async (sql) => {
    if (!(await takeTurn(sql))) return 0
    const rows = await claimInbox(sql, 1)
    const verdicts = new Map<number, Verdict>()
    const place = { step: 'decide', stream: null } as const
    for (const row of rows) bury(engine, verdicts, row, { ...place, correlation: row.correlation }, error)
    await openGraves(sql, [...verdicts.values()], nowOf(engine))
    await settleInbox(sql, [...verdicts.values()], nowOf(engine))
    return rows.length
  })
}

/** A message nobody can decide is kept for people; it never holds up the others. */
function bury(
  engine: Engine,
  verdicts: Map<number, Verdict>,
  row: InboxRow,
  place: { step: DeadStep; stream: string | null; correlation: string | null },
  error: unknown,
): void {
  const failure = failureOf(error)
  const letter = messageLetter(engine, row, place, failure)
  verdicts.set(row.id, {
    id: row.id, state: 'dead', correlation: row.correlation, outcome: failure.message, letter,
  }) // prettier-ignore
  const { id, source, topic } = row
  const { correlation } = place
  const known = { inbox: id, source, topic, correlation, class: letter.class, code: failure.code }
  engine.io.log('error', 'a message could not be decided', { ...known, reason: failure.message })
}

/** Nothing is buried without somebody hearing of it: the letter is opened in the same transaction. */
async function openGraves(sql: Sql, verdicts: readonly Verdict[], at: string): Promise<void> {
  const letters = verdicts.flatMap(({ letter }) => (letter ? [letter] : []))
  if (letters.length > 0) await openLetters(sql, 'inbox', letters, at)
}

async function write(
  sql: Sql,
  engine: Engine,
  streams: ReadonlyMap<string, Loaded>,
  { events, intents, notes, alarms }: Written,
  verdicts: readonly Verdict[],
  at: string,
): Promise<void> {
  const changes: StreamChange[] = []
  for (const [stream, { state, stored }] of streams) {
    if (state.version === stored) continue
    const kind = kindOf(stream)
    const { label, status, attention } = summaryOf(kind, state, stream)
    changes.push({ stream, kind, version: state.version, state: JSON.stringify(state), label, status, attention })
  }
  if (events.length > 0) await insertEvents(sql, events, at, engine.policy.version)
  if (changes.length > 0) await saveStreams(sql, changes, at)
  if (intents.length > 0) await insertIntents(sql, intents, at)
  if (notes.length > 0) await insertInbox(sql, notes)
  if (alarms) await setAlarms(sql, alarms)
  await openGraves(sql, verdicts, at)
  await settleInbox(sql, verdicts, at)
}
