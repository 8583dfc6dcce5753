/**
 * Orders of a marketplace in the hub's words: every state, every way to tell an amount, and what the feed reads when.
 */
import { type Order, order as canonical } from '#canon/order.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { toFault } from '../../fault.ts'
import type { FeedPage } from '../kit/connector.ts'
import { ORDER_STATES } from './shape.ts'
import { BUYER, CHANNEL, createWorld, CUP, MINUTE, MUG, readyOrder, STANDARD, type World } from './testing.ts'

const HOUR = 60 * MINUTE

/** One whole pass of the order feed, a minute and a bit between its pages. */
async function pass(world: World, from: unknown = null) {
  const pages: FeedPage[] = []
  let cursor = from as never
  for (let more = true; more;) {
    world.clock.pass(MINUTE + 2_000)
    const page = await world.connection.feeds['orders']!.read(cursor)
    pages.push(page)
    cursor = page.cursor as never
    more = page.more
  }
  const readings = pages.flatMap((page) => page.readings)
  const messages = readings.flatMap(({ topic, body }) => world.connection.translate({ topic, body, receivedAt: '' }))
  const orders = messages.flatMap(({ command }) => ('order' in command ? [command.order as Order] : []))
  return {
    pages,
    readings,
    messages,
    orders,
    cursor,
    at: (id: string) => orders.findLast(({ externalId }) => externalId === id)!,
  }
}

const placed = (world: World, ...lines: { sku: string; quantity: number }[]) =>
  world.market.placeOrder({ lines, customer: BUYER, shippingMethod: STANDARD })!

function stocked(options: Parameters<typeof createWorld>[0] = {}): World {
  const world = createWorld(options)
  world.market.addProduct(MUG)
  world.market.addProduct(CUP)
  return world
}

describe('an order', () => {
  test('is known without its customer until it is paid, and must be accepted by a moment', async () => {
    const world = stocked()
    const id = placed(world, { sku: MUG.sku, quantity: 2 })
    const order = (await pass(world)).at(id)
    expect(order).toMatchObject({
      acceptance: 'needed',
      acceptBy: '2026-11-23T05:30:00.000Z',
      paymentStatus: 'pending',
      customer: null,
      shippingAddress: null,
      cancelledAt: null,
    })
    expect(order.lines).toMatchObject([
      { sku: MUG.sku, quantity: 2, ordered: 2, unitPrice: { amount: 1250, currency: 'EUR' } },
    ])
    expect(JSON.stringify(order)).not.toContain(BUYER.address.city)
  })

  test('once paid it has an address, in the country codes of the hub, and comes to what the customer pays', async () => {
    const world = stocked()
    const order = (await pass(world, null)) && (readyOrder(world, { sku: MUG.sku, quantity: 2 }), await pass(world))
    expect(order.orders.at(-1)).toMatchObject({
      acceptance: 'accepted',
      paymentStatus: 'paid',
      customer: { key: `${CHANNEL}-C-1`, name: 'Ada Byron', email: 'notification+1@notification.mirakl.test' },
      shippingAddress: { street: '1 rue du Port', city: 'Brest', postcode: '29200', country: 'FR' },
      taxesIncluded: true,
      total: { amount: 2_990, currency: 'EUR' },
      shipping: [{ code: 'standard', price: { amount: 490 } }],
      tags: ['pay_on_acceptance', 'commission 3.59 EUR'],
    })
    expect(order.orders.at(-1)!.acceptBy).toBe(undefined)
  })

  test('its taxes are added where the marketplace tells prices without them', async () => {
    const world = stocked({ market: { taxIncluded: false } })
    readyOrder(world, { sku: MUG.sku, quantity: 2 })
    const order = (await pass(world)).orders.at(-1)!
    expect(order).toMatchObject({ taxesIncluded: false, total: { amount: 3_588 }, totalTax: { amount: 598 } })
    expect(order.lines[0]!.taxes).toEqual([{ title: 'VAT', rate: '0.2', amount: { amount: 500, currency: 'EUR' } }])
  })

  test('comes to what the marketplace believes in every currency, with shipping that does not divide', async () => {
    for (const currency of ['EUR', 'JPY', 'KWD']) {
      const world = createWorld({ market: { currency, taxIncluded: false } })
      const price = currency === 'JPY' ? '1250' : '12.50'
      world.market.addProduct({ ...MUG, price })
      world.market.addProduct({ ...CUP, price })
      const lines = [
        { sku: MUG.sku, quantity: 3 },
        { sku: CUP.sku, quantity: 1 },
        { sku: CUP.sku, quantity: 2 },
      ]
      const id = world.market.placeOrder({
        lines,
        customer: BUYER,
        shippingMethod: { ...STANDARD, price: currency === 'JPY' ? '491' : '4.91' },
      })!
      const order = (await pass(world)).at(id)
      const digits = { EUR: 100, JPY: 1, KWD: 1_000 }[currency]!
      const believed = Number(world.market.beliefs().orders[0]!.total)
      expect([currency, order.total.amount]).toEqual([currency, Math.round(believed * digits)])
    }
  })

  test('a line that was refused or cancelled is not wanted any more, and not paid for', async () => {
    const world = stocked()
    const id = placed(world, { sku: MUG.sku, quantity: 3 }, { sku: CUP.sku, quantity: 1 })
    await world.connection.outbound['order.accept']!.send([
      {
        key: 'k',
        attempt: 1,
        ask: {
          externalId: id,
          orderName: id,
          lines: [
            { lineId: `${id}-1`, accepted: true },
            { lineId: `${id}-2`, accepted: false },
          ],
        },
      },
    ])
    world.clock.pass(5 * MINUTE)
    world.market.cancelLine(id, 0, 1)
    const order = (await pass(world)).at(id)
    expect(order.lines.map(({ quantity, ordered }) => [quantity, ordered])).toEqual([[2, 3], [0, 1]]) // prettier-ignore
    expect(order.total.amount).toBe(Math.round(Number(world.market.beliefs().orders[0]!.total) * 100))
    expect(order.cancelledAt).toBe(null)
  })

  test('refused, lapsed and cancelled orders are over', async () => {
    const world = stocked({ market: { acceptWithinMs: HOUR } })
    const [refused, lapsed, cancelled] = [1, 1, 1].map((quantity) => placed(world, { sku: MUG.sku, quantity }))
    world.market.decideByHand(refused!, false)
    world.market.decideByHand(cancelled!, true)
    world.market.cancelOrder(cancelled!)
    world.clock.pass(2 * HOUR)
    const { at } = await pass(world)
    expect(at(refused!)).toMatchObject({ acceptance: 'refused', paymentStatus: 'voided' })
    expect(at(lapsed!)).toMatchObject({ acceptance: 'refused', cancelReason: 'auto_refused' })
    expect(at(cancelled!)).toMatchObject({ acceptance: 'accepted', paymentStatus: 'voided' })
    for (const id of [refused!, lapsed!, cancelled!]) expect(at(id).cancelledAt).not.toBe(null)
    expect(world.market.beliefs().lapsed).toBe(1)
  })

  test('while it is checked for fraud it is known, and nobody is asked yet', async () => {
    const world = stocked({ market: { stagingMs: HOUR } })
    const id = placed(world, { sku: MUG.sku, quantity: 1 })
    expect((await pass(world)).at(id)).toMatchObject({ acceptance: 'later', paymentStatus: 'pending' })
  })

  test('one that is paid at the door goes as soon as it is accepted', async () => {
    const world = stocked()
    const id = world.market.placeOrder({
      lines: [{ sku: MUG.sku, quantity: 1 }],
      customer: BUYER,
      payOnDelivery: true,
    })!
    world.market.decideByHand(id, true)
    expect((await pass(world)).at(id)).toMatchObject({
      paymentStatus: 'authorised',
      shippingAddress: { city: 'Brest' },
    })
  })

  test('money given back is told, and takes nothing off what was delivered', async () => {
    const world = stocked()
    const id = readyOrder(world, { sku: MUG.sku, quantity: 2 })
    await world.connection.outbound['fulfilment.ensure']!.send([
      {
        key: 'k',
        attempt: 1,
        ask: {
          externalId: id,
          orderName: id,
          parcel: { shipmentId: '1', trackingNumber: 'T' },
          lines: [{ lineId: `${id}-1`, quantity: 2, cumulative: 2 }],
        },
      },
    ])
    world.market.refundLine(id, 0, '12.50')
    const order = (await pass(world)).at(id)
    expect(order).toMatchObject({
      paymentStatus: 'partly_refunded',
      refunded: { amount: 1_250 },
      total: { amount: 2_990 },
      fulfilments: [{ status: 'success', trackingNumber: 'T' }],
    })
    expect(order.lines[0]!.quantity).toBe(2)
  })

  test('in a state of which this release has not heard it is held, not guessed at', async () => {
    const world = stocked()
    placed(world, { sku: MUG.sku, quantity: 1 })
    const { readings } = await pass(world)
    const body = { ...(readings[0]!.body as object), order_state: 'ON_APPROVAL<b>' }
    const [message] = world.connection.translate({ topic: 'poll/order', body, receivedAt: '' })
    expect((message!.command as unknown as { order: Order }).order.unclear).toEqual(["order state 'ON_APPROVALb'"])
  })

  test('every state there is has a meaning', async () => {
    const world = stocked()
    placed(world, { sku: MUG.sku, quantity: 1 })
    const { readings } = await pass(world)
    for (const order_state of ORDER_STATES) {
      const body = { ...(readings[0]!.body as object), order_state }
      const [message] = world.connection.translate({ topic: 'poll/order', body, receivedAt: '' })
      expect([order_state, (message!.command as unknown as { order: Order }).order.unclear]).toEqual([
        order_state,
        undefined,
      ])
    }
  })

  test('what is no order is malformed, and no word of it is repeated', () => {
    const { connection } = createWorld()
    for (const body of [null, [], {}, 'x', { order_id: 'Ada Byron' }, { orders: [] }]) {
      try {
        connection.translate({ topic: 'poll/order', body, receivedAt: '' })
        expect.unreachable()
      } catch (error) {
        expect(toFault(error)).toMatchObject({ kind: 'malformed', code: 'mirakl.malformed' })
        expect(toFault(error).message).not.toContain('Ada')
      }
    }
  })
})

test('whatever comes instead of an order is understood or malformed, and breaks nothing', async () => {
  const world = stocked()
  readyOrder(world, { sku: MUG.sku, quantity: 2 }, { sku: CUP.sku, quantity: 1 })
  const good = (await pass(world)).readings[0]!.body as Record<string, unknown>
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom(1e300, -1, 1e15, '275760-09-13', 'NaN', '', 'x'.repeat(5_000), 0.1),
  )
  const bend = (value: unknown, path: number[], put: unknown): unknown => {
    const [step, ...rest] = path
    if (step === undefined || value === null || typeof value !== 'object') return put
    const keys = Object.keys(value)
    if (keys.length === 0) return put
    const key = keys[step % keys.length]!
    const bent = bend((value as Record<string, unknown>)[key], rest, put)
    return Array.isArray(value) ? value.map((one, at) => (String(at) === key ? bent : one)) : { ...value, [key]: bent }
  }
  const topics = fc.constantFrom('poll/order', 'poll/offer', 'poll/caught-up', 'constructor')
  fc.assert(
    fc.property(topics, fc.array(fc.nat(60), { minLength: 1, maxLength: 5 }), odd, (topic, path, put) => {
      try {
        const body = bend(good, path, put) as never
        const said = world.connection.translate({ topic, body, receivedAt: '2026-11-21T05:30:00.000Z' })
        for (const { command } of said)
          if ('order' in command) expect(canonical.safeParse(command.order).error).toBe(undefined)
      } catch (error) {
        expect([toFault(error).kind, String(error)]).toEqual(['malformed', String(error)])
      }
    }),
    { numRuns: 5_000, seed: 7 },
  )
})

describe('the order feed', () => {
  test('says how far orders are known: last, and below the marketplace clock', async () => {
    const world = stocked()
    placed(world, { sku: MUG.sku, quantity: 1 })
    const { readings, messages } = await pass(world)
    expect(readings.at(-1)!.topic).toBe('poll/caught-up')
    const until = new Date(Math.floor(world.clock.now / 1_000) * 1_000 - MINUTE).toISOString()
    expect(messages.at(-1)).toEqual({ stream: `channel/${CHANNEL}`, command: { type: 'channel.caughtUp', until } })
  })

  test('says so only at the end of a pass, by the clock of its beginning', async () => {
    const world = stocked()
    world.market.setQuantity(MUG.sku, 1_000)
    for (let n = 0; n < 120; n++) placed(world, { sku: MUG.sku, quantity: 1 })
    const { pages, orders } = await pass(world)
    expect(pages.map(({ readings }) => readings.length)).toEqual([100, 21])
    expect(orders).toHaveLength(120)
    const until = (pages[1]!.readings.at(-1)!.body as { until: string }).until
    expect(Date.parse(until)).toBe(Math.floor((world.clock.now - MINUTE - 2_000) / 1_000) * 1_000 - MINUTE)
  })

  test('misses nothing that changes while a pass lasts', async () => {
    const world = stocked()
    world.market.setQuantity(MUG.sku, 1_000)
    const ids = Array.from({ length: 150 }, () => placed(world, { sku: MUG.sku, quantity: 1 }))
    world.clock.pass(HOUR)
    const first = await world.connection.feeds['orders']!.read(null)
    // The first of the page change: with an end to what is listed they would fall out, and others move up.
    for (const id of ids.slice(0, 60)) world.market.decideByHand(id, true)
    const rest = await pass(world, first.cursor)
    const read = new Set([...first.readings, ...rest.readings].map(({ key }) => key.split(':')[1]))
    expect(ids.filter((id) => !read.has(id))).toEqual([])
  })

  test('reads again what is young, under the same names', async () => {
    const world = stocked()
    placed(world, { sku: MUG.sku, quantity: 1 })
    const first = await pass(world)
    const second = await pass(world, first.cursor)
    expect(second.readings.slice(0, -1).map(({ key }) => key)).toEqual(
      first.readings.slice(0, -1).map(({ key }) => key),
    )
    world.clock.pass(10 * MINUTE)
    const third = await pass(world, (await pass(world, second.cursor)).cursor)
    expect(third.orders).toEqual([])
  })

  test('two changes within one second are two readings', async () => {
    const world = stocked()
    const id = placed(world, { sku: MUG.sku, quantity: 2 })
    const { readings } = await pass(world)
    const body = { ...(readings[0]!.body as { order_lines: object[] }) }
    expect(body.order_lines).toHaveLength(1)
    world.market.decideByHand(id, true)
    const again = await pass(world)
    expect(again.readings[0]!.key).not.toBe(readings[0]!.key)
  })

  test('asks no more than once a minute, and waits by itself', async () => {
    const world = stocked()
    const read = () => world.connection.feeds['orders']!.read(null)
    await read()
    const fault = await read().then(() => null, toFault)
    expect(fault).toMatchObject({ kind: 'throttled', own: true })
    world.clock.pass(fault!.retryAfterMs! + 2_000)
    await read()
    expect(world.market.beliefs().throttled).toBe(0)
  })

  test('offers become listings that are set later, and are news only when the listing changes', async () => {
    const world = stocked()
    const read = async () => {
      world.clock.pass(MINUTE)
      return (await world.connection.feeds['offers']!.read(null)).readings
    }
    const readings = await read()
    const messages = readings.flatMap(({ topic, body }) =>
      world.connection.translate({ topic, body, receivedAt: '2026-11-21T05:30:00.000Z' }),
    )
    expect(messages.map(({ stream }) => stream)).toContain(`product/${MUG.sku}`)
    expect(messages[0]!.command).toMatchObject({
      type: 'product.observeListing',
      listing: { writes: 'later', tracked: true },
    })
    world.market.setQuantity(MUG.sku, 3)
    expect((await read()).map(({ key }) => key)).toEqual(readings.map(({ key }) => key))
  })
})
