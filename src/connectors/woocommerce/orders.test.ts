/** Orders in the hub's words: statuses, taxes, coupons, charges, refunds, the shelf, and what old and new shops say. */
import { order as orderSchema, type Order } from '#canon/order.ts'
import { expect, test } from 'vitest'
import { BUYER, createWorld, MUG, pollOrder, STANDARD, VAT } from './testing.ts'
import type { Purchase } from './simulator/index.ts'

type Options = Parameters<typeof createWorld>[0]

async function bought(
  purchase: Partial<Purchase>,
  options: Options = {},
  prepare?: (world: ReturnType<typeof createWorld>, id: string) => void,
) {
  const world = createWorld(options)
  world.shop.addProduct({ ...MUG, price: '9.99', available: 20 })
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], customer: BUYER, ...purchase })!
  prepare?.(world, id)
  world.clock.pass(5_000)
  const order = await pollOrder(world, id)
  expect(orderSchema.safeParse(order).error).toBe(undefined)
  return { ...world, id, order }
}

/** Lines and shipping cost what the order costs, to the cent. */
function expectEven({ lines, shipping, taxesIncluded, total, totalTax }: Order): void {
  const charges = [
    ...lines
      .filter(({ quantity }) => quantity > 0)
      .map((line) => ({ net: line.unitPrice.amount * line.quantity - line.discount.amount, taxes: line.taxes })),
    ...shipping.map((line) => ({ net: line.price.amount - line.discount.amount, taxes: line.taxes })),
  ]
  const tax = charges.flatMap(({ taxes }) => taxes).reduce((all, { amount }) => all + amount.amount, 0)
  const net = charges.reduce((all, charge) => all + charge.net, 0)
  expect([net + (taxesIncluded ? 0 : tax), tax]).toEqual([total.amount, totalTax.amount])
}

test.each([
  ['card, paid', {}, undefined, 'paid', 3, 3, []],
  ['left before paying', { unpaid: true }, undefined, 'pending', 3, 0, []],
  ['waits for the bank', { payment: 'bacs' }, undefined, 'pending', 3, 3, []],
  ['cash on delivery', { payment: 'cod' }, undefined, 'authorised', 3, 3, []],
  ['completed', {}, 'completed', 'paid', 3, 3, []],
  ['cancelled', {}, 'cancelled', 'paid', 0, 0, []],
  ['payment failed', { unpaid: true }, 'failed', 'expired', 0, 0, []],
  ['refunded as a whole', {}, 'refunded', 'refunded', 0, 3, []],
  ['a status of a plugin', {}, 'ready-to-pick', 'paid', 3, 3, ["order status 'ready-to-pick'"]],
  ['a status that is none', {}, '<script>', 'paid', 3, 3, ["order status '?'"]],
] as const)('%s', async (_, purchase, status, payment, wanted, offShelf, unclear) => {
  const { order } = await bought(
    purchase as Partial<Purchase>,
    {},
    ({ shop }, id) => status && shop.setStatus(id, status),
  )
  expect(order.paymentStatus).toBe(payment)
  expect(order.lines[0]).toMatchObject({ quantity: wanted, offShelf, ordered: 3 })
  expect(order.cancelledAt !== null).toBe(status === 'cancelled')
  expect(order.unclear ?? []).toEqual(unclear)
})

test('prices with tax: the customer pays three times the price, although no part of it is a whole cent', async () => {
  const { order } = await bought({ shippingMethod: STANDARD }, { shop: { tax: VAT, pricesIncludeTax: true } })
  expect(order).toMatchObject({ taxesIncluded: true, total: { amount: 3 * 999 + 588, currency: 'USD' } })
  expect(order.lines[0]).toMatchObject({
    unitPrice: { amount: 999 },
    discount: { amount: 0 },
    taxes: [{ title: 'VAT', rate: '0.2' }],
  })
  expect(order.shipping).toMatchObject([{ code: 'flat_rate:3', title: 'Standard', price: { amount: 588 } }])
  expectEven(order)
})

test('prices without tax: tax comes on top, coupons are in the lines, and all adds up', async () => {
  const lines = [{ sku: MUG.sku, quantity: 3, discount: '5.00' }]
  const { order } = await bought(
    { lines, coupon: 'WELCOME', shippingMethod: STANDARD },
    { shop: { tax: { ...VAT, percent: 8.25 } } },
  )
  expect(order).toMatchObject({ taxesIncluded: false, tags: ['coupon:WELCOME'] })
  expect(order.lines[0]).toMatchObject({
    unitPrice: { amount: 999 },
    discount: { amount: 500 },
    taxes: [{ rate: '0.0825' }],
  })
  expectEven(order)
})

test('coupons where prices include tax, over many prices: to the cent what was paid', async () => {
  for (let cents = 99; cents < 2_500; cents += 137) {
    const world = createWorld({ shop: { tax: { id: 1, label: 'TVA', percent: 5.5 }, pricesIncludeTax: true } })
    world.shop.addProduct({ ...MUG, price: (cents / 100).toFixed(2), available: 20 })
    const discount = (cents / 700).toFixed(2)
    const id = world.shop.placeOrder({
      lines: [{ sku: MUG.sku, quantity: 7, discount }],
      customer: BUYER,
      coupon: 'X',
    })!
    const order = await pollOrder(world, id)
    expect(order.total.amount).toBe(7 * cents - Math.round(Number(discount) * 100))
    expectEven(order)
  }
})

test('a fee is a line of its own SKU, or one without a SKU that a person has to look at', async () => {
  const fee = { name: 'Gift wrap', price: '2.50' }
  const { order } = await bought({ fee }, { config: { feeSku: 'FEE' }, shop: { tax: VAT } })
  expect(order.lines[1]).toMatchObject({
    sku: 'FEE',
    title: 'Gift wrap',
    quantity: 1,
    unitPrice: { amount: 250 },
    requiresShipping: false,
  })
  expectEven(order)
  expect((await bought({ fee })).order.lines[1]).toMatchObject({ sku: null })
  const discount = await bought({ fee: { name: 'Loyalty', price: '-2.50' } }, { config: { feeSku: 'FEE' } })
  expect(discount.order.lines[1]).toMatchObject({ unitPrice: { amount: -250 } })
  expectEven(discount.order)
})

test('currencies count in their own digits', async () => {
  const yen = await bought({}, { shop: { currency: 'JPY', decimals: 0 } })
  expect(yen.order.total).toEqual({ amount: 30, currency: 'JPY' })
  const dinar = await bought({ lines: [{ sku: MUG.sku, quantity: 1 }] }, { shop: { currency: 'KWD', decimals: 3 } })
  expect(dinar.order.total).toEqual({ amount: 9_990, currency: 'KWD' })
  expectEven(dinar.order)
})

test('a guest is known by the address alone, a customer by number; an empty delivery address is that of the bill', async () => {
  const guest = await bought({ customer: { ...BUYER, guest: true } })
  expect(guest.order.customer).toMatchObject({ key: expect.stringMatching(/^guest-[0-9a-f]{24}$/), name: 'Ada Byron' })
  const known = await bought({})
  expect(known.order.customer?.key).toMatch(/^woo-main-\d+$/)
  const { shop, connection } = createWorld()
  expect(connection.translate).toBeTypeOf('function')
  expect(shop.beliefs().orders).toEqual([])
  expect(guest.order.shippingAddress).toMatchObject({
    street: '1 Dock Road',
    region: 'TX',
    country: 'US',
    phone: BUYER.phone,
  })
})

test('some pieces go back with restock: wanted, shelf, tax and total are what is left, in two steps to nothing', async () => {
  for (const pricesIncludeTax of [true, false]) {
    const world = await bought({}, { shop: { tax: VAT, pricesIncludeTax } }, ({ shop }, id) => {
      shop.refund(id, [{ sku: MUG.sku, quantity: 1, restock: true }])
    })
    const { order, shop, id } = world
    expect(order).toMatchObject({ paymentStatus: 'partly_refunded' })
    expect(order.lines[0]).toMatchObject({ quantity: 2, ordered: 3, restocked: 1, offShelf: 2 })
    expectEven(order)
    expect(order.total.amount + order.refunded.amount).toBe(pricesIncludeTax ? 2_997 : 3_596)
    shop.refund(id, [{ sku: MUG.sku, quantity: 2, restock: true }])
    const empty = await pollOrder(world, id)
    expect(empty).toMatchObject({ paymentStatus: 'refunded', total: { amount: 0 }, totalTax: { amount: 0 } })
    expect(empty.lines[0]).toMatchObject({ quantity: 0, offShelf: 0, restocked: 3 })
  }
})

test('money back for nothing in particular changes what was refunded, not what is wanted', async () => {
  const { order } = await bought({ shippingMethod: STANDARD }, {}, ({ shop }, id) => {
    shop.refund(id, [], { amount: '2.00' })
  })
  expect(order).toMatchObject({ refunded: { amount: 200 }, total: { amount: 3_487 }, paymentStatus: 'partly_refunded' })
  expect(order.lines[0]).toMatchObject({ quantity: 3, offShelf: 3 })
  expectEven(order)
})

test('shipping that was given back is not owed any more', async () => {
  const { order } = await bought({ shippingMethod: STANDARD }, { shop: { tax: VAT } }, ({ shop }, id) => {
    shop.refund(id, [{ sku: MUG.sku, quantity: 1, restock: false }], { shipping: true })
  })
  expect(order.shipping).toMatchObject([{ price: { amount: 0 } }])
  expect(order.lines[0]).toMatchObject({ quantity: 2, offShelf: 3, restocked: 0 })
  expectEven(order)
})

test('a webhook of an order with refunds waits for the feed, which knows the lines', async () => {
  const { connection } = await bought({})
  const { readings } = await connection.feeds['orders']!.read(null)
  const { order } = readings[0]!.body as { order: object }
  const body = { ...order, refunds: [{ id: 99, reason: '', total: '-1.00' }] }
  expect(
    connection.translate({ topic: 'order.updated', body: body as never, receivedAt: '2026-11-21T05:31:00.000Z' }),
  ).toEqual([])
})

test('a line of a product that does not exist has no SKU and is not shipped', async () => {
  const { connection, shop } = createWorld()
  shop.addProduct(MUG)
  shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })
  const { readings } = await connection.feeds['orders']!.read(null)
  const { order, refunds } = readings[0]!.body as { order: { line_items: object[] }; refunds: unknown[] }
  const nothing = {
    id: 5,
    name: '',
    product_id: 0,
    variation_id: 0,
    quantity: 1,
    subtotal: '0.00',
    total: '0.00',
    total_tax: '0.00',
    taxes: [],
    sku: null,
    price: 0,
  }
  const body = { order: { ...order, line_items: [...order.line_items, nothing] }, refunds }
  const [message] = connection.translate({
    topic: 'poll/order',
    body: body as never,
    receivedAt: '2026-11-21T05:31:00.000Z',
  })
  expect((message!.command as unknown as { order: Order }).order.lines[1]).toMatchObject({
    sku: null,
    title: 'Line 5',
    requiresShipping: false,
  })
})

test('old and new shops say the same', async () => {
  const said = []
  for (const version of ['8.9.3', '11.0.1'] as const) {
    const { order } = await bought(
      { shippingMethod: STANDARD, fee: { name: 'Wrap', price: '1.00' } },
      { shop: { version, tax: VAT } },
      ({ shop }, id) => {
        shop.refund(id, [{ sku: MUG.sku, quantity: 1, restock: true }])
      },
    )
    said.push(order)
  }
  expect(said[0]).toEqual(said[1])
})

test('a shop too old to tell its rates: they follow from what was paid', async () => {
  const { connection } = await bought({}, { shop: { tax: { ...VAT, percent: 7.5 } } })
  const { readings } = await connection.feeds['orders']!.read(null)
  const body = structuredClone(readings[0]!.body) as { order: { tax_lines: Record<string, unknown>[] } }
  for (const line of body.order.tax_lines) delete line['rate_percent']
  const [message] = connection.translate({
    topic: 'poll/order',
    body: body as never,
    receivedAt: '2026-11-21T05:31:00.000Z',
  })
  expect((message!.command as unknown as { order: Order }).order.lines[0]!.taxes).toMatchObject([
    { title: 'VAT', rate: '0.075' },
  ])
})

test('downloads are named in the configuration: an order does not say what is shipped', async () => {
  const { order } = await bought({}, { config: { virtualSkus: [MUG.sku] } })
  expect(order.lines[0]).toMatchObject({ requiresShipping: false })
})
