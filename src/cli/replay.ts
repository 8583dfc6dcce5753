/** `crossdock replay`: decides again what was decided before; shows what would be different, and does it on demand. */
import { dryRun } from '#engine/replay/dry-run.ts'
import { previewReplay, replay as replayNow } from '#engine/replay/replay.ts'
import type { Selection } from '#engine/replay/selection.ts'
import { previewUndo, undo, type Undoable } from '#engine/replay/undo.ts'
import type { Engine } from '#engine/engine.ts'
import { maskedDifferences } from '#insight/replay.ts'
import { listRuns } from '#store/replay-run.ts'
import { Fault } from '../fault.ts'
import { openQuietly } from './open.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { progressLine } from './progress-line.ts'
import { dryRunWords, previewWords, undoWords } from './replay-words.ts'
import { CONFIG_OPTION, configured, JSON_OPTION } from './shared.ts'

const WHO = 'cli'

export const replay: Command = {
  name: 'replay',
  options: {
    inbox: { type: 'string', value: 'id', description: 'One message.' },
    stream: { type: 'string', value: 'name', description: 'Everything said to one stream: order/shopify-main/1042.' },
    connection: { type: 'string', value: 'name', description: 'What one connection has to do with.' },
    from: { type: 'string', value: 'moment', description: 'Decided at or after: 2026-11-20T08:00Z.' },
    to: { type: 'string', value: 'moment', description: 'Decided before.' },
    policy: {
      type: 'string', value: 'which', default: 'today',
      description: 'today, recorded (each under its own), or the beginning of an earlier digest.',
    },
    limit: { type: 'string', value: 'n', description: 'How many differences are listed.', default: '20' },
    'dry-run': { type: 'boolean', description: 'Only show; this is what happens unless --confirm is given.' },
    confirm: { type: 'string', value: 'token', description: 'Do exactly what the dry run with this token showed.' },
    undo: { type: 'string', value: 'run', description: 'Undo a replay; with --connection, --from and --to: a period.' },
    runs: { type: 'boolean', description: 'List what was replayed and undone.' },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  }, // prettier-ignore
  examples: [
    { command: 'crossdock replay --stream order/shopify-main/1042', does: 'Shows what would be decided today.' },
    { command: 'crossdock replay --from 2026-11-20 --to 2026-11-21 --policy recorded', does: 'A day, as it was.' },
    { command: 'crossdock replay --inbox 81 --confirm 4be1c0de4be1c0de', does: 'Does what the dry run showed.' },
    { command: 'crossdock replay --undo 9f2c41d07a3b', does: 'Shows what undoing a replay would do.' },
  ],
  async run(options, streams) {
    const { config, io } = configured(options, plainLog(streams.err))
    const { engine, close } = await openQuietly(config, io, 'crossdock-beside')
    try {
      if (options.flag('runs')) return await showRuns(engine, options, streams)
      const undone = options.text('undo')
      return await (undone === undefined ? again(engine, options, streams) : back(engine, undone, options, streams))
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      if (options.flag('json')) streams.out(JSON.stringify({ refused: error.code, reason: error.message }))
      else streams.err(error.message)
      return 1
    } finally {
      await close()
    }
  },
}

function selectionFrom(options: Options): Selection {
  const inbox = options.text('inbox')
  const id = inbox === undefined ? undefined : options.number('inbox', { from: 1, to: Number.MAX_SAFE_INTEGER, default: 1 }) // prettier-ignore
  const [stream, connection, from, to] = ['stream', 'connection', 'from', 'to'].map((name) => options.text(name))
  return { inbox: id, stream, connection, from, to }
}

async function again(engine: Engine, options: Options, { out }: Streams): Promise<number> {
  const selection = selectionFrom(options)
  const token = options.text('confirm')
  if (token !== undefined && !options.flag('dry-run')) {
    const done = await replayNow(engine, selection, token, WHO)
    if (options.flag('json')) out(JSON.stringify(done))
    else out(`Handed ${done.preview.rows} deliveries to the hub again as run ${done.run}.`)
    return 0
  }
  const progress = progressLine('messages')
  const limit = options.number('limit', { from: 0, to: 100_000, default: 20 })
  const policy = options.text('policy') ?? 'today'
  const found = await dryRun(engine, selection, { policy, limit, onProgress: progress.show }).finally(progress.end)
  const shown = await previewReplay(engine, selection).catch(refusal)
  const masked = { ...found, findings: maskedDifferences(found.findings) }
  if (options.flag('json')) out(JSON.stringify({ decidedAgain: masked, replay: shown }))
  else {
    for (const line of dryRunWords(selection, found)) out(line)
    for (const line of 'refused' in shown && 'reason' in shown ? [`\n${shown.reason}`] : previewWords(shown)) out(line)
  }
  return 0
}

/** That nothing can be replayed does not take the rest of the answer away. */
function refusal(error: unknown): { refused: string; reason: string } {
  if (error instanceof Fault) return { refused: error.code, reason: error.message }
  throw error
}

async function back(engine: Engine, run: string, options: Options, { out }: Streams): Promise<number> {
  const { connection, from, to } = selectionFrom(options)
  if (run === 'period' && (!connection || !from || !to))
    throw new UsageError('--undo period takes --connection, --from and --to.')
  const what: Undoable = run === 'period' ? { connection: connection!, from: from!, to: to! } : { run }
  const token = options.text('confirm')
  if (token !== undefined && !options.flag('dry-run')) {
    const done = await undo(engine, what, token, WHO)
    if (options.flag('json')) out(JSON.stringify(done))
    else out(`${done.preview.rows} commands that undo it were handed to the hub as run ${done.run}.`)
    return 0
  }
  const shown = await previewUndo(engine, what)
  if (options.flag('json')) out(JSON.stringify({ undo: shown }))
  else for (const line of undoWords(shown)) out(line)
  return 0
}

async function showRuns(engine: Engine, options: Options, { out }: Streams): Promise<number> {
  const runs = await listRuns(engine.database, 100)
  if (options.flag('json')) out(JSON.stringify({ runs }))
  else if (runs.length === 0) out('Nothing was replayed yet.')
  else
    for (const { id, kind, at, asked_by, rows, selection, undone_by } of runs)
      out(
        `${id} ${at} ${kind} by ${asked_by}: ${rows} messages, ${JSON.stringify(selection)}${undone_by ? `, undone by ${undone_by}` : ''}`,
      )
  return 0
}
