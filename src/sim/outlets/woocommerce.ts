/** A WooCommerce shop: its stock is set and not compared, and its webhooks come once or not at all. */
import { createHash } from 'node:crypto'
import { createWooCommerce, type WooBeliefs } from '#connectors/woocommerce/simulator/index.ts'
import { TAX_RATE, WAREHOUSE } from '../terms.ts'
import { headerOf, type Outlet, type OutletKind, type Purchase } from './outlet.ts'

const NAME = 'woo-main'
const KEY = 'ck_simulated'
const GONE: ReadonlySet<string> = new Set(['cancelled', 'failed', 'trash', 'checkout-draft', 'refunded'])

export const woocommerce: OutletKind = {
  name: NAME,
  host: 'woo.sim',
  title: 'a WooCommerce shop',
  secrets: { 'demo:woo-secret': 'cs_simulated', 'demo:woo-hooks': 'simulated-secret-of-webhooks' },
  open(io, { url, products }, before) {
    const secret = this.secrets['demo:woo-secret']!
    const shop = createWooCommerce(
      {
        url,
        keys: [{ key: KEY, secret, permissions: 'read_write' }],
        tax: { id: 1, label: 'Sales tax', percent: TAX_RATE * 100 },
      },
      io,
      before,
    )
    if (before === undefined)
      for (const { sku, title, price } of products) shop.addProduct({ sku, title, price, available: 0 })
    const outlet: Outlet = {
      name: NAME,
      host: this.host,
      fetch: shop.fetch,
      buy: (purchase) => shop.placeOrder(inItsWords(purchase)),
      // The shop puts back on sale what it took off, whether it has left the warehouse or not: so what is paid is not
      // cancelled there.
      cancel: (id, restock) => restock && shop.cancelOrder(id),
      pay: (id) => shop.markPaid(id),
      takeOff: () => {},
      believes() {
        const { orders, available } = shop.beliefs()
        const offered = Object.entries(available).map(([sku, pieces]) => [sku, Math.max(0, pieces ?? 0)] as const)
        return { offered: Object.fromEntries(offered), orders: orders.map(soldAs) }
      },
      tick: () => {},
      due: () => shop.due(),
      nextDueAt: () => shop.nextDueAt(),
      onTheWay: () => shop.onTheWay(),
      // Its own delivery id is not unique.
      nameOf: (hook) => `${headerOf(hook, 'x-wc-webhook-id')} ${digest(hook.body)}`,
      keyOf: (hook) => keyOf(headerOf(hook, 'x-wc-webhook-topic'), hook.body),
      mishaps: [
        () => shop.setWebhooks('disabled'),
        () => shop.spoil({ status: 503, headers: { 'retry-after': '20' } }, 2),
      ],
      snapshot: () => shop.snapshot(),
      forget: (id) => shop.forget(id),
    }
    return outlet
  },
  connection: (url) => ({
    connector: 'woocommerce',
    config: {
      url, consumerKey: KEY, consumerSecret: 'demo:woo-secret', webhookSecret: 'demo:woo-hooks', pool: WAREHOUSE,
      notifyCustomers: false,
    },
  }), // prettier-ignore
  rules: { pool: WAREHOUSE, locations: [{ locationId: 'shop', pool: WAREHOUSE }] },
}

function inItsWords({ lines, customer, shippingMethod, paid }: Purchase) {
  const { firstName, lastName, email, guest, address } = customer
  return {
    lines,
    customer: {
      first_name: firstName, last_name: lastName, email, guest,
      address_1: address.address1, city: address.city, postcode: address.zip, state: address.provinceCode,
      country: address.countryCode,
    },
    shippingMethod: { id: shippingMethod.code, title: shippingMethod.title, price: shippingMethod.price },
    payment: paid ? ('card' as const) : ('bacs' as const),
  } // prettier-ignore
}

function soldAs({ id, name, status, total, lines, parcels }: WooBeliefs['orders'][number]) {
  const fulfilled = (lineId: string): number =>
    parcels
      .flatMap((parcel) => parcel.lines)
      .reduce((all, line) => (line.lineId === lineId ? all + line.quantity : all), 0)
  return {
    id,
    name,
    cancelled: GONE.has(status),
    pending: status === 'on-hold' || status === 'pending',
    total,
    lines: lines.map((line) => ({
      sku: line.sku, quantity: line.quantity, current: line.quantity - line.refunded, fulfilled: fulfilled(line.id),
    })),
    tracking: parcels.map(({ trackingNumber }) => trackingNumber ?? ''),
  } // prettier-ignore
}

const digest = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 16)

function keyOf(topic: string, body: string): string {
  try {
    const { id, date_modified_gmt: gmt, date_modified: local } = JSON.parse(body) as Record<string, string>
    return `${topic}:${id}:${gmt ?? local ?? ''}`
  } catch {
    return topic
  }
}
