/**
 * The other end: a WooCommerce shop with its REST API, its shopper's API and its webhooks. It is a fetch, and through
 * its control plane customers buy, staff work and things are switched off; `beliefs()` says what the shop holds to be
 * true.
 */
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { parcelsOf } from '../parcels.ts'
import { refundedOf, shown, totalsOf } from './amounts.ts'
import { orderBody, productBody } from './bodies.ts'
import { type HooksState, openHooks } from './hooks.ts'
import { orderRoutes } from './orders-api.ts'
import { productRoutes } from './products-api.ts'
import { answer } from './server.ts'
import { openShelf } from './shelf.ts'
import {
  type Mishap,
  type Order,
  openWoo,
  skuOf,
  soldAs,
  stateOf,
  type Woo,
  type WooOptions,
  type WooState,
} from './state.ts'
import { openStaff, type Staff } from './staff.ts'
import { storeRoutes } from './store-api.ts'
import { openTrade, type Trade } from './trade.ts'
import { webhookRoutes } from './webhooks-api.ts'

export type { WooOptions } from './state.ts'
export type { NewProduct } from './staff.ts'
export type { Purchase } from './trade.ts'

/** What the shop believes. Plain data, for an auditor. */
export interface WooBeliefs {
  orders: {
    id: string
    name: string
    placedAt: string
    status: string
    /** Decimal strings. */
    total: string
    refunded: string
    lines: { id: string; sku: string; quantity: number; refunded: number; offShelf: number }[]
    parcels: { id: string; trackingNumber: string | null; lines: { lineId: string; quantity: number }[] }[]
    notes: string[]
    /** `paid`: the gateway gave it back; else it is only noted. */
    refunds: { id: string; amount: string; paid: boolean }[]
  }[]
  /** What can be bought now, by SKU; null when nobody counts it. */
  available: Record<string, number | null>
  /** Pieces sold and neither cancelled nor refunded, by SKU; carts and unpaid orders are not sold. */
  sales: Record<string, number>
  /** Pieces a stock write put back on sale although an order had just taken them, by SKU. */
  swallowed: Record<string, number>
  webhooks: { topic: string; status: string; failures: number }[]
  requests: number
}

export interface WooSimulator extends Simulator, Omit<Trade, 'inner'>, Staff {
  beliefs(): WooBeliefs
  /** All the shop remembers, as plain data without functions; what happens later does not change it. */
  snapshot(): unknown
  /** When the next webhook is due, or null when none waits. */
  nextDueAt(): number | null
  /** Webhooks that were handed out by `due` and are not settled: also those of before the snapshot. */
  onTheWay(): OutgoingHook[]
  /** Runs once in the middle of the next stock write: what is sold there is swallowed. */
  interleave(act: () => void): void
  /** The next requests are answered so. `done`: after their work was done. */
  spoil(mishap: Partial<Mishap>, times?: number): void
}

interface Snapshot {
  shop: WooState
  hooks: HooksState
}

/** @param snapshot of an earlier shop with the same options: the new one goes on where that one stood. */
export function createWooCommerce(options: WooOptions, io: SimulatorIo, snapshot?: unknown): WooSimulator {
  const before = structuredClone(snapshot) as Snapshot | undefined
  const woo = openWoo({ ...options, url: options.url.replace(/\/+$/, '') }, io, before?.shop)
  const hooks = openHooks(woo, before?.hooks)
  const shelf = openShelf(woo, hooks)
  const { inner, ...trade } = openTrade(woo, hooks, shelf)
  const whole = { ...trade, inner }
  const rest = [...orderRoutes(woo, whole), ...productRoutes(woo, shelf, hooks), ...webhookRoutes(woo, hooks)]
  const tables = { rest, store: storeRoutes(woo, whole, shelf) }

  return {
    ...trade,
    ...openStaff(woo, hooks, shelf),
    fetch: (request) => answer(woo, tables, request),
    due: () => hooks.due((topic, resource) => told(woo, topic, resource)),
    nextDueAt: () => hooks.nextDueAt(),
    onTheWay: () => hooks.onTheWay(),
    beliefs: () => believed(woo),
    snapshot: (): Snapshot => structuredClone({ shop: stateOf(woo), hooks: hooks.state }),
    interleave: (act) => shelf.interleave(act),
    spoil(mishap, times = 1) {
      const one: Mishap = { status: 500, body: '<html><body>Error</body></html>', headers: {}, done: false, ...mishap }
      for (let time = 0; time < times; time += 1) woo.mishaps.push(structuredClone(one))
    },
  }
}

/** What a webhook carries: the thing as it is when it leaves. */
function told(woo: Woo, topic: string, resource: number): unknown {
  if (topic.endsWith('.deleted')) return { id: resource }
  if (topic.startsWith('order.')) {
    const order = woo.orders.get(resource)
    return order ? orderBody(woo, order) : null
  }
  const product = woo.products.get(resource)
  return product ? productBody(woo, product) : null
}

/** In these nothing is sold. */
const UNSOLD: ReadonlySet<string> = new Set(['pending', 'failed', 'cancelled', 'trash', 'checkout-draft'])

function believed(woo: Woo): WooBeliefs {
  const orders = [...woo.orders.values()].map((order) => orderBelief(woo, order))
  const sales: Record<string, number> = {}
  for (const { status, lines } of orders)
    if (!UNSOLD.has(status))
      for (const { sku, quantity, refunded } of lines) sales[sku] = (sales[sku] ?? 0) + quantity - refunded
  const available: Record<string, number | null> = {}
  for (const product of woo.products.values()) {
    const sku = skuOf(woo, product)
    if (product.type === 'variable' || product.status === 'trash' || sku === '') continue
    available[sku] = Number(productBody(woo, product)['stock_quantity'] ?? NaN)
    if (Number.isNaN(available[sku])) available[sku] = null
  }
  return {
    orders,
    available,
    sales,
    swallowed: Object.fromEntries(woo.swallowed),
    webhooks: [...woo.webhooks.values()].map(({ topic, status, failures }) => ({ topic, status, failures })),
    requests: woo.requests,
  }
}

function orderBelief(woo: Woo, order: Order): WooBeliefs['orders'][number] {
  const refunded = (lineId: number) =>
    order.refunds
      .flatMap(({ items }) => items)
      .reduce((all, item) => (item.refundedItemId === lineId ? all - item.quantity : all), 0)
  return {
    id: String(order.id),
    name: `#${order.id}`,
    placedAt: new Date(order.createdMs).toISOString(),
    status: order.status,
    total: shown(woo, totalsOf(woo, order).total),
    refunded: shown(woo, refundedOf(order)),
    lines: order.lines.map((line) => {
      const product = soldAs(woo, line)
      const offShelf = Number(line.meta.find(({ key }) => key === '_reduced_stock')?.value ?? 0)
      return {
        id: String(line.id),
        sku: product ? skuOf(woo, product) : '',
        quantity: line.quantity,
        refunded: refunded(line.id),
        offShelf,
      }
    }),
    parcels: parcelsOf({ meta_data: order.meta }).map(({ id, trackingNumber, lines }) => ({
      id,
      trackingNumber: trackingNumber ?? null,
      lines,
    })),
    notes: order.notes.map(({ note }) => note),
    refunds: order.refunds.map(({ id, amount, paid }) => ({ id: String(id), amount: shown(woo, amount), paid })),
  }
}
