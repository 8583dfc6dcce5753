/**
 * Sold before it is here, through a real Odoo: what its open receipts expect is sold and no more, the day slips, some
 * never come, the rest arrives in two parts, and each piece goes to who waited longest. Needs the variables named in
 * `server.ts`; without them it says so and passes.
 */
import { orderPage } from '#insight/orders.ts'
import { stockPage } from '#insight/stock.ts'
import { beforeAll, expect, test } from 'vitest'
import type { Config } from '../../src/config.ts'
import { openHub, type TestHub } from './hub.ts'
import { ADA } from './masterdata.ts'
import { openReceipts } from './receipts.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'sold before it is here through a real Odoo',
  'what is sold before it is here, in a real Odoo, is left out without one',
  'tests/odoo/presale.odoo.test.ts',
  journeys,
)

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)
const cents = (value: unknown): number => Math.round(Number(value) * 100)

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  let receipts: Awaited<ReturnType<typeof openReceipts>>
  beforeAll(async () => {
    server = await openServer(access.admin)
    receipts = await openReceipts(server.rpc)
  }, LONG_MS)

  const ahead = (sku: string) => (config: Config, channel: string): Config => ({
    ...config,
    policy: {
      ...config.policy,
      presale: [
        {
          kind: 'backorder', skus: [sku], from: 'erp', expected: [], since: null, cap: null, holdBack: 0,
          channels: [channel], release: null, ship: 'whole', owner: 'buying',
        },
      ],
    },
  }) // prettier-ignore

  /** Two are here, six are expected. */
  async function open(loseEvery: number, days: number) {
    const sku = `MUG-${runName()}`
    await server.addProducts([{ sku, name: 'Blue mug', price: 12.5, onHand: 2 }])
    const receipt = await receipts.expect(sku, 6, dayIn(days))
    const hub = await openHub(access.hub, [{ sku, title: 'Blue mug', price: '12.50' }], { loseEvery, configure: ahead(sku) }) // prettier-ignore
    const shown = () => hub.shop.beliefs().available[sku]
    await hub.until('the shop offers what is here and what comes', () => shown() === 8)
    const page = async () => (await stockPage(hub.engine.database, server.warehouse, sku, hub.engine.policy))!
    const promises = async () =>
      (await page()).presale!.promises.map(({ externalId, pieces, date }) => [externalId, pieces, date])
    const later = async () => {
      hub.pass(HOUR_MS + 60_000)
      await hub.rest()
    }
    return { hub, sku, receipt, shown, page, promises, later }
  }

  async function buy(hub: TestHub, sku: string, quantity: number): Promise<string> {
    const id = hub.shop.placeOrder({
      lines: [{ sku, quantity }],
      customer: ADA,
      taxRate: 0.0825,
      shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    })!
    await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')
    await hub.rest()
    return id
  }

  const datedFor = async (hub: TestHub, id: string) => {
    const [sale] = await server.rpc.search('sale.order', [['origin', '=', `crossdock:${hub.refOf(id)}`]], ['commitment_date']) // prettier-ignore
    return String(sale!['commitment_date'] || '').slice(0, 10)
  }
  const lineOf = async ({ engine, channel }: TestHub, id: string) =>
    (await orderPage(engine.database, channel, id, new Map()))!.lines[0]!

  for (const loseEvery of [Infinity, 13])
    test(`slips, shrinks, comes in two parts${loseEvery < Infinity ? ', one answer in 13 lost' : ''}: each piece once, to who waited longest`, async () => {
      const { hub, sku, receipt, shown, page, promises, later } = await open(loseEvery, 13)
      const first = await buy(hub, sku, 2)
      const second = await buy(hub, sku, 3)
      const third = await buy(hub, sku, 2)
      expect(shown()).toBe(1)
      expect(await promises()).toEqual([
        [second, 3, dayIn(13)],
        [third, 2, dayIn(13)],
      ])
      expect([await datedFor(hub, first), await datedFor(hub, second)]).toEqual(['', dayIn(13)])
      expect(await server.ship(hub.refOf(first))).toBe(true)
      await hub.until('the first one has left', async () => (await hub.order(first))?.status === 'completed')
      expect(await server.ship(hub.refOf(second))).toBe(false)

      await receipts.replan(receipt, { date: dayIn(20) })
      await later()
      for (const id of [second, third]) expect((await hub.order(id))!.exceptions).toEqual(['promise_late'])
      expect((await lineOf(hub, second)).promise).toEqual({ pieces: 3, date: dayIn(20), first: dayIn(13) })

      await receipts.replan(receipt, { pieces: 4 })
      await later()
      expect(await promises()).toEqual([
        [second, 3, dayIn(20)],
        [third, 2, null],
      ])
      expect((await hub.order(third))!.exceptions).toEqual(['promise_lost'])
      expect((await page()).stock.incidents.join()).toContain(third)
      expect(shown()).toBe(0)

      await receipts.receive(receipt, 3)
      await hub.rest()
      expect(await promises()).toEqual([[third, 2, null]])
      expect(await hub.order(second)).toMatchObject({ exceptions: [] })
      expect(shown()).toBe(0)
      expect(await server.ship(hub.refOf(second))).toBe(true)
      await hub.until('the second one has left', async () => (await hub.order(second))?.status === 'completed')
      expect(await server.ship(hub.refOf(third))).toBe(false)

      // The piece that is still to come is called off; two others are ordered anew, and one more than is promised.
      await receipts.callOff(sku)
      const anew = await receipts.expect(sku, 3, dayIn(40))
      await later()
      expect(await promises()).toEqual([[third, 2, dayIn(40)]])
      expect(shown()).toBe(1)
      await receipts.receive(anew, 3)
      await hub.rest()
      expect(await promises()).toEqual([])
      expect(shown()).toBe(1)
      expect(await server.ship(hub.refOf(third))).toBe(true)
      await hub.until('all have left', async () => (await hub.order(third))?.status === 'completed')
      await hub.rest()
      expect((await page()).stock.incidents).toEqual([])
      expect((await server.stock([sku]))[sku]).toEqual({ onHand: 1, free: 1 })
      for (const id of [first, second, third]) {
        const order = hub.shop.beliefs().orders.find((one) => one.id === id)!
        const [sale, ...more] = await server.sales(hub.refOf(id))
        const invoices = sale!.invoices.map(({ state, total }) => [state, cents(total)])
        expect([more, invoices]).toEqual([[], [['posted', cents(order.total)]]])
        expect([order.fulfilments.length, (await hub.order(id))!.exceptions]).toEqual([1, []])
      }
      if (loseEvery < Infinity) expect(hub.wire.lost).toBeGreaterThan(0)
    })
}
