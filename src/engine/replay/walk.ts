/**
 * The walk of a dry run, row by row. What follows from a row is followed: a note that would not have been written is
 * left out, one that would say something else says that, one that was never written is delivered at once. A recorded
 * answer is heard as long as the call it answers would have been made.
 */
import type { Policy } from '#core/policy.ts'
import type { CausedEvent, CausedIntent, CausedNote, DecidedRow } from '#store/replay.ts'
import type { NewEvent } from '#store/journal.ts'
import type { InboxRow, NewInboxRow } from '#store/inbox.ts'
import { toFault } from '../../fault.ts'
import type { Engine } from '../engine.ts'
import { type Decided, type Message, translate, type Written } from '../decide.ts'
import { decideAgain } from './again.ts'
import type { Differences, Thing } from './difference.ts'
import type { Page } from './dry-run.ts'
import type { Overlay } from './overlay.ts'

export interface WalkOptions {
  engine: Engine
  overlay: Overlay
  differences: Differences
  limit: number
  /** Only what is said to this stream. */
  only: string | null
  /** Whether notes are followed to the streams they are for; else they count as what the stream gives. */
  follows: boolean
  /** Streams that this connection has to do with are looked for. */
  connection: string | null
  onEvent(event: NewEvent, at: string): void
}

export interface Recorded {
  events: readonly CausedEvent[]
  intents: readonly CausedIntent[]
  notes: readonly CausedNote[]
}

export interface Walk {
  /** Loads the streams of a page. */
  prepare(rows: readonly DecidedRow[], page: Page): Promise<void>
  step(row: DecidedRow, policy: Policy, recorded: Recorded): Promise<void>
  end(): {
    /** Streams that the connection has to do with; null when none was named. */
    concerned: ReadonlySet<string> | null
    answers: { used: number; unfit: number; first: { stream: string; type: string; inbox: number }[] }
    dead: { count: number; first: { inbox: number; reason: string }[] }
  }
}

/** What one row did to one stream. */
interface Result extends Written {
  /** The version before. */
  from: number
  state: Decided['state']
}

/** Notes that one row may set off; more means that streams write to each other for ever. */
const CASCADE_MAX = 10_000

export function createWalk(options: WalkOptions): Walk {
  const { engine, overlay, differences, limit, only, follows, connection } = options
  /** What becomes of recorded notes that are still to come: another command, or none. */
  const fates = new Map<number, { type: string } | null>()
  const concerned = connection === null ? null : new Set<string>()
  const answers = { used: 0, unfit: 0, first: [] as { stream: string; type: string; inbox: number }[] }
  const dead = { count: 0, first: [] as { inbox: number; reason: string }[] }

  const bury = (row: InboxRow, error: unknown) => {
    dead.count += 1
    if (dead.first.length < limit) dead.first.push({ inbox: row.id, reason: toFault(error).message })
  }

  /** What the row says, as things now stand. */
  const saidBy = (row: DecidedRow): Message[] => {
    if (row.kind === 'note' && fates.has(row.id)) {
      const command = fates.get(row.id)!
      fates.delete(row.id)
      return command === null ? [] : [{ row, stream: row.topic, command }]
    }
    try {
      const said = translate(engine, row).filter(({ stream }) => only === null || stream === only)
      return row.kind === 'answer' ? said.flatMap((one) => fitted(row, one)) : said
    } catch (error) {
      bury(row, error)
      return []
    }
  }

  const fitted = (row: DecidedRow, said: Message): Message[] => {
    const live = overlay.get(said.stream)
    const command = said.command as { type: string; intent: string; ask?: unknown; version: number }
    if (live.forkedAt === null || command.version <= live.forkedAt) {
      answers.used += 1
      return [said]
    }
    // A failure does not repeat what was asked; then the kind of call has to do.
    const ask = command.ask === undefined ? null : JSON.stringify(command.ask)
    const at = live.asks.findIndex((one) => one.type === command.intent && (ask === null || one.ask === ask))
    if (at < 0) {
      answers.unfit += 1
      if (answers.first.length < limit) answers.first.push({ stream: said.stream, type: command.intent, inbox: row.id })
      return []
    }
    answers.used += 1
    const { version } = live.asks.splice(at, 1)[0]!
    const mapped = { ...command, version }
    return [{ ...said, command: mapped }]
  }

  const decide = (said: Message, policy: Policy, at: string): Decided | null => {
    try {
      return decideAgain(engine, policy, overlay.get(said.stream).state, { ...said, at })
    } catch (error) {
      bury(said.row, error)
      return null
    }
  }

  /** Compares what one stream did at this row, and lets it go on from there. */
  const settle = (stream: string, again: Result, recorded: Recorded) => {
    const events = recorded.events.filter((event) => event.stream === stream)
    const intents = recorded.intents.filter((intent) => intent.stream === stream)
    const was = [...events.map(recordedEvent), ...intents.map(recordedIntent)]
    const is = [...again.events.map(eventAgain), ...again.intents.map(intentAgain)]
    if (!follows) {
      was.push(...recorded.notes.filter((one) => one.key.startsWith(`${stream}/`)).map(recordedNote))
      is.push(...again.notes.map(noteAgain))
    }
    differences.meet(stream, was, is)
    const same =
      events.length === again.events.length &&
      events.every((event, index) => {
        const other = again.events[index]!
        return event.version === other.version && event.type === other.type && JSON.stringify(event.data) === other.data
      })
    if (!same) overlay.fork(stream, again.from)
    const live = overlay.get(stream)
    live.state = again.state
    if (live.forkedAt !== null)
      for (const { type, ask, version } of again.intents) live.asks.push({ type, ask: canonical(ask), version })
    if (concerned && again.intents.some((one) => one.connection === connection)) concerned.add(stream)
    if (concerned && intents.some((one) => one.connection === connection)) concerned.add(stream)
  }

  return {
    async prepare(rows, page) {
      const streams = new Set<string>()
      for (const row of rows) {
        for (const { stream } of page.events.get(row.id) ?? []) streams.add(stream)
        if (row.kind !== 'delivery') streams.add(row.topic)
        else for (const stream of streamsOf(engine, row)) streams.add(stream)
      }
      const wanted = only === null ? streams : [...streams].filter((stream) => stream === only)
      if (rows[0]) await overlay.load(wanted, rows[0])
    },

    async step(row, policy, recorded) {
      const at = row.decided_at
      const results = new Map<string, Result>()
      for (const said of saidBy(row)) {
        if (concerned && row.source === connection) concerned.add(said.stream)
        const live = overlay.get(said.stream)
        const from = live.state.version
        const again = decide(said, policy, at)
        if (!again) continue
        for (const event of again.events) options.onEvent(event, at)
        add(results, said.stream, { ...again, from })
        live.state = again.state
      }
      for (const { stream } of recorded.events) {
        if ((only !== null && stream !== only) || results.has(stream)) continue
        const { state } = overlay.get(stream)
        results.set(stream, { from: state.version, state, events: [], intents: [], notes: [] })
      }
      const notes = [...results.values()].flatMap((result) => result.notes)
      const fresh = follows ? routeNotes(row, recorded.notes, notes, fates) : []
      for (const [stream, result] of results) settle(stream, result, recorded)
      await cascade(fresh, row, policy, at)
    },

    end: () => ({ concerned, answers, dead }),
  }

  /** Notes nobody wrote at the time are delivered right after the row that would have written them. */
  async function cascade(fresh: readonly Message[], row: DecidedRow, policy: Policy, at: string): Promise<void> {
    const queue = [...fresh]
    for (let count = 0; queue.length > 0; count += 1) {
      if (count > CASCADE_MAX) throw new Error(`Message ${row.id} would set off notes without end.`)
      const said = queue.shift()!
      await overlay.load([said.stream], row)
      const from = overlay.get(said.stream).state.version
      const again = decide(said, policy, at)
      if (!again) continue
      for (const event of again.events) options.onEvent(event, at)
      settle(said.stream, { ...again, from }, NOTHING)
      queue.push(...again.notes.map((note) => saidByNote(row, note)))
    }
  }
}

const NOTHING: Recorded = { events: [], intents: [], notes: [] }

function add(results: Map<string, Result>, stream: string, again: Result): void {
  const known = results.get(stream)
  if (!known) {
    results.set(stream, again)
    return
  }
  known.events.push(...again.events)
  known.intents.push(...again.intents)
  known.notes.push(...again.notes)
  known.state = again.state
}

/** Tells recorded notes that are to come what becomes of them. @returns those that nobody wrote at the time. */
function routeNotes(
  row: DecidedRow,
  recorded: readonly CausedNote[],
  again: readonly NewInboxRow[],
  fates: Map<number, { type: string } | null>,
): Message[] {
  const left = new Set(recorded)
  const unmatched: NewInboxRow[] = []
  for (const note of again) {
    const twin = [...left].find((one) => one.topic === note.topic && one.body.equals(note.body))
    if (twin) left.delete(twin)
    else unmatched.push(note)
  }
  const fresh: Message[] = []
  for (const note of unmatched) {
    const command = commandOf(note.body)
    const near = [...left].find((one) => one.topic === note.topic && commandOf(one.body).type === command.type)
    if (near) {
      left.delete(near)
      fates.set(near.id, command)
    } else fresh.push(saidByNote(row, note))
  }
  for (const { id } of left) fates.set(id, null)
  return fresh
}

const commandOf = (body: Uint8Array) => JSON.parse(Buffer.from(body).toString('utf8')) as { type: string }

function saidByNote(row: DecidedRow, note: NewInboxRow): Message {
  const { source, key, kind, topic, correlation } = note
  const body = Buffer.from(note.body)
  const stored = { id: row.id, source, key, kind, topic, body, correlation, received_at: row.decided_at }
  return { row: stored, stream: topic, command: commandOf(body) }
}

function streamsOf(engine: Engine, row: InboxRow): string[] {
  try {
    return translate(engine, row).map(({ stream }) => stream)
  } catch {
    // Said when its turn comes.
    return []
  }
}

/** As it would come back from the database. */
const canonical = (text: string): string => JSON.stringify(JSON.parse(text))

const recordedEvent = ({ type, data }: CausedEvent): Thing => ({
  kind: 'event',
  type,
  to: '',
  data: JSON.stringify(data),
})
const recordedIntent = ({ type, connection, ask }: CausedIntent): Thing => ({
  kind: 'intent',
  type,
  to: connection,
  data: JSON.stringify(ask),
})
const recordedNote = ({ topic, body }: CausedNote): Thing => ({
  kind: 'note',
  type: commandOf(body).type,
  to: topic,
  data: canonical(body.toString('utf8')),
})
const eventAgain = ({ type, data }: NewEvent): Thing => ({ kind: 'event', type, to: '', data })
const intentAgain = ({ type, connection, ask }: Written['intents'][number]): Thing => ({
  kind: 'intent',
  type,
  to: connection,
  data: canonical(ask),
})
const noteAgain = ({ topic, body }: NewInboxRow): Thing => ({
  kind: 'note',
  type: commandOf(body).type,
  to: topic,
  data: canonical(Buffer.from(body).toString('utf8')),
})
