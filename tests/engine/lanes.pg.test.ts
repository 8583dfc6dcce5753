/** Lanes on a real PostgreSQL: serial over all processes, nobody waits for ever, bulk work in its hours. */
import { expect, test } from 'vitest'
import { openBudget } from '#connectors/kit/budget.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import { dispatch, type Lane } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { poll } from '#engine/feed.ts'
import type { Windows } from '#policy/windows.ts'
import type { Database } from '#store/database.ts'
import { claimIntents, insertIntents } from '#store/outbox.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const START_MS = Date.parse('2026-11-27T10:00:00.000Z')

const CONFIRM: Lane = { connection: 'erp', name: 'confirm', types: ['sale.ensure', 'sale.cancel'] }
const CUSTOMERS: Lane = { connection: 'erp', name: 'customer.ensure', types: ['customer.ensure'] }

async function world(change: Partial<Connection> = {}, windows?: Windows) {
  const database = await freshDatabase()
  const clock = { ms: START_MS }
  const erp = Object.assign(anErp({ MUG: 1_000 }), change)
  const processOf = (owner: string): Engine => {
    const engine = anEngine(database, { shop: aShop(), erp }, { owner, ...(windows ? { windows } : {}) })
    return { ...engine, io: { ...engine.io, now: () => clock.ms, jitter: () => 1, log: () => {} } }
  }
  return { database, clock, erp, processOf }
}

const owe = (database: Database, names: readonly string[], type: string, priority: number) =>
  insertIntents(
    database,
    names.map((name) => {
      const ask = { key: name, name, orderRef: `shop:${name}`, warehouse: 'WH', order: anOrder(name), externalRef: 'x' }
      const key = `${name}/1/0`
      const [stream, correlation] = [name, name]
      return { key, stream, version: 1, connection: 'erp', type, correlation, priority, ask: JSON.stringify(ask) }
    }),
    new Date(START_MS).toISOString(),
  )

const named = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`)

/** The ERP's answers wait until they are let go. */
function gate(erp: Connection, type: 'sale.ensure' | 'customer.ensure') {
  const waiting: (() => void)[] = []
  const state = { busy: 0, most: 0 }
  const outbound = erp.outbound[type]!
  const { send } = outbound
  outbound.send = async (sent: never) => {
    state.busy += 1
    state.most = Math.max(state.most, state.busy)
    await new Promise<void>((go) => waiting.push(go))
    state.busy -= 1
    return send(sent) as never
  }
  return { state, open: () => waiting.splice(0).forEach((go) => go()), waiting }
}

const until = async (done: () => boolean) => {
  while (!done()) await new Promise((resolve) => setImmediate(resolve))
}

test('a serial lane is worked by one process at a time, and goes on when a dead one’s lease is over', async () => {
  const { database, clock, erp, processOf } = await world()
  const [one, two] = [processOf('one'), processOf('two')]
  const calls = gate(erp, 'sale.ensure')
  await owe(database, named('order/shop/', 30), 'sale.ensure', 3)
  const first = dispatch(one, CONFIRM)
  await until(() => calls.waiting.length === 1)
  expect(await dispatch(two, CONFIRM)).toBe(0)
  clock.ms += 5 * 60_000 - 1
  expect(await dispatch(two, CONFIRM)).toBe(0)
  // The lease runs out: whoever had it counts as dead.
  clock.ms += 1
  const second = dispatch(two, CONFIRM)
  await until(() => calls.waiting.length === 2)
  calls.open()
  await Promise.all([first, second])
  expect(await database.query(`select 1 from outbox where state = 'done'`)).toHaveLength(10)
})

test('two processes that claim from a serial lane at the same moment do not both get some', async () => {
  for (let round = 0; round < 10; round += 1) {
    const { database, erp, processOf } = await world()
    const calls = gate(erp, 'sale.ensure')
    await owe(database, named('order/shop/', 40), 'sale.ensure', 3)
    const all = ['one', 'two', 'three'].map((owner) => dispatch(processOf(owner), CONFIRM))
    await until(() => calls.waiting.length > 0)
    let left = all.length
    for (const one of all) void one.then(() => (left -= 1))
    await until(() => left + calls.waiting.length === 2 || calls.waiting.length > 1 || left === 1)
    calls.open()
    await Promise.all(all)
    expect(calls.state.most).toBe(1)
  }
})

test('processes share what a system bears: with one call under way in one, the other waits', async () => {
  const { database, erp, processOf } = await world({ adaptive: true, concurrency: 4 })
  const calls = gate(erp, 'customer.ensure')
  await owe(database, named('customer/', 6), 'customer.ensure', 7)
  const first = dispatch(processOf('one'), CUSTOMERS)
  await until(() => calls.waiting.length === 1)
  // The same outside, met by a process with a memory of its own.
  const other = { ...processOf('two'), connections: new Map<string, Connection>([['erp', { ...erp }]]) }
  expect(await dispatch(other, CUSTOMERS)).toBe(0)
  calls.open()
  await first
  const second = dispatch(other, CUSTOMERS)
  await until(() => calls.waiting.length === 1)
  calls.open()
  expect(await second).toBe(1)
})

test('a flood of what is more important does not hold the rest for ever', async () => {
  const { database, erp, processOf } = await world()
  const lane: Lane = { connection: 'erp', name: 'both', types: ['sale.ensure', 'customer.ensure'] }
  erp.outbound['sale.ensure'] = { ...erp.outbound['sale.ensure']!, batch: 1 }
  delete erp.outbound['sale.ensure'].serial
  await owe(database, ['customer/x'], 'customer.ensure', 7)
  await owe(database, named('order/shop/', 40), 'sale.ensure', 3)
  const engine = processOf('one')
  for (let claim = 0; claim < 10; claim += 1) await dispatch(engine, lane)
  expect(erp.calls).toHaveLength(10)
  expect(erp.calls.filter((call) => call.startsWith('customer'))).toHaveLength(1)
})

/** Sales and customers go out alone, in one lane. @param before is told the type of each call. */
function oneByOne(erp: Connection, before: (type: string) => unknown): Lane {
  for (const type of ['sale.ensure', 'customer.ensure'] as const) {
    const { send } = erp.outbound[type]! as { send: (sent: never) => Promise<never> }
    const asked = async (sent: never) => {
      await before(type)
      return send(sent)
    }
    erp.outbound[type] = { batch: 1, send: asked } as never
  }
  return { connection: 'erp', name: 'both', types: ['sale.ensure', 'customer.ensure'] }
}

test('the longest waiting has every eighth call, however often our own budget says no', async () => {
  let claims = 0
  const { database, erp, processOf } = await world()
  const lane = oneByOne(erp, () => {
    if ((claims += 1) % 2 === 1) throw new Fault('throttled', 'Not yet.', { own: true, retryAfterMs: 0 })
  })
  await owe(database, named('customer/', 8), 'customer.ensure', 7)
  await owe(database, named('order/shop/', 40), 'sale.ensure', 3)
  const engine = processOf('one')
  for (let claim = 0; claim < 32; claim += 1) await dispatch(engine, lane)
  expect(erp.calls).toHaveLength(16)
  expect(erp.calls.filter((call) => call.startsWith('customer'))).toHaveLength(2)
})

test('what one kind of call lacks keeps no other of its connection, nor of its lane', async () => {
  const limits = { 'sale.ensure': { burst: 3, perSecond: 0.1 }, 'customer.ensure': { burst: 20, perSecond: 10 } }
  const { database, clock, erp, processOf } = await world({
    budget: openBudget({ vendor: 'Sim', limits, now: () => clock.ms }),
  })
  const lane = oneByOne(erp, async (type) => {
    const bill = await erp.budget!.draw({ bucket: type, price: 1, what: type })
    bill({})
  })
  await owe(database, named('order/shop/', 4), 'sale.ensure', 3)
  await owe(database, named('customer/', 3), 'customer.ensure', 7)
  const engine = processOf('one')
  const work = async () => {
    while ((await dispatch(engine, lane)) > 0);
    return erp.calls.map((call) => call.split('.')[0])
  }
  expect(await work()).toEqual(['sale', 'sale', 'customer', 'customer', 'customer'])
  // Nothing was claimed in vain: the last call said for how long nothing is left.
  expect(await database.query(`select attempts from outbox where type = 'sale.ensure' order by id`)).toEqual([
    { attempts: 1 },
    { attempts: 1 },
    { attempts: 0 },
    { attempts: 0 },
  ])
  clock.ms += 10_000
  expect((await work()).slice(5)).toEqual(['sale'])
})

test.each([
  ['a few rows', 'with thousands open', 150, true],
  ['each row once', 'when the planner believes that nothing is', 3 * 3_000, false],
])('a claim reads %s %s', async (_, __, most, isAnalysed) => {
  const { database } = await world()
  await database.query('analyze outbox')
  await owe(database, named('customer/', 3_000), 'customer.ensure', 7)
  if (isAnalysed) await database.query('analyze outbox')
  const at = new Date(START_MS).toISOString()
  const claim = { ...CUSTOMERS, limit: 1, owner: 'one', now: at, leaseUntil: at, serial: [] }
  const blocks: number[] = []
  const explained: typeof database.prepared = async (text, values) => {
    const [row] = await database.query<Plan>(`explain (analyze, buffers, format json) ${text}`, values)
    blocks.push(row!['QUERY PLAN'][0]!.Plan['Shared Hit Blocks'])
    return []
  }
  for (const oldestFirst of [false, true])
    await claimIntents({ ...database, prepared: explained }, { ...claim, oldestFirst })
  expect(Math.max(...blocks)).toBeLessThan(most)
})

interface Plan {
  'QUERY PLAN': readonly [{ Plan: { 'Shared Hit Blocks': number } }]
}

test('T15: 40001 on 30 % of the calls: all applied once, and fewer calls at a time', async () => {
  const { database, clock, erp, processOf } = await world({ adaptive: true, concurrency: 3 })
  let [n, conflicts] = [0, false]
  const state = { busy: 0, most: 0 }
  const applied = new Map<string, number>()
  const types = ['customer.ensure', 'invoice.ensure', 'stock.read'] as const
  for (const type of types) {
    erp.outbound[type] = {
      async send(sent: readonly { key: string }[]) {
        state.busy += 1
        state.most = Math.max(state.most, state.busy)
        // As slow as the database that the others claim from, and at first slow enough for all to meet.
        await database.query(state.most < 3 && !conflicts ? 'select pg_sleep(0.1)' : 'select 1')
        state.busy -= 1
        if (conflicts && (n += 1) % 10 < 3) throw new Fault('conflict', 'could not serialize access')
        for (const { key } of sent) applied.set(key, (applied.get(key) ?? 0) + 1)
        return sent.map(() => ({ answer: {} })) as never
      },
    }
  }
  const engine = processOf('one')
  const work = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      await Promise.all(types.map((type) => dispatch(engine, { connection: 'erp', name: type, types: [type] })))
      clock.ms += 250
    }
  }
  for (const type of types) await owe(database, named(`${type}/a`, 30), type, 6)
  await work(30)
  expect(state.most).toBe(3)
  conflicts = true
  for (const type of types) await owe(database, named(`${type}/b`, 60), type, 6)
  await work(10)
  state.most = 0
  await work(250)
  expect(state.most).toBeLessThanOrEqual(2)
  expect(await database.query(`select 1 from outbox where state <> 'done'`)).toEqual([])
  expect([...applied.values()].every((times) => times === 1)).toBe(true)
  expect(applied.size).toBe(270)
})

test('bulk work waits for its hours, on the day the clocks change as well; orders never do', async () => {
  const windows: Windows = {
    erp: {
      timeZone: 'Europe/Berlin',
      priority: 6,
      open: [{ from: '22:00', to: '05:00', days: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }],
    },
  }
  let reads = 0
  const products = {
    everyMs: 1,
    bulk: true,
    read: () => Promise.resolve({ readings: [], cursor: (reads += 1), more: false }),
  }
  const { database, clock, erp, processOf } = await world({ feeds: { products } }, windows)
  const engine = processOf('one')
  await owe(database, ['customer/x'], 'customer.ensure', 7)
  await owe(database, ['order/shop/1'], 'sale.ensure', 3)
  // Clocks go from 3 back to 2 that night: Berlin's 4:59 is 3:59 UTC, where it was 2:59 a day before.
  clock.ms = Date.parse('2026-10-25T04:00:00.000Z')
  expect(await dispatch(engine, CUSTOMERS)).toBe(0)
  expect(await poll(engine, 'erp', 'products')).toBeNull()
  expect(await database.query(`select 1 from outbox where attempts > 0`)).toEqual([])
  clock.ms = START_MS
  expect(await dispatch(engine, CONFIRM)).toBe(1)
  clock.ms = Date.parse('2026-11-27T21:00:00.000Z')
  expect(await poll(engine, 'erp', 'products')).not.toBeNull()
  expect(await dispatch(engine, CUSTOMERS)).toBe(1)
  expect(reads).toBe(1)
  expect(erp.calls).toHaveLength(2)
})
