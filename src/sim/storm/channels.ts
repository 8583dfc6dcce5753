/**
 * Five shops of one retailer with the last pieces of one SKU: each vendor's simulator, and what a buyer and the auditor
 * see of it. A sale is the vendor's own: it refuses who comes too late, and asks nobody.
 */
import { createAmazon } from '#connectors/amazon/simulator/index.ts'
import type { OutgoingHook, SimulatorIo } from '#connectors/kit/simulator.ts'
import { createMirakl } from '#connectors/mirakl/simulator/index.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import type { OdooSimulator } from '#connectors/odoo/simulator/options.ts'
import { createShopify } from '#connectors/shopify/simulator/index.ts'
import { createSquare } from '#connectors/square/simulator/index.ts'
import { createWooCommerce } from '#connectors/woocommerce/simulator/index.ts'
import type { Fetch } from '../../io.ts'
import { PLACES, QUEUE, SECRETS, SKU, WAREHOUSE } from './config.ts'

export interface Sold {
  id: string
  /** Pieces that are neither cancelled nor refused. */
  pieces: number
}

export interface StormChannel {
  /** Name of its connection. */
  name: string
  /** How it takes a number of pieces. */
  kind: 'compare' | 'plain' | 'later'
  hosts: readonly string[]
  fetch: Fetch
  /** Somebody wants so many pieces. @returns whether there were enough. */
  buy(pieces: number): boolean
  /** One of the orders is cancelled, if it still can be. @param nth any number; it is counted round. */
  cancel(nth: number): void
  /** Pieces that can be bought now. */
  shown(): number
  sold(): Sold[]
  due(): OutgoingHook[]
}

export interface Market {
  channels: readonly StormChannel[]
  erp: OdooSimulator
}

const PRICE = '12.50'
const TITLE = 'Blue mug'
const CUSTOMER = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  guest: true,
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}
const BILLING = {
  first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com',
  address_1: '1 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore
const RECIPIENT = {
  display_name: 'Ada Byron',
  email_address: 'ada@example.com',
  address: {
    address_line_1: '1 Dock Road',
    locality: 'Austin',
    administrative_district_level_1: 'TX',
    postal_code: '78701',
    country: 'US',
  },
}

const nthOf = (orders: readonly { id: string }[], nth: number): string | null =>
  orders.length === 0 ? null : orders[nth % orders.length]!.id

const sum = (lines: readonly { pieces: number }[]): number => lines.reduce((all, { pieces }) => all + pieces, 0)

/** Nothing is on sale yet: what is sold comes from the hub. */
export function openMarket(io: SimulatorIo, units: number): Market {
  const erp = createOdoo(
    {
      users: [{ login: 'hub@example.com', key: SECRETS['storm:odoo'] }],
      warehouses: [WAREHOUSE],
      products: [{ sku: SKU, name: TITLE, price: Number(PRICE), available: { [WAREHOUSE]: units } }],
      carriers: ['Standard delivery'],
    },
    io,
  )
  return { erp, channels: [shopify(io), square(io), woocommerce(io), amazon(io), mirakl(io)] }
}

function shopify(io: SimulatorIo): StormChannel {
  const { clientId, shop, location } = PLACES.shopify
  const options = { shop, clientId, clientSecret: SECRETS['storm:shopify'] }
  const vendor = createShopify({ ...options, locations: [{ id: Number(location), name: 'Main' }] }, io)
  vendor.addProduct({ sku: SKU, title: TITLE, price: PRICE, available: 0 })
  const shippingMethod = { code: 'standard', title: 'Standard', price: '4.90' }
  return {
    name: 'shopify',
    kind: 'compare',
    hosts: ['shopify.sim'],
    fetch: vendor.fetch,
    due: () => vendor.due(),
    buy: (quantity) =>
      vendor.placeOrder({
        lines: [{ sku: SKU, quantity }], customer: CUSTOMER, shippingMethod, taxRate: 0.0825, financialStatus: 'paid',
      }) !== null, // prettier-ignore
    // Paid goods may be on their way out: the hub puts them back on sale once it knows.
    cancel(nth) {
      const id = nthOf(vendor.beliefs().orders, nth)
      if (id !== null) vendor.cancelOrder(id, { reason: 'customer', restock: false })
    },
    shown: () => vendor.beliefs().available[SKU] ?? 0,
    sold: () =>
      vendor.beliefs().orders.map(({ id, cancelledAt, lines }) => ({
        id,
        pieces: cancelledAt === null ? sum(lines.map(({ current }) => ({ pieces: current }))) : 0,
      })),
  }
}

function square(io: SimulatorIo): StormChannel {
  const { merchant, location } = PLACES.square
  const locations = [{ id: location, name: 'Main street', timezone: 'America/Chicago' }]
  const vendor = createSquare({ merchantId: merchant, accessToken: SECRETS['storm:square'], locations }, io)
  vendor.addItem({ name: TITLE, sku: SKU, price: 1_250, stock: 0 })
  return {
    name: 'square',
    kind: 'plain',
    hosts: ['square.sim'],
    fetch: vendor.fetch,
    due: () => vendor.due(),
    buy: (quantity) => vendor.placeOrder({ lines: [{ sku: SKU, quantity }], recipient: RECIPIENT }) !== null,
    cancel(nth) {
      const id = nthOf(
        vendor.beliefs().orders.filter(({ state }) => state === 'OPEN'),
        nth,
      )
      if (id !== null) vendor.cancelOrder(id)
    },
    shown: () => vendor.beliefs().available[location]?.[SKU] ?? 0,
    sold: () =>
      vendor.beliefs().orders.map(({ id, state, lines }) => ({
        id,
        pieces: state === 'CANCELED' ? 0 : sum(lines.map(({ quantity }) => ({ pieces: Number(quantity) }))),
      })),
  }
}

function woocommerce(io: SimulatorIo): StormChannel {
  const { url, key } = PLACES.woocommerce
  const keys = [{ key, secret: SECRETS['storm:woo'], permissions: 'read_write' as const }]
  const vendor = createWooCommerce({ url, keys, tax: { id: 1, label: 'Tax', percent: 8.25 } }, io)
  vendor.addProduct({ sku: SKU, title: TITLE, price: PRICE, available: 0 })
  const shippingMethod = { id: 'flat_rate', instance: '3', title: 'Standard', price: '4.90' }
  const UNSOLD = new Set(['cancelled', 'failed', 'trash'])
  return {
    name: 'woocommerce',
    kind: 'plain',
    hosts: [new URL(url).host],
    fetch: vendor.fetch,
    due: () => vendor.due(),
    buy: (quantity) =>
      vendor.placeOrder({ lines: [{ sku: SKU, quantity }], customer: BILLING, shippingMethod }) !== null,
    cancel(nth) {
      const id = nthOf(vendor.beliefs().orders, nth)
      if (id !== null) vendor.cancelOrder(id)
    },
    shown: () => vendor.beliefs().available[SKU] ?? 0,
    sold: () =>
      vendor.beliefs().orders.map(({ id, status, lines }) => ({
        id,
        pieces: UNSOLD.has(status) ? 0 : sum(lines.map((one) => ({ pieces: one.quantity - one.refunded }))),
      })),
  }
}

function amazon(io: SimulatorIo): StormChannel {
  const { seller, clientId } = PLACES.amazon
  const vendor = createAmazon(
    {
      sellerId: seller, clientId, clientSecret: SECRETS['storm:lwa'], refreshToken: SECRETS['storm:refresh'],
      doubled: 0.3,
      queue: { ...QUEUE, accessKeyId: SECRETS['storm:aws-id'], secretAccessKey: SECRETS['storm:aws'] },
    },
    io,
  ) // prettier-ignore
  vendor.addListing({ sku: SKU, title: TITLE, price: PRICE, quantity: 0 })
  return {
    name: 'amazon',
    kind: 'later',
    hosts: ['amazon.sim', 'api.amazon.com', new URL(QUEUE.url).host],
    fetch: vendor.fetch,
    due: () => vendor.due(),
    buy: (quantity) => vendor.placeOrder({ lines: [{ sku: SKU, quantity }] }) !== null,
    cancel(nth) {
      const id = nthOf(vendor.beliefs().orders, nth)
      if (id !== null) vendor.cancelOrder(id)
    },
    shown: () => vendor.beliefs().available[SKU] ?? 0,
    sold: () =>
      vendor.beliefs().orders.map(({ id, status, lines }) => ({
        id,
        pieces: status === 'CANCELLED' ? 0 : sum(lines.map((one) => ({ pieces: one.quantity - one.cancelled }))),
      })),
  }
}

function mirakl(io: SimulatorIo): StormChannel {
  const vendor = createMirakl(
    { shopKey: SECRETS['storm:market'], currency: 'USD', taxIncluded: false, taxRate: 8.25 },
    io,
  )
  vendor.addProduct({ sku: SKU, title: TITLE, price: PRICE, available: 0 })
  const shippingMethod = { code: 'standard', title: 'Standard', price: '4.90' }
  return {
    name: 'mirakl',
    kind: 'later',
    hosts: ['market.sim'],
    fetch: vendor.fetch,
    due: () => vendor.due(),
    buy: (quantity) =>
      vendor.placeOrder({ lines: [{ sku: SKU, quantity }], customer: CUSTOMER, shippingMethod }) !== null,
    cancel(nth) {
      const id = nthOf(vendor.beliefs().orders, nth)
      if (id !== null) vendor.cancelOrder(id)
    },
    shown: () => vendor.beliefs().available[SKU] ?? 0,
    sold: () =>
      vendor.beliefs().orders.map(({ id, lines }) => ({
        id,
        pieces: sum(lines.map(({ current }) => ({ pieces: current }))),
      })),
  }
}
