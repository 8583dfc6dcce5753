/** Canonical orders and a small outside for tests of the engine: a shop that takes JSON and an ERP that remembers. */
import type { Order } from '#canon/order.ts'
import type { Connection, Sent } from '#connectors/kit/connector.ts'
import type { Ask } from '#core/intents.ts'
import type { Policy } from '#core/policy.ts'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import type { Database } from '#store/database.ts'
import { Fault } from '../../src/fault.ts'
import { realIo } from '../../src/io.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })

export function anOrder(externalId: string, change: Partial<Order> = {}): Order {
  return {
    channel: 'shop',
    externalId,
    name: `#${externalId}`,
    placedAt: '2026-11-20T10:00:00.000Z',
    updatedAt: '2026-11-20T10:00:00.000Z',
    cancelledAt: null,
    currency: 'USD',
    taxesIncluded: false,
    paymentStatus: 'paid',
    customer: { key: 'shop-7', externalId: '7', name: 'Ada Byron', email: 'ada@example.com' },
    shippingAddress: { name: 'Ada Byron', street: '1 Dock Road', city: 'Austin', postcode: '78701', country: 'US' },
    billingAddress: null,
    lines: [
      {
        id: `${externalId}-1`, sku: 'MUG', title: 'Mug', quantity: 2, ordered: 2, restocked: 0,
        unitPrice: usd(1250), discount: usd(0), taxes: [], requiresShipping: true, giftCard: false,
      },
    ], // prettier-ignore
    shipping: [],
    total: usd(2500),
    totalTax: usd(0),
    presentmentTotal: usd(2500),
    fulfilments: [],
    refunded: usd(0),
    tags: [],
    test: false,
    ...change,
  }
}

export const aPolicy: Policy = {
  version: 'test',
  safetyStock: 0,
  channels: {
    shop: {
      pool: 'WH',
      locations: [{ locationId: 'L1', pool: 'WH' }],
      releaseWhen: ['paid'],
      taxRates: 'any',
      shippingMethods: 'any',
      weight: 1,
      invoice: 'when_shipped',
      whenShort: 'hold',
    },
  },
}

/** A shop that hands over canonical orders as they are, and lists the SKUs it is told of. */
export const aShop = (shown: Record<string, number> = {}): Connection => ({
  receive({ headers, body }) {
    if (headers['signature'] !== 'good') throw new Fault('forged', 'The signature does not fit.')
    return { key: headers['key'] ?? String(body.length), topic: headers['topic'] ?? 'order' }
  },
  translate({ topic, body }) {
    if (topic === 'messages') return body as never
    const order = body as unknown as Order
    if (!order?.externalId) throw new Fault('malformed', 'The order has no id.')
    return [{ stream: `order/shop/${order.externalId}`, command: { type: 'order.observe', order } as { type: string } }]
  },
  outbound: {
    'inventory.read': {
      send: (sent) => Promise.resolve(sent.map(({ ask }) => ({ answer: { available: shown[ask.sku] ?? 0 } }))),
    },
    'inventory.set': {
      send: (sent) =>
        Promise.resolve(
          sent.map(({ ask }) => {
            const available = shown[ask.sku] ?? 0
            if (available !== ask.from) return { answer: { outcome: 'stale', available } }
            shown[ask.sku] = ask.to
            return { answer: { outcome: 'set' } }
          }),
        ),
    },
    'fulfilment.ensure': {
      send: (sent) => Promise.resolve(sent.map(({ key }) => ({ answer: { fulfilmentId: key } }))),
    },
  },
  feeds: {},
  upkeep: {},
  check: () => Promise.resolve([]),
})

export interface Erp extends Connection {
  /** Calls in the order they came, as `type key`. */
  calls: string[]
  sales: Map<string, 'sale' | 'cancel'>
  free: Record<string, number>
  /** Runs before each call; may throw a fault. */
  before: (type: string, sent: Sent<never>) => void
}

export function anErp(free: Record<string, number> = { MUG: 100 }): Erp {
  const sales = new Map<string, 'sale' | 'cancel'>()
  const calls: string[] = []
  const erp: Erp = {
    calls,
    sales,
    free,
    before: () => {},
    translate: ({ body }) => body as never,
    outbound: {
      'sale.ensure': {
        batch: 10,
        serial: 'confirm',
        send: each('sale.ensure', ({ order, orderRef }) => {
          if (!sales.has(orderRef)) {
            for (const { sku, quantity } of order.lines) erp.free[sku!] = (erp.free[sku!] ?? 0) - quantity
          }
          sales.set(orderRef, 'sale')
          const lines = order.lines.map(({ id }) => ({ lineId: id, saleLineId: `s-${id}` }))
          return { saleId: orderRef, saleName: `S-${order.externalId}`, total: order.total, lines }
        }),
      },
      'sale.cancel': {
        serial: 'confirm',
        send: each('sale.cancel', ({ orderRef }) => {
          const outcome = sales.has(orderRef) ? ('cancelled' as const) : ('absent' as const)
          if (sales.has(orderRef)) sales.set(orderRef, 'cancel')
          return { outcome }
        }),
      },
      'invoice.ensure': { send: each('invoice.ensure', ({ total }) => ({ invoiceId: '1', number: 'INV/1', total })) },
      'customer.ensure': { send: each('customer.ensure', ({ key }) => ({ partnerId: key })) },
      'stock.read': {
        batch: 50,
        send: each('stock.read', ({ sku }) => ({ free: erp.free[sku] ?? 0, onHand: erp.free[sku] ?? 0 })),
      },
    },
    feeds: {},
    upkeep: {},
    check: () => Promise.resolve([]),
  }
  function each<T extends 'sale.ensure' | 'sale.cancel' | 'invoice.ensure' | 'customer.ensure' | 'stock.read', A>(
    type: T,
    answer: (ask: Ask<T>) => A,
  ) {
    return async (sent: readonly Sent<T>[]) => {
      await Promise.resolve()
      return sent.map((one) => {
        calls.push(`${type} ${one.key}`)
        erp.before(type, one as Sent<never>)
        return { answer: answer(one.ask) }
      }) as never
    }
  }
  return erp
}

export function anEngine(
  database: Database,
  connections: Record<string, Connection>,
  change: Partial<Engine> = {},
): Engine {
  return {
    database,
    io: realIo(),
    connections: new Map(Object.entries(connections)),
    erp: 'erp',
    policy: aPolicy,
    owner: 'test',
    meter: createMeter(),
    parallel: 1,
    epoch: 0,
    ...change,
  }
}
