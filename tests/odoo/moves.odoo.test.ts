/**
 * What a person does with an order in a real Odoo: its open pieces leave from another warehouse, some of them from the
 * first one again, and the shop is told anew. Nothing leaves twice and the invoice is what was paid, whatever answers
 * are lost. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { actionOf } from '#api/order-action.ts'
import { type OrderAction, orderAction } from '#api/contract-actions.ts'
import { doAction, lookAtAction } from '#engine/action.ts'
import { beforeAll, expect, test } from 'vitest'
import type { Config } from '../../src/config.ts'
import { openHub, type TestHub } from './hub.ts'
import { ADA, ensureWarehouse } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'moved and sent again through a real Odoo',
  'moves of orders in a real Odoo are left out without one',
  'tests/odoo/moves.odoo.test.ts',
  journeys,
)

const WEST = 'WEST'
const cents = (value: unknown): number => Math.round(Number(value) * 100)

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  let west: { id: number; stock: number }
  beforeAll(async () => {
    server = await openServer(access.admin)
    west = await ensureWarehouse(server.rpc, WEST, 'Crossdock West')
  }, LONG_MS)

  /** Home first; the other one serves what home has not got. */
  const routed = (config: Config, channel: string): Config => {
    const { policy } = config
    const routing = {
      zones: [{ countries: [], postcodes: [], from: [{ pool: server.warehouse }, { pool: WEST }] }],
      pickUp: {}, never: {}, cutOffs: {}, split: 'never' as const,
    } // prettier-ignore
    return {
      ...config,
      policy: { ...policy, channels: { ...policy.channels, [channel]: { ...policy.channels[channel]!, routing } } },
    }
  }

  /** Three mugs and two bowls, paid for, in Odoo; both warehouses have twenty of each. */
  async function sold(loseEvery: number) {
    const run = runName()
    const [mug, bowl] = [`MUG-${run}`, `BOWL-${run}`]
    const products = [
      { sku: mug, title: 'Blue mug', price: '12.50' },
      { sku: bowl, title: 'Red bowl', price: '7.95' },
    ]
    await server.addProducts(
      products.map(({ sku, title, price }) => ({ sku, name: title, price: Number(price), onHand: 20 })),
    )
    for (const { sku } of products) await server.count(sku, 20, west.stock)
    const hub = await openHub(access.hub, products, { loseEvery, configure: routed })
    await hub.until('the shop offers what Odoo has', () => (hub.shop.beliefs().available[bowl] ?? 0) >= 20)
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
    await hub.rest()
    return { hub, id, mug, bowl, ref: hub.refOf(id) }
  }

  async function act({ engine, channel, rest }: TestHub, externalId: string, wanted: unknown): Promise<void> {
    const action = (await actionOf(engine, { channel, externalId }, orderAction.parse(wanted) as OrderAction))!
    const { refused, token } = await lookAtAction(engine, action)
    expect(refused).toBeNull()
    expect((await doAction(engine, action, token)).fresh).toBe(true)
    await rest()
  }

  /** What leaves of the order, or has left: `<warehouse> <pieces> <sku>`. */
  async function leaving(ref: string, states: readonly string[]): Promise<string[]> {
    const moves = await server.rpc.search(
      'stock.move',
      [['sale_line_id.order_id.origin', '=', `crossdock:${ref}`], ['state', 'in', states], ['product_uom_qty', '>', 0]],
      ['product_id', 'product_uom_qty', 'quantity', 'location_id'],
    ) // prettier-ignore
    const products = await server.rpc.search('product.product', [['id', 'in', moves.map((one) => one['product_id'])]], ['default_code']) // prettier-ignore
    return moves
      .map(({ product_id: product, product_uom_qty: planned, quantity, location_id: from }) => {
        const sku = String(products.find((one) => one.id === product)!['default_code'])
        return `${from === west.stock ? WEST : server.warehouse} ${Number(planned)}/${Number(quantity)} ${sku}`
      })
      .toSorted()
  }
  const open = (ref: string) => leaving(ref, ['draft', 'waiting', 'confirmed', 'partially_available', 'assigned'])

  for (const loseEvery of [Infinity, 11])
    test(`all of it to the other warehouse, some of it back, told again${loseEvery < Infinity ? ', one answer in 11 lost' : ''}: sent once, billed to the cent`, async () => {
      const { hub, id, mug, bowl, ref } = await sold(loseEvery)
      const home = server.warehouse
      expect(await open(ref)).toEqual([`${home} 3/3 ${mug}`, `${home} 2/2 ${bowl}`].toSorted())
      const [before] = await server.sales(ref)

      await act(hub, id, { do: 'reroute', to: WEST, by: 'Kim' })
      expect(await hub.order(id)).toMatchObject({ status: 'confirmed', exceptions: [] })
      expect(await open(ref)).toEqual([`${WEST} 3/3 ${mug}`, `${WEST} 2/2 ${bowl}`].toSorted())

      await act(hub, id, { do: 'split', to: home, skus: [bowl], by: 'Kim' })
      expect(await hub.order(id)).toMatchObject({ status: 'confirmed', exceptions: [] })
      expect(await open(ref)).toEqual([`${WEST} 3/3 ${mug}`, `${home} 2/2 ${bowl}`].toSorted())
      const [after, ...more] = await server.sales(ref)
      expect(more).toEqual([])
      expect([after!.id, after!.total, after!.tax, after!.locked]).toEqual([
        before!.id,
        before!.total,
        before!.tax,
        true,
      ])

      expect(await server.ship(ref, { tracking: '1Z0001' })).toBe(true)
      expect(await server.ship(ref, { tracking: '1Z0002' })).toBe(true)
      await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
      await hub.rest()
      const shop = () => hub.shop.beliefs().orders.find((one) => one.id === id)!
      const told = shop().fulfilments
      expect(told).toHaveLength(2)
      await act(hub, id, { do: 'resend' })
      expect(shop().fulfilments).toEqual(told)

      expect(await open(ref)).toEqual([])
      expect(await server.ship(ref)).toBe(false)
      expect(await leaving(ref, ['done'])).toEqual([`${WEST} 3/3 ${mug}`, `${home} 2/2 ${bowl}`].toSorted())
      const [sale] = await server.sales(ref)
      expect(sale!.invoices.map(({ state, total }) => [state, cents(total)])).toEqual([['posted', cents(shop().total)]])
      expect(await server.stock([mug, bowl])).toEqual({
        [mug]: { onHand: 37, free: 37 },
        [bowl]: { onHand: 38, free: 38 },
      })
      expect(await hub.order(id)).toMatchObject({ status: 'completed', exceptions: [] })
      if (loseEvery < Infinity) expect(hub.wire.lost).toBeGreaterThan(0)
    })

  test('what is packed stays where it is, by name, and what was set aside elsewhere is let go', async () => {
    const { hub, id, mug, ref } = await sold(Infinity)
    const moves = await server.rpc.search('stock.move', [['sale_line_id.order_id.origin', '=', `crossdock:${ref}`]], [])
    await server.rpc.call('stock.move', 'write', [moves.map((one) => one.id), { picked: true }])
    await act(hub, id, { do: 'reroute', to: WEST, by: 'Kim' })
    expect((await hub.order(id))!.exceptions).toEqual(['move_refused'])
    expect((await open(ref)).every((line) => line.startsWith(`${server.warehouse} `))).toBe(true)
    expect(await server.ship(ref)).toBe(true)
    await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
    await hub.rest()
    expect((await server.stock([mug]))[mug]).toEqual({ onHand: 37, free: 37 })
  })
}
