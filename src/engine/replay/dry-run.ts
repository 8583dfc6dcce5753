/**
 * Decides recorded messages again, in the order of the original decisions, and says what would be different. Nothing is
 * sent, and the server refuses every write: it runs in a read-only transaction. Calls are not made; their answers are
 * the recorded ones, as long as the same was asked.
 */
import { createHash } from 'node:crypto'
import type { Policy } from '#core/policy.ts'
import type { Sql } from '#store/database.ts'
import {
  type CausedEvent,
  type CausedIntent,
  type CausedNote,
  countDecided,
  decidedRows,
  type DecidedRow,
  eventsCausedBy,
  intentsCausedBy,
  notesCausedBy,
  readOnly,
} from '#store/replay.ts'
import type { NewEvent } from '#store/journal.ts'
import { Fault } from '../../fault.ts'
import type { Engine } from '../engine.ts'
import { type Counts, createDifferences, type DifferenceReport } from './difference.ts'
import { createOverlay } from './overlay.ts'
import { choosePolicy, knownPolicies } from './policies.ts'
import { checkSelection, rowsOf, type Selection } from './selection.ts'
import { createWalk, type Walk } from './walk.ts'

export interface DryRunOptions {
  /** `today` unless said; `recorded`, or the beginning of a digest. */
  policy?: string
  /** How many differences are listed; the rest is counted. */
  limit?: number
  /** More messages than these are refused. No bound unless said. */
  rowsMax?: number
  onProgress?(done: number, total: number): void
  /** Every event that deciding again gives, in order. */
  onEvent?(event: NewEvent, at: string): void
}

export interface DryRun extends DifferenceReport {
  rows: number
  /** Digest of the policy, or `recorded`. */
  policy: string
  /** Digests that rows were decided under and that were not kept: today's was taken in their place. */
  policiesUnknown: string[]
  /** Every event is as recorded, to the byte and the millisecond. */
  identical: boolean
  /** SHA-256 over the events in the order of their decisions. */
  journal: { recorded: string; again: string }
  events: { recorded: number; again: number }
  answers: {
    /** Recorded answers that were heard again. */
    used: number
    /** Recorded answers to calls that would not have been made, or not with this content. Nobody heard them. */
    unfit: number
    first: { stream: string; type: string; inbox: number }[]
  }
  /** Messages that could not be decided again. */
  dead: { count: number; first: { inbox: number; reason: string }[] }
  counts: Counts
}

const LIMIT = 100

export async function dryRun(engine: Engine, selection: Selection, options: DryRunOptions = {}): Promise<DryRun> {
  checkSelection(selection)
  return readOnly(engine.database, (sql) => run(sql, engine, selection, options))
}

async function run(sql: Sql, engine: Engine, selection: Selection, options: DryRunOptions): Promise<DryRun> {
  const { policy: wanted = 'today', limit = LIMIT, rowsMax = Infinity, onProgress = () => {} } = options
  const filter = rowsOf(selection)
  const total = await countDecided(sql, filter)
  if (total > rowsMax) {
    const message = `The selection holds ${total} messages, more than the ${rowsMax} that are decided again here. Narrow it, or use crossdock replay.`
    throw new Fault('rejected', message, { code: 'replay_too_large' })
  }
  const policies = await policiesFor(sql, engine, wanted)
  const hashes = { recorded: createHash('sha256'), again: createHash('sha256') }
  const events = { recorded: 0, again: 0 }
  const differences = createDifferences()
  const overlay = createOverlay(sql)
  const walk = createWalk({
    engine,
    overlay,
    differences,
    limit,
    only: selection.stream ?? null,
    follows: selection.stream === undefined && selection.inbox === undefined,
    connection: selection.connection ?? null,
    onEvent(event, at) {
      events.again += 1
      hashes.again.update(lineOf(event, event.data, at))
      options.onEvent?.(event, at)
    },
  })
  let done = 0
  // The journal itself says in which order things were decided.
  let inOrder = true
  let last = 0
  onProgress(0, total)
  for await (const rows of decidedRows(sql, filter)) {
    const page = await causedBy(sql, rows)
    await walkPage(walk, rows, page, policies.of, (event) => {
      if (selection.stream !== undefined && event.stream !== selection.stream) return
      events.recorded += 1
      inOrder &&= event.position > last
      last = event.position
      hashes.recorded.update(lineOf(event, JSON.stringify(event.data), event.at))
    })
    done += rows.length
    onProgress(done, total)
  }
  const journal = { recorded: hashes.recorded.digest('hex'), again: hashes.again.digest('hex') }
  const found = walk.end()
  const concerns = (stream: string) => found.concerned === null || found.concerned.has(stream)
  return {
    ...differences.report(limit, concerns),
    rows: done,
    policy: policies.name,
    policiesUnknown: [...policies.unknown],
    identical: inOrder && journal.recorded === journal.again,
    journal,
    events,
    answers: found.answers,
    dead: found.dead,
  }
}

interface Named {
  stream: string
  version: number
  type: string
}
const lineOf = ({ stream, version, type }: Named, data: string, at: string): string =>
  `${stream} ${version} ${type} ${data} ${at}\n`

export interface Page {
  events: ReadonlyMap<number, CausedEvent[]>
  intents: ReadonlyMap<number, CausedIntent[]>
  notes: ReadonlyMap<number, CausedNote[]>
}

async function causedBy(sql: Sql, rows: readonly DecidedRow[]): Promise<Page> {
  const ids = rows.map(({ id }) => id)
  const byCause = ({ cause }: { cause: number }) => cause
  return {
    events: Map.groupBy(await eventsCausedBy(sql, ids), byCause),
    intents: Map.groupBy(await intentsCausedBy(sql, ids), byCause),
    notes: Map.groupBy(await notesCausedBy(sql, ids), byCause),
  }
}

async function walkPage(
  walk: Walk,
  rows: readonly DecidedRow[],
  page: Page,
  policyOf: (events: readonly CausedEvent[]) => Policy,
  onRecorded: (event: CausedEvent) => void,
): Promise<void> {
  await walk.prepare(rows, page)
  for (const row of rows) {
    const events = page.events.get(row.id) ?? []
    for (const event of events) onRecorded(event)
    await walk.step(row, policyOf(events), {
      events,
      intents: page.intents.get(row.id) ?? [],
      notes: page.notes.get(row.id) ?? [],
    })
  }
}

/** Under which policy each row is decided. A row that caused nothing goes by the one before it. */
async function policiesFor(sql: Sql, engine: Engine, wanted: string) {
  const chosen = await choosePolicy(sql, engine, wanted)
  const unknown = new Set<string>()
  if (chosen !== 'recorded') return { name: chosen.version, unknown, of: () => chosen }
  const known = await knownPolicies(sql)
  known.set(engine.policy.version, engine.policy)
  let last = engine.policy
  return {
    name: 'recorded',
    unknown,
    of([event]: readonly CausedEvent[]) {
      if (!event) return last
      const found = known.get(event.policy)
      if (!found) unknown.add(event.policy)
      return (last = found ?? engine.policy)
    },
  }
}
