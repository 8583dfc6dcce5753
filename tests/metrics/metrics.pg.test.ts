/** `/metrics` says what happened: after a small run every figure is the one that was lived through. */
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { poll } from '#engine/feed.ts'
import { createMeter, SPREADS, TALLIES } from '#engine/meter.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { createServer, type Server } from '#api/server.ts'
import { exposition } from '#insight/exposition.ts'
import { DATABASE_GAUGES, PROCESS_GAUGES } from '#insight/gauges.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { Fault } from '../../src/fault.ts'
import { realIo } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'
import { type Reading, readExposition } from './reading.ts'

let server: Server | null = null
afterEach(() => server?.close())

const START_MS = Date.parse('2026-11-20T10:00:00.000Z')

async function openHub(token?: string) {
  let nowMs = START_MS
  const logged: { message: string; fields: Record<string, unknown> }[] = []
  const io = realIo({
    now: () => nowMs,
    jitter: () => 0.5,
    log: (_, message, fields = {}) => void logged.push({ message, fields }),
  })
  const erp = anErp({ MUG: 3 })
  const feeds = { news: { everyMs: 1_000, read: () => Promise.reject(new Fault('unauthorised', 'No.')) } }
  const shop = { ...aShop(), feeds }
  const database = await freshDatabase()
  const engine = anEngine(database, { shop, erp }, { io })
  await knowTheMug(anEngine(database, { shop, erp }, { io }))
  const receiver = createReceiver(engine)
  server = await createServer({
    engine, receiver, host: '127.0.0.1', port: 0, version: '1.2.3', ...(token ? { token } : {}),
  }) // prettier-ignore
  const { url } = server
  return {
    engine,
    erp,
    logged,
    url,
    passMs: (ms: number) => void (nowMs += ms),
    hook: (body: unknown, key: string, signature = 'good') =>
      fetch(`${url}/hooks/shop`, { method: 'POST', headers: { signature, key }, body: JSON.stringify(body) }),
    read: async (): Promise<Reading> => {
      nowMs += 10_000
      return readExposition(await (await fetch(`${url}/metrics`)).text())
    },
  }
}

/** By an engine whose counts nobody looks at. */
async function knowTheMug(engine: Engine): Promise<void> {
  const place = { inventoryItemId: 'I1', locationId: 'L1' }
  const messages = [
    { type: 'stock.know', stocked: true },
    { type: 'stock.bind', channel: 'shop', place },
  ].map((command) => ({ stream: 'stock/WH/MUG', command }))
  await createReceiver(engine).receive('shop', {
    headers: { key: 'setup', topic: 'messages', signature: 'good' },
    body: Buffer.from(JSON.stringify(messages)),
    receivedAt: new Date(START_MS).toISOString(),
  })
  await settle(engine)
}

/** Until nothing moves any more. */
async function settle(engine: Engine): Promise<void> {
  const lanes = [...engine.connections].flatMap(([name, connection]) => lanesOf(name, connection))
  for (let moved = 1; moved > 0;) {
    moved = await turn(engine)
    for (const lane of lanes) moved += await dispatch(engine, lane)
  }
}

describe('/metrics', () => {
  it('counts what came, what was decided and what was asked', async () => {
    const { engine, hook, read } = await openHub()
    await hook(anOrder('1'), 'one')
    await hook(anOrder('1'), 'one')
    await hook(anOrder('2'), 'two', 'bad')
    await hook({ no: 'order' }, 'three')
    const before = await read()
    expect(before.of('crossdock_inbox_undecided')).toBe(2)
    expect(before.of('crossdock_inbox_undecided_oldest_seconds')).toBe(10)
    await settle(engine)
    const { of } = await read()
    expect(of('crossdock_deliveries_stored_total')).toBe(2)
    expect(of('crossdock_deliveries_duplicate_total')).toBe(1)
    expect(of('crossdock_deliveries_forged_total')).toBe(1)
    for (const [outcome, count] of [['stored', 2], ['duplicate', 1], ['forged', 1]] as const)
      expect(of('crossdock_webhook_duration_seconds_count', { connection: 'shop', outcome })).toBe(count) // prettier-ignore
    expect(of('crossdock_messages_dead_total')).toBe(1)
    expect(of('crossdock_inbox_dead')).toBe(1)
    expect(of('crossdock_inbox_undecided')).toBe(0)
    expect(of('crossdock_inbox_undecided_oldest_seconds')).toBe(0)
    expect(of('crossdock_events_total', { type: 'order.placed' })).toBe(1)
    expect(of('crossdock_orders', { status: 'confirmed' })).toBe(1)
    expect(of('crossdock_attempts_total', { connection: 'erp', intent: 'sale.ensure', outcome: 'answered' })).toBe(1)
    expect(of('crossdock_call_duration_seconds_count', { connection: 'erp', intent: 'sale.ensure' })).toBe(1)
    const [{ count }] = (await engine.database.query<{ count: number }>(
      `select count(*) from inbox where correlation = 'order/shop/1' or state = 'dead'`,
    )) as [{ count: number }]
    expect(of('crossdock_messages_decided_total')).toBe(count)
    expect(of('crossdock_turn_messages_sum')).toBe(count)
    expect(of('crossdock_turn_duration_seconds_count')).toBe(of('crossdock_turn_messages_count'))
    expect(of('crossdock_build_info', { version: '1.2.3', node: process.versions.node })).toBe(1)
    expect(of('process_resident_memory_bytes')).toBeGreaterThan(1e7)
    expect(of('crossdock_database_size_bytes')).toBeGreaterThan(1e6)
  })

  it('tells faults by connection and kind, and how old what is owed has become', async () => {
    const { engine, erp, hook, read, passMs, logged } = await openHub()
    erp.before = (type) => {
      if (type === 'sale.ensure') throw new Fault('unavailable', 'Gone.')
      if (type === 'customer.ensure') throw new Fault('rejected', 'Never.')
    }
    await hook(anOrder('1'), 'one')
    await settle(engine)
    await poll(engine, 'shop', 'news')
    passMs(900_000)
    const { of } = await read()
    const sale = { connection: 'erp', intent: 'sale.ensure' }
    expect(of('crossdock_faults_total', { connection: 'erp', kind: 'unavailable' })).toBe(1)
    expect(of('crossdock_faults_total', { connection: 'shop', kind: 'unauthorised' })).toBe(1)
    expect(of('crossdock_attempts_total', { ...sale, outcome: 'postponed' })).toBe(1)
    const customer = { connection: 'erp', intent: 'customer.ensure' }
    expect(of('crossdock_attempts_total', { ...customer, outcome: 'failed' })).toBe(1)
    expect(of('crossdock_outbox_open', sale)).toBe(1)
    expect(of('crossdock_outbox_open_oldest_seconds', sale)).toBe(910)
    expect(of('crossdock_outbox_open', customer)).toBe(0)
    expect(of('crossdock_connection_state', { connection: 'erp', state: 'trouble' })).toBe(1)
    expect(of('crossdock_connection_state', { connection: 'erp', state: 'ok' })).toBe(0)
    expect(of('crossdock_feed_lag_seconds', { connection: 'shop', feed: 'news' })).toBe(910)
    expect(of('crossdock_orders', { status: 'releasing' })).toBe(1)
    const failed = logged.find(({ message }) => message === 'an intent failed for good')!
    expect(failed.fields).toMatchObject({ connection: 'erp', correlation: 'order/shop/1' })
  })

  it('names its units, describes everything, and never says whose order it was', async () => {
    const { engine, hook, read } = await openHub()
    await hook(anOrder('77001'), 'one')
    await settle(engine)
    const { types, helps, samples } = await read()
    expect([...types.keys()]).toEqual([...helps.keys()])
    for (const [name, type] of types) expect([name, type === 'counter']).toEqual([name, name.endsWith('_total')])
    const values = samples.flatMap(({ labels }) => Object.values(labels))
    expect(values.filter((value) => /77001|MUG|shop-7|Ada/.test(value))).toEqual([])
    const labelsOf = Object.values({ ...TALLIES, ...SPREADS, ...DATABASE_GAUGES, ...PROCESS_GAUGES })
    for (const { name, labels } of samples) {
      const known = labelsOf.find((one) => one.name === name.replace(/_(bucket|sum|count)$/, '') || one.name === name)
      const declared: readonly string[] = known && 'labels' in known ? known.labels : []
      expect([name, Object.keys(labels).filter((label) => label !== 'le')]).toEqual([name, declared])
    }
  })

  it('still tells of the process when the database is away', async () => {
    const { engine, read } = await openHub()
    await engine.database.close()
    const { of, types } = await read()
    expect(of('crossdock_database_up')).toBe(0)
    expect(of('process_resident_memory_bytes')).toBeGreaterThan(0)
    expect(types.has('crossdock_inbox_undecided')).toBe(false)
  })

  it('needs the token when there is one', async () => {
    const token = 'a-token-of-a-good-length'
    const { url } = await openHub(token)
    expect((await fetch(`${url}/metrics`)).status).toBe(401)
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ])
    expect((await fetch(`${url}/metrics`, { method: 'POST', headers: { origin: url } })).status).toBe(401)
  })
})

describe('the format', () => {
  it('escapes what labels and descriptions may hold', () => {
    const odd = 'a "quoted" \\ back\nslash, {x="y"} 1'
    const text = exposition([
      { name: 'a_total', type: 'counter', help: 'Two\nlines \\ here', samples: [{ labels: { odd, b: '' }, value: 1e21 }] },
      { name: 'b', type: 'gauge', help: '', samples: [{ labels: {}, value: Number.POSITIVE_INFINITY }] },
    ]) // prettier-ignore
    expect(text).toContain('# HELP a_total Two\\nlines \\\\ here\n')
    const { samples, of } = readExposition(text)
    expect(samples[0]).toEqual({ name: 'a_total', labels: { odd, b: '' }, value: 1e21 })
    expect(of('b')).toBe(Number.POSITIVE_INFINITY)
  })

  it('adds up the buckets of a histogram, each bound included', () => {
    const meter = createMeter()
    for (const size of [1, 2, 2, 3, 1_000]) meter.observe('turnSize', size)
    const { of } = readExposition(exposition(meter.measured()))
    const bucket = (le: string) => of('crossdock_turn_messages_bucket', { le })
    expect([bucket('1'), bucket('2'), bucket('5'), bucket('200'), bucket('+Inf')]).toEqual([1, 3, 4, 4, 5])
    expect([of('crossdock_turn_messages_sum'), of('crossdock_turn_messages_count')]).toEqual([1_008, 5])
  })
})
