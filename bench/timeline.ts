/**
 * The data of an order's page, for orders that have had a whole life, among a million others: how long it takes, in how
 * many round trips, and whether the database reads anything from end to end for it.
 */
import type { Sql } from '#store/database.ts'
import { streams } from '#core/streams.ts'
import { orderPage } from '#insight/orders.ts'
import { createRandom } from '#sim/random.ts'
import { readTrace, TRACE, traceValues } from '#store/trace.ts'
import { fill, sizeGB } from './fill.ts'
import { percentile, rounded, startClock } from './measure.ts'
import { openRetail, SHOP } from './retail.ts'
import type { Run } from './run.ts'
import { withServer } from './server.ts'
import { live } from './whole-life.ts'

const MANY = 1_000_000
const LIVES = 100
/** Pages a round, per life. */
const TIMES = 5
const HOPS = 2_000
const LETTER_EVERY = 200

export async function timelineBench({ orders = MANY, rounds, report }: Run) {
  return withServer(async ({ version, create }) => {
    const database = await create('timeline')
    const retail = await openRetail(database)
    const lived = await live(retail, 0, LIVES)
    report(`${lived.length} whole lives lived`)
    // The others come afterwards: what those left behind is as cold as it is between a million.
    await fill(database, orders, report)
    await letters(database, Math.ceil(orders / LETTER_EVERY))
    const counted = counting(database)
    const random = createRandom(3)
    const figures = { page: [] as number[], statement: [] as number[] }
    const hops: number[] = []
    const ids = Array.from({ length: rounds * TIMES * lived.length }, () => random.pick(lived).id)
    const cpu = process.cpuUsage()
    for (const id of ids) {
      const startedMs = startClock()
      const page = await orderPage(counted.sql, SHOP, id, new Map())
      figures.page.push(startClock() - startedMs)
      hops.push(page!.trace.length)
    }
    const { user, system } = process.cpuUsage(cpu)
    for (const id of ids) {
      const startedMs = startClock()
      await readTrace(database, streams.order(SHOP, id), HOPS)
      figures.statement.push(startClock() - startedMs)
    }
    const sorted = { page: figures.page.toSorted(byNumber), statement: figures.statement.toSorted(byNumber) }
    return {
      benchmark: 'timeline',
      postgres: version,
      orders: orders + lived.length,
      databaseGB: await sizeGB(database),
      pages: figures.page.length,
      hopsPerPage: percentile(hops.toSorted(byNumber), 0.5),
      p50Ms: rounded(percentile(sorted.page, 0.5), 2),
      p99Ms: rounded(percentile(sorted.page, 0.99), 2),
      cpuMsPerPage: rounded((user + system) / 1_000 / ids.length, 2),
      slowestMs: rounded(sorted.page.at(-1)!, 2),
      statement: {
        p50Ms: rounded(percentile(sorted.statement, 0.5), 2),
        p99Ms: rounded(percentile(sorted.statement, 0.99), 2),
      },
      roundTrips: counted.statements() / figures.page.length,
      readFromEndToEnd: await endToEnd(database, streams.order(SHOP, lived[0]!.id)),
      goals: { roundTrips: 1, readFromEndToEnd: [] },
    }
  })
}

const byNumber = (a: number, b: number): number => a - b

function counting(sql: Sql): { sql: Sql; statements(): number } {
  let statements = 0
  const counted =
    <T>(ask: (text: string, values?: readonly unknown[]) => T) =>
    (text: string, values?: readonly unknown[]): T => {
      statements += 1
      return ask(text, values)
    }
  const query = counted(sql.query.bind(sql)) as Sql['query']
  const prepared = counted(sql.prepared.bind(sql)) as Sql['prepared']
  return { sql: { query, prepared, run: counted(sql.run.bind(sql)) }, statements: () => statements }
}

/** Some of the others have died of something. */
async function letters(sql: Sql, many: number): Promise<void> {
  await sql.query(
    `insert into dead_letter (outbox_id, class, step, connection, what, stream, correlation, kind, code, message, owner,
       state, opened_at, failed_at)
     select -g, 'value', 'call', 'odoo', 'sale.ensure', s.stream, s.stream, 'rejected', 'no', 'No.', 'desk', 'resolved',
       s.created_at, s.created_at
     from (select stream, created_at, row_number() over () as g from stream where kind = 'order' limit $1) s`,
    [many],
  )
  await sql.query('analyze dead_letter')
}

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Cond'?: string
  'Plans'?: Plan[]
}

/** Tables that the planner would read whole, or by an index without a condition. */
async function endToEnd(sql: Sql, order: string): Promise<string[]> {
  const rows = await sql.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
    `explain (format json) ${TRACE}`,
    traceValues(order, HOPS),
  )
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)]
  return nodes(rows[0]!['QUERY PLAN'][0]!.Plan)
    .filter((node) => node['Relation Name'] !== undefined && node['Node Type'] !== 'Bitmap Heap Scan')
    .filter((node) => node['Index Cond'] === undefined)
    .map((node) => `${node['Node Type']} of ${node['Relation Name']}`)
}
