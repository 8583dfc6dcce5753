/**
 * `crossdock crash`: a real hub process is killed at every place it can be, between simulated systems that survive it,
 * and the auditor asks everybody what is left.
 */
import { fileURLToPath } from 'node:url'
import { countHarms, harmOf, HARMS } from '#sim/matrix/verdict.ts'
import { planAgain, planRuns, pointsOf, REQUIRED } from '#sim/matrix/plan.ts'
import { performRun, type RunPlan, type RunReport } from '#sim/matrix/run.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { startEmbedded } from '#store/embedded.ts'
import { migrate, readMigrations } from '#store/migrate.ts'
import { elapsedMs, realIo } from '../io.ts'
import { type Command, type Streams, UsageError } from './command.ts'
import { MIGRATIONS } from './open.ts'
import { JSON_OPTION } from './shared.ts'
import { bar, overwrittenLine } from './progress-line.ts'

const ENTRY = fileURLToPath(new URL('crash-hub.ts', import.meta.url))
const DIRECTORY = fileURLToPath(new URL('../../.crossdock/crash', import.meta.url))

export const crash: Command = {
  name: 'crash',
  options: {
    'points': { type: 'string', value: 'text', description: 'Only places whose name contains this.' },
    'seeds': { type: 'string', value: 'n', description: 'How many different days.', default: '1' },
    'from': { type: 'string', value: 'n', description: 'The first seed.', default: '1' },
    'shoppers': { type: 'string', value: 'n', description: 'Customers a day.', default: '8' },
    'thorough': { type: 'boolean', description: 'Four ways of dying at each place, instead of one in turn.' },
    'at-once': { type: 'string', value: 'n', description: 'Runs at the same time.', default: '4' },
    'database': {
      type: 'string',
      value: 'url',
      description: 'A PostgreSQL to make databases in. An embedded one unless said.',
    },
    'list': { type: 'boolean', description: 'Only say which places there are, and how often a day passes them.' },
    'json': JSON_OPTION,
  },
  examples: [
    { command: 'crossdock crash --json', does: 'The whole matrix; prints {points, runs, deaths, lost, twice, …}.' },
    { command: 'crossdock crash --points sale.ensure --thorough', does: 'Every way of dying while a sale is made.' },
    { command: 'crossdock crash --list', does: 'Says where a hub can be killed.' },
  ],
  async run(options, streams) {
    const seeds = options.number('seeds', { from: 1, to: 10_000, default: 1 })
    const from = options.number('from', { from: 0, to: 2 ** 31, default: 1 })
    const filter = options.text('points') ?? ''
    const atOnce = options.number('at-once', { from: 1, to: 64, default: 4 })
    const shoppers = options.number('shoppers', { from: 1, to: 1_000, default: 8 })
    const startedMs = elapsedMs()
    return withServer(options.text('database'), async (server) => {
      const perform = (plan: RunPlan, migrated: boolean) =>
        server.withDatabase(migrated, (database) =>
          performRun(plan, { entry: ENTRY, database, alone: server.embedded, shoppers, now: realIo().now }),
        )
      const plans: RunPlan[] = []
      const reports: RunReport[] = []
      const points = new Set<string>()
      for (let seed = from; seed < from + seeds; seed += 1) {
        const rehearsal = await perform({ seed, fatals: [] }, false)
        reports.push(rehearsal)
        if (filter === '' && !options.flag('list')) requireAll(rehearsal.passed)
        for (const point of pointsOf({ passed: rehearsal.passed, filter })) points.add(point)
        if (options.flag('list')) {
          for (const point of points) streams.out(`${String(rehearsal.passed[point]).padStart(6)}  ${point}`)
          return 0
        }
        plans.push(...planRuns({ passed: rehearsal.passed, seed, thorough: options.flag('thorough'), filter }))
      }
      if (points.size === 0) throw new UsageError(`No place is called like '${filter}'. See crossdock crash --list.`)
      const progress = progressOf(plans.length)
      const performOne = async (plan: RunPlan) => {
        const report = await perform(plan, !isMigration(plan))
        reports.push(report)
        progress.next(report.findings.length > 0)
        if (report.findings.length > 0) tell(report, streams)
      }
      await inTurns(plans, atOnce, performOne)
      for (let again = 0; again < DAYS_AGAIN; again += 1)
        await inTurns(planAgain(unreached(points, reports), from + again), atOnce, performOne)
      progress.clear()
      const result = sumUp(points, reports, startedMs)
      streams.out(options.flag('json') ? JSON.stringify(result) : describe(result))
      return result.harmed === 0 && result.unreached.length === 0 ? 0 : 1
    })
  },
}

/** A place that a hub did not come by has so many more days in which it may. */
const DAYS_AGAIN = 3

function unreached(points: ReadonlySet<string>, reports: readonly RunReport[]): string[] {
  const died = reports.filter(({ deaths }) => deaths > 0)
  const reached = new Set(died.flatMap(({ fatals }) => fatals.map(({ point }) => point)))
  return [...points].filter((point) => !reached.has(point))
}

const isMigration = ({ fatals }: RunPlan): boolean => fatals.some(({ point }) => point.startsWith('migrate.'))

function requireAll(passed: Readonly<Record<string, number>>): void {
  const missing = REQUIRED.filter((point) => !(point in passed))
  if (missing.length === 0) return
  throw new Error(
    `The day without a kill never passed ${missing.join(', ')}. If statements or calls of the hub were renamed, ` +
      'rename them in src/sim/matrix/points.ts and plan.ts too.',
  )
}

function tell({ seed, fatals, findings, log }: RunReport, { err }: Streams): void {
  const where = fatals.map(({ point, passing }) => `${point} (${passing})`).join(', then ')
  err(`\nseed ${seed}, killed at ${where || 'no place'}:`)
  for (const finding of findings) err(`  ${harmOf(finding)}: ${finding}`)
  for (const line of log.slice(-5)) err(`    ${line.slice(0, 300)}`)
}

function sumUp(points: ReadonlySet<string>, reports: readonly RunReport[], startedMs: number) {
  const harms = countHarms(reports.flatMap(({ findings }) => findings))
  return {
    points: points.size,
    runs: reports.length,
    deaths: reports.reduce((all, { deaths }) => all + deaths, 0),
    orders: reports.reduce((all, { orders }) => all + orders, 0),
    ...harms,
    harmed: reports.filter(({ findings }) => findings.length > 0).length,
    unreached: unreached(points, reports),
    seconds: Math.round((elapsedMs() - startedMs) / 100) / 10,
  }
}

function describe({ points, runs, deaths, orders, harmed, unreached, seconds, ...harms }: ReturnType<typeof sumUp>) {
  const counts = HARMS.map((harm) => `${harm} ${harms[harm]}`).join(' · ')
  return [
    `${points} places, ${runs} days with ${orders} orders, ${deaths} deaths in ${seconds} s.`,
    `${counts} · days with any of it ${harmed}`,
    ...(unreached.length > 0 ? [`Never died at: ${unreached.join(', ')}`] : []),
  ].join('\n')
}

/** So many at once, each begun when another has ended. */
async function inTurns<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items]
  const one = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: atOnce }, one))
}

function progressOf(all: number): { next(harmed: boolean): void; clear(): void } {
  const { show, clear } = overwrittenLine()
  const startedMs = elapsedMs()
  let done = 0
  let bad = 0
  return {
    next(harmed) {
      done += 1
      if (harmed) bad += 1
      const seconds = Math.round((elapsedMs() - startedMs) / 1_000)
      show(`${bar(done, all, 30, '·')} ${done} of ${all} days, ${bad} bad, ${seconds} s`)
    },
    clear,
  }
}

interface Server {
  embedded: boolean
  /** A database of its own, gone afterwards. */
  withDatabase<T>(migrated: boolean, work: (database: Database) => Promise<T>): Promise<T>
}

async function withServer<T>(url: string | undefined, work: (server: Server) => Promise<T>): Promise<T> {
  const options = { max: 4, applicationName: 'crossdock-crash', onError: () => {} }
  // The server is not what dies here, so it need not wait for the disk.
  const server = { directory: DIRECTORY, log: () => {}, shared: true, durable: false }
  const embedded = url === undefined ? await startEmbedded(server) : null
  const admin = openDatabase(embedded?.url ?? url!, options)
  const named = (name: string): string => {
    const target = new URL(admin.url)
    target.pathname = `/${name}`
    return target.href
  }
  const own = `crossdock_crash_${process.pid}`
  let made = 0
  const withDatabase: Server['withDatabase'] = async (migrated, use) => {
    const name = `${own}_${(made += 1)}`
    await admin.query(`create database ${name} template ${migrated ? own : 'template0'} strategy file_copy`)
    const database = openDatabase(named(name), options)
    try {
      return await use(database)
    } finally {
      await database.close()
      await admin.query(`drop database if exists ${name} with (force)`)
    }
  }
  try {
    await admin.query(`create database ${own} template template0`)
    const template = openDatabase(named(own), options)
    try {
      await migrate(template, readMigrations(MIGRATIONS), { now: realIo().now })
    } finally {
      await template.close()
    }
    return await work({ embedded: embedded !== null, withDatabase })
  } finally {
    await admin.query(`drop database if exists ${own} with (force)`)
    await admin.close()
    await embedded?.stop()
  }
}
