/** `crossdock storm`: a thousand buyers for the last pieces on five channels, and how many of them were sold twice. */
import type { Database } from '#store/database.ts'
import { CALM } from '#sim/network.ts'
import { runStorm, STORM, type StormOptions, type StormReport } from '#sim/storm/storm.ts'
import { elapsedMs } from '../io.ts'
import { type Command, type Options, type Streams, UsageError } from './command.ts'
import { bar, overwrittenLine } from './progress-line.ts'
import { JSON_OPTION } from './shared.ts'
import { empty, withDatabase } from './sim-database.ts'

/** For so long the hub hears and says nothing, where shared stock is measured against it. */
const LAGS_MS = [2_000, 15_000, 60_000, 300_000] as const

export const storm: Command = {
  name: 'storm',
  options: {
    seeds: { type: 'string', value: 'n', description: 'How many storms.', default: '100' },
    from: { type: 'string', value: 'n', description: 'The first seed.', default: '1' },
    buyers: { type: 'string', value: 'n', description: 'Who comes in each.', default: '1000' },
    units: { type: 'string', value: 'n', description: 'Pieces there are.', default: '50' },
    mode: {
      type: 'string', value: 'mode',
      description: 'exclusive: each channel sells its share. shared: each sees all; oversold pieces against the lag.',
      default: 'exclusive',
    }, // prettier-ignore
    faults: { type: 'string', value: 'on|none', description: 'Whether calls and webhooks fail.', default: 'on' },
    stop: { type: 'boolean', description: 'End with the first storm that went wrong.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock storm --json',
      does: 'A hundred storms; prints {seeds, buyers, sold, oversold, refused, disagreements}. Exit code 1 when oversold.',
    },
    { command: 'crossdock storm --from 42 --seeds 1', does: 'Repeats one storm exactly and says what was found.' },
    {
      command: 'crossdock storm --mode shared --seeds 5',
      does: 'How much is oversold when all channels see all stock, by how long news is under way.',
    },
    { command: 'crossdock storm --faults none --seeds 3 --units 500', does: 'The same on a quiet network.' },
  ],
  async run(options, streams) {
    const mode = oneOf(options, 'mode', ['exclusive', 'shared'] as const)
    const faults = oneOf(options, 'faults', ['on', 'none'] as const)
    const seeds = options.number('seeds', { from: 1, to: 1_000_000, default: 100 })
    const from = options.number('from', { from: 0, to: 2 ** 31, default: 1 })
    const common = {
      buyers: options.number('buyers', { from: 1, to: 100_000, default: 1_000 }),
      units: options.number('units', { from: 1, to: 100_000, default: 50 }),
      rates: faults === 'on' ? STORM : CALM,
      mode,
    }
    const lags = mode === 'shared' ? LAGS_MS : [undefined]
    const all = lags.flatMap((lagMs) =>
      Array.from({ length: seeds }, (_, index): StormOptions => ({ ...common, seed: from + index, ...withLag(lagMs) })),
    )
    const done = await withDatabase((database) => runAll(database, all, streams, options.flag('stop')))
    const wrong = done.some(({ report }) => isWrong(report, mode))
    const result = { ...sumUp(done), ...(mode === 'shared' ? { shares: sharesOf(done) } : {}) }
    if (options.flag('json')) streams.out(JSON.stringify(result))
    else describe(result, streams)
    return wrong ? 1 : 0
  },
}

interface Done {
  report: StormReport
  lagMs: number | undefined
}

const withLag = (lagMs: number | undefined) => (lagMs === undefined ? {} : { lagMs })

function oneOf<T extends string>(options: Options, name: string, values: readonly T[]): T {
  const given = values.find((value) => value === options.text(name))
  if (given) return given
  throw new UsageError(`--${name} takes one of ${values.join(', ')}, not '${options.text(name)}'.`)
}

async function runAll(
  database: Database,
  all: readonly StormOptions[],
  { err }: Streams,
  stops: boolean,
): Promise<Done[]> {
  const { show, clear } = overwrittenLine()
  const startedMs = elapsedMs()
  const done: Done[] = []
  for (const one of all) {
    await empty(database)
    const report = await runStorm(database, one)
    done.push({ report, lagMs: one.lagMs })
    const bad = done.filter(({ report: { findings } }) => findings.length > 0).length
    const seconds = Math.round((elapsedMs() - startedMs) / 1_000)
    show(`${bar(done.length, all.length)} ${done.length} of ${all.length} storms, ${bad} bad, ${seconds} s`)
    if (!isWrong(report, one.mode)) continue
    clear()
    for (const finding of [...oversoldIn(report), ...report.findings]) err(`seed ${report.seed}: ${finding}`)
    if (stops) break
  }
  clear()
  return done
}

/** In shared mode it is measured how much is oversold; everything else has to be right in both. */
const isWrong = ({ oversold, overOffered, findings }: StormReport, mode: StormOptions['mode']): boolean =>
  findings.length > 0 || (mode !== 'shared' && oversold + overOffered > 0)

const oversoldIn = ({ oversold, overOffered }: StormReport): string[] =>
  overOffered > 0 ? [`${oversold} pieces were oversold; at one moment ${overOffered} more were sold or on sale than there are.`] : [] // prettier-ignore

function sumUp(done: readonly Done[]) {
  const total = (of: (report: StormReport) => number) => done.reduce((all, { report }) => all + of(report), 0)
  return {
    seeds: done.length,
    buyers: total((one) => one.buyers),
    sold: total((one) => one.sold),
    oversold: total((one) => one.oversold),
    refused: total((one) => one.refused),
    disagreements: total((one) => one.disagreements),
    overOffered: Math.max(0, ...done.map(({ report }) => report.overOffered)),
    left: total((one) => one.left),
    faults: total((one) => one.faults),
    restarts: total((one) => one.restarts),
  }
}

/** Of the pieces that were sold, how many were not there, by the lag. */
function sharesOf(done: readonly Done[]): { lagSeconds: number; sold: number; oversold: number; share: number }[] {
  return LAGS_MS.flatMap((lagMs) => {
    const reports = done.filter((one) => one.lagMs === lagMs).map(({ report }) => report)
    if (reports.length === 0) return []
    const sold = reports.reduce((all, one) => all + one.sold, 0)
    const oversold = reports.reduce((all, one) => all + one.oversold, 0)
    return [{ lagSeconds: lagMs / 1_000, sold, oversold, share: Math.round((1_000 * oversold) / sold) / 1_000 }]
  })
}

function describe(result: ReturnType<typeof sumUp> & { shares?: ReturnType<typeof sharesOf> }, { out }: Streams): void {
  const { seeds, buyers, sold, oversold, refused, disagreements, faults, restarts, left } = result
  out(
    `${seeds} storms, ${buyers} buyers, ${faults} faults, ${restarts} restarts: ${sold} pieces sold, ${left} left, ` +
      `${refused} buyers refused, ${oversold} pieces oversold, ${disagreements} disagreements.`,
  )
  if (!result.shares) return
  out('lag        oversold')
  for (const { lagSeconds, share } of result.shares) out(`${`${lagSeconds} s`.padEnd(11)}${(100 * share).toFixed(1)} %`)
}
