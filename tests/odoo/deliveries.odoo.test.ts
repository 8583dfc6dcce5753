/**
 * What left a warehouse that others run, booked in a real Odoo: a parcel is a delivery that is done, the rest a
 * backorder, each once; and the shop is told of just these. Needs the variables named in `server.ts`.
 */
import { beforeAll, expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { streams } from '#core/streams.ts'
import { openHub } from './hub.ts'
import { ADA } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'deliveries booked in a real Odoo',
  'deliveries booked in a real Odoo are left out without one',
  'tests/odoo/deliveries.odoo.test.ts',
  journeys,
)

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  beforeAll(async () => void (server = await openServer(access.admin)), LONG_MS)

  test('two parcels of one sale: two deliveries, both told to the shop, and the order is invoiced', async () => {
    const run = runName()
    const [mug, bowl] = [`MUG-${run}`, `BOWL-${run}`]
    const products = [
      { sku: mug, title: 'Blue mug', price: '12.50' },
      { sku: bowl, title: 'Red bowl', price: '7.95' },
    ]
    await server.addProducts(
      products.map(({ sku, title, price }) => ({ sku, name: title, price: Number(price), onHand: 20 })),
    )
    const hub = await openHub(access.hub, products)
    await hub.until('the shop offers what Odoo has', () => hub.shop.beliefs().available[mug] === 20)
    const id = hub.shop.placeOrder({
      lines: [
        { sku: mug, quantity: 3 },
        { sku: bowl, quantity: 2 },
      ],
      customer: ADA,
      taxRate: 0.0825,
      shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    })!
    await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')

    const orderRef = hub.refOf(id)
    const [sale] = await server.rpc.search('sale.order', [['origin', '=', `crossdock:${orderRef}`]], ['name'])
    const lines = await server.rpc.search('sale.order.line', [['order_id', '=', sale!.id]], ['product_uom_qty'])
    const lineOf = (sku: string) => String(lines.find((one) => one['product_uom_qty'] === (sku === mug ? 3 : 2))!.id)
    const book = async (key: string, ...left: [string, number][]) => {
      const ask: Ask<'delivery.ensure'> = {
        orderRef,
        warehouse: 'WH',
        key,
        shippedAt: new Date().toISOString(),
        trackingNumber: `T-${key}`,
        lines: left.map(([sku, quantity]) => ({ saleLineId: lineOf(sku), quantity })),
      }
      const [outcome] = await hub.engine.connections
        .get('odoo')!
        .outbound['delivery.ensure']!.send([{ key, attempt: 1, ask }])
      if ('fault' in outcome!) throw outcome.fault
      return outcome!.answer
    }

    const first = await book('p1', [mug, 2])
    expect(await book('p1', [mug, 2])).toEqual(first)
    const deliveries = async () =>
      (
        await server.rpc.search(
          'stock.picking',
          [['sale_id', '=', sale!.id]],
          ['state', 'carrier_tracking_ref', 'backorder_id'],
        )
      )
        .toSorted((a, b) => a.id - b.id)
        .map((one) => [one['state'], one['carrier_tracking_ref'], one['backorder_id'] !== false])
    expect(await deliveries()).toEqual([
      ['done', 'T-p1', false],
      ['assigned', false, true],
    ])
    await hub.until('the shop has the first parcel', () => fulfilments(hub, id).length === 1)

    await book('p2', [mug, 1], [bowl, 2])
    expect(await deliveries()).toEqual([
      ['done', 'T-p1', false],
      ['done', 'T-p2', true],
    ])
    await expect(book('p3', [mug, 1])).rejects.toMatchObject({ code: 'odoo.deliver_too_much' })
    await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
    expect(fulfilments(hub, id)).toHaveLength(2)
    expect(await hub.order(id)).toMatchObject({ exceptions: [] })
    expect(streams.fulfilment(hub.channel, id)).toContain(id)
  })
}

const fulfilments = (hub: Awaited<ReturnType<typeof openHub>>, id: string) =>
  hub.shop.beliefs().orders.find((order) => order.id === id)!.fulfilments
