/**
 * Several processes on one PostgreSQL: what a dead one held is done by another within seconds, a slow one keeps what it
 * holds, and one that slept finds out before it calls anybody.
 */
import { describe, expect, test } from 'vitest'
import { dispatch, type Lane, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { CERTAIN_MS, guarded, PRESUMED_DEAD_MS } from '#engine/life.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { type Database, openDatabase } from '#store/database.ts'
import { readFleet } from '#store/fleet.ts'
import { readGovernor, saveGovernor, lockGovernor } from '#store/governor.ts'
import { takeTurn } from '#store/inbox.ts'
import { claimIntents, insertIntents } from '#store/outbox.ts'
import { freshDatabase } from '../support/database.ts'
import { aFleet, beforeEnds, type Member, START_MS } from '../support/fleet.ts'
import { anErp, anOrder, aShop } from '../support/orders.ts'

const MINUTE = 60_000
const STOCK: Lane = { connection: 'erp', name: 'stock.read', types: ['stock.read'] }
const INVOICES: Lane = { connection: 'erp', name: 'invoice.ensure', types: ['invoice.ensure'] }

async function open() {
  const database = await freshDatabase()
  const erp = anErp({ MUG: 1_000 })
  const fleet = aFleet(database)
  const join = (host: string, skewMs = 0) => fleet.join(host, { shop: aShop(), erp }, skewMs)
  return { database, erp, fleet, join, one: await join('one'), two: await join('two') }
}

/** Calls that the ERP is owed, each of a stream of its own. */
const owe = (database: Database, names: readonly string[], type = 'stock.read') =>
  insertIntents(
    database,
    names.map((name) => ({
      key: `${name}/1/1`, stream: name, version: 1, connection: 'erp', type, correlation: name, priority: 2,
      ask: JSON.stringify({ sku: 'MUG', pool: 'WH', orderRef: name, total: { amount: 1, currency: 'USD' } }),
    })), // prettier-ignore
    new Date(START_MS).toISOString(),
  )

const rows = (database: Database) =>
  database.query<{ stream: string; state: string; attempts: number; owner: string | null }>(
    'select stream, state, attempts, owner from outbox order by id',
  )

/** What happens while the ERP works on the first call that comes. */
function during(erp: ReturnType<typeof anErp>, type: 'stock.read' | 'invoice.ensure', happens: () => Promise<void>) {
  const outbound = erp.outbound[type]!
  const { send } = outbound
  let first = true
  const held = async (sent: never) => {
    const outcomes = await send(sent)
    if (first) {
      first = false
      await happens()
    }
    return outcomes
  }
  erp.outbound[type] = { ...outbound, send: held } as never
}

/** Invoices one after the other, however many are leased at once. */
function inTurn(erp: ReturnType<typeof anErp>): void {
  erp.outbound['invoice.ensure'] = { ...erp.outbound['invoice.ensure']!, serial: 'invoices' }
}

/** It leases what is due, calls, and dies before it can say so. */
async function dieInCall({ engine }: Member, lane: Lane): Promise<void> {
  const database = beforeEnds(engine.database, () => Promise.reject(new Error('died')))
  await expect(dispatch({ ...engine, database }, lane)).rejects.toThrow('died')
}

describe('a process that died', () => {
  test('costs seconds: another does what it held once its heart has stood still for long enough', async () => {
    const { database, erp, fleet, one, two } = await open()
    await owe(database, ['a', 'b'])
    await dieInCall(one, STOCK)
    expect(await dispatch(two.engine, STOCK)).toBe(0)
    await fleet.pass(PRESUMED_DEAD_MS, two)
    expect(await dispatch(two.engine, STOCK)).toBe(0)
    await fleet.pass(3_000, two)
    expect(await dispatch(two.engine, STOCK)).toBe(2)
    expect(erp.calls).toHaveLength(4)
    expect((await rows(database)).map(({ state, attempts }) => [state, attempts])).toEqual([
      ['done', 2],
      ['done', 2],
    ])
    expect((await readFleet(database)).map(({ host }) => host)).toEqual(['two'])
    expect(two.engine.meter.read()).toMatchObject({ processesBuried: 1, leasesTakenOver: 2 })
  })

  test('in its probe of a paused connection does not keep the others from trying', async () => {
    const { database, fleet, one, two } = await open()
    await owe(database, ['a'])
    await database.transaction(async (sql) => {
      const row = await lockGovernor(sql, 'erp')
      const at = new Date(START_MS).toISOString()
      await saveGovernor(sql, { ...row, state: 'open', failures: 5, opened_at: at, probe_at: at })
    })
    await dieInCall(one, STOCK)
    await fleet.pass(PRESUMED_DEAD_MS, two)
    expect(await dispatch(two.engine, STOCK)).toBe(0)
    await fleet.pass(3_000, two)
    expect(await dispatch(two.engine, STOCK)).toBe(1)
    expect((await readGovernor(database, 'erp')).state).toBe('closed')
  })

  test('and left no row, as the release before has none, loses its leases when they end', async () => {
    const { database, fleet, one, two } = await open()
    await owe(database, ['a'])
    const { life: _, ...before } = { ...one.engine, owner: 'host/1' }
    await dieInCall({ ...one, engine: before as Member['engine'] }, STOCK)
    await fleet.pass(4 * MINUTE, two)
    expect(await dispatch(two.engine, STOCK)).toBe(0)
    await fleet.pass(MINUTE, two)
    expect(await dispatch(two.engine, STOCK)).toBe(1)
  })
})

describe('T29: work that is due again while its first worker lives', () => {
  test('is not done by another, however slow the first is', async () => {
    const { database, erp, fleet, one, two } = await open()
    await owe(database, ['a'])
    during(erp, 'stock.read', async () => {
      await fleet.pass(10 * MINUTE, one, two)
      expect(await dispatch(two.engine, STOCK)).toBe(0)
      await database.query(`update outbox set due_at = created_at`)
      expect(await dispatch(two.engine, STOCK)).toBe(0)
    })
    expect(await dispatch(one.engine, STOCK)).toBe(1)
    expect(erp.calls).toHaveLength(1)
    expect(await rows(database)).toMatchObject([{ state: 'done', attempts: 1, owner: null }])
  })

  test('is finished once when it was taken from one that only slept, and that one starts anew', async () => {
    const { database, erp, fleet, one, two } = await open()
    await owe(database, ['a'])
    const before = one.engine.life.id()
    during(erp, 'stock.read', async () => {
      await fleet.pass(30_000, two)
      expect(await dispatch(two.engine, STOCK)).toBe(1)
    })
    await dispatch(one.engine, STOCK)
    expect(await rows(database)).toMatchObject([{ state: 'done', attempts: 2 }])
    expect(await database.query(`select key from inbox where kind = 'answer'`)).toHaveLength(1)
    expect(one.engine.life.state()).toBe('lost')
    await owe(database, ['b'])
    expect(await dispatch(one.engine, STOCK)).toBe(0)
    await fleet.pass(3_000, one, two)
    expect(one.engine.life.id()).not.toBe(before)
    expect(await dispatch(one.engine, STOCK)).toBe(1)
    expect((await readFleet(database)).map(({ host }) => host).sort()).toEqual(['one', 'two'])
  })
})

describe('a process that slept', () => {
  test('makes none of the calls that are left: they are somebody else’s', async () => {
    const { database, erp, fleet, one, two } = await open()
    await owe(database, ['a', 'b', 'c'], 'invoice.ensure')
    one.engine.parallel = 3
    inTurn(erp)
    during(erp, 'invoice.ensure', async () => {
      await fleet.pass(30_000, two)
      for (let n = 0; n < 3; n += 1) await dispatch(two.engine, INVOICES)
    })
    await dispatch(one.engine, INVOICES)
    expect(erp.calls.map((call) => call.split(' ')[1])).toEqual(['a/1/1', 'a/1/1', 'b/1/1', 'c/1/1'])
    expect((await rows(database)).map(({ state }) => state)).toEqual(['done', 'done', 'done'])
  })

  test('asks before the next request of a call, and does not send it once it was presumed dead', async () => {
    const { fleet, one, two } = await open()
    let sent = 0
    const fetch = guarded(
      () => {
        sent += 1
        return Promise.resolve(new Response())
      },
      () => one.engine.life,
    )
    await fetch(new Request('http://erp.test'))
    // Nobody noticed: the beat that it asks with says so.
    await fleet.pass(CERTAIN_MS + 1, two)
    await fetch(new Request('http://erp.test'))
    await fleet.pass(30_000, two)
    const late = one.engine.life.hold(() => fetch(new Request('http://erp.test')))
    await expect(late).rejects.toMatchObject({ code: 'presumed_dead' })
    expect(sent).toBe(2)
  })

  test('and wakes up among others presumes nobody dead', async () => {
    const { database, fleet, one, two, join } = await open()
    const three = await join('three')
    await fleet.pass(6_000, one, two, three)
    const before = (await readFleet(database)).map(({ id }) => id)
    // Three is alone awake for an instant after an hour in which nobody beat, as after an outage of the database.
    fleet.clock.ms += 3_600_000
    await three.engine.life.beat()
    await fleet.pass(6_000, one, two, three)
    expect((await readFleet(database)).map(({ id }) => id)).toEqual(before)
  })

  test('in the middle of a turn does not keep the others from deciding', async () => {
    const { url } = await freshDatabase()
    const [sleeper, other] = [1, 2].map((n) =>
      openDatabase(url, { max: 1, applicationName: `hub ${n}`, silentTransactionMs: 100, onError: () => {} }),
    ) as [Database, Database]
    let decided = false
    const asleep = sleeper.transaction(async (sql) => {
      expect(await takeTurn(sql)).toBe(true)
      while (!decided) decided = await other.transaction(takeTurn)
      await sql.query('select 1')
    })
    await expect(asleep).rejects.toThrow(/not queryable|terminat/)
    await sleeper.close()
    await other.close()
  })
})

describe('a process that is cut off from the database', () => {
  test('calls nobody from the moment others may presume it dead', async () => {
    const { database, erp, fleet, one, two } = await open()
    await owe(database, ['a', 'b'], 'invoice.ensure')
    one.engine.parallel = 2
    inTurn(erp)
    during(erp, 'invoice.ensure', async () => {
      one.cutOff = true
      await fleet.pass(CERTAIN_MS + 3_000, one, two)
      expect(one.engine.life.mayClaim()).toBe(false)
    })
    await expect(dispatch(one.engine, INVOICES)).rejects.toThrow('the line is cut')
    expect(erp.calls).toHaveLength(1)
    one.cutOff = false
    await fleet.pass(3_000, one, two)
    // It was back before it was missed, and gives back what it could not finish.
    expect((await rows(database)).map(({ owner }) => owner)).toEqual([null, null])
    two.engine.parallel = 2
    expect(await dispatch(two.engine, INVOICES)).toBe(2)
  })
})

test('two that claim in the same moment step past each other, and neither goes away empty', async () => {
  const { database } = await open()
  await owe(database, ['a', 'b', 'c', 'd'])
  const claim = {
    connection: 'erp', types: ['stock.read'], limit: 2, now: '2026-11-28', leaseUntil: '2026-11-29', serial: [],
    oldestFirst: false,
  } // prettier-ignore
  await database.transaction(async (sql) => {
    const mine = await claimIntents(sql, { ...claim, owner: 'one' })
    const theirs = await claimIntents(database, { ...claim, owner: 'two' })
    const streams = [...mine, ...theirs].map(({ stream }) => stream)
    expect(streams.sort()).toEqual(['a', 'b', 'c', 'd'])
  })
})

test('a process that ends lets go of what it has leased and not begun', async () => {
  const { database, erp, one, two } = await open()
  await owe(database, ['a', 'b', 'c'], 'invoice.ensure')
  one.engine.parallel = 3
  inTurn(erp)
  during(erp, 'invoice.ensure', () => one.engine.life.drain())
  await dispatch(one.engine, INVOICES)
  expect((await rows(database)).map(({ state, owner }) => [state, owner])).toEqual([
    ['done', null],
    ['open', null],
    ['open', null],
  ])
  expect(await dispatch(one.engine, INVOICES)).toBe(0)
  await one.engine.life.leave()
  expect((await readFleet(database)).map(({ host }) => host)).toEqual(['two'])
  two.engine.parallel = 2
  expect(await dispatch(two.engine, INVOICES)).toBe(2)
})

const hook = (key: string, topic: string, body: unknown) => ({
  headers: { key, topic, signature: 'good' },
  body: Buffer.from(JSON.stringify(body)),
  receivedAt: new Date(START_MS).toISOString(),
})

const MUG = [
  { stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } },
  {
    stream: 'stock/WH/MUG',
    command: { type: 'stock.bind', channel: 'shop', place: { inventoryItemId: 'I1', locationId: 'L1' } },
  },
]

/** Everybody at once, again and again, until nobody finds anything to do. */
async function settle(...engines: readonly Engine[]): Promise<void> {
  const work = async (engine: Engine): Promise<number> => {
    let found = await turn(engine)
    for (const [name, connection] of engine.connections)
      for (const lane of lanesOf(name, connection)) found += await dispatch(engine, lane)
    return found
  }
  for (let idle = 0; idle < 3;) {
    const found = await Promise.all(engines.map(work))
    idle = found.every((one) => one === 0) ? idle + 1 : 0
  }
}

test('T1: the same webhook five times at once, to two processes, makes one order and one sale', async () => {
  const { database, erp, one, two } = await open()
  const receivers = [createReceiver(one.engine), createReceiver(two.engine)]
  await receivers[0]!.receive('shop', hook('setup', 'messages', MUG))
  await settle(one.engine, two.engine)
  const receipts = await Promise.all(
    [0, 1, 0, 1, 0].map((index) => receivers[index]!.receive('shop', hook('same', 'order', anOrder('1')))),
  )
  expect(receipts.sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'stored'])
  await settle(one.engine, two.engine)
  expect(await database.query(`select 1 from journal where type = 'order.placed'`)).toHaveLength(1)
  expect(await database.query(`select status from stream where kind = 'order'`)).toEqual([{ status: 'confirmed' }])
  expect(erp.calls.filter((call) => call.startsWith('sale.ensure'))).toHaveLength(1)
})

test('clocks ten minutes ahead and behind lose nothing and do nothing twice', async () => {
  const { database, erp, fleet, one, two, join } = await open()
  await two.engine.life.leave()
  const [ahead, behind] = [await join('ahead', 10 * MINUTE), await join('behind', -10 * MINUTE)]
  const all = [one, ahead, behind]
  const receivers = all.map(({ engine }) => createReceiver(engine))
  await receivers[0]!.receive('shop', hook('setup', 'messages', MUG))
  await settle(...all.map(({ engine }) => engine))
  for (let id = 0; id < 12; id += 1) {
    await receivers[id % 3]!.receive('shop', hook(`order ${id}`, 'order', anOrder(`${id}`)))
    if (id % 3 === 0) await settle(...all.map(({ engine }) => engine))
    await fleet.pass(6_000, ...all)
  }
  for (let round = 0; round < 3; round += 1) {
    await settle(...all.map(({ engine }) => engine))
    await fleet.pass(21_000, ...all)
  }
  const sales = erp.calls.filter((call) => call.startsWith('sale.ensure'))
  expect([sales.length, new Set(sales).size]).toEqual([12, 12])
  const statuses = await database.query(`select status, count(*) as n from stream where kind = 'order' group by 1`)
  expect(statuses).toEqual([{ status: 'confirmed', n: 12 }])
  expect(all.map(({ logged }) => logged)).toEqual([[], [], []])
})
