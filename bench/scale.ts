/**
 * What more processes bring: 1, 2 and 4 real hub processes on one PostgreSQL, between simulators that listen on ports
 * and take 50 ms for every call. Orders arrive; each process makes one call of a kind at a time to Odoo, and all
 * together as many as they have learnt that it bears.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createEstate, ERP, SHOP } from '#sim/estate.ts'
import { listen } from '#sim/listen.ts'
import { createRandom } from '#sim/random.ts'
import type { Database } from '#store/database.ts'
import { insertInbox } from '#store/inbox.ts'
import type { Fetch } from '../src/io.ts'
import { interleave, median, ratioOf, rounded, seconds, startClock } from './measure.ts'
import type { Run } from './run.ts'
import { empty, withServer } from './server.ts'
import { orderBody } from './shop.ts'

const CHILD = fileURLToPath(new URL('./scale-child.ts', import.meta.url))
const LATENCY_MS = 50
const ORDERS = 200
/** Calls to Odoo at once at most, of all processes. */
export const AT_ONCE = 16
const PATIENCE_MS = 120_000
const LOOK_MS = 20

/** What a child is told. */
export interface ScaleOrder {
  database: string
  shop: string
  erp: string
}

export async function scale({ orders = ORDERS, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const database = await create('scale')
    const random = createRandom(1)
    const estate = createEstate({ now: () => Date.now(), random: random.next }, random, { skus: 2, stock: [20, 90] })
    const counted = { calls: 0 }
    const [shop, erp] = [await listen(slow(estate.shop.fetch)), await listen(slow(estate.erp.fetch, counted))]
    const told: ScaleOrder = { database: database.url, shop: shop.url, erp: erp.url }
    let from = 0
    const measured = (processes: number) => async () => {
      from += orders
      return customersPerSecond(database, told, { processes, from, orders })
    }
    try {
      const figures = await interleave({ one: measured(1), two: measured(2), four: measured(4) }, rounds, report)
      return {
        benchmark: 'scale',
        postgres: version,
        customersPerSecond: {
          one: rounded(median(figures.one), 1),
          two: rounded(median(figures.two), 1),
          four: rounded(median(figures.four), 1),
        },
        ratioTwoToOne: rounded(ratioOf(figures.two, figures.one), 2),
        ratioFourToOne: rounded(ratioOf(figures.four, figures.one), 2),
        callsPerCustomer: rounded(counted.calls / (from || 1), 2),
        latencyMs: LATENCY_MS,
        callsAtOnceAtMost: AT_ONCE,
        callsAtOnceLearnt: await learnt(database),
        orders,
        rounds,
        goals: { ratioTwoToOne: 1.8, ratioFourToOne: 3.4 },
      }
    } finally {
      await shop.close()
      await erp.close()
    }
  })
}

async function learnt(database: Database): Promise<number> {
  const [row] = await database.query<{ at_once: number }>('select at_once from governor where connection = $1', [ERP])
  return rounded(row?.at_once ?? 1, 1)
}

/** The vendor's own latency: the work it does is not ours to measure. */
const slow =
  (fetch: Fetch, counted?: { calls: number }): Fetch =>
  async (request) => {
    if (counted) counted.calls += 1
    await pause(LATENCY_MS)
    return fetch(request)
  }

interface Round {
  processes: number
  /** Number of the first order: no customer is known from an earlier round. */
  from: number
  orders: number
}

/** Orders that are not paid yet arrive at once; the clock stops when Odoo has every customer of theirs. */
async function customersPerSecond(
  database: Database,
  told: ScaleOrder,
  { processes, from, orders }: Round,
): Promise<number> {
  await empty(database)
  await database.query('truncate process')
  const children = await Promise.all(Array.from({ length: processes }, () => start(told)))
  try {
    await until(
      database,
      `select not exists (select 1 from inbox where state = 'new')
      and not exists (select 1 from outbox where state = 'open') as done`,
    )
    const startedMs = startClock()
    await insertInbox(
      database,
      Array.from({ length: orders }, (_, index) => ({
        source: SHOP, key: `order ${from + index}`, kind: 'delivery' as const, topic: 'orders/create',
        body: unpaid(from + index), correlation: null, receivedAt: new Date().toISOString(), priority: 5,
      })), // prettier-ignore
    )
    await until(
      database,
      `select count(*) = ${orders} as done from outbox where type = 'customer.ensure' and state = 'done'`,
    )
    return orders / seconds(startedMs)
  } finally {
    await Promise.all(children.map(stop))
  }
}

/** Only the customer of an order that is not paid goes to Odoo: work that no lane puts in a row. */
function unpaid(number: number): Buffer {
  const body = JSON.parse(orderBody(number).toString()) as Record<string, unknown>
  return Buffer.from(JSON.stringify({ ...body, financial_status: 'pending' }))
}

async function until(database: Database, question: string): Promise<void> {
  const startedMs = startClock()
  for (;;) {
    const [row] = await database.query<{ done: boolean }>(question)
    if (row!.done) return
    if (seconds(startedMs) * 1_000 > PATIENCE_MS) throw new Error('The processes did not get their work done.')
    await pause(LOOK_MS)
  }
}

async function start(told: ScaleOrder): Promise<ChildProcess> {
  const child = fork(CHILD, { stdio: 'inherit' })
  child.send(told)
  const [said] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [unknown]
  if (said !== 'at work') throw new Error(`A process ended before it was at work: ${String(said)}.`)
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.send('stop')
  await ended
}
