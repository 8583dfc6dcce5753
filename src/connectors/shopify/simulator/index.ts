/**
 * The other end: a Shopify shop with its Admin API and its webhooks. It is a fetch, and through its control plane
 * customers buy, staff work and things are switched off; `beliefs()` says what the shop holds to be true.
 */
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { formatMoney, money } from '#canon/money.ts'
import { API_VERSION } from '../limits.ts'
import { CATALOGUE_SCOPES, PAYMENTS_SCOPES, REFUND_SCOPES, SCOPES } from '../scopes.ts'
import { currentTotals, givenBack, redeemedOf, refundedOf } from './amounts.ts'
import { type BucketState, fullBucket, openBucket } from './cost.ts'
import { openEngine } from './engine.ts'
import { type HooksState, openHooks } from './hooks.ts'
import { type IdempotencyState, openIdempotency } from './idempotency.ts'
import { openServer, type ServerState } from './server.ts'
import {
  availableOf,
  moment,
  openShop,
  stateOf,
  type Order,
  type Shop,
  type ShopOptions,
  type ShopState,
} from './state.ts'
import { openStock, type Stock } from './stock.ts'
import { openPayments, type OwnPayments } from './payments.ts'
import { openTrade, type Trade } from './trade.ts'

export type { ShopOptions } from './state.ts'
export type { NewProduct } from './stock.ts'
export type { Purchase } from './trade.ts'
export { RETRY_AFTER_MS } from './hooks.ts'

/** What the shop believes. Plain data, for an auditor. */
export interface ShopBeliefs {
  orders: {
    id: string
    name: string
    placedAt: string
    cancelledAt: string | null
    financialStatus: string
    /** Decimal strings in the shop's currency. */
    total: string
    refunded: string
    /** By gateway and, as `issued`, store credit; in minor units, once something was. */
    givenBack?: Record<string, number>
    /** What gift cards and store credit hold of it now, in minor units; only where they paid, or were given. */
    redeemed?: number
    lines: { id: string; sku: string; quantity: number; current: number; fulfilled: number }[]
    fulfilments: {
      id: string
      trackingNumber: string | null
      lines: { lineId: string; sku: string; quantity: number }[]
    }[]
  }[]
  /** Over all locations, by SKU. */
  available: Record<string, number>
  committed: Record<string, number>
  /** By SKU and location. */
  levels: Record<string, Record<string, { available: number; committed: number; onHand: number }>>
  /** Pieces sold and not taken off again, by SKU. */
  sales: Record<string, number>
  subscriptions: number
  requests: number
  idempotentReplays: number
}

export interface ShopifySimulator
  extends Simulator, Omit<Stock, 'write' | 'route' | 'changed'>, Omit<Trade, 'fulfil'>, OwnPayments {
  beliefs(): ShopBeliefs
  /** Ids of its active locations. */
  locations: readonly number[]
  /** All the shop remembers, as plain data without functions; what happens later does not change it. */
  snapshot(): unknown
  /** Does what is due by now, such as a cancellation that was asked for. Every request does so too. */
  tick(): void
  /** When the next webhook or job is due, or null when nothing waits. */
  nextDueAt(): number | null
  /** Webhooks that were handed out by `due` and are not settled: also those of before the snapshot. */
  onTheWay(): OutgoingHook[]
  /** The app is removed: its tokens and subscriptions are gone, and the last webhook says so. */
  uninstall(): void
  /** The app is installed again, without subscriptions. */
  install(): void
  /** Tokens are refused; new ones can be had. */
  revokeToken(): void
  /** Subscriptions vanish, and with them what was on its way. */
  dropSubscriptions(): void
  /** One of them vanishes. @param nth any number; it is counted round. */
  dropSubscription(nth: number): void
  /** Another budget for queries, in points and points per second. */
  setThrottled(bucketSize: number, restoreRate: number): void
  /** Takes scopes away or gives them. */
  setScopes(scopes: readonly string[]): void
  /** The next keyed mutation finds an earlier one with its key still running. */
  collideNext(): void
}

const DAY_MS = 86_400_000

interface Snapshot {
  scopes: readonly string[]
  shop: ShopState
  hooks: HooksState
  idempotency: IdempotencyState
  bucket: BucketState
  server: ServerState
}

/** @param snapshot of an earlier shop with the same options: the new one goes on where that one stood. */
export function createShopify(options: ShopOptions, io: SimulatorIo, snapshot?: unknown): ShopifySimulator {
  const before = structuredClone(snapshot) as Snapshot | undefined
  let scopes: readonly string[] =
    before?.scopes ??
    options.scopes ??
    Object.keys({ ...SCOPES, ...CATALOGUE_SCOPES, ...REFUND_SCOPES, ...PAYMENTS_SCOPES })
  const shop = openShop(options, io, before?.shop)
  const hooks = openHooks(options, io, API_VERSION, before?.hooks)
  const stock = openStock(shop, hooks)
  const trade = openTrade(shop, hooks, stock)
  const idempotency = openIdempotency(io, options.keyLifeMs ?? DAY_MS, before?.idempotency)
  const full = () => fullBucket(options.bucketSize ?? 2_000, options.restoreRate ?? 100, io.now())
  const bucket = openBucket(io.now, before?.bucket ?? full())
  const engine = openEngine(
    { shop, hooks, stock, trade, idempotency, scopes: () => scopes, apiVersion: API_VERSION },
    bucket,
  )
  const tick = () => runJobs(shop, trade)
  const server = openServer({ options, io, engine, scopes: () => scopes, tick, before: before?.server })
  const { write: _, route: __, changed: ____, ...staff } = stock
  const { fulfil: ___, ...customers } = trade

  return {
    ...staff,
    ...customers,
    ...openPayments(shop),
    fetch: server.fetch,
    locations: shop.locations.filter(({ active }) => active).map(({ id }) => id),
    due(): OutgoingHook[] {
      tick()
      return hooks.due()
    },
    beliefs() {
      tick()
      const rest = {
        subscriptions: hooks.subscriptions.size,
        requests: server.requests(),
        idempotentReplays: idempotency.replays(),
      }
      return { ...believed(shop), ...rest }
    },
    snapshot(): Snapshot {
      return structuredClone({
        scopes,
        shop: stateOf(shop),
        hooks: hooks.state,
        idempotency: idempotency.state,
        bucket: bucket.state,
        server: server.state,
      })
    },
    tick,
    nextDueAt: () => earliest(shop, hooks.nextDueAt()),
    onTheWay: () => hooks.onTheWay(),
    uninstall() {
      hooks.emit(
        'APP_UNINSTALLED',
        hooks.eventId(),
        () => ({ id: 1, name: options.shop, myshopify_domain: options.shop }),
        { farewell: true },
      )
      hooks.clear()
      server.uninstall()
    },
    install: () => server.install(),
    revokeToken: () => server.revokeTokens(),
    dropSubscriptions: () => hooks.clear(),
    dropSubscription(nth) {
      const ids = [...hooks.subscriptions.keys()]
      if (ids.length > 0) hooks.subscriptions.delete(ids[nth % ids.length]!)
    },
    setThrottled: (size, rate) => bucket.set(size, rate),
    setScopes: (granted) => void (scopes = [...granted]),
    collideNext: () => idempotency.collideNext(),
  }
}

function runJobs({ jobs, io }: Shop, trade: Trade): void {
  for (const job of jobs.values()) {
    if (job.done || job.dueAt > io.now()) continue
    job.done = true
    trade.cancelOrder(job.orderId, job)
  }
}

function earliest({ jobs }: Shop, hookDueAt: number | null): number | null {
  const open = [...jobs.values()].filter(({ done }) => !done).map(({ dueAt }) => dueAt)
  const all = hookDueAt === null ? open : [...open, hookDueAt]
  return all.length === 0 ? null : Math.min(...all)
}

function believed(shop: Shop): Pick<ShopBeliefs, 'orders' | 'available' | 'committed' | 'levels' | 'sales'> {
  const variants = [...shop.bySku.values()]
  const sales: Record<string, number> = {}
  for (const { lines } of shop.orders.values()) {
    for (const { sku, current } of lines) sales[sku] = (sales[sku] ?? 0) + current
  }
  const perSku = <T>(of: (variant: (typeof variants)[number]) => T) =>
    Object.fromEntries(variants.map((one) => [one.sku, of(one)]))
  return {
    orders: [...shop.orders.values()].map((order) => orderBelief(shop, order)),
    available: perSku(availableOf),
    committed: perSku(({ levels }) => [...levels.values()].reduce((all, { committed }) => all + committed, 0)),
    levels: perSku(({ levels }) =>
      Object.fromEntries(
        [...levels].map(([place, { available, committed }]) => [
          place,
          { available, committed, onHand: available + committed },
        ]),
      ),
    ),
    sales,
  }
}

function orderBelief({ currency }: Shop, order: Order): ShopBeliefs['orders'][number] {
  return {
    id: String(order.id),
    name: order.name,
    placedAt: moment(order.createdAt),
    cancelledAt: order.cancelledAt === null ? null : moment(order.cancelledAt),
    financialStatus: order.financialStatus,
    total: formatMoney(money(currentTotals(order).total, currency)),
    refunded: formatMoney(money(refundedOf(order), currency)),
    ...givenBack(order),
    ...redeemedOf(order),
    lines: order.lines.map(({ id, sku, quantity, current, fulfilled }) => ({
      id: String(id),
      sku,
      quantity,
      current,
      fulfilled,
    })),
    fulfilments: order.fulfilments.map(({ id, number, lines }) => ({
      id: String(id),
      trackingNumber: number,
      lines: lines.map(({ line, quantity }) => ({ lineId: String(line.id), sku: line.sku, quantity })),
    })),
  }
}
