/**
 * The other end: a marketplace that runs on Mirakl, as one shop sees it. It is a fetch; through its control plane
 * people buy, staff work and things are switched off; `beliefs()` says what the marketplace holds to be true.
 */
import { formatMoney, money } from '#canon/money.ts'
import type { OutgoingHook, Simulator, SimulatorIo } from '../../kit/simulator.ts'
import { openServer } from './server.ts'
import { type Market, type MarketOptions, type MarketState, moment, newState, openMarket, stateOf } from './state.ts'
import { nextDueAt, openTrade, tick, type Trade } from './trade.ts'

export type { MarketOptions } from './state.ts'
export type { NewOffer, Purchase } from './trade.ts'

/** What the marketplace believes. Plain data, for an auditor. */
export interface MarketBeliefs {
  orders: {
    id: string
    name: string
    placedAt: string
    state: string
    cancelledAt: string | null
    acceptBy: string
    decidedAt: string | null
    /** Refused by the clock: held against the shop. */
    lapsed: boolean
    /** Decimal string, with shipping, of what was not refused or cancelled. */
    total: string
    lines: { id: string; sku: string; quantity: number; current: number; shipped: number; state: string }[]
    trackings: string[]
    /** Decimal strings, all taxes included; `name` is one for what was made in one go. */
    refunds: { name: string; lineId: string; amount: string }[]
  }[]
  /** By SKU. */
  available: Record<string, number>
  /** Pieces sold and not taken off again, by SKU. */
  sales: Record<string, number>
  /** Orders nobody answered in time. */
  lapsed: number
  requests: number
  /** Requests that came too often. */
  throttled: number
  imports: { id: string; status: string; lines: number; errors: number }[]
}

export interface MiraklSimulator extends Simulator, Trade {
  beliefs(): MarketBeliefs
  /** All it remembers, as plain data; what happens later does not change it. */
  snapshot(): unknown
  /** Does what is due by now. Every request does so too. */
  tick(): void
  /** When something is due by itself, or null. */
  nextDueAt(): number | null
  /** The key is refused, until it is given back. */
  revokeKey(): void
  restoreKey(): void
  /** The shop is suspended: 403 to everything. */
  suspend(yes: boolean): void
  setPartialAcceptance(allowed: boolean): void
  setMultiShipment(allowed: boolean): void
  /** Lines of this SKU are refused from now on; null: no more. */
  refuseLines(sku: string, reason: string | null): void
  /** What customers see of the offer; null when there is none. */
  shows(sku: string): { price: string; discount: string | null } | null
  /** So many files to come cannot be read. */
  failImports(count: number): void
  /** An offer is deleted in the back office. */
  removeProduct(sku: string): void
}

/** @param snapshot of an earlier marketplace with the same options: the new one goes on where that one stood. */
export function createMirakl(options: MarketOptions, io: SimulatorIo, snapshot?: unknown): MiraklSimulator {
  const before = (structuredClone(snapshot) as MarketState | undefined) ?? newState(options)
  const market = openMarket(options, io, before)
  const { accept, ...trade } = openTrade(market)
  const due = () => tick(market)
  const serve = openServer({ market, tick: due, accept })
  return {
    ...trade,
    fetch: serve,
    // It tells shops nothing by itself.
    due: (): OutgoingHook[] => (due(), []),
    tick: due,
    nextDueAt: () => nextDueAt(market),
    beliefs() {
      due()
      return believed(market)
    },
    snapshot: () => structuredClone(stateOf(market)),
    revokeKey: () => void (market.keyRevoked = true),
    restoreKey: () => void (market.keyRevoked = false),
    suspend: (yes) => void (market.suspended = yes),
    setPartialAcceptance: (allowed) => void (market.partialAcceptance = allowed),
    setMultiShipment: (allowed) => void (market.multiShipment = allowed),
    refuseLines(sku, reason) {
      if (reason === null) market.refusedLines.delete(sku)
      else market.refusedLines.set(sku, reason)
    },
    shows(sku) {
      due()
      const offer = [...market.offers.values()].find((one) => one.sku === sku)
      const said = (amount: number) => formatMoney(money(amount, market.currency))
      return offer ? { price: said(offer.price), discount: offer.discount && said(offer.discount.price) } : null
    },
    failImports: (count) => void (market.failImports = count),
    removeProduct(sku) {
      for (const [id, offer] of market.offers) if (offer.sku === sku) market.offers.delete(id)
    },
  }
}

const STANDS = (state: string) => state !== 'REFUSED' && state !== 'CANCELED'

function believed(market: Market): MarketBeliefs {
  const orders = [...market.orders.values()].map((order): MarketBeliefs['orders'][number] => {
    const lines = order.lines.map((line) => {
      const off = line.cancelations.reduce((all, { quantity }) => all + quantity, 0)
      const parts = order.shipments.flatMap((one) => one.lines).filter(({ lineId }) => lineId === line.id)
      const current = STANDS(line.state) ? line.quantity - off : 0
      const left = ['SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED'].includes(line.state)
      const shipped = left ? current : parts.reduce((all, { quantity }) => all + quantity, 0)
      return { id: line.id, sku: line.sku, quantity: line.quantity, current, shipped, state: line.state }
    })
    const total = order.lines.reduce((all, line) => {
      if (!STANDS(line.state)) return all
      const off = line.cancelations.reduce((sum, one) => sum + one.amount + one.shipping, 0)
      const tax = market.taxIncluded
        ? 0
        : line.tax + line.shippingTax - line.cancelations.reduce((sum, one) => sum + one.tax, 0)
      return all + line.unitPrice * line.quantity + line.shippingPrice - off + tax
    }, 0)
    return {
      id: order.id,
      name: order.id,
      placedAt: moment(order.createdAt),
      state: order.state,
      cancelledAt: STANDS(order.state) ? null : moment(order.updatedAt),
      acceptBy: moment(order.acceptBy),
      decidedAt: order.decidedAt === null ? null : moment(order.decidedAt),
      lapsed: order.reason === 'AUTO_REFUSED',
      total: formatMoney(money(total, market.currency)),
      lines,
      trackings: [order.tracking, ...order.shipments.map(({ tracking }) => tracking)].flatMap(
        ({ number }) => number ?? [],
      ),
      refunds: order.lines.flatMap(({ id: lineId, refunds }) =>
        refunds.map((one) => {
          const tax = market.taxIncluded ? 0 : one.tax + one.shippingTax
          const amount = formatMoney(money(one.amount + one.shipping + tax, market.currency))
          return { name: one.group ?? `r-${one.id}`, lineId, amount }
        }),
      ),
    }
  })
  const sales: Record<string, number> = {}
  for (const { lines } of orders) for (const { sku, current } of lines) sales[sku] = (sales[sku] ?? 0) + current
  return {
    orders,
    available: Object.fromEntries([...market.offers.values()].map(({ sku, quantity }) => [sku, quantity])),
    sales,
    lapsed: market.lapsed,
    requests: market.requests,
    throttled: market.throttled,
    imports: [...market.imports.values()].map(({ id, status, lines, errors }) => ({
      id,
      status,
      lines: lines.length,
      errors: errors.length,
    })),
  }
}
