/**
 * Undo of a bad run: a replay, or what a connection delivered in a period. What it caused is looked up, and undone by
 * commands the deciders know: orders are cancelled on their own way, ledgers read everything anew and decide anew. What
 * nobody but a person can undo is listed by name. Shown first, done once.
 */
import type { Json } from '#canon/json.ts'
import { kindOf } from '#core/streams.ts'
import { undoingOf } from '#policy/undoing.ts'
import type { Sql } from '#store/database.ts'
import { insertInbox, type NewInboxRow, waitForTurn } from '#store/inbox.ts'
import { decidedRows, readOnly } from '#store/replay.ts'
import { insertRun, markUndone, readRun, rowsOfRun, undoOf } from '#store/replay-run.ts'
import { Fault } from '../../fault.ts'
import { type Engine, nowOf } from '../engine.ts'
import { type Consequences, consequencesOf } from './consequences.ts'
import type { Message } from '../decide.ts'
import { preview, type Preview } from './preview.ts'
import { checkToken, type Done } from './replay.ts'
import { checkSelection, deliveriesOf, type Selection } from './selection.ts'

/** A run, or a connection with a period that has an end. */
export type Undoable = { run: string } | { connection: string; from: string; to: string }

export interface UndoPreview extends Preview {
  /** What it was that is undone: messages it began with and led to, events, calls. */
  caused: { messages: number; events: number; intents: number }
  /** Commands that undo it, by type. */
  commands: Record<string, number>
  /** What only a person can undo. */
  byHand: { count: number; first: { stream: string; type: string; connection: string; key: string; cure: string }[] }
}

const BY_HAND_MAX = 500
const UNDO_PRIORITY = 0

export const nameOf = (what: Undoable): string =>
  'run' in what ? what.run : `${what.connection} ${iso(what.from)} ${iso(what.to)}`
const iso = (at: string) => new Date(at).toISOString()

export const previewUndo = (engine: Engine, what: Undoable): Promise<UndoPreview> =>
  readOnly(engine.database, async (sql) => (await look(sql, engine, what)).shown)

export async function undo(engine: Engine, what: Undoable, token: string, by: string): Promise<Done> {
  return engine.database.transaction(async (sql) => {
    await waitForTurn(sql)
    const { shown, rows } = await look(sql, engine, what)
    checkToken(shown, token)
    const run = engine.io.id().slice(0, 12)
    const at = nowOf(engine)
    const selection = { undo: nameOf(what), ...what } as Json
    const row = { id: run, kind: 'undo' as const, asked_by: by, at, policy: engine.policy.version, token }
    const written = await insertRun(sql, { ...row, selection, rows: rows.length, preview: shown as never })
    if (!written) throw undoneAlready(nameOf(what))
    if ('run' in what) await markUndone(sql, what.run, run)
    if (rows.length > 0) await insertInbox(sql, rows)
    return { run, preview: shown }
  })
}

const undoneAlready = (what: string) =>
  new Fault('rejected', `${what} was undone before. What is undone once is not undone again.`, {
    code: 'undone_already',
  })

async function look(sql: Sql, engine: Engine, what: Undoable): Promise<{ shown: UndoPreview; rows: NewInboxRow[] }> {
  const seeds = await seedsOf(sql, engine, what)
  if (await undoOf(sql, nameOf(what))) throw undoneAlready(nameOf(what))
  const caused = await consequencesOf(sql, seeds)
  const rows = compensations(caused, nameOf(what), nowOf(engine))
  const said = rows.map((row, index): Message => {
    const { source, key, kind, topic, correlation, receivedAt } = row
    const body = Buffer.from(row.body)
    const stored = { id: -1 - index, source, key, kind, topic, body, correlation, received_at: receivedAt }
    return { row: stored, stream: topic, command: JSON.parse(body.toString('utf8')) as { type: string } }
  })
  const shown = await preview(sql, engine, [said], () => rows.length)
  const commands: Record<string, number> = {}
  for (const { command } of said) commands[command.type] = (commands[command.type] ?? 0) + 1
  const { messages, events, intents } = caused
  const counts = { messages, events: events.length, intents: intents.length }
  return { shown: { ...shown, caused: counts, commands, byHand: byHandOf(caused) }, rows }
}

async function seedsOf(sql: Sql, engine: Engine, what: Undoable): Promise<number[]> {
  if ('run' in what) {
    const run = await readRun(sql, what.run)
    if (!run || run.kind !== 'replay') {
      const why = run ? 'An undo is not undone; replay what should stand.' : 'crossdock replay --runs lists them.'
      throw new Fault('rejected', `There is no replay called '${what.run}' to undo. ${why}`, { code: 'run_unknown' })
    }
    return (await rowsOfRun(sql, what.run, [...engine.connections.keys()])).map(({ id }) => id)
  }
  const selection: Selection = { connection: what.connection, from: what.from, to: what.to }
  checkSelection(selection)
  const ids: number[] = []
  for await (const rows of decidedRows(sql, deliveriesOf(selection))) ids.push(...rows.map(({ id }) => id))
  return ids
}

/** Orders before stock: what is cancelled gives its goods back. One command per stream, in the order of its name. */
function compensations({ events, intents }: Consequences, what: string, at: string): NewInboxRow[] {
  const orders = new Set<string>()
  const ledgers = new Set<string>()
  for (const { stream, type } of events) if (type === 'order.placed') orders.add(stream)
  for (const { stream, type } of intents) {
    const { by } = undoingOf(type)
    if (by === 'order' && kindOf(stream) === 'order') orders.add(stream)
    if (by === 'stock') ledgers.add(stream)
  }
  const cancel = { type: 'order.cancel', reason: `undo of ${what}`, at }
  return [
    ...[...orders].sort().map((stream) => rowOf(stream, cancel, what, at)),
    ...[...ledgers].sort().map((stream) => rowOf(stream, { type: 'stock.doubt' }, what, at)),
  ]
}

const rowOf = (stream: string, command: { type: string }, what: string, at: string): NewInboxRow => ({
  source: 'person',
  key: `undo/${what}/${stream}`,
  kind: 'note',
  topic: stream,
  body: Buffer.from(JSON.stringify(command)),
  correlation: stream,
  receivedAt: at,
  priority: UNDO_PRIORITY,
})

function byHandOf({ intents }: Consequences): UndoPreview['byHand'] {
  const mine = intents.filter(({ type, state }) => state !== 'failed' && undoingOf(type).by === 'person')
  const first = mine.slice(0, BY_HAND_MAX).map(({ stream, type, connection, key }) => {
    return { stream, type, connection, key, cure: undoingOf(type).cure }
  })
  return { count: mine.length, first }
}
