/** `crossdock sim`: seeded days of a simulated retailer with faults, and an auditor who asks every system what it believes. */
import { fileURLToPath } from 'node:url'
import { migrate, readMigrations } from '#store/migrate.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { startEmbedded } from '#store/embedded.ts'
import { runWorld, type WorldReport } from '#sim/world.ts'
import { environment } from '../config.ts'
import { elapsedMs } from '../io.ts'
import type { Command } from './command.ts'
import { MIGRATIONS } from './open.ts'
import { JSON_OPTION } from './shared.ts'

const DIRECTORY = fileURLToPath(new URL('../../.crossdock/sim', import.meta.url))

export const sim: Command = {
  name: 'sim',
  summary: 'live through seeded days with faults, and audit them',
  options: {
    seeds: { type: 'string', value: 'n', description: 'How many days.', default: '20' },
    from: { type: 'string', value: 'n', description: 'The first seed.', default: '1' },
    shoppers: { type: 'string', value: 'n', description: 'Customers a day.', default: '20' },
    json: JSON_OPTION,
  },
  examples: [
    { command: 'crossdock sim --seeds 100 --json', does: 'A hundred days; prints {seeds, broken, faults, orders}.' },
    { command: 'crossdock sim --from 42 --seeds 1', does: 'Repeats one day exactly and says what the auditor found.' },
  ],
  async run(options, { out, err }) {
    const seeds = options.number('seeds', { from: 1, to: 1_000_000, default: 20 })
    const from = options.number('from', { from: 0, to: 2 ** 31, default: 1 })
    const shoppers = options.number('shoppers', { from: 1, to: 100_000, default: 20 })
    const started = elapsedMs()
    const reports = await withDatabase(async (database) => {
      const done: WorldReport[] = []
      for (let seed = from; seed < from + seeds; seed += 1) {
        await empty(database)
        const report = await runWorld(database, { seed, shoppers })
        done.push(report)
        for (const finding of report.findings) err(`seed ${seed}: ${finding}`)
        if (done.length % 10 === 0 || done.length === seeds) err(progress(done, seeds, elapsedMs() - started))
      }
      return done
    })
    const broken = reports.filter(({ findings }) => findings.length > 0)
    const total = (of: (report: WorldReport) => number) => reports.reduce((all, report) => all + of(report), 0)
    const result = { seeds, broken: broken.length, faults: total((one) => one.faults), orders: total((one) => one.orders) }
    if (options.flag('json')) {
      out(JSON.stringify(seeds === 1 ? { ...result, restarts: reports[0]!.restarts, journal: reports[0]!.journal } : result))
    } else {
      out(`${seeds} days, ${result.orders} orders, ${result.faults} faults: ${broken.length} days broken.`)
      for (const { seed } of broken.slice(0, 10)) out(`Repeat one with: npx crossdock sim --from ${seed} --seeds 1 --shoppers ${shoppers}`)
    }
    return broken.length === 0 ? 0 : 1
  },
}

const progress = (done: readonly WorldReport[], seeds: number, ms: number): string =>
  `${done.length} of ${seeds} days, ${done.filter(({ findings }) => findings.length > 0).length} broken, ${Math.round(ms / 1_000)} s`

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const options = { max: 2, applicationName: 'crossdock-sim', onError: () => {} }
  const own = environment.databaseUrl === undefined
  const embedded = own ? await startEmbedded({ directory: DIRECTORY, log: () => {}, shared: true, durable: false }) : null
  const admin = openDatabase(embedded?.url ?? environment.databaseUrl!, options)
  const name = `crossdock_sim_${process.pid}`
  await admin.query(`create database ${name} template template0`)
  const url = new URL(admin.url)
  url.pathname = `/${name}`
  const database = openDatabase(url.href, options)
  try {
    await migrate(database, readMigrations(MIGRATIONS), { now: () => 0 })
    return await work(database)
  } finally {
    await database.close()
    await admin.query(`drop database if exists ${name} with (force)`)
    await admin.close()
    await embedded?.stop()
  }
}

/** As new, identity columns included. */
export const empty = (database: Database): Promise<unknown[]> =>
  database.query('truncate inbox, journal, stream, outbox, cursor, upkeep restart identity')
