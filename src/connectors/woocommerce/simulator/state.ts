/** What the simulated shop remembers, as plain data. Moments are milliseconds; amounts are numbers, as PHP has them. */
import type { SimulatorIo } from '../../kit/simulator.ts'

export interface Product {
  id: number
  type: 'simple' | 'variable' | 'variation'
  /** Of a variation; else 0. */
  parentId: number
  name: string
  /** Its own; a variation without one shows its product's. */
  sku: string
  /** As in the catalogue: with tax where the shop's prices include it. */
  price: number
  manage: boolean | 'parent'
  stock: number | null
  /** Without a number: whether it is called in stock. */
  inStock: boolean
  backorders: 'no' | 'notify' | 'yes'
  status: 'publish' | 'trash' | 'draft' | 'private'
  barcode: string
  taxed: 'taxable' | 'none'
  taxClass: string
  images: { id: number; src: string }[]
  meta: Meta[]
  virtual: boolean
  option: string | null
  createdMs: number
  modifiedMs: number
}

export interface Meta {
  id: number
  key: string
  value: unknown
}

export interface TaxShare {
  rateId: number
  /** Net amounts of taxes, not rounded. */
  total: number
  subtotal: number
}

export interface Line {
  id: number
  name: string
  productId: number
  variationId: number
  quantity: number
  subtotal: number
  total: number
  taxes: TaxShare[]
  meta: Meta[]
}

export interface Charge {
  id: number
  name: string
  methodId: string
  instanceId: string
  total: number
  taxes: TaxShare[]
}

export interface RefundItem {
  id: number
  kind: 'line' | 'shipping' | 'fee'
  refundedItemId: number
  name: string
  productId: number
  variationId: number
  /** Negative, like the amounts; 0 for money alone. */
  quantity: number
  total: number
  totalTax: number
}

export interface Refund {
  id: number
  createdMs: number
  amount: number
  reason: string
  items: RefundItem[]
  /** The gateway gave it back. */
  paid: boolean
  meta: Meta[]
}

export interface Person {
  first_name?: string
  last_name?: string
  company?: string
  address_1?: string
  address_2?: string
  city?: string
  state?: string
  postcode?: string
  country?: string
  email?: string
  phone?: string
}

export interface Order {
  id: number
  status: string
  createdVia: string
  createdMs: number
  modifiedMs: number
  paidMs: number | null
  completedMs: number | null
  customerId: number
  billing: Person
  shipping: Person
  note: string
  paymentMethod: string
  lines: Line[]
  shippingLines: Charge[]
  fees: Charge[]
  coupons: { id: number; code: string; discount: number; discountTax: number }[]
  refunds: Refund[]
  notes: { id: number; note: string; customer: boolean; atMs: number }[]
  meta: Meta[]
  stockReduced: boolean
  /** What it had before it was put in the trash. */
  statusBefore: string | null
}

export interface Webhook {
  id: number
  name: string
  topic: string
  url: string
  secret: string
  status: 'active' | 'paused' | 'disabled'
  failures: number
  createdMs: number
  modifiedMs: number
}

export interface ApiKey {
  key: string
  secret: string
  permissions: 'read' | 'write' | 'read_write'
}

export interface TaxRate {
  id: number
  label: string
  /** In percent. */
  percent: number
}

export interface WooOptions {
  /** Home URL without a trailing slash; over http only OAuth counts, over https Basic does. */
  url: string
  keys: readonly ApiKey[]
  /** USD unless said. */
  currency?: string
  /** Digits behind the point; 2 unless said. */
  decimals?: number
  pricesIncludeTax?: boolean
  /** One rate for everything; none unless said. */
  tax?: TaxRate
  /** The shop's own time less UTC. */
  offsetMinutes?: number
  /** Which WooCommerce it plays. */
  version?: '8.9.3' | '11.0.1'
  /** Webhooks leave after a time between these two; with WP-Cron alone it would be up to a minute. */
  hookDelayMs?: readonly [number, number]
}

/** All of it can be kept and taken up again. */
export interface WooState {
  products: Map<number, Product>
  orders: Map<number, Order>
  webhooks: Map<number, Webhook>
  customers: Map<string, number>
  carts: Map<string, { id: number; quantity: number }[]>
  /** Nonces with their time, in seconds. */
  nonces: Map<string, number>
  /** Which keys count; a revoked one does not. */
  keys: ApiKey[]
  lastId: number
  requests: number
  /** Pieces that a stock write put back on sale although an order had just taken them, by SKU. */
  swallowed: Map<string, number>
  /** Stock management as a whole. */
  counts: boolean
  /** Moved on by every query or change that is none: spoiled answers to come. */
  mishaps: Mishap[]
}

/** What goes wrong with a request to come. */
export interface Mishap {
  status: number
  body: string
  headers: Record<string, string>
  /** The work is done all the same. */
  done: boolean
}

export interface Woo extends WooState {
  options: WooOptions
  io: SimulatorIo
  currency: string
  decimals: number
  nextId(): number
  /** The shop's clock ticks in whole seconds. */
  now(): number
}

const newState = (options: WooOptions): WooState => ({
  products: new Map(), orders: new Map(), webhooks: new Map(), customers: new Map(), carts: new Map(),
  nonces: new Map(), keys: options.keys.map((key) => ({ ...key })), lastId: 10, requests: 0, swallowed: new Map(),
  counts: true, mishaps: [],
}) // prettier-ignore

/** @param before what an earlier shop remembered; it is taken over, not copied. */
export function openWoo(options: WooOptions, io: SimulatorIo, before?: WooState): Woo {
  const woo: Woo = {
    ...(before ?? newState(options)),
    options,
    io,
    currency: options.currency ?? 'USD',
    decimals: options.decimals ?? 2,
    nextId: () => (woo.lastId += 1),
    now: () => Math.floor(io.now() / 1_000) * 1_000,
  }
  return woo
}

export function stateOf(woo: Woo): WooState {
  const { products, orders, webhooks, customers, carts, nonces, keys, lastId, requests, swallowed, counts, mishaps } =
    woo
  return { products, orders, webhooks, customers, carts, nonces, keys, lastId, requests, swallowed, counts, mishaps }
}

export const skuOf = ({ products }: Woo, product: Product): string =>
  product.sku || (product.type === 'variation' ? (products.get(product.parentId)?.sku ?? '') : '')

/** Whose number counts for it: its product's when a variation leaves the stock to it; null when nobody counts. */
export function holderOf(woo: Woo, product: Product): Product | null {
  if (!woo.counts) return null
  if (product.manage === true) return product
  const parent = woo.products.get(product.parentId)
  return product.type === 'variation' && product.manage === 'parent' && parent?.manage === true ? parent : null
}

/** The thing an order line or a SKU means. */
export const soldAs = ({ products }: Woo, { productId, variationId }: { productId: number; variationId: number }) =>
  products.get(variationId || productId)

export function bySku(woo: Woo, sku: string): Product | undefined {
  for (const product of woo.products.values())
    if (product.type !== 'variable' && product.status === 'publish' && skuOf(woo, product) === sku) return product
  return undefined
}
