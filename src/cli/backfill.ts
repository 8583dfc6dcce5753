/** `crossdock backfill`: reads a feed again from a moment, and says how much of it the hub had missed. */
import { startBackfill, workBackfill } from '#engine/backfill.ts'
import { type BackfillView, readBackfill } from '#store/backfill.ts'
import { type Command, UsageError } from './command.ts'
import { plainLog } from './log.ts'
import { openQuietly } from './open.ts'
import { CONFIG_OPTION, configured, JSON_OPTION, untilStopped } from './shared.ts'
import { overwrittenLine } from './progress-line.ts'

const LOOK_MS = 500

export const backfill: Command = {
  name: 'backfill',
  operands: { connection: 'Whose feed, e.g. shopify-main.', feed: 'Which feed, e.g. orders.' },
  options: {
    from: {
      type: 'string',
      value: 'moment',
      description: 'From when on: 2026-11-20T08:00Z, or 36h (hours ago), 7d (days).',
    },
    config: CONFIG_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    {
      command: 'crossdock backfill shopify-main orders --from 36h',
      does: 'Reads the orders of the last 36 hours again. What is known already changes nothing.',
    },
    {
      command: 'crossdock backfill odoo-main deliveries --from 2026-11-20T08:00Z --json',
      does: 'The same from a moment on, for a script. Ctrl-C leaves it to the hub, which goes on with it.',
    },
  ],
  async run(options, { out, err }) {
    const [connection, feed, from] = [options.text('connection')!, options.text('feed')!, options.text('from')]
    if (!from) throw new UsageError('--from is needed: the moment to read from.')
    const { config, io } = configured(options, plainLog(err, 'error'))
    const sinceMs = momentOf(from, io.now())
    const { engine, close } = await openQuietly(config, io)
    let stopped = false
    void untilStopped().then(() => (stopped = true))
    const progress = overwrittenLine()
    try {
      const reason = 'A person asked for it.'
      const id = await startBackfill(engine, { connection, feed, sinceMs, reason })
      if (id === null) {
        err(`The feed ${feed} of ${connection} is being read again from that far back already. See crossdock schedule.`)
        return 0
      }
      let now = (await readBackfill(engine.database, id))!
      while (now.state === 'open' && !stopped) {
        await workBackfill(engine, connection)
        now = (await readBackfill(engine.database, id))!
        progress.show(`${now.pages} pages, ${now.read} read, ${now.missed} missed`)
        if (now.state === 'open') await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
      }
      progress.clear()
      out(options.flag('json') ? JSON.stringify(now) : describe(now))
      return now.state === 'failed' ? 1 : 0
    } finally {
      await close()
    }
  },
}

const describe = ({ id, connection, feed, since, state, read, missed, report }: BackfillView): string =>
  state === 'done'
    ? `Read ${feed} of ${connection} again since ${since}: ${missed} of ${read} were missed${missed > 0 ? ' and are being decided now' : ''}.`
    : state === 'failed'
      ? `Backfill ${id} failed: ${report ?? ''}`
      : `Backfill ${id} is not done yet; the hub goes on with it. See crossdock schedule.`

/** `36h` and `7d` count back; everything else is a moment with its zone. */
export function momentOf(text: string, nowMs: number): number {
  const ago = /^(\d+)\s*([hd])$/.exec(text)
  if (ago) return nowMs - Number(ago[1]) * (ago[2] === 'h' ? 3_600_000 : 86_400_000)
  const at = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN
  if (!Number.isFinite(at)) {
    throw new UsageError(
      `--from takes a moment with its zone (2026-11-20T08:00Z) or a time ago (36h, 7d), not '${text}'.`,
    )
  }
  if (at > nowMs) throw new UsageError('--from lies ahead: there is nothing to read again.')
  return at
}
