/** Orders for pick-up and shipment: their amounts, their changes, and telling Square what left. */
import { order as orderSchema, type Order } from '#canon/order.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import type { NewOnlineOrder } from './simulator/index.ts'
import { readAll, translated } from '../kit/testing.ts'
import { CAP, createWorld, MUG, PLACE, RECIPIENT, TAX } from './testing.ts'

function aShop(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  world.seller.addItem(MUG)
  world.seller.addItem(CAP)
  const read = async (feed = 'orders'): Promise<Order[]> => {
    const { readings } = await readAll(world.connection.feeds[feed]!)
    const orders = translated(world.connection, readings).flatMap(({ command }) =>
      command.type === 'order.observe' ? [(command as unknown as { order: Order }).order] : [],
    )
    for (const one of orders) {
      expect(orderSchema.parse(one)).toEqual(one)
      expect(due(one)).toBe(one.total.amount)
    }
    return orders
  }
  const place = (more: Partial<NewOnlineOrder> = {}): string =>
    world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], taxes: [TAX], recipient: RECIPIENT, ...more })!
  const belief = (id: string) => world.seller.beliefs().orders.find((one) => one.id === id)!
  return { ...world, read, place, belief }
}

/** What the parts of an order make. */
function due({ lines, shipping, taxesIncluded }: Order): number {
  const taxes = (of: { taxes: { amount: { amount: number } }[] }) =>
    taxesIncluded ? 0 : of.taxes.reduce((all, { amount }) => all + amount.amount, 0)
  const goods = lines.map((one) => one.unitPrice.amount * one.quantity - one.discount.amount + taxes(one))
  const rest = shipping.map((one) => one.price.amount - one.discount.amount + taxes(one))
  return [...goods, ...rest].reduce((all, one) => all + one, 0)
}

test('an order for shipment: amounts as Square says, the fee for shipping beside the lines', async () => {
  const { read, place, belief } = aShop()
  const id = place({
    discountPercent: 15,
    charges: [{ name: 'Shipping', amount: 490, taxable: true }],
    tip: 300,
    referenceId: 'WEB-7',
    customerId: 'CUST1',
    note: 'Ring twice',
  })
  const [one] = await read()
  expect(one).toMatchObject({
    externalId: id,
    name: 'WEB-7',
    paymentStatus: 'paid',
    cancelledAt: null,
    customer: { key: 'square-main-CUST1', name: 'Ada Byron', email: 'ada.byron@example.com' },
    shippingAddress: { street: '1 Dock Road', street2: 'Unit 4', city: 'Austin', region: 'TX', country: 'US' },
    shipping: [
      { code: 'Shipping', price: { amount: 490 } },
      { code: 'tip', price: { amount: 300 } },
    ],
    note: 'Ring twice',
    tags: ['shipment'],
    fulfilments: [{ status: 'open' }],
  })
  expect(one!.total.amount).toBe(belief(id).total)
})

test('for pick-up there is no address; a guest is known by the digest of the e-mail address', async () => {
  const { read, place } = aShop()
  place({ type: 'PICKUP', payment: 'authorised' })
  const [one] = await read()
  expect(one).toMatchObject({ shippingAddress: null, paymentStatus: 'authorised', tags: ['pickup'] })
  expect(one!.customer!.key).toMatch(/^guest-[0-9a-f]{24}$/)
  expect(JSON.stringify(one)).not.toContain('source')
})

test('an order that a till took is a receipt, whatever it is called; an online one is not', async () => {
  const { connection, seller, place } = aShop()
  place({ sourceName: 'Square Point of Sale' })
  place({ sourceName: 'Some shop' })
  const { readings } = await readAll(connection.feeds['orders']!)
  expect(readings.map(({ topic }) => topic)).toEqual(['poll/order', 'poll/caught-up'])
  expect(seller.beliefs().orders).toHaveLength(2)
})

test('returns and refunds are news of the order they are for, whichever feed finds them', async () => {
  const { read, place, seller, clock, belief } = aShop()
  const id = place({ discountPercent: 10 })
  const [before] = await read()
  clock.pass(60_000)
  seller.takeBack({ orderId: id, lines: [{ sku: MUG.sku, quantity: 1 }] })
  clock.pass(60_000)
  seller.refundAmount(id, 50)
  for (const feed of ['orders', 'payments', 'refunds']) {
    const after = (await read(feed)).at(-1)!
    expect(after.lines[0]).toMatchObject({ quantity: 2, ordered: 3, restocked: 1 })
    expect(after.lines[0]!.shelves).toEqual([{ locationId: PLACE, quantity: 2, offShelf: 2 }])
    expect(after.paymentStatus).toBe('partly_refunded')
    expect(after.refunded.amount).toBe(belief(id).refunded)
    expect(after.total.amount).toBe(belief(id).total - (belief(id).refunded - 50))
    expect(after.updatedAt > before!.updatedAt).toBe(true)
  }
})

test('a cancelled order asks for nothing any more', async () => {
  const { read, place, seller, clock } = aShop()
  const id = place({ charges: [{ name: 'Shipping', amount: 490 }] })
  clock.pass(60_000)
  seller.cancelOrder(id)
  const one = (await read()).at(-1)!
  expect(one).toMatchObject({
    cancelledAt: '2026-11-21T15:31:00.000Z',
    paymentStatus: 'refunded',
    total: { amount: 0 },
    totalTax: { amount: 0 },
    lines: [{ quantity: 0, ordered: 3, restocked: 3 }],
  })
})

test('an order that is not paid yet is pending', async () => {
  const { read, place } = aShop()
  place({ payment: 'none' })
  expect((await read())[0]).toMatchObject({ paymentStatus: 'pending' })
})

const parcel = (nth: number) => ({ shipmentId: `s-${nth}`, trackingNumber: `1Z${nth}`, carrier: 'UPS' })

function aSending(options: Parameters<typeof aShop>[0] = {}, more: Partial<NewOnlineOrder> = {}) {
  const shop = aShop(options)
  const externalId = shop.place({
    lines: [
      { sku: MUG.sku, quantity: 3 },
      { sku: CAP.sku, quantity: 1 },
    ],
    ...more,
  })
  const [mug, cap] = shop.belief(externalId).lines.map(({ uid }) => uid)
  const send = (nth: number, lines: { lineId: string; quantity: number; cumulative: number }[]) =>
    shop.connection.outbound['fulfilment.ensure']!.send([
      {
        key: `fulfilment/square-main/${externalId}/${nth}`,
        attempt: 1,
        ask: { externalId, orderName: '#1', parcel: parcel(nth), lines },
      },
    ])
  const state = () => shop.belief(externalId).fulfilments[0]!
  return { ...shop, externalId, mug: mug!, cap: cap!, send, state }
}

test('two parcels: in progress after the first, complete after the second', async () => {
  const { send, mug, cap, state } = aSending()
  await send(1, [{ lineId: mug, quantity: 2, cumulative: 2 }])
  expect(state()).toMatchObject({ state: 'RESERVED', trackingNumber: '1Z1', metadata: { crossdock_sent_0: '0:2,1:0' } })
  await send(1, [{ lineId: mug, quantity: 2, cumulative: 2 }])
  expect(state()).toMatchObject({ state: 'RESERVED', metadata: { crossdock_sent_0: '0:2,1:0' } })
  await send(2, [
    { lineId: mug, quantity: 1, cumulative: 3 },
    { lineId: cap, quantity: 1, cumulative: 1 },
  ])
  expect(state()).toMatchObject({ state: 'COMPLETED', trackingNumber: '1Z2' })
  expect(await send(2, [{ lineId: cap, quantity: 1, cumulative: 1 }])).toHaveLength(1)
})

test('what is to be picked up is ready, not handed over', async () => {
  const { send, mug, cap, state } = aSending({}, { type: 'PICKUP' })
  await send(1, [
    { lineId: mug, quantity: 3, cumulative: 3 },
    { lineId: cap, quantity: 1, cumulative: 1 },
  ])
  expect(state().state).toBe('PREPARED')
})

test('a change by somebody else in between is met by the version: it is read and decided again', async () => {
  let meddle = () => {}
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const response = await fetch(request)
      if (request.method === 'GET' && request.url.includes('/v2/orders/')) meddle()
      return response
    }
  const { send, mug, seller, externalId, state } = aSending({ wrap })
  meddle = () => {
    meddle = () => {}
    seller.addTip(externalId, 10)
  }
  const line = [{ lineId: mug, quantity: 1, cumulative: 1 }]
  await expect(send(1, line)).rejects.toMatchObject({ kind: 'conflict', code: 'square.conflict' })
  await send(1, line)
  expect(state().state).toBe('RESERVED')
})

test('a cancelled order, or more pieces than it holds, is refused with the reason', async () => {
  const { send, mug, seller, externalId } = aSending()
  await expect(send(1, [{ lineId: mug, quantity: 4, cumulative: 4 }])).rejects.toThrow('fewer pieces')
  seller.cancelOrder(externalId)
  await expect(send(1, [{ lineId: mug, quantity: 1, cumulative: 1 }])).rejects.toMatchObject({
    kind: 'rejected',
    code: 'square.not_fulfillable',
  })
})
