/**
 * Goods and money back through a real Odoo: refunds made in a simulated shop end as a received return and a posted
 * credit note, each once. Needs the variables named in `server.ts`; without them it says so and passes.
 */
import { beforeAll, expect, test } from 'vitest'
import { tellStream } from '#engine/person.ts'
import { streams } from '#core/streams.ts'
import { openHub, type HubOptions, type TestHub } from './hub.ts'
import { ADA } from './masterdata.ts'
import { accessOf, type OdooServer, openServer, runName } from './server.ts'
import { LONG_MS, withOdoo } from './with-odoo.ts'

withOdoo(
  'back through a real Odoo',
  'the returns through a real Odoo are left out without one',
  'tests/odoo/returns.odoo.test.ts',
  journeys,
)

const BUYER = { ...ADA, phone: '+15125550100' }

function journeys(): void {
  const access = accessOf()
  let server: OdooServer
  beforeAll(async () => void (server = await openServer(access.admin)), LONG_MS)

  /** Three mugs with a discount and a bowl, sold, shipped and invoiced. */
  async function sold(options: HubOptions = {}, included = false) {
    const run = runName()
    const [mug, bowl] = [`MUG-${run}`, `BOWL-${run}`]
    const products = [
      { sku: mug, title: 'Blue mug', price: '12.50' },
      { sku: bowl, title: 'Red bowl', price: '7.95' },
    ]
    await server.addProducts(
      products.map(({ sku, title, price }) => ({ sku, name: title, price: Number(price), onHand: 20 })),
    )
    const hub = await openHub(access.hub, products, options)
    await hub.until('the shop offers what Odoo has', () =>
      [mug, bowl].every((sku) => hub.shop.beliefs().available[sku] === 20),
    )
    const id = hub.shop.placeOrder({
      lines: [
        { sku: mug, quantity: 3, discount: '3.33' },
        { sku: bowl, quantity: 1 },
      ],
      customer: BUYER,
      taxRate: included ? 0.2 : 0.0825,
      taxesIncluded: included,
      shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    })!
    await hub.until('the sale is there', async () => (await hub.order(id))?.status === 'confirmed')
    expect(await server.ship(hub.refOf(id), { tracking: '1Z0001' })).toBe(true)
    await hub.until('the order is completed', async () => (await hub.order(id))?.status === 'completed')
    await hub.rest()
    return { hub, id, mug, bowl }
  }

  const refundOf = (hub: TestHub, id: string) =>
    Number(hub.shop.beliefs().orders.find((order) => order.id === id)!.refunded)

  /** What Odoo believes came back: returns by state, credit notes, and the sale itself. */
  async function back(hub: TestHub, id: string) {
    const [sale] = await server.rpc.search(
      'sale.order',
      [['origin', '=', `crossdock:${hub.refOf(id)}`]],
      ['invoice_status', 'locked'],
    )
    const returns = await server.rpc.search(
      'stock.picking',
      [['sale_id', '=', sale!.id], ['return_id', '!=', false]],
      ['state', 'location_dest_id', 'origin', 'picking_type_code'],
    ) // prettier-ignore
    const moves = await server.rpc.search(
      'stock.move',
      [['picking_id', 'in', returns.map((one) => one.id)]],
      ['quantity', 'location_dest_id'],
    )
    const credits = await server.rpc.search(
      'account.move',
      [['move_type', '=', 'out_refund'], ['ref', 'like', `crossdock:${hub.refOf(id)}:`]],
      ['state', 'amount_total', 'amount_tax', 'payment_state', 'reversed_entry_id'],
    ) // prettier-ignore
    const lines = await server.rpc.search(
      'sale.order.line',
      [['order_id', '=', sale!.id]],
      ['product_uom_qty', 'qty_delivered', 'qty_invoiced', 'qty_to_invoice'],
    )
    return { sale: sale!, returns, moves, credits, lines }
  }

  for (const included of [false, true])
    test(`a piece comes back and is restocked, ${included ? 'tax included' : 'tax on top'}`, async () => {
      const { hub, id, mug } = await sold({}, included)
      hub.shop.refund(id, [{ sku: mug, quantity: 1, restock: true }])
      await hub.rest()
      const { sale, returns, moves, credits, lines } = await back(hub, id)
      expect(returns.map((one) => one['state'])).toEqual(['done'])
      expect(returns[0]!['picking_type_code']).toBe('incoming')
      expect(moves.map((one) => one['quantity'])).toEqual([1])
      expect(credits.map((one) => [one['state'], one['amount_total']])).toEqual([['posted', refundOf(hub, id)]])
      expect(lines[0]).toMatchObject({ product_uom_qty: 2, qty_delivered: 2, qty_invoiced: 2, qty_to_invoice: 0 })
      expect(sale).toMatchObject({ invoice_status: 'invoiced', locked: true })
      expect((await server.stock([mug]))[mug]).toEqual({ onHand: 18, free: 18 })
      expect(hub.shop.beliefs().available[mug]).toBe(18)
      expect((await hub.order(id))!.exceptions).toEqual([])
    })

  test('money alone, then pieces that stay with the customer: two credit notes, nothing booked back', async () => {
    const { hub, id, mug } = await sold()
    hub.shop.refund(id, [], 250)
    await hub.rest()
    hub.shop.refund(id, [{ sku: mug, quantity: 2, restock: false }])
    await hub.rest()
    const { sale, returns, credits, lines } = await back(hub, id)
    expect(returns).toEqual([])
    expect(credits.map((one) => one['state'])).toEqual(['posted', 'posted'])
    expect(credits[0]!['amount_total']).toBe(2.5)
    const sum = credits.reduce((all, one) => all + (one['amount_total'] as number), 0)
    expect(sum).toBeCloseTo(refundOf(hub, id), 6)
    expect(lines[0]).toMatchObject({ product_uom_qty: 3, qty_delivered: 3, qty_invoiced: 3, qty_to_invoice: 0 })
    expect(sale['invoice_status']).toBe('invoiced')
  })

  test('one answer in 23 is lost: still one return and one credit note', async () => {
    const { hub, id, mug, bowl } = await sold({ loseEvery: 23 })
    hub.shop.refund(id, [
      { sku: mug, quantity: 2, restock: true },
      { sku: bowl, quantity: 1, restock: true },
    ])
    await hub.rest()
    const { returns, credits } = await back(hub, id)
    expect(returns.map((one) => one['state'])).toEqual(['done'])
    expect(credits.map((one) => [one['state'], one['amount_total']])).toEqual([['posted', refundOf(hub, id)]])
    expect(hub.wire.lost).toBeGreaterThan(0)
  })

  test('damaged pieces a person received are back, and not on the shelf', async () => {
    const { hub, id, mug } = await sold()
    const order = streams.order(hub.channel, id)
    const [row] = await hub.engine.database.query<{ lineId: string }>(
      `select state #>> '{order,lines,0,id}' as "lineId" from stream where stream = $1`,
      [order],
    )
    const lines = [{ lineId: row!.lineId, quantity: 1, disposition: 'damaged' }]
    const command = { type: 'order.askBack', request: { type: 'return.receive', receiptId: 'c-1', lines } }
    await tellStream(hub.engine, order, command, 'receive')
    await hub.rest()
    const { returns, moves } = await back(hub, id)
    expect(returns.map((one) => one['state'])).toEqual(['done'])
    const scrap = await server.rpc.search('stock.location', [['scrap_location', '=', true]], [])
    expect(scrap.map(({ id: place }) => place)).toContain(moves[0]!['location_dest_id'])
    expect((await server.stock([mug]))[mug]).toEqual({ onHand: 17, free: 17 })
  })
}
