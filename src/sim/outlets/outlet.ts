/**
 * A channel of the simulated retailer as its customers, its staff and its auditor see it, whatever its vendor. What
 * only one vendor has stays with that vendor's simulator.
 */
import type { OutgoingHook, SimulatorIo } from '#connectors/kit/simulator.ts'
import type { Fetch } from '../../io.ts'
import type { OdooBeliefs } from '#connectors/odoo/simulator/options.ts'
import type { Product } from '../estate.ts'

/** What somebody wants to buy, and how. Amounts are decimals in the retailer's currency. */
export interface Purchase {
  lines: { sku: string; quantity: number; discount?: string }[]
  customer: {
    firstName: string
    lastName: string
    email: string
    guest: boolean
    address: { address1: string; city: string; zip: string; provinceCode: string; countryCode: string }
  }
  shippingMethod: { code: string; title: string; price: string }
  taxRate: number
  /** At once; otherwise later, or never. */
  paid: boolean
}

/** An order as the channel believes it. */
export interface Sold {
  id: string
  /** As people call it: `#1001`. */
  name: string
  cancelled: boolean
  /** Not paid yet. */
  pending: boolean
  /** What the customer pays for what is still wanted, as a decimal. */
  total: string
  lines: { sku: string; quantity: number; current: number; fulfilled: number }[]
  /** In hundredths: what gift cards and store credit paid of it, and did not get back; only where they did. */
  redeemed?: number
  /** Tracking numbers it was told. */
  tracking: string[]
  /** It shows the last of several parcels alone. */
  lastParcelOnly?: boolean
  /** Of goods that lie with the channel, which sends them itself: a stock apart. */
  sentByIt?: boolean
}

/** Goods that are not sold from the common stock. */
export interface Goods extends Product {
  /** Code of the warehouse they lie in by the books. */
  warehouse: string
}

/** What a payment provider holds for an order, in hundredths. */
export interface Held {
  paymentId: string
  channel: string
  orderId: string
  authorised: number
  captured: number
  refunded: number
  /** Set aside and not taken yet. */
  open: number
}

export interface Outlet {
  /** Name of its connection. */
  name: string
  /** Its host in a simulated network. */
  host: string
  fetch: Fetch
  /** @returns the order's id, or null when there is not enough. */
  buy(purchase: Purchase): string | null
  /** @param restock whether the channel puts the pieces back on sale. @returns false when it can't be cancelled. */
  cancel(id: string, restock: boolean): boolean
  pay(id: string): void
  /** A customer who has not paid yet wants less of something. */
  takeOff(id: string, sku: string, quantity: number): void
  believes(): { orders: readonly Sold[]; offered: Readonly<Record<string, number>> }
  /** Told of all once, when they are open. */
  meet?(outlets: readonly Outlet[]): void
  /** Of a payment provider alone. */
  money?(): Held[]
  /** Does what is due by now. Every request does so too. */
  tick(): void
  /** Webhooks that are due. */
  due(): OutgoingHook[]
  /** When the next webhook or job is due, or null when nothing waits. */
  nextDueAt(): number | null
  /** Webhooks that were handed out and are not settled. */
  onTheWay(): OutgoingHook[]
  /** The channel's own name for a webhook, the same at every attempt. */
  nameOf(hook: OutgoingHook): string
  /** Begins the key under which the hub stores it. */
  keyOf(hook: OutgoingHook): string
  /** It goes by the hub's own answer: what nobody took is sent again. */
  insists?: boolean
  /** What may go wrong there for a while, or happen there that nobody announces. */
  mishaps: readonly (() => void)[]
  /** All it remembers, as plain data. */
  snapshot(): unknown
  /** What only this channel can find wrong when the day is over. */
  audit?(books: OdooBeliefs): string[]
  /** An order that is over leaves its memory. */
  forget(id: string): void
}

/** A kind of channel an estate may have beside its shop. */
export interface OutletKind {
  /** Name of its connection. */
  name: string
  host: string
  /** As people call it: `a marketplace on Mirakl`. */
  title: string
  /** Secrets of the simulated channel, by their reference. They open nothing else. */
  secrets: Readonly<Record<string, string>>
  /** What only it sells, and where that lies by the books. */
  goods?: readonly Goods[]
  /** Points of sale in the books. */
  tills?: readonly { name: string; warehouse: string }[]
  /**
   * @param url where it listens. @param before what it remembered; without it, it lists the products and has nothing on
   *   sale.
   */
  open(io: SimulatorIo, { url, products }: { url: string; products: readonly Product[] }, before?: unknown): Outlet
  /** The entry under `connections` of a hub's configuration. @param url where it listens. */
  connection(url: string): object
  /** Its rules, under `policy.channels`; none of a payment provider. */
  rules?: object
  /** Of its stores, under `policy.stores`. */
  stores?: object
  /** Its rules, under `policy.payments`. */
  payments?: object
}

/** A channel that sends no webhooks. */
export const SILENT = {
  due: () => [],
  onTheWay: () => [],
  nameOf: () => '',
  keyOf: () => '',
} as const satisfies Partial<Outlet>

/** Whatever the case of its name; empty when there is none. */
export const headerOf = ({ headers }: OutgoingHook, wanted: string): string =>
  Object.entries(headers).find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
