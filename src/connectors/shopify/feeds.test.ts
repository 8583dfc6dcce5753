/** The feeds read everything once, whatever happens meanwhile, and tell the same as the webhooks. */
import type { Json } from '#canon/json.ts'
import type { Order } from '#canon/order.ts'
import { expect, test } from 'vitest'
import type { Delivery, Reading } from '../kit/connector.ts'
import { asRequest, heard } from '../kit/testing.ts'
import { BUYER, createWorld, MUG, STANDARD, takeHooks, type WorldOptions } from './testing.ts'

const MINUTE = 60_000

/** Reads a feed until there is no more, as the engine does. `until`: how far it says that orders are known. */
async function readAll(world: ReturnType<typeof createWorld>, name: 'orders' | 'products', cursor: Json | null = null) {
  const readings: Reading[] = []
  for (let pages = 0; ; pages++) {
    expect(pages).toBeLessThan(200)
    const page = await world.connection.feeds[name]!.read(cursor)
    readings.push(...page.readings)
    cursor = JSON.parse(JSON.stringify(page.cursor)) as Json
    if (page.more) continue
    const [orders, said] = [readings.filter((one) => !isWord(one)), readings.filter(isWord)]
    return { readings: orders, cursor, until: said.map(({ body }) => (body as { until: string }).until) }
  }
}

const rich: WorldOptions = { shop: { bucketSize: 1_000_000, restoreRate: 100_000 } }
const buy = (world: ReturnType<typeof createWorld>, quantity = 1) =>
  world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity }] })!
const idsOf = (readings: Reading[]) => readings.map(({ key }) => key.split(':')[1])
const isWord = ({ topic }: Reading) => topic === 'poll/caught-up'

test('the first reading goes back as far as configured, and the next ones only read what is new', async () => {
  const world = createWorld(rich)
  world.shop.addProduct({ ...MUG, available: 1_000 })
  const old = buy(world)
  world.clock.pass(8 * 24 * 60 * MINUTE)
  const recent = buy(world)
  world.clock.pass(MINUTE)
  const first = await readAll(world, 'orders')
  expect(idsOf(first.readings)).toEqual([recent])
  world.clock.pass(MINUTE)
  expect(await readAll(world, 'orders', first.cursor)).toMatchObject({ readings: [] })
  const next = buy(world)
  world.shop.cancelOrder(old, { reason: 'customer', restock: true })
  const second = await readAll(world, 'orders', first.cursor)
  expect(new Set(idsOf(second.readings))).toEqual(new Set([old, next]))
  world.clock.pass(MINUTE)
  const again = await readAll(world, 'orders', second.cursor)
  expect(again.readings.map(({ key }) => key).sort()).toEqual(second.readings.map(({ key }) => key).sort())
  expect((await readAll(world, 'orders', again.cursor)).readings).toEqual([])
})

const orderIn = (command: { type: string }) => (command as { order?: Order }).order

test('what gift cards and store credit paid, and got back, is told where that is read, and by nobody else', async () => {
  const told = async (redemptions: boolean) => {
    const world = createWorld({ ...rich, config: { redemptions } })
    world.shop.addProduct(MUG)
    const tenders = [{ gateway: 'gift_card', amount: '7.00' }]
    const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }], financialStatus: 'paid', tenders })!
    world.shop.cancelOrder(id, { reason: 'customer', restock: true })
    const { readings } = await readAll(world, 'orders')
    const orders = (all: readonly Delivery[]) =>
      all.flatMap((one) => world.connection.translate(one)).map(({ command }) => orderIn(command)!)
    const hooks = takeHooks(world).flatMap((hook) => heard(world.connection, asRequest(hook, world.clock.now)))
    for (const { command } of hooks) expect(orderIn(command)?.redeemed).toBeUndefined()
    return orders(readings.map((one) => ({ ...one, receivedAt: new Date(world.clock.now).toISOString() })))[0]!.redeemed
  }
  expect(await told(false)).toBeUndefined()
  const usd = (amount: number) => ({ amount, currency: 'USD' })
  expect(await told(true)).toMatchObject([{ amount: usd(700) }, { amount: usd(-700) }])
})

test('at a cut-over nothing before the first reading is ours', async () => {
  const world = createWorld({ ...rich, config: { backfillDays: 0 } })
  world.shop.addProduct(MUG)
  buy(world)
  world.clock.pass(MINUTE)
  const { readings, cursor } = await readAll(world, 'orders')
  expect(readings).toEqual([])
  const later = buy(world)
  expect(idsOf((await readAll(world, 'orders', cursor)).readings)).toEqual([later])
})

test('hundreds of orders are read over many pages, each once, also when they change while being read', async () => {
  const world = createWorld(rich)
  world.shop.addProduct({ ...MUG, available: 1_000 })
  const ids = Array.from({ length: 260 }, () => {
    world.clock.pass(20_000)
    return buy(world)
  })
  const page = await world.connection.feeds['orders']!.read(null)
  world.shop.markPaid(ids[200]!)
  world.shop.cancelOrder(ids[3]!, { reason: 'customer', restock: true })
  const { readings } = await readAll(world, 'orders', page.cursor)
  const all = [...page.readings, ...readings]
  expect(new Set(idsOf(all))).toEqual(new Set(ids))
  expect(new Set(all.map(({ key }) => key)).size).toBe(all.length)
  expect(all.length).toBeLessThanOrEqual(262)
})

test('two changes within one second are two readings', async () => {
  const world = createWorld(rich)
  world.shop.addProduct(MUG)
  const id = buy(world)
  const before = await readAll(world, 'orders')
  world.shop.cancelOrder(id, { reason: 'customer', restock: true })
  world.clock.pass(MINUTE)
  const after = await readAll(world, 'orders', before.cursor)
  expect(before.readings.map(({ key }) => key.split(':').slice(0, 2))).toEqual(
    after.readings.map(({ key }) => key.split(':').slice(0, 2)),
  )
  expect(after.readings[0]!.key).not.toBe(before.readings[0]!.key)
  expect((await readAll(world, 'orders', after.cursor)).readings).toEqual([])
})

test('an order that does not fit into the small pages is read whole', async () => {
  const world = createWorld(rich)
  const skus = Array.from({ length: 60 }, (_, index) => `SKU-${index + 1}`)
  for (const sku of skus) world.shop.addProduct({ sku, title: sku, price: '1.00', available: 50 })
  const id = world.shop.placeOrder({ lines: skus.map((sku) => ({ sku, quantity: 5 })) })!
  const { lines, name } = world.shop.beliefs().orders[0]!
  for (let nth = 1; nth <= 4; nth++) {
    const parcel = { shipmentId: `s${nth}`, trackingNumber: `1Z${nth}` }
    const parts = lines.slice(0, 55).map((line) => ({ lineId: line.id, quantity: 1, cumulative: nth }))
    await world.connection.outbound['fulfilment.ensure']!.send([
      { key: `${nth}`, attempt: 1, ask: { externalId: id, orderName: name, parcel, lines: parts } },
    ])
    world.shop.refund(
      id,
      lines.slice(0, 8).map(({ sku }) => ({ sku, quantity: 1, restock: true })),
    )
  }
  await world.connection.upkeep['webhooks']!.run()
  world.shop.editOrder(id, { sku: 'SKU-60', quantity: 1 })
  const bodies = takeHooks(world).filter(({ headers }) => headers['x-shopify-topic'] === 'orders/updated')
  const { readings } = await readAll(world, 'orders')
  const receivedAt = '2026-11-21T06:00:00.000Z'
  const polled = world.connection.translate({ topic: 'poll/order', body: readings[0]!.body, receivedAt })
  expect(polled).toEqual(
    world.connection.translate({ topic: 'orders/updated', body: JSON.parse(bodies.at(-1)!.body) as Json, receivedAt }),
  )
  const { order } = polled[0]!.command as unknown as { order: Order }
  expect([order.lines.length, order.fulfilments.length]).toEqual([60, 4])
  expect(order.fulfilments[3]!.lines).toHaveLength(55)
  expect(order.lines[0]).toMatchObject({ quantity: 1, restocked: 4 })
  expect(order.lines[59]).toMatchObject({ quantity: 1, restocked: 4 })
})

test('whatever happens to an order, webhook and poll tell the same', async () => {
  const world = createWorld({ ...rich, shop: { ...rich.shop, currency: 'EUR' } })
  await world.connection.upkeep['webhooks']!.run()
  world.shop.addProduct({ ...MUG, price: '19.99', available: 100 })
  const base = { lines: [{ sku: MUG.sku, quantity: 3, discount: '5.00' }], shippingMethod: STANDARD, taxRate: 0.19 }
  const purchases = [
    { ...base, customer: BUYER },
    { ...base, customer: { ...BUYER, guest: true }, taxesIncluded: true, presentment: { currency: 'CHF', rate: 0.95 } },
    { ...base, financialStatus: 'authorized' as const, note: 'ring twice', tags: ['b2b', 'a'], test: true },
  ]
  const ids = purchases.map((purchase) => world.shop.placeOrder(purchase)!)
  world.clock.pass(3_000)
  world.shop.editOrder(ids[0]!, { sku: MUG.sku, quantity: 2 })
  world.shop.editOrder(ids[1]!, { sku: MUG.sku, quantity: 1, restock: false })
  world.clock.pass(3_000)
  world.shop.markPaid(ids[2]!)
  world.shop.cancelOrder(ids[1]!, { reason: 'fraud', restock: false })
  const translate = (topic: string, body: Json) =>
    world.connection.translate({ topic, body, receivedAt: '2026-11-21T06:00:00.000Z' })
  const latest = new Map<string, unknown>()
  const hooks = takeHooks(world).sort((a, b) =>
    a.headers['x-shopify-triggered-at']! < b.headers['x-shopify-triggered-at']! ? -1 : 1,
  )
  for (const { headers, body } of hooks) {
    if (!headers['x-shopify-topic']!.startsWith('orders/')) continue
    for (const message of translate(headers['x-shopify-topic']!, JSON.parse(body) as Json))
      latest.set(message.stream, message)
  }
  const { readings } = await readAll(world, 'orders')
  expect(readings).toHaveLength(3)
  for (const { topic, body } of readings) {
    const [message] = translate(topic, body)
    expect(latest.get(message!.stream)).toEqual(message)
    const { order } = message!.command as unknown as { order: Order }
    const sum = order.lines.map(
      ({ unitPrice, quantity, discount, taxes }) => unitPrice.amount * quantity - discount.amount + added(order, taxes),
    )
    const shipping = order.cancelledAt
      ? 0
      : order.shipping.reduce((all, { price, taxes }) => all + price.amount + added(order, taxes), 0)
    expect(sum.reduce((all, one) => all + one, 0) + shipping).toBe(order.total.amount)
  }
})

const added = ({ taxesIncluded }: Order, taxes: Order['lines'][number]['taxes']): number =>
  taxesIncluded ? 0 : taxes.reduce((all, { amount }) => all + amount.amount, 0)

test('says how far orders are known: as far below the clock of the shop at the beginning as its index may trail', async () => {
  const world = createWorld(rich)
  world.shop.addProduct({ ...MUG, available: 1_000 })
  for (let count = 0; count < 120; count++) buy(world)
  world.clock.pass(10 * MINUTE + 500)
  const feed = world.connection.feeds['orders']!
  const first = await feed.read(null)
  world.clock.pass(MINUTE)
  const rest = await readAll(world, 'orders', first.cursor)
  expect(first).toMatchObject({ more: true })
  expect(first.readings.filter(isWord)).toEqual([])
  expect(rest.until).toEqual(['2026-11-21T05:37:00.000Z'])
  const [message] = world.connection.translate({
    topic: 'poll/caught-up',
    body: { until: rest.until[0]! },
    receivedAt: '2026-11-21T06:00:00.000Z',
  })
  expect(message).toEqual({
    stream: 'channel/shopify-main',
    command: { type: 'channel.caughtUp', until: '2026-11-21T05:37:00.000Z' },
  })
  expect((await readAll(world, 'orders', rest.cursor)).until).toEqual(['2026-11-21T05:38:00.000Z'])
})

test('an order too large to be read leaves unsaid how far orders are known, in that pass', async () => {
  const world = createWorld(rich)
  world.shop.addProduct({ ...MUG, available: 1_000 })
  const id = buy(world, 30)
  for (let count = 0; count < 25; count++) world.shop.refund(id, [], 100)
  world.clock.pass(MINUTE)
  const { readings, cursor, until } = await readAll(world, 'orders')
  expect([idsOf(readings), until]).toEqual([[], []])
  world.clock.pass(MINUTE)
  expect((await readAll(world, 'orders', cursor)).until).toHaveLength(1)
})

test('a shop that does not tell the time is read, and nothing is said of how far', async () => {
  const world = createWorld({
    ...rich,
    wrap: (fetch) => async (request) => {
      const response = await fetch(request)
      response.headers.delete('date')
      return response
    },
  })
  world.shop.addProduct(MUG)
  buy(world)
  const { readings, until } = await readAll(world, 'orders')
  expect([idsOf(readings).length, until]).toEqual([1, []])
})

test('all products are read first, then those that changed in what we read of them', async () => {
  const world = createWorld(rich)
  for (let index = 0; index < 45; index++) {
    world.shop.addProduct({ ...MUG, sku: `SKU-${index}` })
    world.clock.pass(10 * MINUTE)
  }
  world.clock.pass(60 * MINUTE)
  const { readings, cursor } = await readAll(world, 'products')
  expect(new Set(idsOf(readings)).size).toBe(45)
  world.shop.updateProduct('SKU-7', { title: 'Green mug' })
  world.shop.updateProduct('SKU-8', { title: MUG.title })
  const second = await readAll(world, 'products', cursor)
  const keys = new Set(readings.map(({ key }) => key))
  const last = idsOf(readings).at(-1)
  // Saved without a change, that product comes under the name it had: the hub knows it already.
  const news = second.readings.filter(({ key }) => !key.includes(`:${last}:`)).map(({ key }) => keys.has(key))
  expect([news.length, news.filter(Boolean).length]).toEqual([2, 1])
})

/** Reads orders as the engine does when the budget is short: whoever is sent away comes again when told to. */
async function readWaiting(world: ReturnType<typeof createWorld>) {
  const seen: string[] = []
  let cursor: Json | null = null
  let waits = 0
  for (let more = true; more;) {
    try {
      const page = await world.connection.feeds['orders']!.read(cursor)
      seen.push(...(idsOf(page.readings.filter((one) => !isWord(one))) as string[]))
      cursor = page.cursor
      more = page.more
    } catch (error) {
      expect(error).toMatchObject({ kind: 'throttled' })
      world.clock.pass((error as { retryAfterMs: number }).retryAfterMs)
      waits += 1
      expect(waits).toBeLessThan(100)
    }
  }
  return { seen: seen.sort(), waits }
}

test('a feed waits when the budget is used up and goes on where it was', async () => {
  const world = createWorld({ shop: { bucketSize: 1_000, restoreRate: 50 } })
  world.shop.addProduct({ ...MUG, available: 100 })
  const ids = Array.from({ length: 40 }, () => buy(world))
  const { seen, waits } = await readWaiting(world)
  expect(waits).toBeGreaterThan(0)
  expect(seen).toEqual(ids.sort())
})

test('a page of large orders is read in several tries when the budget is not enough for one', async () => {
  const world = createWorld({ shop: { bucketSize: 1_000, restoreRate: 50 } })
  world.shop.addProduct({ ...MUG, available: 100 })
  const ids = Array.from({ length: 5 }, () => buy(world, 3))
  for (const id of ids) for (let count = 0; count < 3; count++) world.shop.refund(id, [], 100)
  const { seen, waits } = await readWaiting(world)
  expect(waits).toBeGreaterThan(2)
  expect(seen).toEqual(ids.sort())
})
