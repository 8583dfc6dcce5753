/**
 * The spine on a real PostgreSQL: what arrives is decided once, what is owed is sent once and in order, whatever fails.
 */
import { describe, expect, test } from 'vitest'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { isUniqueViolation } from '#store/database.ts'
import { claimInbox, takeTurn } from '#store/inbox.ts'
import { Fault } from '../../src/fault.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aShop } from '../support/orders.ts'

const hook = (order: unknown, key: string, topic = 'order', signature = 'good') => ({
  headers: { key, topic, signature },
  body: Buffer.from(JSON.stringify(order)),
  receivedAt: '2026-11-20T10:00:01.000Z',
})

const known = [
  { stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } },
  {
    stream: 'stock/WH/MUG',
    command: { type: 'stock.bind', channel: 'shop', place: { inventoryItemId: 'I1', locationId: 'L1' } },
  },
]

/** Turns and dispatches until nothing is left that is due. */
async function settle(engine: Engine): Promise<void> {
  const lanes = [...engine.connections].flatMap(([name, connection]) => lanesOf(name, connection))
  for (let round = 0; round < 200; round += 1) {
    let work = await turn(engine)
    for (const lane of lanes) work += await dispatch(engine, lane)
    if (work === 0) return
  }
  throw new Error('the engine never came to rest')
}

async function openShop({ free = 100, shown = {} as Record<string, number> } = {}) {
  const database = await freshDatabase()
  const erp = anErp({ MUG: free })
  const engine = anEngine(database, { shop: aShop(shown), erp })
  const receiver = createReceiver(engine)
  await receiver.receive('shop', hook(known, 'setup', 'messages'))
  await settle(engine)
  return { database, engine, erp, receiver, shown }
}

const stateOf = async (engine: Engine, stream: string) => {
  const [row] = await engine.database.query<{ state: Record<string, unknown>; status: string }>(
    'select state, status from stream where stream = $1',
    [stream],
  )
  return row
}

describe('an order', () => {
  test('goes from the webhook to the ERP and the stock of what it took is right on both sides', async () => {
    const { engine, receiver, erp, shown } = await openShop()
    expect(shown).toEqual({ MUG: 100 })
    shown['MUG'] = 98
    await receiver.receive('shop', hook(anOrder('1042'), 'a'))
    await settle(engine)
    expect((await stateOf(engine, 'order/shop/1042'))?.status).toBe('confirmed')
    expect(erp.sales.get('shop:1042')).toBe('sale')
    expect(erp.free['MUG']).toBe(98)
    expect(shown['MUG']).toBe(98)
    expect((await stateOf(engine, 'stock/WH/MUG'))?.state['holds']).toEqual([])
  })

  test('T1: the same webhook five times at once makes one order', async () => {
    const { engine, receiver, erp, database } = await openShop()
    const receipts = await Promise.all(
      Array.from({ length: 5 }, () => receiver.receive('shop', hook(anOrder('1'), 'same'))),
    )
    expect(receipts.sort()).toEqual(['duplicate', 'duplicate', 'duplicate', 'duplicate', 'stored'])
    await settle(engine)
    expect(erp.calls.filter((call) => call.startsWith('sale.ensure'))).toHaveLength(1)
    const placed = await database.query(`select 1 from journal where type = 'order.placed'`)
    expect(placed).toHaveLength(1)
  })

  test('that is cancelled while its sale is being created is created first and cancelled then', async () => {
    const { engine, receiver, erp } = await openShop()
    await receiver.receive('shop', hook(anOrder('1'), 'a'))
    for (let round = 0; round < 4; round += 1) await turn(engine)
    const cancelled = anOrder('1', { cancelledAt: '2026-11-20T10:05:00.000Z', updatedAt: '2026-11-20T10:05:00.000Z' })
    await receiver.receive('shop', hook(cancelled, 'b'))
    await settle(engine)
    const calls = erp.calls.map((call) => call.split(' ')[0]).filter((type) => type?.startsWith('sale.'))
    expect(calls).toEqual(['sale.ensure', 'sale.cancel'])
    expect((await stateOf(engine, 'order/shop/1'))?.status).toBe('cancelled')
  })

  test('whose cancellation arrives first never reaches the ERP', async () => {
    const { engine, receiver, erp } = await openShop()
    const early = [
      { stream: 'order/shop/1', command: { type: 'order.cancel', reason: 'customer', at: '2026-11-20T09:00:00.000Z' } },
    ]
    await receiver.receive('shop', hook(early, 'early', 'messages'))
    await receiver.receive('shop', hook(anOrder('1'), 'late'))
    await settle(engine)
    expect((await stateOf(engine, 'order/shop/1'))?.status).toBe('cancelled')
    expect(erp.sales.size).toBe(0)
    expect((await stateOf(engine, 'stock/WH/MUG'))?.state['holds']).toEqual([])
  })
})

describe('what cannot be decided', () => {
  test('is kept for people and holds up nobody', async () => {
    const { engine, receiver, erp, database } = await openShop()
    await receiver.receive('shop', hook({ nothing: 'of an order' }, 'bad'))
    await receiver.receive('shop', { ...hook({}, 'not json'), body: Buffer.from('{') })
    await receiver.receive('shop', hook(anOrder('2'), 'good'))
    await settle(engine)
    expect(erp.sales.has('shop:2')).toBe(true)
    const dead = await database.query<{ key: string; outcome: string }>(
      `select key, outcome from inbox where state = 'dead' order by id`,
    )
    expect(dead.map(({ key }) => key)).toEqual(['bad', 'not json'])
    expect(dead[0]?.outcome).toBe('The order has no id.')
  })

  test('what the database cannot hold stops nobody else', async () => {
    const { engine, receiver, erp, database } = await openShop()
    const endless = Array.from({ length: 400 }, (_, n) => `${n}x${(n * 7919) % 9973}`).join('-')
    const bad = [
      {
        stream: `customer/${endless}`,
        command: { type: 'customer.record', channel: 'shop', party: { key: 'a' }, at: 'z' },
      },
    ]
    await receiver.receive('shop', hook(anOrder('1'), 'one'))
    await receiver.receive('shop', hook(bad, 'bad', 'messages'))
    await receiver.receive('shop', hook(anOrder('2'), 'two'))
    await settle(engine)
    expect([...erp.sales.keys()]).toEqual(['shop:1', 'shop:2'])
    const rows = await database.query<{ key: string; state: string }>(
      `select key, state from inbox where state = 'dead'`,
    )
    expect(rows).toEqual([{ key: 'bad', state: 'dead' }])
  })

  test('characters no database text can hold are replaced, and the order goes its way', async () => {
    const { engine, receiver, erp } = await openShop()
    await receiver.receive('shop', hook(anOrder('1', { note: 'a\u0000b\ud800c', name: '#\u00001' }), 'nul'))
    await settle(engine)
    expect(erp.sales.get('shop:1')).toBe('sale')
  })

  test('a delivery with an endless name is refused and its neighbours are taken', async () => {
    const { receiver } = await openShop()
    const receipts = await Promise.allSettled([
      receiver.receive('shop', hook(anOrder('1'), 'good')),
      receiver.receive('shop', hook(anOrder('2'), 'k'.repeat(5_000))),
      receiver.receive('shop', hook(anOrder('3'), 'better')),
    ])
    expect(receipts.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('a forged delivery leaves no row', async () => {
    const { receiver, database } = await openShop()
    await expect(receiver.receive('shop', hook(anOrder('1'), 'x', 'order', 'bad'))).rejects.toMatchObject({
      kind: 'forged',
    })
    expect(await database.query(`select 1 from inbox where key = 'x'`)).toEqual([])
  })
})

describe('dispatch', () => {
  const saleLane = { connection: 'erp', name: 'confirm', types: ['sale.ensure', 'sale.cancel'] as const }

  async function released() {
    const shop = await openShop()
    await shop.receiver.receive('shop', hook(anOrder('1'), 'a'))
    for (let round = 0; round < 4; round += 1) await turn(shop.engine)
    return shop
  }

  test('an answer that came after the lease was lost changes nothing; the one who took over finishes', async () => {
    const { engine, erp, database } = await released()
    let clock = Date.parse('2099-01-01T00:00:00.000Z')
    const io = { ...engine.io, now: () => clock }
    const slow = { ...engine, io, owner: 'slow' }
    const quick = { ...engine, io, owner: 'quick' }
    let taken = 0
    erp.before = () => {
      erp.before = () => {}
      clock += 10 * 60_000
      taken = 1
    }
    const original = erp.outbound['sale.ensure']!.send
    erp.outbound['sale.ensure'] = {
      ...erp.outbound['sale.ensure'],
      async send(intents) {
        const outcomes = await original(intents)
        if (taken === 1) {
          taken = 2
          expect(await dispatch(quick, saleLane)).toBe(1)
        }
        return outcomes
      },
    }
    await dispatch(slow, saleLane)
    expect(engine.meter.read().lateAnswers).toBe(1)
    const rows = await database.query<{ attempts: number; state: string }>(
      `select attempts, state from outbox where type = 'sale.ensure'`,
    )
    expect(rows).toEqual([{ attempts: 2, state: 'done' }])
    await settle(engine)
    const confirmed = await database.query(`select 1 from journal where type = 'order.confirmed'`)
    expect(confirmed).toHaveLength(1)
  })

  test('T28: a refusal for good is not repeated; the order says so', async () => {
    const { engine, erp, database } = await released()
    erp.before = (type) => {
      if (type === 'sale.ensure') throw new Fault('rejected', 'No such tax.', { code: 'odoo.tax_unknown' })
    }
    await settle(engine)
    await settle(engine)
    expect(erp.calls.filter((call) => call.startsWith('sale.ensure'))).toHaveLength(1)
    const [order] = await database.query<{ attention: boolean; state: { exceptions: unknown } }>(
      `select attention, state from stream where stream = 'order/shop/1'`,
    )
    expect(order?.attention).toBe(true)
    expect(order?.state.exceptions).toEqual([{ code: 'release_failed', detail: 'No such tax.' }])
  })

  test('what keeps failing does not hold back those it was batched with', async () => {
    const { engine, receiver, erp } = await openShop()
    let nowMs = Date.parse('2099-01-01T00:00:00.000Z')
    const timed = { ...engine, io: { ...engine.io, now: () => nowMs } }
    for (const id of ['1', '2', '3']) await receiver.receive('shop', hook(anOrder(id), id))
    for (let round = 0; round < 4; round += 1) await turn(timed)
    erp.before = (type, sent) => {
      if (type === 'sale.ensure' && sent.key.startsWith('order/shop/2/')) throw new Fault('conflict', 'Busy.')
    }
    for (let round = 0; round < 5; round += 1) {
      await dispatch(timed, saleLane)
      nowMs += 120_000
    }
    expect([...erp.sales.keys()]).toEqual(['shop:1', 'shop:3'])
  })

  test('waits as long as it was told before it tries again', async () => {
    const { engine, erp, database } = await released()
    const nowMs = Date.parse('2099-01-01T00:00:00.000Z')
    const timed = { ...engine, io: { ...engine.io, now: () => nowMs, jitter: () => 0.5 } }
    erp.before = () => {
      throw new Fault('throttled', 'Slow down.', { retryAfterMs: 40_000 })
    }
    expect(await dispatch(timed, saleLane)).toBe(1)
    const [row] = await database.query<{ due_at: string }>(`select due_at from outbox where type = 'sale.ensure'`)
    expect(row?.due_at).toBe('2099-01-01T00:00:40.500Z')
    expect(await dispatch(timed, saleLane)).toBe(0)
  })
})

test('while one process decides, another leaves later messages alone, so that no stream hears them out of order', async () => {
  const { engine, receiver, database } = await openShop()
  await receiver.receive('shop', hook(anOrder('1'), 'first'))
  await receiver.receive('shop', hook(anOrder('2'), 'second'))
  await database.transaction(async (sql) => {
    expect(await takeTurn(sql)).toBe(true)
    expect(await claimInbox(sql, 1)).toHaveLength(1)
    expect(await turn(engine)).toBe(0)
  })
  expect(await turn(engine)).toBe(2)
})

test('two processes that meet a new stream at once: one waits or tries again, and nothing is decided twice', async () => {
  const { engine, receiver, database } = await openShop()
  for (let n = 0; n < 30; n += 1) {
    const changed = anOrder('1', { updatedAt: `2026-11-20T10:00:${String(n).padStart(2, '0')}.000Z` })
    await receiver.receive('shop', hook(changed, `n${n}`))
  }
  const work = async (): Promise<void> => {
    for (;;) {
      const decided = await turn(engine, 3).catch((error: unknown) => {
        if (isUniqueViolation(error)) return 1
        throw error
      })
      if (decided === 0) return
    }
  }
  await Promise.all([work(), work(), work()])
  await settle(engine)
  expect(await database.query(`select 1 from journal where type = 'order.placed'`)).toHaveLength(1)
  const rows = await database.query<{ versions: number; top: number; stored: number }>(
    `select count(*) as versions, max(j.version) as top, max(s.version) as stored
     from journal j join stream s using (stream) group by stream having count(*) <> max(j.version) or max(j.version) <> max(s.version)`,
  )
  expect(rows).toEqual([])
})
