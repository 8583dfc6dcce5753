/** Orders of Amazon all the way to Odoo and back: pending ones, those that Amazon ships, those that lack an address. */
import { expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import { freshDatabase } from '../support/database.ts'
import { aMarketplace, AMAZON, type Marketplace } from './marketplace.ts'

const saleOf = ({ erp }: Marketplace, orderId: string) =>
  erp.beliefs().sales.find(({ ref }) => ref === `crossdock:${AMAZON}:${orderId}`)
const orderOf = ({ amazon }: Marketplace, orderId: string) =>
  must(
    amazon.beliefs().orders.find(({ id }) => id === orderId),
    'the order',
  )

test('an order comes by the queue, is booked without the tax Amazon keeps, ships, and Amazon is told once', async () => {
  const world = await aMarketplace(await freshDatabase())
  const id = must(world.amazon.placeOrder({ lines: [{ sku: 'MUG', quantity: 2 }], shipping: 499 }), 'enough')
  await world.pass(2)
  const sale = must(saleOf(world, id), 'the sale')
  expect(sale).toMatchObject({ state: 'sale', locked: true, total: 29.99, customer: 'Ada Byron' })
  expect(orderOf(world, id).total).not.toBe('29.99')

  world.erp.ship(sale.id, { tracking: '1Z1', carrier: 'UPS' })
  await world.pass(5)
  expect(orderOf(world, id)).toMatchObject({
    status: 'SHIPPED',
    packages: [{ trackingNumber: '1Z1', lines: [{ quantity: 2 }] }],
  })
  await world.pass(15)
  expect(orderOf(world, id).packages).toHaveLength(1)
  expect(saleOf(world, id)!.invoices).toMatchObject([{ state: 'posted', total: 29.99, tax: 0 }])
  expect(await world.state(id)).toMatchObject({ stage: 'completed', exceptions: [] })
  expect(world.erp.beliefs().duplicates).toEqual([])
  expect(world.amazon.beliefs().counts.throttled).toBe(0)
})

test('a pending order holds stock and waits; settled it goes to Odoo; cancelled before, it never does', async () => {
  const world = await aMarketplace(await freshDatabase())
  const lines = [{ sku: 'MUG', quantity: 1 }]
  const [kept, dropped] = [1, 2].map(() =>
    must(world.amazon.placeOrder({ lines, pendingMs: 30 * 60_000 }), 'enough'),
  ) as [string, string]
  await world.pass(3)
  const { exceptions, stage } = await world.state(kept)
  expect([stage, exceptions.map(({ code }) => code)]).toEqual(['placed', ['payment_pending']])
  const [ledger] = await world.database.query<{ state: unknown }>(
    `select state from stream where stream = 'stock/WH/MUG'`,
  )
  expect(JSON.stringify(ledger!.state)).toContain(`${AMAZON}:${kept}`)
  world.amazon.cancelOrder(dropped)
  await world.pass(30)
  expect(saleOf(world, kept)).toMatchObject({ state: 'sale' })
  expect(saleOf(world, dropped)).toBeUndefined()
  expect((await world.state(dropped)).stage).toBe('cancelled')
})

test('T30: an order that Amazon ships is booked in its own warehouse, and touches neither our stock nor our parcels', async () => {
  const world = await aMarketplace(await freshDatabase())
  const id = must(world.amazon.placeOrder({ lines: [{ sku: 'KETTLE', quantity: 2 }] }), 'enough')
  await world.pass(3)
  const sale = must(saleOf(world, id), 'the sale')
  expect(sale).toMatchObject({ state: 'sale', customer: 'Amazon customer', lines: [{ sku: 'KETTLE', quantity: 2 }] })
  expect(sale.deliveries[0]!.name).toMatch(/^FBA\//)
  const ledgers = await world.database.query<{ state: unknown }>(
    `select state from stream where stream like 'stock/%/KETTLE'`,
  )
  expect(JSON.stringify(ledgers)).not.toContain(id)
  // Nor is a number of ours written to, or asked of, an offer that Amazon ships.
  const asked = await world.database.query(
    `select 1 from outbox where type like 'inventory.%' and ask::text like '%KETTLE%'`,
  )
  expect(asked).toEqual([])
  const free = () =>
    world.erp.beliefs().stock.flatMap((one) => (one.sku === 'KETTLE' ? [[one.warehouse, one.free]] : []))
  expect(Object.fromEntries(free())).toEqual({ WH: 5, FBA: 18 })
  world.amazon.shipByAmazon(id)
  await world.pass(3)
  expect(await world.state(id)).toMatchObject({ stage: 'completed', exceptions: [] })
  expect(saleOf(world, id)!.invoices).toMatchObject([{ state: 'posted', total: 79.8 }])
  const { deliveries } = saleOf(world, id)!
  expect(deliveries.map(({ state, lines }) => [state, lines[0]!.quantity])).toEqual([['done', 2]])
  const calls = () => world.database.query(`select 1 from outbox_all where type = 'delivery.ensure'`)
  expect(await calls()).toHaveLength(1)
  await world.pass(15)
  expect(await calls(), 'the ERP is told once').toHaveLength(1)
})

test('without a warehouse for goods at Amazon such an order waits under its name', async () => {
  const world = await aMarketplace(await freshDatabase(), { channelPool: false })
  const id = must(world.amazon.placeOrder({ lines: [{ sku: 'KETTLE', quantity: 1 }] }), 'enough')
  await world.pass(3)
  expect(saleOf(world, id)).toBeUndefined()
  expect((await world.state(id)).exceptions).toMatchObject([{ code: 'channel_pool_missing' }])
})

test('what the queue never told is found by listing, and how far all orders are known is written down', async () => {
  const world = await aMarketplace(await freshDatabase())
  world.amazon.dropSubscriptions()
  const id = must(world.amazon.placeOrder({ lines: [{ sku: 'MUG', quantity: 1 }] }), 'enough')
  await world.pass(14)
  expect(saleOf(world, id)).toMatchObject({ state: 'sale' })
  const known = await world.database.query<{ key: string }>(
    `select key from inbox where source = $1 and key like 'caught-up/%' order by key desc limit 1`,
    [AMAZON],
  )
  expect(Date.parse(known[0]!.key.slice('caught-up/'.length))).toBeGreaterThan(world.clock.ms - 10 * 60_000)
})

test('an order we must ship and whose address is withheld waits under its name', async () => {
  const world = await aMarketplace(await freshDatabase())
  world.amazon.setPersonalData(false)
  const id = must(world.amazon.placeOrder({ lines: [{ sku: 'MUG', quantity: 1 }] }), 'enough')
  await world.pass(3)
  expect(saleOf(world, id)).toBeUndefined()
  expect((await world.state(id)).exceptions).toMatchObject([{ code: 'address_missing' }])
})
