/** Orders as Amazon tells them: by listing and by queue, with what is withheld, to the cent, and whoever ships them. */
import { beforeEach, describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Json } from '#canon/json.ts'
import { order as orderSchema, type Order } from '#canon/order.ts'
import type { Feed, FeedPage, Reading } from '../kit/connector.ts'
import { createWorld, KETTLE, MUG, type WorldOptions } from './testing.ts'

const MINUTE = 60_000

function aWorld(options: WorldOptions = {}) {
  const world = createWorld(options)
  const { connection, seller, clock } = world
  seller.addListing(MUG)
  seller.addListing(KETTLE)
  const cursors = new Map<string, Json>()
  /** One page of the feed, stored. */
  const page = async (name: string): Promise<FeedPage> => {
    const feed: Feed = must(connection.feeds[name], 'a feed')
    const read = await feed.read(cursors.get(name) ?? null)
    cursors.set(name, read.cursor)
    return read
  }
  const messagesOf = ({ topic, body }: Reading) =>
    connection.translate({ topic, body, receivedAt: new Date(clock.now).toISOString() })
  /** The orders a feed tells now, each checked against the canon. */
  const told = async (name: string): Promise<Order[]> => {
    const { readings } = await page(name)
    const commands = readings.flatMap(messagesOf).map(({ command }) => command as { type: string; order: Order })
    return commands.filter(({ type }) => type === 'order.observe').map(({ order }) => orderSchema.parse(order))
  }
  return { ...world, cursors, page, told, messagesOf }
}

let world: ReturnType<typeof aWorld>
beforeEach(() => void (world = aWorld()))

const buy = (quantity = 1, more: object = {}): string =>
  must(world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity }], ...more }), 'there is enough')

describe('an order', () => {
  test('is told once Amazon lists it, two minutes later', async () => {
    buy()
    expect(await world.told('placed')).toEqual([])
    world.clock.pass(3 * MINUTE)
    expect(await world.told('placed')).toHaveLength(1)
  })

  test('adds up to the cent, without the tax that Amazon collects', async () => {
    buy(3, { shipping: 499 })
    world.clock.pass(3 * MINUTE)
    const [order] = await world.told('orders')
    expect(order).toMatchObject({
      fulfilledBy: 'merchant', paymentStatus: 'paid', taxesIncluded: false, currency: 'USD',
      total: { amount: 3 * 1250 + 499 }, totalTax: { amount: 0 }, channelTax: { amount: 309 + 41 },
      presentmentTotal: { amount: 3 * 1250 + 499 + 309 + 41 },
    }) // prettier-ignore
    expect(order!.lines).toMatchObject([
      { sku: MUG.sku, quantity: 3, ordered: 3, unitPrice: { amount: 1250 }, taxes: [] },
    ])
    expect(order!.shipping).toMatchObject([{ code: 'standard', price: { amount: 499 } }])
    expect(order!.unclear).toBeUndefined()
  })

  test('with a discount and prices that include the tax keeps both, and names the rate', async () => {
    world = aWorld({
      account: { marketplaceId: 'A1PA6795UKMFR9', taxRate: 0.19, taxByAmazon: false },
      config: { marketplaceId: 'A1PA6795UKMFR9' },
    })
    must(world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2, discount: 150 }], shipping: 399 }), 'enough')
    world.clock.pass(3 * MINUTE)
    const [order] = await world.told('orders')
    expect(order).toMatchObject({ taxesIncluded: true, total: { amount: 2500 - 150 + 399, currency: 'EUR' } })
    expect(order!.lines[0]).toMatchObject({
      discount: { amount: 150 },
      taxes: [{ rate: '0.19', amount: { amount: Math.round((2350 * 0.19) / 1.19) } }],
    })
    expect(order!.channelTax).toBeUndefined()
    expect(order!.unclear).toBeUndefined()
  })

  test('whose prices include a tax that Amazon keeps brings us the rest alone', async () => {
    world = aWorld({
      account: { marketplaceId: 'A1F83G8C2ARO7P', taxRate: 0.2, taxByAmazon: true },
      config: { marketplaceId: 'A1F83G8C2ARO7P' },
    })
    must(world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }] }), 'enough')
    world.clock.pass(3 * MINUTE)
    const [order] = await world.told('orders')
    expect(order).toMatchObject({
      total: { amount: 3125 },
      channelTax: { amount: 625 },
      presentmentTotal: { amount: 3750 },
    })
    const [line] = order!.lines
    expect(line!.quantity * line!.unitPrice.amount - line!.discount.amount).toBe(3125)
  })

  test('that is pending holds stock, is not paid, and lacks nothing that only comes later', async () => {
    buy(1, { pendingMs: 10 * MINUTE })
    world.clock.pass(3 * MINUTE)
    const [pending] = await world.told('placed')
    expect(pending).toMatchObject({ paymentStatus: 'pending', addressFollows: true, shippingAddress: null })
    expect(pending!.lines).toMatchObject([{ quantity: 1 }])
    expect(pending!.unclear).toBeUndefined()
    world.clock.pass(10 * MINUTE)
    const [settled] = await world.told('orders')
    expect(settled).toMatchObject({ paymentStatus: 'paid', shippingAddress: { street: '1 Dock Road', country: 'US' } })
    expect(settled!.addressFollows).toBeUndefined()
  })

  test('without the role for personal data belongs to a customer without a name, and lacks its address', async () => {
    world.seller.setPersonalData(false)
    buy()
    world.clock.pass(3 * MINUTE)
    const [order] = await world.told('orders')
    expect(order!.customer).toEqual({ key: 'amazon-us-unnamed', name: 'Amazon customer' })
    expect(order!.shippingAddress).toBeNull()
    expect(order!.addressFollows).toBeUndefined()
  })

  test('that Amazon ships says so, and what has left', async () => {
    const id = must(world.seller.placeOrder({ lines: [{ sku: KETTLE.sku, quantity: 2 }] }), 'enough')
    world.clock.pass(3 * MINUTE)
    expect(await world.told('orders')).toMatchObject([{ fulfilledBy: 'channel', fulfilments: [] }])
    world.seller.shipByAmazon(id)
    world.clock.pass(3 * MINUTE)
    const [order] = await world.told('orders')
    expect(order!.fulfilments).toMatchObject([{ status: 'success', lines: [{ quantity: 2 }] }])
  })

  test('cancelled wants nothing any more, and its pieces count as back on sale', async () => {
    const id = buy(2)
    world.seller.cancelOrder(id)
    world.clock.pass(3 * MINUTE)
    const [order] = await world.told('orders')
    expect(order).toMatchObject({ paymentStatus: 'voided', cancelReason: 'by the buyer', total: { amount: 0 } })
    expect(order!.cancelledAt).not.toBeNull()
    expect(order!.lines).toMatchObject([{ quantity: 0, ordered: 2, restocked: 2 }])
  })

  test('whose buyer asks for a cancellation is shown to a person', async () => {
    world.seller.askCancellation(buy())
    world.clock.pass(3 * MINUTE)
    const { readings } = await world.page('orders')
    const types = readings.flatMap(world.messagesOf).map(({ command }) => command)
    expect(types).toMatchObject([{ type: 'order.observe' }, { type: 'order.noteException', code: 'cancel_asked' }])
  })

  test.each([
    ['amounts that do not add up', (node: Node) => (node.proceeds.grandTotal.amount = '99.99'), /do not add up/],
    [
      'amounts that are withheld',
      (node: Node) => delete (node.orderItems[0] as { proceeds?: unknown }).proceeds,
      /nothing of what/,
    ],
    ['a status nobody knows', (node: Node) => (node.fulfillment.fulfillmentStatus = 'ON_FIRE'), /'ON_FIRE'/],
    [
      'a status that cannot be met',
      (node: Node) => (node.fulfillment.fulfillmentStatus = 'UNFULFILLABLE'),
      /UNFULFILLABLE/,
    ],
  ])('with %s is named, not guessed', async (_, change, words) => {
    buy()
    world.clock.pass(3 * MINUTE)
    const [reading] = (await world.page('orders')).readings
    change(reading!.body as unknown as Node)
    const [message] = world.messagesOf(reading!)
    expect((message!.command as unknown as { order: Order }).order.unclear?.join()).toMatch(words)
  })
})

interface Node {
  proceeds: { grandTotal: { amount: string } }
  fulfillment: { fulfillmentStatus: string }
  orderItems: object[]
}

describe('the listings of orders', () => {
  test('by placing say how far all orders are known, last in the last page, by Amazon’s clock', async () => {
    buy()
    world.clock.pass(5 * MINUTE)
    const { readings, more } = await world.page('placed')
    expect(more).toBe(false)
    const last = readings.at(-1)!
    const until = new Date(world.clock.now - 2 * MINUTE).toISOString()
    expect(last).toMatchObject({ key: `caught-up/${until}`, body: { until } })
    expect(world.messagesOf(last)).toEqual([
      { stream: 'channel/amazon-us', command: { type: 'channel.caughtUp', until } },
    ])
  })

  test('by placing tell an order that changed after their end: else the word would be false', async () => {
    const id = buy()
    world.clock.pass(3 * MINUTE)
    world.seller.askCancellation(id)
    // Changed just now, so the listing by change does not have it yet.
    expect(await world.told('orders')).toHaveLength(0)
    expect(await world.told('placed')).toHaveLength(1)
  })

  test('go on page by page, and say nothing before the end', async () => {
    for (let n = 0; n < 3; n += 1) world.seller.typeQuantity(MUG.sku, 250)
    for (let n = 0; n < 130; n += 1) buy()
    world.clock.pass(3 * MINUTE)
    const first = await world.page('placed')
    expect([first.readings.length, first.more]).toEqual([100, true])
    const second = await world.page('placed')
    expect([second.readings.length, second.more]).toEqual([31, false])
  })

  test('begin anew when the token has run out overnight', async () => {
    world.seller.typeQuantity(MUG.sku, 250)
    for (let n = 0; n < 130; n += 1) buy()
    world.clock.pass(3 * MINUTE)
    await world.page('placed')
    world.clock.pass(25 * 3_600_000)
    const again = await world.page('placed')
    expect([again.readings.length, again.more]).toEqual([100, true])
  })

  test('name the same state of an order the same', async () => {
    buy()
    world.clock.pass(3 * MINUTE)
    const [one] = (await world.page('orders')).readings
    const [two] = (await world.page('placed')).readings
    expect(one!.key).toBe(two!.key)
  })

  test('stay below the published rate for a day, and are never refused', async () => {
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      world.clock.pass(MINUTE)
      if (minute % 10 === 0) await world.page('orders')
      if (minute % 6 === 0) await world.page('placed')
    }
    expect(world.seller.beliefs().counts.throttled).toBe(0)
  })
})
