/** Translation is total: whatever a body holds, it becomes messages or one fault that says where it is wrong. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Json } from '#canon/json.ts'
import { order as orderSchema } from '#canon/order.ts'
import { Fault, toFault } from '../../fault.ts'
import { perPiece, pricesIncludeTax, rateOf } from './amounts.ts'
import { rowsOf } from './listing-row.ts'
import { MARKETPLACES } from './marketplaces.ts'
import { orderNode } from './order-node.ts'
import { orderOf } from './order.ts'
import { referenceOf } from './shipment.ts'
import { createWorld } from './testing.ts'

const TOPICS = [
  'poll/order', 'poll/listing', 'poll/stock', 'poll/caught-up', 'poll/settlement', 'poll/settled-orders', 'poll/settlement-refused', 'queue/LISTINGS_ITEM_MFN_QUANTITY_CHANGE',
  'queue/ORDER_CHANGE', 'queue/unknown', 'constructor', '__proto__',
] // prettier-ignore

const at = '2026-11-21T05:30:00Z'
const amount = fc.record({
  amount: fc.oneof(
    fc.integer({ min: -99_999, max: 99_999 }).map((n) => (n / 100).toFixed(2)),
    fc.string(),
  ),
  currencyCode: fc.constantFrom('USD', 'USD', 'USD', 'EUR'),
})
const breakdown = fc.record({
  type: fc.constantFrom('ITEM', 'SHIPPING', 'GIFT_WRAP', 'TAX', 'DISCOUNT', 'NEW'),
  subtotal: amount,
  detailedBreakdowns: fc.option(
    fc.array(fc.record({ subtype: fc.constantFrom('ITEM', 'SHIPPING', 'DISCOUNT'), value: fc.option(amount) })),
  ),
})
const item = fc.record({
  orderItemId: fc.stringMatching(/^\d{1,14}$/),
  quantityOrdered: fc.nat({ max: 9 }),
  product: fc.record({
    title: fc.option(fc.string()),
    sellerSku: fc.option(fc.string({ maxLength: 40 })),
    price: fc.option(fc.record({ unitPrice: fc.option(amount) })),
  }),
  proceeds: fc.option(fc.record({ breakdowns: fc.option(fc.array(breakdown, { maxLength: 5 })) })),
  fulfillment: fc.option(
    fc.record({ quantityFulfilled: fc.option(fc.nat({ max: 9 })), quantityUnfulfilled: fc.option(fc.nat({ max: 9 })) }),
  ),
  tax: fc.option(fc.record({ taxCollections: fc.option(fc.constant([{ model: 'MARKETPLACE_FACILITATOR' }])) })),
})
const node = fc.record({
  orderId: fc.constant('111-1234567-1234567'),
  createdTime: fc.constantFrom(at, 'yesterday'),
  lastUpdatedTime: fc.constant(at),
  salesChannel: fc.constant({ channelName: 'AMAZON' }),
  buyer: fc.option(fc.record({ buyerName: fc.option(fc.string()), buyerEmail: fc.option(fc.string()) })),
  recipient: fc.option(
    fc.record({
      deliveryAddress: fc.option(fc.dictionary(fc.constantFrom('name', 'addressLine1', 'countryCode'), fc.string())),
    }),
  ),
  proceeds: fc.option(fc.record({ grandTotal: fc.option(amount) })),
  fulfillment: fc.option(
    fc.record({
      fulfillmentStatus: fc.constantFrom('PENDING', 'UNSHIPPED', 'SHIPPED', 'CANCELLED', 'UNFULFILLABLE', 'NEW'),
      fulfilledBy: fc.constantFrom('AMAZON', 'MERCHANT'),
    }),
  ),
  orderItems: fc.array(item, { maxLength: 3 }),
})

describe('any body', () => {
  const { connection } = createWorld()
  const translated = (topic: string, body: unknown) => {
    try {
      return connection.translate({ topic, body: body as Json, receivedAt: '2026-11-21T05:30:00.000Z' })
    } catch (error) {
      expect(error).toBeInstanceOf(Fault)
      expect(toFault(error).kind).toBe('malformed')
      return []
    }
  }

  test('that is no order, offer or notification is a fault that says where', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TOPICS), fc.jsonValue(), (topic, body) => {
        for (const { stream } of translated(topic, body)) expect(stream).toMatch(/^[a-z-]+\/./)
      }),
    )
  })

  test('that is nearly an order is one by the canon, or such a fault', () => {
    fc.assert(
      fc.property(node, (body) => {
        for (const { command } of translated('poll/order', body)) {
          const { order } = command as { order?: unknown }
          if (order) expect(orderSchema.safeParse(order).error?.issues ?? []).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('amounts', () => {
  const cents = fc.nat({ max: 1_000_000 })

  test('per piece cost exactly what all pieces cost', () => {
    fc.assert(
      fc.property(cents, fc.integer({ min: 1, max: 50 }), fc.option(cents), (subtotal, pieces, told) => {
        const { unit, off } = perPiece(subtotal, pieces, told)
        return unit * pieces - off === subtotal && off >= 0 && off < Math.max(1, pieces)
      }),
    )
  })

  test('of tax give back the rate they were made with', () => {
    const { taxRates } = MARKETPLACES['A1PA6795UKMFR9']!
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 100_000 }), fc.constantFrom(...taxRates), (price, rate) => {
        const tax = Math.round((price * Number(rate)) / (1 + Number(rate)))
        return rateOf({ price, discount: 0, tax }, true, taxRates) === rate
      }),
    )
  })

  test('say by themselves whether prices include the tax', () => {
    const charges = (price: number, tax: number) => [
      {
        goods: { price, discount: 0, tax },
        shipping: { price: 0, discount: 0, tax: 0 },
        others: [],
        taxByAmazon: false,
      },
    ]
    expect(pricesIncludeTax(charges(1000, 80), 1080, true)).toBe(false)
    expect(pricesIncludeTax(charges(1000, 80), 1000, false)).toBe(true)
    expect(pricesIncludeTax(charges(1000, 80), 1001, false)).toBeNull()
    expect(pricesIncludeTax(charges(1000, 0), 1000, true)).toBe(true)
  })

  test('of an order add up to its lines, whatever is cancelled', () => {
    fc.assert(
      fc.property(node, (body) => {
        const parsed = orderNode.parse(body)
        const options = { channel: 'amazon-us', marketplace: MARKETPLACES['ATVPDKIKX0DER']!, taxRates: [] }
        let order
        try {
          order = orderOf(parsed, options)
        } catch {
          return true
        }
        const net = [
          ...order.lines.map((line) => line.quantity * line.unitPrice.amount - line.discount.amount),
          ...order.shipping.map(({ price, discount }) => price.amount - discount.amount),
        ].reduce((all, one) => all + one, 0)
        return order.total.amount === net + (order.taxesIncluded ? 0 : order.totalTax.amount)
      }),
      { numRuns: 500 },
    )
  })
})

test('the report is read by the names of its columns, whatever their order and line ends', () => {
  const head = '\uFEFFasin1\tseller-sku\titem-name\tfulfillment-channel\tprice'
  const rows = rowsOf(`${head}\r\nB01\t MUG-1 \tMug\tDEFAULT\t1\r\nB02\tK\tKettle\tAMAZON_EU\t2\r\n\t\t\t\t\r\n`, at)
  expect(rows).toMatchObject([
    { sku: 'MUG-1', asin: 'B01', title: 'Mug', fulfilmentChannel: 'DEFAULT' },
    { sku: 'K', fulfilmentChannel: 'AMAZON_EU' },
  ])
})

test('a package has a positive number, the ERP’s own where it is one', () => {
  expect(referenceOf('71')).toBe('71')
  for (const id of ['WH/OUT/00071', '0', '-1', 'x']) expect(referenceOf(id)).toMatch(/^[1-9]\d{9}$/)
  expect(referenceOf('WH/OUT/1')).not.toBe(referenceOf('WH/OUT/2'))
})
