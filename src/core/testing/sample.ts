/** One plain order and the rules of a small retailer, for the tests of the core to vary. */
import type { Order, OrderLine } from '#canon/order.ts'
import type { ChannelPolicy, Policy } from '../policy.ts'

export const channelPolicy: ChannelPolicy = {
  pool: 'WH',
  locations: [{ locationId: 'L1', pool: 'WH' }],
  releaseWhen: ['paid', 'authorised'],
  taxRates: ['0.0825'],
  shippingMethods: ['standard'],
  weight: 1,
  invoice: 'when_shipped',
  whenShort: 'hold',
}

export const policyWith = (change: Partial<ChannelPolicy> = {}): Policy => ({
  version: 'test',
  channels: { shop: { ...channelPolicy, ...change } },
  safetyStock: 0,
})

const usd = (amount: number) => ({ amount, currency: 'USD' })

export function orderLine(change: Partial<OrderLine> = {}): OrderLine {
  return {
    id: 'L-1',
    sku: 'MUG',
    title: 'Mug',
    quantity: 2,
    ordered: (change.quantity ?? 2) + (change.restocked ?? 0),
    restocked: 0,
    unitPrice: usd(1000),
    discount: usd(0),
    taxes: [{ title: 'State tax', rate: '0.0825', amount: usd(165) }],
    requiresShipping: true,
    giftCard: false,
    ...change,
  }
}

/** A moment of the sample day, `n` seconds after nine. */
export const second = (n: number): string => new Date(Date.UTC(2026, 10, 20, 9, 0, n)).toISOString()

export function anOrder(change: Partial<Order> = {}): Order {
  return {
    channel: 'shop',
    externalId: '1001',
    name: '#1001',
    placedAt: second(0),
    updatedAt: second(0),
    cancelledAt: null,
    currency: 'USD',
    taxesIncluded: false,
    paymentStatus: 'paid',
    customer: { key: 'shop-7', externalId: '7', name: 'Ada Example', email: 'ada@example.com' },
    shippingAddress: { name: 'Ada Example', street: '1 Main St', city: 'Austin', postcode: '78701', country: 'US' },
    billingAddress: null,
    lines: [orderLine()],
    shipping: [{ id: 'S-1', code: 'standard', title: 'Standard', price: usd(500), discount: usd(0), taxes: [] }],
    total: usd(2665),
    totalTax: usd(165),
    presentmentTotal: usd(2665),
    fulfilments: [],
    refunded: usd(0),
    tags: [],
    test: false,
    ...change,
  }
}
