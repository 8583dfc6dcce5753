/** The data of an order's page: all of its life from one statement, by indexes alone. */
import { must } from '#canon/assert.ts'
import type { Sql } from '#store/database.ts'
import { readTrace, TRACE, traceValues } from '#store/trace.ts'
import { expect, test } from 'vitest'
import { Fault } from '../fault.ts'
import { aHub } from '../../tests/holds/hub.ts'
import { HOPS_MAX } from './trace.ts'
import { orderPage } from './orders.ts'

const PAYMENTS = { stripe: { channels: ['shop'], waitFor: 'nothing' } } as const
const ORDER = 'order/shop/1001'
const STATEMENTS = ['query', 'prepared', 'run'] as const

async function lived() {
  const hub = await aHub({ policy: { payments: PAYMENTS as never } })
  const seen = { currency: 'USD', amount: 2_500, authorised: 2_500, closed: false, orderRef: 'shop:1001' }
  const at = '2026-11-20T10:00:00.000Z'
  const say = (command: object) => hub.hand('messages', [{ stream: 'payment/stripe/pi_1', command }])
  await say({ type: 'payment.observe', seen: { ...seen, captured: 0 }, at })
  await hub.order('1001')
  await say({ type: 'payment.observe', seen: { ...seen, captured: 2_500, closed: true }, at })
  await hub.order('1002')
  return hub
}

/** How often the database was asked. */
function counting(sql: Sql): { sql: Sql; asked: string[] } {
  const asked: string[] = []
  const counted = STATEMENTS.map((name) => [
    name,
    (text: string, values: unknown[]) => {
      asked.push(text)
      return sql[name](text, values)
    },
  ])
  return { sql: Object.fromEntries(counted) as Sql, asked }
}

test('one round trip brings the order, its streams beside, and its payment with what happened before the order came', async () => {
  const { engine } = await lived()
  const { sql, asked } = counting(engine.database)
  const page = must(await orderPage(sql, 'shop', '1001', new Map()), 'the order is known')
  expect(asked).toHaveLength(1)
  expect(page.payments).toMatchObject([{ paymentId: 'pi_1', captured: { amount: 2_500 } }])
  const money = page.trace.filter(({ about }) => about === 'money').map(({ title }) => title)
  expect(money).toContain('25.00 USD authorised')
  expect(money).toContain('25.00 USD captured in all')
  expect(money.indexOf('25.00 USD authorised')).toBeLessThan(money.indexOf('25.00 USD captured in all'))
  expect(page.trace.find(({ title }) => title === 'Order placed')).toMatchObject({ about: 'order', system: 'hub' })
  expect(page.trace.map(({ at }) => at)).toEqual(page.trace.map(({ at }) => at).toSorted())
  const { states } = await readTrace(engine.database, ORDER, HOPS_MAX)
  expect(states.map(({ stream }) => stream).toSorted()).toEqual(['fulfilment/shop/1001', ORDER])
  expect((await orderPage(sql, 'shop', '1002', new Map()))!.trace.map(({ title }) => title)).not.toContain(money[0])
  expect(await orderPage(sql, 'shop', 'nobody', new Map())).toBeNull()
})

test('a text that the database cannot read hides no order', async () => {
  const { engine, order } = await lived()
  await order('1003', { tags: ['a \u0000 byte', 'half \ud83d'] })
  expect(await orderPage(engine.database, 'shop', '1003', new Map())).toMatchObject({ summary: { externalId: '1003' } })
})

test('a dead letter stands in the life of its order, and so does how it ended', async () => {
  const { engine, erp, order } = await lived()
  erp.before = (type) => {
    if (type === 'sale.ensure') throw new Fault('rejected', 'Ada Byron is not to be served.')
  }
  await order('1004')
  const page = () => orderPage(engine.database, 'shop', '1004', new Map())
  const [letter] = await engine.database.query<{ id: number }>('select id from dead_letter where stream = $1', [
    'order/shop/1004',
  ])
  const told = must(
    (await page())!.trace.find((hop) => hop.letter === letter!.id),
    'the letter is told of',
  )
  expect(told).toMatchObject({ kind: 'failed', about: 'call' })
  expect(told.title).not.toContain('Byron')
  await engine.database.query(
    `update dead_letter set state = 'resolved', resolved_at = opened_at, resolution = 'by_hand'`,
  )
  expect((await page())!.trace.map(({ title }) => title)).toContain('A person says that it is mended')
})

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Index Cond'?: string
  'Filter'?: string
  'Plans'?: Plan[]
}
const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)]

test('every table is read by an index: with sequential scans forbidden, none is left', async () => {
  const { engine } = await lived()
  const plan = await engine.database.transaction(async (sql) => {
    await sql.query('set local enable_seqscan = off')
    await sql.query('set local enable_bitmapscan = off')
    const rows = await sql.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `explain (format json) ${TRACE}`,
      traceValues(ORDER, 10),
    )
    return nodes(rows[0]!['QUERY PLAN'][0]!.Plan)
  })
  const read = plan.filter((node) => node['Relation Name'] !== undefined)
  // An index that is walked from end to end has no condition.
  const narrow = (node: Plan) => node['Index Cond'] !== undefined && node.Filter === undefined
  expect(read.filter((node) => !narrow(node))).toEqual([])
  const tables = new Set(read.map((node) => node['Relation Name']!.replace(/_archive.*/, '')))
  expect([...tables].toSorted()).toEqual(['dead_letter', 'inbox', 'journal', 'outbox', 'stream'])
})
