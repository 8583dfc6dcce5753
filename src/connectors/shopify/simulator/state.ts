/** What the simulated shop remembers. Amounts are minor units of the shop's currency, moments are milliseconds. */
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { Dispute, Movement, Payout } from './payments.ts'

export interface Level {
  available: number
  committed: number
  createdAt: number
  /** When `available` last changed. */
  updatedAt: number
}

export interface Variant {
  id: number
  itemId: number
  product: Product
  sku: string
  title: string
  price: number
  tracked: boolean
  barcode: string | null
  taxable: boolean
  /** Under the namespace the hub writes to. */
  metafields: Map<string, string>
  /** By location. */
  levels: Map<number, Level>
}

export interface Product {
  id: number
  title: string
  createdAt: number
  updatedAt: number
  deleted: boolean
  status: 'ACTIVE' | 'DRAFT' | 'ARCHIVED'
  /** Where its images were taken from. */
  media: string[]
  variants: Variant[]
}

export interface Location {
  id: number
  name: string
  active: boolean
}

export interface Tax {
  title: string
  rate: number
  amount: number
}

export interface Line {
  id: number
  variant: Variant
  sku: string
  title: string
  price: number
  quantity: number
  /** Ordered less what was removed by edits, refunds and cancellation. */
  current: number
  fulfilled: number
  discount: number
  taxes: Tax[]
  /** Of discount and tax, what still belongs to the current quantity. */
  discountLeft: number
  taxLeft: number
}

export interface Shipping {
  id: number
  code: string
  title: string
  price: number
  taxes: Tax[]
  /** Given back with a cancellation. */
  refunded: boolean
}

export interface Removal {
  id: number
  lineId: number
  quantity: number
  restockType: 'cancel' | 'return' | 'no_restock'
  locationId: number
  subtotal: number
  tax: number
}

export interface Refund {
  id: number
  at: number
  note: string | null
  removals: Removal[]
  /** `of`: the payment it was given back on; null for store credit. */
  transactions: { id: number; amount: number; of: string | null }[]
}

export interface Fulfilment {
  id: number
  name: string
  at: number
  updatedAt: number
  status: 'success' | 'cancelled'
  locationId: number
  company: string | null
  number: string | null
  url: string | null
  lines: { id: number; line: Line; quantity: number }[]
}

export interface FulfilmentOrder {
  id: number
  order: Order
  locationId: number
  status: 'OPEN' | 'IN_PROGRESS' | 'ON_HOLD' | 'CANCELLED' | 'CLOSED'
  lines: { id: number; line: Line; total: number; remaining: number }[]
}

export interface Person {
  firstName?: string
  lastName?: string
  email?: string
  phone?: string
  /** Absent for guests. */
  id?: number
  marketing?: boolean
  address?: {
    address1: string
    address2?: string
    city: string
    zip: string
    provinceCode?: string
    countryCode: string
    company?: string
  }
}

export type FinancialStatus =
  | 'pending'
  | 'authorized'
  | 'partially_paid'
  | 'paid'
  | 'partially_refunded'
  | 'refunded'
  | 'voided'
  | 'expired'

export interface Order {
  id: number
  number: number
  name: string
  createdAt: number
  updatedAt: number
  /** Grows with every change of any order: the order of changes within one second. */
  change: number
  cancelledAt: number | null
  cancelReason: string | null
  currency: string
  /** What the customer saw: shop amounts times this rate. */
  presentment: { currency: string; rate: number }
  taxesIncluded: boolean
  financialStatus: FinancialStatus
  customer: Person | null
  lines: Line[]
  shipping: Shipping[]
  /** What it was paid with, besides the card that took the rest: gift cards, store credit. */
  tenders?: readonly { gateway: string; amount: number }[]
  refunds: Refund[]
  fulfilments: Fulfilment[]
  fulfilmentOrders: FulfilmentOrder[]
  note: string | null
  tags: string[]
  test: boolean
}

export interface ShopOptions {
  /** `my-shop.myshopify.com` */
  shop: string
  clientId: string
  clientSecret: string
  /** Scopes the app was granted; all the connector needs unless said. */
  scopes?: readonly string[]
  locations?: readonly { id: number; name: string; active?: boolean }[]
  /** Of the shop; USD unless said. */
  currency?: string
  /** The official schema's text; the simulator's own part of it when absent. */
  schemaSdl?: string
  tokenLifeSeconds?: number
  bucketSize?: number
  restoreRate?: number
  /** How long an idempotency key is remembered. */
  keyLifeMs?: number
  /** Checkout refuses a line that no location has whole, as a validation that the merchant installed does. */
  wholeLines?: boolean
  /** Webhooks leave the shop after a time between these two. */
  hookDelayMs?: readonly [number, number]
}

/** All of it is plain data, so that it can be kept and taken up again. */
export interface ShopState {
  currency: string
  locations: Location[]
  products: Map<number, Product>
  variants: Map<number, Variant>
  bySku: Map<string, Variant>
  byItem: Map<number, Variant>
  orders: Map<number, Order>
  fulfilmentOrders: Map<number, FulfilmentOrder>
  fulfilments: Map<number, { order: Order; fulfilment: Fulfilment }>
  refunds: Map<number, { order: Order; refund: Refund }>
  /** Customers with an account, by e-mail address. */
  customers: Map<string, number>
  /** Orders in the order of their changes; an entry is stale when the order changed again. */
  changes: { order: Order; change: number; at: number }[]
  jobs: Map<string, Job>
  /** Of the shop's own payments. */
  balance: Movement[]
  payouts: Payout[]
  disputes: Dispute[]
  lastId: number
  lastOrderNumber: number
  lastChange: number
  /** Entries of `changes` that say nothing any more. */
  staleChanges: number
}

/** A cancellation that was asked for and is done a moment later. */
export interface Job {
  dueAt: number
  done: boolean
  orderId: string
  reason: string
  restock: boolean
}

export interface Shop extends ShopState {
  options: ShopOptions
  io: SimulatorIo
  nextId(): number
  /** The clock of the shop ticks in whole seconds, as its answers do. */
  now(): number
  /** Notes that an order changed. */
  touch(order: Order): void
}

function newState(options: ShopOptions): ShopState {
  const locations = options.locations ?? [{ id: 7001, name: 'Main warehouse' }]
  return {
    currency: options.currency ?? 'USD',
    locations: locations.map(({ id, name, active }) => ({ id, name, active: active ?? true })),
    products: new Map(),
    variants: new Map(),
    bySku: new Map(),
    byItem: new Map(),
    orders: new Map(),
    fulfilmentOrders: new Map(),
    fulfilments: new Map(),
    refunds: new Map(),
    customers: new Map(),
    changes: [],
    jobs: new Map(),
    balance: [],
    payouts: [],
    disputes: [],
    lastId: 1_000_000,
    lastOrderNumber: 1_000,
    lastChange: 0,
    staleChanges: 0,
  }
}

/** @param before what an earlier shop remembered; it is taken over, not copied. */
export function openShop(options: ShopOptions, io: SimulatorIo, before?: ShopState): Shop {
  const shop: Shop = {
    ...(before ?? newState(options)),
    options,
    io,
    nextId: () => (shop.lastId += 1),
    now: () => Math.floor(io.now() / 1_000) * 1_000,
    touch(order) {
      if (order.change > 0) shop.staleChanges += 1
      order.updatedAt = shop.now()
      order.change = shop.lastChange += 1
      shop.changes.push({ order, change: order.change, at: order.updatedAt })
      if (shop.staleChanges < 1_000 || shop.staleChanges < shop.changes.length / 2) return
      shop.changes = shop.changes.filter((entry) => entry.change === entry.order.change)
      shop.staleChanges = 0
    },
  }
  return shop
}

/** What the shop remembers, without what it can do. */
export function stateOf({ options: _, io: __, nextId: ___, now: ____, touch: _____, ...state }: Shop): ShopState {
  return state
}

export const stocked = (variant: Variant, locationId: number): Level => {
  const level = variant.levels.get(locationId)
  if (level) return level
  const fresh = { available: 0, committed: 0, createdAt: 0, updatedAt: 0 }
  variant.levels.set(locationId, fresh)
  return fresh
}

export const availableOf = (variant: Variant): number =>
  [...variant.levels.values()].reduce((all, { available }) => all + available, 0)

/** `2026-11-21T05:30:00Z`: whole seconds, as the Admin API writes moments. */
export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** The same moment as webhooks write it: in the shop's own time zone, here five hours behind UTC. */
export const localMoment = (at: number): string => `${new Date(at - 5 * 3_600_000).toISOString().slice(0, 19)}-05:00`
