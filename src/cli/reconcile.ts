/** `crossdock reconcile`: compares systems record by record, now, and says what differs and what to do. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Engine } from '#engine/engine.ts'
import type { Definition } from '#engine/reconcile/definition.ts'
import { definitionsOf } from '#engine/reconcile/definitions.ts'
import { type Outcome, reconcile } from '#engine/reconcile/run.ts'
import { findings } from '#insight/reconcile.ts'
import { lastReads, type RunRow } from '#store/reconcile.ts'
import { type Command, type Streams, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION, untilStopped } from './shared.ts'
import { bar, overwrittenLine } from './progress-line.ts'

const FINDINGS_SHOWN = 100

export const reconcileCommand: Command = {
  name: 'reconcile',
  options: {
    config: CONFIG_OPTION,
    only: { type: 'string', value: 'name', description: 'One comparison: orders, or orders/shopify-main.' },
    repair: { type: 'boolean', description: 'Hand in what can be mended by itself.' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock reconcile', does: 'Compares everything; the exit code is 1 when something differs.' },
    {
      command: 'crossdock reconcile --only orders --repair',
      does: 'Finds orders whose news was lost, and hands them in.',
    },
    { command: 'crossdock reconcile --only stock --json', does: 'Stock alone, for a script.' },
  ],
  async run(options, streams) {
    const { config, io } = configured(options, plainLog(streams.err, 'error'))
    const opened = await openQuietly(config, io)
    let stopped = false
    void untilStopped().then(() => (stopped = true))
    try {
      const { engine } = opened
      const wanted = chosen(definitionsOf(engine), options.text('only'))
      const results: Result[] = []
      for (const definition of wanted) {
        if (!stopped) results.push(await compare(engine, definition, options.flag('repair'), streams, () => stopped))
      }
      if (options.flag('json')) streams.out(JSON.stringify({ reconciliations: results }))
      else for (const result of results) for (const line of describe(result)) streams.out(line)
      return stopped ? 130 : results.every(({ state, open }) => state === 'done' && open.length === 0) ? 0 : 1
    } finally {
      await opened.close()
    }
  },
}

interface Result {
  name: string
  state: Outcome['state']
  report: string
  read: number[]
  found: number
  handedIn: number
  open: { kind: string; message: string; cure: string }[]
}

function chosen(all: readonly Definition[], only: string | undefined): readonly Definition[] {
  const wanted = all.filter(({ name }) => only === undefined || name === only || name.startsWith(`${only}/`))
  if (wanted.length > 0) return wanted
  const known = all.map(({ name }) => name).join(', ')
  throw new UsageError(`There is no comparison called '${only ?? ''}'. There are: ${known || 'none; no connection can be listed'}.`) // prettier-ignore
}

/** Waits where a side asks to be waited for. */
async function compare(
  engine: Engine,
  definition: Definition,
  mends: boolean,
  { err }: Streams,
  stopping: () => boolean,
): Promise<Result> {
  const expected = await lastReads(engine.database, definition.name)
  const progress = progressOf(definition.name, expected)
  const options = { mends, stopping, onProgress: progress.show }
  let outcome = await reconcile(engine, definition, options)
  while (outcome.state === 'paused' && !stopping()) {
    err(`${definition.name} waits: ${outcome.reason}`)
    await pause(Math.max(0, Date.parse(outcome.dueAt) - engine.io.now()) + 1)
    outcome = await reconcile(engine, definition, options)
  }
  progress.clear()
  return resultOf(engine, definition, outcome)
}

async function resultOf({ database }: Engine, { name }: Definition, outcome: Outcome): Promise<Result> {
  const page = await findings(database, { definition: name, state: 'open', limit: FINDINGS_SHOWN })
  const open = (page?.rows ?? []).map(({ kind, message, cure }) => ({ kind, message, cure }))
  if (outcome.state === 'busy')
    return { name, state: 'busy', report: `${outcome.owner} is at it already, or it waits for its turn.`, read: [], found: 0, handedIn: 0, open } // prettier-ignore
  const { run } = outcome
  const report = outcome.state === 'done' ? (run.report ?? '') : outcome.reason
  const read = run.sides.map((side) => side.read)
  return { name, state: outcome.state, report, read, found: run.found, handedIn: run.mended, open }
}

function describe({ name, state, report, read, open }: Result): string[] {
  const counts = read.length > 0 ? ` (${read.join(' against ')} records)` : ''
  const head = `${name}${counts}: ${state === 'done' ? '' : `${state}. `}${report}`
  return [
    head,
    ...open.flatMap(({ kind, message, cure }) => [`  ${kind.padEnd(11)}${message}`, `             → ${cure}`]),
  ]
}

/** A bar on a terminal; nothing elsewhere. How much there will be is known from the last run. */
function progressOf(name: string, expected: readonly [number, number] | null) {
  const line = overwrittenLine()
  const all = expected ? expected[0] + expected[1] : 0
  return {
    show({ state, sides, found }: RunRow): void {
      const read = sides[0].read + sides[1].read
      line.show(`${name} ${all > 0 ? `${bar(read, all)} ` : ''}${state}, ${read} records read, ${found} differ`)
    },
    clear: line.clear,
  }
}
