/**
 * Batches of tills through the hub into a real Odoo: till orders, stock, sessions and their entries, compared with what
 * the tills rang up. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { openTill } from '../support/till.ts'
import { openTillHub, type TillHub } from '../support/till-hub.ts'
import { ensureServiceProduct, ensureTax } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { ensurePointOfSale, ensureTillModule, tillOrders, tillSessions } from './point-of-sale.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'tills and a real Odoo',
  'the tills of a real Odoo are left out without one',
  'tests/odoo/till.odoo.test.ts',
  journeys,
)

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  let hub: TillHub
  beforeAll(async () => {
    server = await openServer(access.admin)
    await ensureTillModule(server.rpc, access.hub.user)
    await ensureTax(server.rpc, '8.25%', 8.25, false)
    await ensureTax(server.rpc, '19% included', 19, true)
    await ensureServiceProduct(server.rpc, 'RETURN', 'Taken back for good')
    await ensureServiceProduct(server.rpc, 'ROUNDING', 'Rounding')
    await ensureServiceProduct(server.rpc, 'DISCOUNT', 'Discount')
  }, LONG_MS)
  afterEach(() => hub?.close())

  /** Two tills of a store nobody heard of before, and goods nobody sold. */
  async function open({ posting = 'receipt', lose = 0 }: { posting?: 'receipt' | 'day'; lose?: number } = {}) {
    const run = runName()
    const store = `store-${run}`
    const [mug, bowl] = [`MUG-${run}`, `BOWL-${run}`]
    await server.addProducts([
      { sku: mug, name: 'Mug', price: 12.5, onHand: 50 },
      { sku: bowl, name: 'Bowl', price: 7.95, onHand: 50 },
    ])
    for (const register of ['till-1', 'till-2']) await ensurePointOfSale(server.rpc, `${store}/${register}`)
    const { url, database, user, key } = access.hub
    let calls = 0
    hub = await openTillHub({
      stores: [store],
      posting,
      pool: server.warehouse,
      odoo: `url: '${url}', database: ${database}, user: ${user}, apiKey: test:odoo`,
      secrets: { 'test:odoo': key },
      async fetch(request) {
        const response = await fetch(request)
        calls += 1
        if (lose === 0 || calls % lose !== 0) return response
        await response.arrayBuffer()
        throw new TypeError('The connection was cut before the answer arrived.')
      },
    })
    const till = (registerId: string) => openTill({ storeId: store, registerId })
    return { store, mug, bowl, till }
  }

  test('T23: two tills, offline for two days, uploads repeated and in parts: every receipt once, sessions balanced', async () => {
    const { store, mug, bowl, till } = await open()
    const [one, two] = [till('till-1'), till('till-2')]
    for (const each of [one, two]) {
      each.sell([{ sku: mug, pieces: 2, price: 1250 }])
      each.sell(
        [
          { sku: bowl, price: 795, discount: 100 },
          { sku: mug, price: 1250 },
        ],
        'card',
      )
      each.takeBack([{ sku: mug, price: 1250, restock: true }])
      each.cash('cash_out', 1000, 'bank')
      each.close({}, 5000)
      each.sell([{ sku: bowl, pieces: 3, price: 795 }], 'card')
      each.close({}, 5000)
    }
    const uploads = [one.jsonl(2), one.jsonl(0, 3), two.jsonl(), one.jsonl(), two.jsonl(1, 4), one.jsonl(2)]
    for (const body of uploads) {
      await hub.send(store, body)
      await hub.drain()
    }
    const last = await hub.send(store, one.jsonl())
    expect(await last.json()).toMatchObject({
      receipt: 'duplicate',
      refused: [],
      registers: [{ takenTo: 7, asked: [] }],
    })
    for (const register of ['till-1', 'till-2']) {
      const orders = await tillOrders(server.rpc, `${store}/${register}`)
      expect(orders.map(({ total, paid, state }) => ({ total, paid, state }))).toEqual([
        { total: 27.06, paid: 27.06, state: 'done' },
        { total: 21.05, paid: 21.05, state: 'done' },
        { total: -13.53, paid: -13.53, state: 'done' },
        { total: 25.82, paid: 25.82, state: 'done' },
      ])
      const sessions = await tillSessions(server.rpc, `${store}/${register}`)
      expect(sessions.map(({ state, orders: count, difference }) => ({ state, count, difference }))).toEqual([
        { state: 'closed', count: 3, difference: 0 },
        { state: 'closed', count: 1, difference: 0 },
      ])
      expect(sessions[0]!.debit).toBe(sessions[0]!.credit)
      expect((await hub.till(store, register)).held).toEqual([])
    }
    expect(await server.stock([mug, bowl])).toMatchObject({ [mug]: { onHand: 46 }, [bowl]: { onHand: 42 } })
  })

  const sendAll = async (store: string, body: string) => {
    const answer = await hub.send(store, body)
    expect(answer.status).toBe(200)
    // What lost answers put off is due by then.
    for (let round = 0; round < 30; round += 1) {
      await hub.drain()
      hub.pass(60_000)
    }
  }

  test('T17: with every eighth answer lost each receipt is one till order, and each session closed once', async () => {
    const { store, mug, bowl, till } = await open({ lose: 8 })
    const one = till('till-1')
    for (let index = 0; index < 25; index += 1) one.sell([{ sku: index % 2 ? mug : bowl, price: 1250 }])
    one.cash('cash_in', 500, 'change')
    one.close({}, 2000)
    await sendAll(store, one.jsonl())
    const orders = await tillOrders(server.rpc, `${store}/till-1`)
    expect(orders).toHaveLength(25)
    expect(new Set(orders.map(({ uuid }) => uuid)).size).toBe(25)
    const sessions = await tillSessions(server.rpc, `${store}/till-1`)
    expect(sessions.map(({ state, orders: count, difference }) => ({ state, count, difference }))).toEqual([
      { state: 'closed', count: 25, difference: 0 },
    ])
    expect(await server.stock([mug, bowl])).toMatchObject({ [mug]: { onHand: 38 }, [bowl]: { onHand: 37 } })
  })

  test('T10: a return without restock adds no piece anywhere, and its money goes back', async () => {
    const { store, mug, till } = await open()
    const one = till('till-1')
    one.sell([{ sku: mug, pieces: 3, price: 1250 }])
    one.takeBack([{ sku: mug, price: 1250 }])
    one.close()
    await sendAll(store, one.jsonl())
    expect((await tillOrders(server.rpc, `${store}/till-1`)).map(({ total }) => total)).toEqual([40.59, -13.53])
    expect(await server.stock([mug])).toMatchObject({ [mug]: { onHand: 47 } })
    expect((await tillSessions(server.rpc, `${store}/till-1`))[0]).toMatchObject({ state: 'closed', difference: 0 })
  })

  test('an unknown SKU holds its own receipt alone; once it is there the receipt is posted, and nothing else again', async () => {
    const { store, mug, till } = await open()
    const one = till('till-1')
    const unknown = `LAMP-${runName()}`
    one.sell([{ sku: mug, price: 1250 }])
    one.sell([{ sku: unknown, price: 990 }])
    one.sell([{ sku: mug, price: 1250 }], 'voucher')
    one.sell([{ sku: mug, price: 1250 }])
    one.close()
    await sendAll(store, one.jsonl())
    const { held } = await hub.till(store, 'till-1')
    expect(held.map(({ receipt, code }) => [receipt.number, code])).toEqual([
      ['till-1-2', 'odoo.sku_unknown'],
      ['till-1-3', 'odoo.tender_unknown'],
    ])
    expect(await tillOrders(server.rpc, `${store}/till-1`)).toHaveLength(2)
    await server.addProducts([{ sku: unknown, name: 'Lamp', price: 9.9, onHand: 5 }])
    await hub.tell(`till/${store}/till-1`, { type: 'till.retry' })
    for (let round = 0; round < 10; round += 1) {
      await hub.drain()
      hub.pass(60_000)
    }
    expect((await hub.till(store, 'till-1')).held.map(({ code }) => code)).toEqual(['odoo.tender_unknown'])
    expect((await tillOrders(server.rpc, `${store}/till-1`)).map(({ total }) => total)).toEqual([13.53, 13.53, 10.72])
    const sessions = await tillSessions(server.rpc, `${store}/till-1`)
    expect(sessions.map(({ state, orders }) => [state, orders])).toEqual([
      ['closed', 2],
      ['closed', 1],
    ])
  })

  test('a day in one sum: one till order, what Odoo does not take left out of it, and what is late in another', async () => {
    const { store, mug, bowl, till } = await open({ posting: 'day' })
    const one = till('till-1')
    one.sell([{ sku: mug, pieces: 2, price: 1250 }])
    one.sell(
      [
        { sku: mug, price: 1250, discount: 333 },
        { sku: bowl, price: 795 },
      ],
      'card',
    )
    one.takeBack([{ sku: bowl, price: 795, restock: true }])
    one.sell([{ sku: 'NOBODY-KNOWS', price: 100 }])
    one.close()
    await sendAll(store, one.jsonl())
    const orders = await tillOrders(server.rpc, `${store}/till-1`)
    expect(orders.map(({ number, total }) => [number, total])).toEqual([[`${store}/till-1 2026-11-20`, 36.99]])
    expect((await hub.till(store, 'till-1')).held.map(({ receipt }) => receipt.number)).toEqual(['till-1-4'])
    expect(await server.stock([mug, bowl])).toMatchObject({ [mug]: { onHand: 47 }, [bowl]: { onHand: 50 } })
    const [session] = await tillSessions(server.rpc, `${store}/till-1`)
    expect(session).toMatchObject({ state: 'closed', orders: 1 })
    expect(session!.debit).toBe(session!.credit)
  })

  test('cents that the till rounds otherwise than Odoo stand on a line of their own, and the session balances', async () => {
    const { store, mug, bowl, till } = await open()
    const one = till('till-1')
    // Taxes on top, taken on the whole receipt by the till and line by line by Odoo.
    const price = 1003
    const receipt = one.sell(Array.from({ length: 7 }, () => ({ sku: mug, price })))
    const whole = Math.floor(7 * price * 0.0825 + 0.5)
    const lines = Array.from({ length: 7 }, () => Math.floor(price * 0.0825 + 0.5)).reduce((a, b) => a + b, 0)
    expect(whole).not.toBe(lines)
    one.records.pop()
    one.sellExactly(receipt, whole - lines)
    one.sell([{ sku: bowl, pieces: 3, price: 333, rate: '0.19', included: true }])
    one.sell([{ sku: bowl, price: 333, discount: 111, rate: '0.19', included: true }])
    one.close()
    await sendAll(store, one.jsonl())
    expect((await hub.till(store, 'till-1')).held).toEqual([])
    const [session] = await tillSessions(server.rpc, `${store}/till-1`)
    expect(session).toMatchObject({ state: 'closed', orders: 3, difference: 0 })
    expect(session!.debit).toBe(session!.credit)
    const sums = (await tillOrders(server.rpc, `${store}/till-1`)).map(({ total, tax }) => [total, tax])
    expect(sums).toEqual([
      [(7 * price + whole) / 100, whole / 100],
      [9.99, 1.6],
      [2.22, 0.35],
    ])
  })
}
