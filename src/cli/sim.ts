/**
 * `crossdock sim`: seeded days of a simulated retailer with faults, and an auditor who asks every system what it
 * believes.
 */
import { ALL_KINDS } from '#sim/outlets/kinds.ts'
import type { WorldReport } from '#sim/world-report.ts'
import { paypal } from '#sim/outlets/paypal.ts'
import { runWorld } from '#sim/world.ts'
import { elapsedMs } from '../io.ts'
import { type Command, UsageError } from './command.ts'
import { JSON_OPTION } from './shared.ts'
import { overwrittenLine } from './progress-line.ts'
import { empty, withDatabase } from './sim-database.ts'

export const sim: Command = {
  name: 'sim',
  options: {
    seeds: { type: 'string', value: 'n', description: 'How many days.', default: '20' },
    from: { type: 'string', value: 'n', description: 'The first seed.', default: '1' },
    channels: {
      type: 'string',
      value: 'which',
      description: 'Sold in the shop alone, or on all channels: shop or all.',
      default: 'shop',
    },
    shoppers: { type: 'string', value: 'n', description: 'Customers a day.', default: '20' },
    places: { type: 'string', value: 'n', description: 'Locations the shop sells from, 1 or 2.', default: '1' },
    payments: { type: 'boolean', description: 'With a payment provider, and an auditor of money.' },
    stop: { type: 'boolean', description: 'End with the first broken day.' },
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock sim --seeds 100 --json',
      does: 'A hundred days; prints {seeds, broken, faults, orders, letters}.',
    },
    { command: 'crossdock sim --channels all', does: 'Days sold on every kind of channel from one stock.' },
    {
      command: 'crossdock sim --payments --seeds 20',
      does: 'Days in which PayPal holds the money and each parcel captures its share.',
    },
    { command: 'crossdock sim --from 42 --seeds 1', does: 'Repeats one day exactly and says what the auditor found.' },
  ],
  async run(options, { out, err }) {
    const seeds = options.number('seeds', { from: 1, to: 1_000_000, default: 20 })
    const from = options.number('from', { from: 0, to: 2 ** 31, default: 1 })
    const shoppers = options.number('shoppers', { from: 1, to: 100_000, default: 20 })
    const places = options.number('places', { from: 1, to: 2, default: 1 }) === 2 ? 2 : 1
    const channels = options.text('channels') ?? 'shop'
    if (channels !== 'shop' && channels !== 'all') throw new UsageError(`--channels is shop or all, not '${channels}'.`)
    const beside = [...(channels === 'all' ? ALL_KINDS : []), ...(options.flag('payments') ? [paypal] : [])]
    const more = `${places > 1 ? ` --places ${places}` : ''}${channels === 'all' ? ' --channels all' : ''}`
    const reports: WorldReport[] = []
    const progress = progressOf(seeds, reports)
    await withDatabase(async (database) => {
      for (let seed = from; seed < from + seeds; seed += 1) {
        await empty(database)
        const report = await runWorld(database, { seed, shoppers, places, beside })
        reports.push(report)
        progress.next()
        if (!isBroken(report)) continue
        progress.clear()
        for (const finding of report.findings) err(`seed ${seed}: ${finding}`)
        err(`See it again: npx crossdock sim --from ${seed} --seeds 1 --shoppers ${shoppers}${more}`)
        if (options.flag('stop')) break
      }
    })
    progress.clear()
    const broken = reports.filter(isBroken).length
    const total = (of: (report: WorldReport) => number) => reports.reduce((all, report) => all + of(report), 0)
    const result = {
      seeds: reports.length,
      broken,
      faults: total((one) => one.faults),
      orders: total((one) => one.orders),
      letters: total((one) => one.letters),
    }
    if (options.flag('json')) {
      const [only] = reports
      out(JSON.stringify(seeds === 1 && only ? { ...result, restarts: only.restarts, journal: only.journal } : result))
    } else {
      out(
        `${result.seeds} days, ${result.orders} orders, ${result.faults} faults, ${result.letters} dead letters: ${broken} days broken.`,
      )
    }
    return broken === 0 ? 0 : 1
  },
}

const isBroken = ({ findings }: WorldReport): boolean => findings.length > 0

/** One line that is written over, for people who watch; nothing for a file or a pipe. */
function progressOf(seeds: number, done: readonly WorldReport[]): { next(): void; clear(): void } {
  const { show, clear } = overwrittenLine()
  const started = elapsedMs()
  return {
    next() {
      const seconds = Math.round((elapsedMs() - started) / 1_000)
      show(`${done.length} of ${seeds} days, ${done.filter(isBroken).length} broken, ${seconds} s`)
    },
    clear,
  }
}
