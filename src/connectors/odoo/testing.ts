/** For this connector's tests: an Odoo in memory, a connection to it, orders to send, and a network that can break. */
import type { Json } from '#canon/json.ts'
import { type Money, money } from '#canon/money.ts'
import type { Order, OrderLine } from '#canon/order.ts'
import type { Ask, IntentType } from '#core/intents.ts'
import { toFault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Connection, Outbound, Outcome, Reading } from '../kit/connector.ts'
import { readAll } from '../kit/testing.ts'
import type { OdooConfig } from './config.ts'
import { odoo } from './index.ts'
import { createOdoo } from './simulator/index.ts'
import type { OdooOptions, OdooSimulator } from './simulator/options.ts'

export const API_KEY = 'a-key-nobody-may-see'

export interface Estate {
  sim: OdooSimulator
  connection: Connection
  clock: { nowMs: number }
  log: string[]
  /** Every request passes here first; throw to lose it, or await `pass` and throw to lose the answer. */
  network: { through(request: Request, pass: () => Promise<Response>): Promise<Response> }
}

export const START_MS = Date.parse('2026-11-21T09:00:00.000Z')

export function estate(options: OdooOptions = {}, config: Partial<OdooConfig> = {}): Estate {
  const clock = { nowMs: START_MS }
  let seed = 1
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  const sim = createOdoo(
    {
      users: [{ login: 'hub@example.com', key: API_KEY }],
      products: [
        { sku: 'MUG', name: 'Blue mug', price: 12.5, available: { WH: 100 } },
        { sku: 'BOWL', name: 'Red bowl', price: 5, available: { WH: 3 } },
      ],
      ...options,
    },
    { now: () => clock.nowMs, random },
  )
  const network: Estate['network'] = { through: (_, pass) => pass() }
  const log: string[] = []
  const io: Io = {
    now: () => clock.nowMs,
    id: () => '0'.repeat(32),
    jitter: random,
    // Time passes with every call, so that moments differ as they do in life.
    fetch: (request) => network.through(request, () => ((clock.nowMs += 7), sim.fetch(request))),
    secret: () => API_KEY,
    log: (level, message, fields) => void log.push(`${level} ${message} ${JSON.stringify(fields)}`),
  }
  const parsed = odoo.config.parse({
    url: 'https://odoo.example.com',
    database: 'retail',
    user: 'hub@example.com',
    apiKey: 'env:ODOO_KEY',
    ...config,
  })
  return { sim, connection: odoo.open(parsed, { name: 'odoo-main', io }), clock, log, network }
}

export const LOSSES = ['request lost', 'answer lost'] as const

/** The n-th request from now breaks. @returns what says afterwards whether there was an n-th one. */
export function breakAt({ network }: Pick<Estate, 'network'>, nth: number, loss: (typeof LOSSES)[number]) {
  let seen = 0
  network.through = async (_, pass) => {
    seen += 1
    if (seen !== nth) return pass()
    if (loss === 'answer lost') await pass()
    throw new TypeError('The connection broke.')
  }
  return (): boolean => seen >= nth
}

/** Reads a feed to its end after so long; only readings whose key was not seen yet count, as the inbox has it. */
export function reader({ connection, clock }: Estate, feed: string, laterMs = 10_000) {
  let cursor: Json | null = null
  const seen = new Set<string>()
  return async (passMs = laterMs): Promise<Reading[]> => {
    clock.nowMs += passMs
    const { readings, cursor: next } = await readAll(connection.feeds[feed], cursor)
    cursor = next
    const fresh = readings.filter(({ key }) => !seen.has(key))
    for (const { key } of readings) seen.add(key)
    return fresh
  }
}

/** Several intents at once, a fault of all as a value for each. */
export async function sendAll<T extends IntentType>(
  connection: Connection,
  type: T,
  asks: readonly Ask<T>[],
): Promise<Outcome<T>[]> {
  const outbound = connection.outbound[type] as unknown as Outbound<T>
  try {
    return await outbound.send(asks.map((ask, index) => ({ key: `order/test/${index}/0`, attempt: 1, ask })))
  } catch (error) {
    return asks.map(() => ({ fault: toFault(error) }))
  }
}

export const usd = (amount: number): Money => money(amount, 'USD')

export const TX = '0.0825'

export interface LineSpec {
  sku: string | null
  quantity?: number
  price?: number
  discount?: number
  rate?: string
}

/** An order whose sums are as a channel computes them: tax per line on the discounted price, half up. */
export function orderOf(externalId: string, specs: readonly LineSpec[], over: Partial<Order> = {}): Order {
  const taxesIncluded = over.taxesIncluded ?? false
  const lines = specs.map((spec, index) => lineOf(`${externalId}-${index + 1}`, spec, taxesIncluded))
  const shipping = over.shipping ?? []
  const all = [...lines.map((line) => ({ ...line, price: usd(line.quantity * line.unitPrice.amount) })), ...shipping]
  const tax = all.flatMap(({ taxes }) => taxes).reduce((sum, { amount }) => sum + amount.amount, 0)
  const goods = all.reduce((sum, { price, discount }) => sum + price.amount - discount.amount, 0)
  const total = usd(goods + (taxesIncluded ? 0 : tax))
  return {
    channel: 'shop', externalId, name: `#${externalId}`, placedAt: '2026-11-20T18:22:05.000Z',
    updatedAt: '2026-11-20T18:22:05.000Z', cancelledAt: null, currency: 'USD', taxesIncluded, paymentStatus: 'paid',
    customer: { key: 'shop-77', externalId: '77', name: 'Grace Hopper', email: 'grace@example.com' },
    shippingAddress: { name: 'Grace Hopper', street: '1 Navy Way', city: 'Austin', postcode: '78701', region: 'TX', country: 'US' },
    billingAddress: null, lines, shipping, total, totalTax: usd(tax), presentmentTotal: total, fulfilments: [],
    refunded: usd(0), tags: [], test: false, ...over,
  } // prettier-ignore
}

function lineOf(
  id: string,
  { sku, quantity = 1, price = 1250, discount = 0, rate = TX }: LineSpec,
  included: boolean,
): OrderLine {
  const amount = taxOf(quantity * price - discount, rate, included)
  return {
    id,
    sku,
    title: `Title of ${sku}`,
    quantity,
    ordered: quantity,
    restocked: 0,
    unitPrice: usd(price),
    discount: usd(discount),
    taxes: rate === '0' ? [] : [{ title: `Tax ${rate}`, rate, amount: usd(amount) }],
    requiresShipping: true,
    giftCard: false,
  }
}

/** Half up, in whole numbers of cents and hundredths of a percent. */
export function taxOf(amount: number, rate: string, included: boolean): number {
  const share = Math.round(Number(rate) * 10_000)
  const [numerator, denominator] = included ? [amount * share, 10_000 + share] : [amount * share, 10_000]
  return Math.floor((2 * numerator + denominator) / (2 * denominator))
}

export const saleAsk = (order: Order, warehouse = 'WH'): Ask<'sale.ensure'> => ({
  order,
  orderRef: `${order.channel}:${order.externalId}`,
  warehouse,
})

export const invoiceAsk = (order: Order, saleId: string): Ask<'invoice.ensure'> => ({
  orderRef: `${order.channel}:${order.externalId}`,
  saleId,
  total: order.total,
  totalTax: order.totalTax,
  date: '2026-11-20',
  complete: true,
})

export const labelOn = (delivery: number, shown = true): Ask<'delivery.label'> => ({
  orderRef: 'shop:1',
  deliveryId: String(delivery),
  reference: `shop:1:${delivery}:1`,
  trackingNumber: '9400100000000000000001',
  cost: usd(916),
  documentUrl: 'https://labels.example/1.png',
  shown,
})
