/** What the simulated marketplace remembers of one shop. Amounts are minor units, moments are milliseconds. */
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { OrderStateCode } from '../shape.ts'

export interface Offer {
  id: number
  sku: string
  title: string
  /** Minor units, tax included or not as the marketplace counts. */
  price: number
  discount: { price: number; from: string; to: string } | null
  quantity: number
}

export type LineState = OrderStateCode | 'INCIDENT_OPEN' | 'REFUNDED'

export interface TakenBack {
  id: string
  at: number
  quantity: number
  amount: number
  shipping: number
  tax: number
  shippingTax: number
  /** Of refunds: what was made in one go has one name. */
  group?: string
  reason?: string
}

export interface Line {
  id: string
  index: number
  offerId: number
  sku: string
  title: string
  unitPrice: number
  quantity: number
  shippingPrice: number
  tax: number
  shippingTax: number
  commission: number
  state: LineState
  cancelations: TakenBack[]
  refunds: TakenBack[]
}

export interface Person {
  firstName?: string
  lastName?: string
  email?: string
  phone?: string
  company?: string
  address?: {
    address1: string
    address2?: string
    city: string
    zip: string
    provinceCode?: string
    countryCode: string
  }
}

export interface Order {
  id: string
  number: number
  createdAt: number
  updatedAt: number
  state: OrderStateCode
  reason: string | null
  /** When it leaves staging. */
  stagedUntil: number
  /** It is refused by itself then. */
  acceptBy: number
  decidedAt: number | null
  debitAt: number | null
  debitedAt: number | null
  workflow: 'PAY_ON_ACCEPTANCE' | 'PAY_ON_DELIVERY'
  customer: Person | null
  shipping: { code: string; title: string }
  lines: Line[]
  tracking: { carrierCode: string | null; carrier: string | null; number: string | null; url: string | null }
  shipments: Shipment[]
  shippedAt: number | null
}

export interface Shipment {
  id: string
  at: number
  lines: { lineId: string; quantity: number }[]
  tracking: Order['tracking']
}

export interface ImportLine {
  sku: string
  /** Of a stock file. */
  quantity?: string
  deletes?: boolean
  /** Of a price file. */
  price?: string
  discount?: { price: string; from: string; to: string }
}

export interface Import {
  of: 'stock' | 'prices'
  id: string
  at: number
  dueAt: number
  status: 'WAITING' | 'COMPLETE' | 'FAILED'
  lines: ImportLine[]
  good: number
  errors: { line: number; sku: string; reason: string }[]
}

export interface MarketOptions {
  shopKey: string
  /** EUR unless said. */
  currency?: string
  taxIncluded?: boolean
  /** In per cent; 20 unless said. */
  taxRate?: number
  /** An order nobody has accepted by then is refused by itself; 48 h unless said. */
  acceptWithinMs?: number
  /** How long an order is checked for fraud before the shop is asked; 0 unless said. */
  stagingMs?: number
  /** From acceptance until the customer has paid; 2 minutes unless said. */
  debitMs?: number
  /** How long a stock file is worked off; 30 s unless said. */
  importMs?: number
  partialAcceptance?: boolean
  multiShipment?: boolean
  /** Answers 429 to whoever calls more often than is allowed; true unless said. */
  limited?: boolean
  /** Shops with this number are served, when the key may work for several. */
  shopId?: number
}

/** All of it is plain data, so that it can be kept and taken up again. */
export interface MarketState {
  offers: Map<number, Offer>
  orders: Map<string, Order>
  imports: Map<string, Import>
  carriers: Map<string, string>
  lastId: number
  lastOrder: number
  /** Orders nobody answered in time, each held against the shop. */
  lapsed: number
  requests: number
  /** Requests turned down because they came too often. */
  throttled: number
  /** When each operation was called, as far as it still counts. */
  calls: Map<string, number[]>
  keyRevoked: boolean
  suspended: boolean
  partialAcceptance: boolean
  multiShipment: boolean
  failImports: number
  /** Lines of these SKUs are refused, each for its reason. */
  refusedLines: Map<string, string>
}

export interface Market extends MarketState {
  options: MarketOptions
  io: SimulatorIo
  currency: string
  taxIncluded: boolean
  nextId(): number
  /** Their clock counts whole seconds. */
  now(): number
  touch(order: Order): void
}

const FIRST_ID = 2_000

export function newState(options: MarketOptions): MarketState {
  return {
    offers: new Map(),
    orders: new Map(),
    imports: new Map(),
    carriers: new Map([
      ['dhl', 'DHL'],
      ['ups', 'UPS'],
    ]),
    lastId: FIRST_ID,
    lastOrder: 0,
    lapsed: 0,
    requests: 0,
    throttled: 0,
    calls: new Map(),
    keyRevoked: false,
    suspended: false,
    partialAcceptance: options.partialAcceptance ?? true,
    multiShipment: options.multiShipment ?? true,
    failImports: 0,
    refusedLines: new Map(),
  }
}

export function openMarket(options: MarketOptions, io: SimulatorIo, before?: MarketState): Market {
  const market: Market = {
    ...(before ?? newState(options)),
    options,
    io,
    currency: options.currency ?? 'EUR',
    taxIncluded: options.taxIncluded ?? true,
    nextId: () => (market.lastId += 1),
    now: () => Math.floor(io.now() / 1_000) * 1_000,
    touch: (order) => void (order.updatedAt = market.now()),
  }
  return market
}

/** What the market remembers, without what it can do. */
export function stateOf({
  options: _,
  io: __,
  currency: ___,
  taxIncluded: ____,
  nextId: _____,
  now: ______,
  touch: _______,
  ...state
}: Market): MarketState {
  return state
}

/** `2026-11-21T05:30:00Z`: whole seconds. */
export const moment = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** What of a line is still to be delivered. */
export const leftOf = ({ quantity, cancelations }: Line): number =>
  quantity - cancelations.reduce((all, one) => all + one.quantity, 0)
