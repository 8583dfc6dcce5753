/**
 * Batches of tills through the hub into a real Odoo: till orders, stock, sessions and their entries, compared with what
 * the tills rang up. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openTill } from '../support/till.ts'
import { openTillHub, type TillHub } from '../support/till-hub.ts'
import { ensureServiceProduct, ensureTax } from './masterdata.ts'
import { accessOf, missingVariables, type OdooServer, openServer, runName, sayMissing } from './server.ts'
import { ensurePointOfSale, ensureTillModule, tillOrders, tillSessions } from './point-of-sale.ts'

const LONG_MS = 300_000

const missing = missingVariables()
if (missing.length > 0) {
  test('the tills of a real Odoo are left out without one', () => {
    sayMissing('tests/odoo/till.odoo.test.ts')
    expect(missing).not.toEqual([])
  })
} else {
  describe('tills and a real Odoo', { timeout: LONG_MS }, journeys)
}

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
}
