/**
 * `/metrics`: what the hub counted, and how its database and its process are right now. The database is asked what the
 * console asks it, at most every five seconds; while it is away the rest is still told.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type AlarmCount, countAlarms } from '#store/alarms.ts'
import { countFindings } from '#store/reconcile-findings.ts'
import type { Sql } from '#store/database.ts'
import { ALARMS } from '#core/order/accept.ts'
import { DEAD_CLASS_NAMES } from '#policy/dead-classes.ts'
import { countByClass, type LetterCount } from '#store/dead-letters.ts'
import { noticeTroubles } from '#store/dead-notices.ts'
import { readFleet } from '#store/fleet.ts'
import { databaseSize, openPerIntent, type OpenIntentsRow } from '#store/views.ts'
import type { Log } from '../io.ts'
import type { ConnectionState } from './connections.ts'
import { type Family, exposition, type Sample } from './exposition.ts'
import { DATABASE_GAUGES, type DatabaseGauge, PROCESS_GAUGES, type ProcessGauge } from './gauges.ts'
import { atMostEvery, type Overview } from './overview.ts'
import { type Stores, tillFigures, type TillFigures } from './stores.ts'

/** The alarm that stands at the end of an acceptance, until the channel has its answer. */
const ACCEPT_BY = ALARMS.by
const FRESH_MS = 5_000
/** Collectors wait ten seconds at most, as a rule. */
const PATIENCE_MS = 5_000
/** How often the main thread is looked at; what is measured includes this pause. */
const WATCH_MS = 20

export interface MetricsSource {
  sql: Sql
  now(): number
  log: Log
  overview(): Promise<Overview>
  /** Connections, and what can be asked of each. */
  connections: readonly { name: string; intents: readonly string[] }[]
  /** The stores the policy names. */
  stores?: Stores | undefined
  /** What the engine counted. */
  measured(): readonly Family[]
  startedMs: number
  version: string
}

export interface Metrics {
  read(): Promise<string>
  /** Ends the watch over the main thread. */
  close(): void
}

interface Figures {
  overview: Overview
  open: readonly OpenIntentsRow[]
  sizeBytes: number
  processes: number
  letters: readonly LetterCount[]
  notices: { failed: number; late: number }
  findings: readonly { kind: string; count: number }[]
  acceptances: readonly AlarmCount[]
  tills: TillFigures
}

export function createMetrics(source: MetricsSource): Metrics {
  const { sql, now, log, startedMs } = source
  const delay = monitorEventLoopDelay({ resolution: WATCH_MS })
  delay.enable()
  const figures = atMostEvery(FRESH_MS, now, async (): Promise<Figures> => {
    const [overview, open, sizeBytes, fleet, letters, notices, findings, acceptances, tills] = await Promise.all([
      source.overview(), openPerIntent(sql), databaseSize(sql), readFleet(sql), countByClass(sql), noticeTroubles(sql),
      countFindings(sql), countAlarms(sql, ACCEPT_BY), tillFigures(sql, { stores: source.stores ?? {}, nowMs: now() }),
    ]) // prettier-ignore
    return { overview, open, sizeBytes, processes: fleet.length, letters, notices, findings, acceptances, tills }
  })
  const patiently = (): Promise<Figures | null> =>
    Promise.race([figures(), givenUp()]).catch((error: unknown) => {
      log('warn', 'the figures of the database could not be read', { reason: (error as Error).message })
      return null
    })
  return {
    async read() {
      const known = await patiently()
      const ofDatabase = known ? families(DATABASE_GAUGES, databaseSamples(known, source)) : []
      const ofProcess = families(PROCESS_GAUGES, {
        build: [{ labels: { version: source.version, node: process.versions.node }, value: 1 }],
        databaseUp: one(known ? 1 : 0),
        start: one(startedMs / 1_000),
        ...processSamples(),
        lag: one(waitOf(delay.percentile(99))),
        lagMax: one(waitOf(delay.max)),
      })
      delay.reset()
      return exposition([...source.measured(), ...ofDatabase, ...ofProcess])
    },
    close: () => void delay.disable(),
  }
}

/** In seconds. */
const waitOf = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - WATCH_MS) / 1_000

function givenUp(): Promise<never> {
  return new Promise((_, reject) => {
    AbortSignal.timeout(PATIENCE_MS).addEventListener('abort', () =>
      reject(new Error(`The database did not answer within ${PATIENCE_MS / 1_000} s.`)),
    )
  })
}

type Table = Readonly<Record<string, { name: string; help: string; type?: 'counter' }>>

const families = <T extends Table>(table: T, samples: Record<keyof T & string, readonly Sample[]>): Family[] =>
  Object.entries(table).map(([key, { name, help, type }]) => ({
    name,
    help,
    type: type ?? 'gauge',
    samples: samples[key]!,
  }))

const one = (value: number): Sample[] => [{ labels: {}, value }]

const FINDING_KINDS = ['missed', 'unexpected', 'duplicate', 'stale', 'mismatched'] as const

const TILL_STATES = ['all', 'silent', 'gap', 'trouble'] as const

const STATES: readonly ConnectionState[] = ['ok', 'waiting', 'trouble', 'lost']

function databaseSamples(
  { overview, open, sizeBytes, processes, letters, notices, findings, acceptances, tills }: Figures,
  { now, connections, startedMs }: MetricsSource,
): Record<DatabaseGauge, readonly Sample[]> {
  const { queue, stock, stuck, byStatus } = overview
  const nowMs = now()
  const age = (at: string | null | undefined): number => (at ? Math.max(0, nowMs - Date.parse(at)) / 1_000 : 0)
  // Every kind there may be, so that a series is there before it is needed and says 0 when all is well.
  const owed = connections.flatMap(({ name, intents }) =>
    intents.map((intent) => ({
      labels: { connection: name, intent },
      row: open.find(({ connection, type }) => connection === name && type === intent),
    })),
  )
  return {
    undecided: one(queue.undecided),
    undecidedAge: one(age(queue.oldestUndecidedAt)),
    dead: one(queue.dead),
    letters: DEAD_CLASS_NAMES.flatMap((named): Sample[] => {
      const mine = letters.filter((row) => row.class === named)
      const none = { labels: { class: named, owner: '' }, value: 0 }
      return mine.length === 0
        ? [none]
        : mine.map(({ owner, count }) => ({ labels: { class: named, owner }, value: count }))
    }),
    notices: (['late', 'failed'] as const).map((state) => ({ labels: { state }, value: notices[state] })),
    open: owed.map(({ labels, row }) => ({ labels, value: row?.count ?? 0 })),
    openAge: owed.map(({ labels, row }) => ({ labels, value: age(row?.oldest) })),
    connection: overview.connections.flatMap(({ name, state }) =>
      STATES.map((each) => ({ labels: { connection: name, state: each }, value: state === each ? 1 : 0 })),
    ),
    feedLag: overview.connections.flatMap(({ name, feeds }) =>
      feeds.map(({ name: feed, caughtUpAt, dueAt }) => ({
        labels: { connection: name, feed },
        value: age(dueAt ?? caughtUpAt ?? new Date(startedMs).toISOString()),
      })),
    ),
    orders: byStatus.map(({ status, count }) => ({ labels: { status }, value: count })),
    ordersStuck: one(stuck.count),
    acceptances: connections
      .filter(({ intents }) => intents.includes('order.accept'))
      .map(({ name }) => ({
        labels: { connection: name },
        value: acceptances.find(({ of }) => of === name)?.count ?? 0,
      })),
    acceptanceLeft: acceptances.map(({ of, soonest }) => ({
      labels: { connection: of },
      value: (Date.parse(soonest) - nowMs) / 1_000,
    })),
    skus: one(stock.skus),
    differing: one(stock.disagreeingCount),
    oversold: one(stock.oversold),
    overOffered: one(stock.overOffered),
    stockIncidents: one(stock.incidents),
    processes: one(processes),
    findings: FINDING_KINDS.map((kind) => {
      const own = findings.filter((one) => one.kind === kind)
      return { labels: { kind }, value: own.reduce((sum, { count }) => sum + count, 0) }
    }),
    tills: TILL_STATES.map((state) => ({ labels: { state }, value: tills[state] })),
    receiptsHeld: one(tills.held),
    databaseSize: one(sizeBytes),
  }
}

function processSamples(): Pick<Record<ProcessGauge, Sample[]>, 'cpu' | 'memory' | 'heap'> {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed } = process.memoryUsage()
  return { cpu: one((user + system) / 1e6), memory: one(rss), heap: one(heapUsed) }
}
