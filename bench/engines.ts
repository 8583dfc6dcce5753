/**
 * Orders a second through six steps, each safe to be killed in, against engines one could have built on, on the same
 * PostgreSQL. All write the same eight events and the same row of state. The hub does it in both its ways: with steps
 * that lead to each other by notes, which do what a job of the others does, and with steps that each owe a call to
 * another system, leased, made outside any transaction, and answered through the inbox, which the others do not do.
 */
import pg from 'pg'
import { bullmq, redisThere } from './engines/bullmq.ts'
import { checkHub, crossdock, type Form } from './engines/crossdock.ts'
import { dbos } from './engines/dbos.ts'
import { type Candidate, check, createTables, type Pool } from './engines/flow.ts'
import { graphileWorker } from './engines/graphile-worker.ts'
import { install, VERSIONS } from './engines/install.ts'
import { pgBoss } from './engines/pg-boss.ts'
import { interleave, median, ratioOf, rounded, seconds, startClock } from './measure.ts'
import type { Run } from './run.ts'
import { type BenchServer, empty, withServer } from './server.ts'

const ORDERS = 1_000

type Ours = 'crossdock' | 'crossdockCalling'
type Name = 'pgBoss' | 'graphileWorker' | 'bullmq' | 'dbos'
const MAKERS: Readonly<Record<Name, (url: string, pool: Pool) => Promise<Candidate>>> = {
  pgBoss,
  graphileWorker,
  bullmq,
  dbos,
}

export async function engines({ orders = ORDERS, rounds, report }: Run) {
  install(report)
  return withServer(async (server) => {
    const others = Object.keys(MAKERS).filter((name) => name !== 'bullmq' || redisThere()) as Name[]
    if (!others.includes('bullmq')) report('There is no redis-server: BullMQ is left out. Install redis-server.')
    const opened: [Name, Opened][] = []
    try {
      const ours = {
        crossdock: await hub(server, orders, 'notes'),
        crossdockCalling: await hub(server, orders, 'calls'),
      }
      for (const name of others) opened.push([name, await open(server, name)])
      let round = 0
      const entries = opened.map(([name, { candidate, pool }]) => {
        const run = async () => {
          await pool.query('truncate flow_order, flow_event')
          round += 1
          const ids = Array.from({ length: orders }, (_, index) => `${round}-${index}`)
          const startedMs = startClock()
          await candidate.run(ids)
          const spent = seconds(startedMs)
          await check(pool, orders)
          return orders / spent
        }
        return [name, run] as const
      })
      const figures = await interleave({ ...ours, ...Object.fromEntries(entries) }, rounds, report)
      return summary(server.version, others, figures as Record<Name | Ours, number[]>, orders, rounds)
    } finally {
      for (const [, { candidate, pool }] of opened) {
        await candidate.stop()
        await pool.end()
      }
    }
  })
}

interface Opened {
  candidate: Candidate
  pool: Pool
}

async function open(server: BenchServer, name: Name): Promise<Opened> {
  const { url } = await server.create(`engine_${name.toLowerCase()}`)
  const pool = new pg.Pool({ connectionString: url, max: 6, idleTimeoutMillis: 200 }).on(
    'error',
    () => {},
  ) as unknown as Pool
  try {
    await createTables(pool)
    return { pool, candidate: await MAKERS[name](url, pool) }
  } catch (error) {
    await pool.end()
    throw error
  }
}

async function hub(server: BenchServer, orders: number, form: Form): Promise<() => Promise<number>> {
  const database = await server.create(`engine_crossdock_${form}`)
  let round = 0
  return async () => {
    await empty(database)
    round += 1
    const candidate = crossdock(database, form)
    const ids = Array.from({ length: orders }, (_, index) => `${round}-${index}`)
    const startedMs = startClock()
    await candidate.run(ids)
    const spent = seconds(startedMs)
    await candidate.stop()
    await checkHub(database, orders)
    return orders / spent
  }
}

function summary(
  postgres: string,
  others: readonly Name[],
  figures: Record<Name | Ours, number[]>,
  orders: number,
  rounds: number,
) {
  const best = others.reduce((one, other) => (median(figures[other]) > median(figures[one]) ? other : one))
  return {
    benchmark: 'engines',
    postgres,
    versions: VERSIONS,
    ordersPerSecond: Object.fromEntries(
      (['crossdock', 'crossdockCalling', ...others] as const).map((name) => [name, rounded(median(figures[name]))]),
    ),
    bestOfTheOthers: best,
    ratioToBest: rounded(ratioOf(figures.crossdock, figures[best]), 2),
    ratioToDbos: rounded(ratioOf(figures.crossdock, figures.dbos), 2),
    calling: {
      ratioToBest: rounded(ratioOf(figures.crossdockCalling, figures[best]), 2),
      ratioToDbos: rounded(ratioOf(figures.crossdockCalling, figures.dbos), 2),
    },
    orders,
    rounds,
    goals: { ratioToBest: 2, ratioToDbos: 10 },
  }
}
