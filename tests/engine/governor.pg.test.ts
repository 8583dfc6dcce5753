/** The governor on a real PostgreSQL: what is down is left alone by every process, and nothing is lost by waiting. */
import { describe, expect, test } from 'vitest'
import { dispatch, type Lane, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import type { Database } from '#store/database.ts'
import { readGovernor, releaseProbes } from '#store/governor.ts'
import { insertIntents } from '#store/outbox.ts'
import { Fault, type FaultKind } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const START_MS = Date.parse('2026-11-27T10:00:00.000Z')
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Two processes on one database with one outside, and a clock that only the test moves. */
async function twoProcesses() {
  const database = await freshDatabase()
  const clock = { ms: START_MS }
  const erp = anErp({ MUG: 1_000 })
  const shown: Record<string, number> = {}
  const processOf = (owner: string): Engine => {
    const engine = anEngine(database, { shop: aShop(shown), erp }, { owner })
    return { ...engine, io: { ...engine.io, now: () => clock.ms, jitter: () => 1, log: () => {} } }
  }
  const processes = [processOf('one'), processOf('two')] as const
  return { database, clock, erp, shown, processes }
}

const lane = (name: string, ...types: Lane['types']): Lane => ({ connection: 'erp', name, types })
const STOCK = lane('stock.read', 'stock.read')
const CUSTOMERS = lane('customer.ensure', 'customer.ensure')

/** Reads of stock that the ERP owes an answer to, each of a stream of its own unless said. */
const owe = (database: Database, names: readonly string[], type = 'stock.read', priority = 2) =>
  insertIntents(
    database,
    names.map((name, index) => ({
      key: `${name}/${index + 1}/1`,
      stream: name,
      version: index + 1,
      connection: 'erp',
      type,
      ask: JSON.stringify({ sku: 'MUG', pool: 'WH', key: name }),
      correlation: name,
      priority,
    })),
    new Date(START_MS).toISOString(),
  )

const fails =
  (kind: FaultKind, retryAfterMs?: number): (() => never) =>
  () => {
    throw new Fault(kind, `It is ${kind}.`, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
const works = () => {}

/** Lets calls fail until the breaker is open. */
async function open({ database, processes, clock, erp }: Awaited<ReturnType<typeof twoProcesses>>): Promise<void> {
  erp.before = fails('unavailable')
  for (let call = 0; call < 5; call += 1) {
    await dispatch(processes[call % 2]!, STOCK)
    clock.ms += MINUTE
  }
  clock.ms -= MINUTE
  expect((await readGovernor(database, 'erp')).state).toBe('open')
}

describe('a connection whose calls fail', () => {
  test('is left alone by every process after five failures in a row, and says until when', async () => {
    const world = await twoProcesses()
    const { database, processes, clock, erp } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    await owe(database, ['stock/WH/B', 'stock/WH/C'])
    clock.ms += 4_999
    for (const engine of processes) expect(await dispatch(engine, STOCK)).toBe(0)
    expect(erp.calls).toHaveLength(5)
    expect(await readGovernor(database, 'erp')).toMatchObject({
      failures: 5,
      reason: 'It is unavailable.',
      opened_at: '2026-11-27T10:04:00.000Z',
      probe_at: '2026-11-27T10:04:05.000Z',
    })
    const untouched = await database.query(`select 1 from outbox where attempts = 0 and state = 'open'`)
    expect(untouched).toHaveLength(2)
  })

  test('is tried with one call of one process, the first in line, and again after growing pauses', async () => {
    const world = await twoProcesses()
    const { database, processes, clock, erp } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    await owe(database, ['customer/x'], 'customer.ensure', 7)
    await owe(
      database,
      Array.from({ length: 12 }, (_, n) => `stock/WH/${n}`),
    )
    const pauses: number[] = []
    for (let probe = 0; probe < 7; probe += 1) {
      const { probe_at: at } = await readGovernor(database, 'erp')
      pauses.push(Date.parse(at!) - clock.ms)
      clock.ms = Date.parse(at!)
      const before = erp.calls.length
      // The probe is the first in line, whichever lane asks.
      await Promise.all(processes.flatMap((engine) => [dispatch(engine, CUSTOMERS), dispatch(engine, STOCK)]))
      expect(erp.calls.slice(before).map((call) => call.split(' ')[0])).toEqual(['stock.read'])
    }
    expect(pauses).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 120_000, 120_000])
  })

  test('gets everything owed to it, at once and in order, as soon as one call is answered', async () => {
    const world = await twoProcesses()
    const { database, processes, clock, erp } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    await owe(database, ['stock/WH/B', 'stock/WH/B', 'stock/WH/C'])
    clock.ms += 5_000
    erp.before = works
    erp.calls.length = 0
    expect(await dispatch(processes[1], STOCK)).toBe(1)
    expect(await readGovernor(database, 'erp')).toMatchObject({ state: 'closed', failures: 0, reason: null })
    while ((await dispatch(processes[0], STOCK)) > 0);
    expect(erp.calls.map((call) => call.slice(11))).toEqual([
      'stock/WH/B/1/1', 'stock/WH/A/1/1', 'stock/WH/B/2/1', 'stock/WH/C/3/1',
    ]) // prettier-ignore
  })

  test('is tried again by another process when the one that tried has died', async () => {
    const world = await twoProcesses()
    const { database, processes, clock, erp } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    await owe(database, ['stock/WH/B'])
    clock.ms += 5_000
    const dead = { ...processes[0], database: { ...database, transaction: dyingAfterOne(database) } }
    await expect(dispatch(dead, STOCK)).rejects.toThrow('died')
    erp.before = works
    expect(await dispatch(processes[1], STOCK)).toBe(0)
    expect((await readGovernor(database, 'erp')).state).toBe('half_open')
    clock.ms += 5 * MINUTE
    expect(await dispatch(processes[1], STOCK)).toBe(1)
    expect((await readGovernor(database, 'erp')).state).toBe('closed')
  })

  test('is tried again at once by a hub that finds itself alone on its database', async () => {
    const world = await twoProcesses()
    const { database, processes, clock } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    await owe(database, ['stock/WH/B', 'stock/WH/C'])
    clock.ms += 5_000
    const dead = { ...processes[0], database: { ...database, transaction: dyingAfterOne(database) } }
    await expect(dispatch(dead, STOCK)).rejects.toThrow('died')
    world.erp.before = works
    expect(await dispatch(processes[1], STOCK)).toBe(0)
    await releaseProbes(database, new Date(clock.ms).toISOString())
    expect(await dispatch(processes[1], STOCK)).toBe(1)
  })

  test('costs no intent its patience, however long it lasts', async () => {
    const world = await twoProcesses()
    const { database, processes, clock, erp } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    for (const until = clock.ms + 60 * HOUR; clock.ms < until; clock.ms += HOUR) await dispatch(processes[0], STOCK)
    erp.before = works
    // Goes before A, so that A meets its next failure when all is well again.
    await owe(database, ['stock/WH/B'], 'stock.read', 1)
    await dispatch(processes[0], STOCK)
    expect((await readGovernor(database, 'erp')).state).toBe('closed')
    // The one that waited through it fails once more: that is its first failure in minutes, not in days.
    erp.before = (_, sent) => (sent.key.startsWith('stock/WH/A') ? fails('conflict')() : undefined)
    await dispatch(processes[0], STOCK)
    const rows = await database.query(`select stream, state, fault ->> 'kind' as kind from outbox order by id`)
    expect(rows).toEqual([
      { stream: 'stock/WH/A', state: 'open', kind: 'conflict' },
      { stream: 'stock/WH/B', state: 'done', kind: null },
    ])
  })

  test('is not held back by one intent that always fails: the next probe is of another', async () => {
    const world = await twoProcesses()
    const { database, processes, clock, erp } = world
    await owe(database, ['stock/WH/A'])
    await open(world)
    await owe(database, ['stock/WH/B', 'stock/WH/C', 'stock/WH/D'])
    erp.before = (_, sent) => (sent.key.startsWith('stock/WH/A') ? fails('unavailable')() : undefined)
    for (const until = clock.ms + 10 * MINUTE; clock.ms < until; clock.ms += 250) await dispatch(processes[0], STOCK)
    const done = await database.query(`select stream from outbox where state = 'done' order by id`)
    expect(done).toHaveLength(3)
  })

  const dyingAfterOne = (database: Database): Database['transaction'] => {
    let left = 1
    return (work) => {
      if (left-- > 0) return database.transaction(work)
      throw new Error('died')
    }
  }
})

test.each(['rejected', 'conflict', 'throttled'] as const)('%s is an answer, not an outage', async (kind) => {
  const { database, processes, clock, erp } = await twoProcesses()
  erp.before = fails(kind)
  await owe(
    database,
    Array.from({ length: 8 }, (_, n) => `stock/WH/${n}`),
  )
  for (let call = 0; call < 8; call += 1) {
    await dispatch(processes[0], STOCK)
    clock.ms += MINUTE
  }
  expect((await readGovernor(database, 'erp')).state).toBe('closed')
})

test('failures that are not in a row pause nothing', async () => {
  const { database, processes, clock, erp } = await twoProcesses()
  await owe(
    database,
    Array.from({ length: 12 }, (_, n) => `customer/${n}`),
    'customer.ensure',
    7,
  )
  for (let call = 0; call < 12; call += 1) {
    erp.before = call % 4 === 3 ? works : fails('unavailable')
    await dispatch(processes[call % 2]!, CUSTOMERS)
    clock.ms += 10 * MINUTE
  }
  expect((await readGovernor(database, 'erp')).state).toBe('closed')
})

test('a lane that was asked to slow down waits in every process; the other lanes go on', async () => {
  const { database, processes, clock, erp } = await twoProcesses()
  await owe(database, ['stock/WH/A'])
  await owe(database, ['customer/x'], 'customer.ensure', 7)
  erp.before = fails('throttled', 30_000)
  await dispatch(processes[0], STOCK)
  erp.before = works
  await owe(database, ['stock/WH/B'])
  clock.ms += 29_999
  expect(await dispatch(processes[1], STOCK)).toBe(0)
  expect(await dispatch(processes[1], CUSTOMERS)).toBe(1)
  clock.ms += 1
  expect(await dispatch(processes[1], STOCK)).toBe(1)
})

test('T16: half an hour without the ERP in a flash sale ends with every order done, once and in order', async () => {
  const { database, clock, erp, processes } = await twoProcesses()
  const receiver = createReceiver(processes[0])
  const lanes = [...processes[0].connections].flatMap(([name, connection]) => lanesOf(name, connection))
  const hook = (body: unknown, key: string, topic = 'order') =>
    receiver.receive('shop', {
      headers: { key, topic, signature: 'good' },
      body: Buffer.from(JSON.stringify(body)),
      receivedAt: new Date(clock.ms).toISOString(),
    })
  const work = async () => {
    for (let some = -1; some !== 0;) {
      some = await turn(processes[0])
      for (const engine of processes) for (const one of lanes) some += await dispatch(engine, one)
    }
  }
  const stock = 'stock/WH/MUG'
  const place = { inventoryItemId: 'I1', locationId: 'L1' }
  await hook([
    { stream: stock, command: { type: 'stock.know', stocked: true } },
    { stream: stock, command: { type: 'stock.bind', channel: 'shop', place } },
  ], 'setup', 'messages') // prettier-ignore
  await work()

  erp.before = fails('unavailable')
  erp.calls.length = 0
  const end = clock.ms + 30 * MINUTE
  for (let id = 1; clock.ms < end; clock.ms += 10_000, id += 1) {
    await hook(anOrder(`${id}`), `placed ${id}`)
    const cancelled = { cancelledAt: '2026-11-27T11:00:00.000Z', updatedAt: '2026-11-27T11:00:00.000Z' }
    if (id % 10 === 0) await hook(anOrder(`${id - 5}`, cancelled), `cancelled ${id - 5}`)
    await work()
  }
  // Five calls to find out, then about one in two minutes.
  expect(erp.calls.length).toBeLessThan(40)

  erp.before = works
  erp.calls.length = 0
  for (const until = clock.ms + 3 * MINUTE; clock.ms < until; clock.ms += 5_000) await work()
  const open = await database.query(`select type, state from outbox where state <> 'done'`)
  expect(open).toEqual([])
  const statuses = await database.query(
    `select status, count(*) as count from stream where kind = 'order' group by status order by status`,
  )
  expect(statuses).toEqual([
    { status: 'cancelled', count: 18 },
    { status: 'confirmed', count: 162 },
  ])
  const calls = erp.calls.map((call) => /^(\S+) (.+)\/(\d+)\/\d+$/.exec(call)!.slice(1) as [string, string, string])
  const versions = new Map<string, number>()
  for (const [, stream, version] of calls) {
    expect(Number(version)).toBeGreaterThanOrEqual(versions.get(stream) ?? 0)
    versions.set(stream, Number(version))
  }
  expect(new Set(erp.calls).size).toBe(erp.calls.length)
  // What found out that it is back was stock or order work, though customers waited as well.
  expect(['stock.read', 'sale.ensure', 'sale.cancel']).toContain(calls[0]![0])
})
