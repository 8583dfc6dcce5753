/** A seller's online orders at Square: its stock is counted and not compared, and a parcel changes the order itself. */
import { createHmac } from 'node:crypto'
import { must } from '#canon/assert.ts'
import type { OutgoingHook } from '#connectors/kit/simulator.ts'
import { createSquare, type SquareBeliefs } from '#connectors/square/simulator/index.ts'
import type { Product } from '../estate.ts'
import { TAX_RATE, WAREHOUSE } from '../terms.ts'
import type { Outlet, OutletKind, Purchase, Sold } from './outlet.ts'

const NAME = 'square-main'
const MERCHANT = 'MLEFBHHSJGVHD'
const LOCATION = 'L1MAIN'
const SIGNATURE = 'x-square-hmacsha256-signature'

export const square: OutletKind = {
  name: NAME,
  host: 'square.sim',
  title: "a seller's account at Square",
  secrets: { 'demo:square-token': 'simulated-square-token', 'demo:square-hooks': 'simulated-square-signature-key' },
  open(io, { products }, before) {
    const account = createSquare(
      {
        merchantId: MERCHANT,
        accessToken: this.secrets['demo:square-token']!,
        locations: [{ id: LOCATION, name: 'Main street', timezone: 'America/Chicago' }],
      },
      io,
      before,
    )
    if (before === undefined)
      for (const { sku, title, price } of products) account.addItem({ name: title, sku, price: minor(price), stock: 0 })
    // People have copied the key of the subscription to where the hub looks for it.
    const signed = (hook: OutgoingHook): OutgoingHook => {
      const hmac = createHmac('sha256', this.secrets['demo:square-hooks']!).update(hook.url).update(hook.body)
      const others = Object.entries(hook.headers).filter(([name]) => name.toLowerCase() !== SIGNATURE)
      const headers = { ...Object.fromEntries(others), [SIGNATURE]: hmac.digest('base64') }
      return { url: hook.url, headers, body: hook.body, settle: (status) => hook.settle(status) }
    }
    const outlet: Outlet = {
      name: NAME,
      host: this.host,
      fetch: account.fetch,
      buy: (purchase) => account.placeOrder(inItsWords(purchase)),
      cancel(id) {
        const { state } = must(
          account.beliefs().orders.find((order) => order.id === id),
          'an order',
        )
        if (state === 'OPEN') account.cancelOrder(id)
        return state === 'OPEN'
      },
      pay: () => {},
      takeOff: () => {},
      believes() {
        const { orders: all, available } = account.beliefs()
        // What is given back is an order of its own there, without a line.
        const orders = all.filter(({ lines }) => lines.length > 0)
        const offered = Object.entries(available[LOCATION] ?? {}).map(([sku, pieces]) => [sku, Math.max(0, pieces)])
        return { offered: Object.fromEntries(offered), orders: orders.map((order) => soldAs(order, products)) }
      },
      tick: () => {},
      due: () => account.due().map(signed),
      nextDueAt: () => account.nextDueAt(),
      onTheWay: () => account.onTheWay(),
      nameOf: ({ body }) => eventOf(body),
      // The last character is left out: keys are compared up to what tells their deliveries apart.
      keyOf: ({ body }) => eventOf(body).slice(0, -1),
      forget: () => {},
      mishaps: [() => account.dropSubscriptions(), () => account.disableSubscriptions()],
      snapshot: () => account.snapshot(),
    }
    return outlet
  },
  connection: (url) => ({
    connector: 'square',
    config: {
      url, merchantId: MERCHANT, accessToken: 'demo:square-token', signatureKey: 'demo:square-hooks',
      locations: [{ locationId: LOCATION, pool: WAREHOUSE }],
      // What is called in a minute of earnest is called in one moment here.
      requestsPerSecond: 600,
    },
  }), // prettier-ignore
  rules: { pool: WAREHOUSE, locations: [{ locationId: LOCATION, pool: WAREHOUSE }] },
}

const minor = (decimal: string): number => Math.round(Number(decimal) * 100)
const eventOf = (body: string): string => (JSON.parse(body) as { event_id: string }).event_id

const inItsWords = ({ lines, customer, shippingMethod }: Purchase) => ({
  lines: lines.map(({ sku, quantity, discount = '0' }) => ({ sku, quantity, discount: minor(discount) })),
  taxes: [{ name: 'Sales tax', percentage: (TAX_RATE * 100).toFixed(2) }],
  charges: [{ name: shippingMethod.title, amount: minor(shippingMethod.price) }],
  recipient: {
    display_name: `${customer.firstName} ${customer.lastName}`, email_address: customer.email,
    address: {
      address_line_1: customer.address.address1, locality: customer.address.city,
      administrative_district_level_1: customer.address.provinceCode, postal_code: customer.address.zip,
      country: customer.address.countryCode,
    },
  },
}) // prettier-ignore

function soldAs(order: SquareBeliefs['orders'][number], products: readonly Product[]): Sold {
  const { id, state, total, lines, fulfilments } = order
  const whole = fulfilments.every((one) => one.state === 'COMPLETED')
  const skuOf = (name: string) =>
    must(
      products.find(({ title }) => title === name),
      'a product',
    ).sku
  return {
    id,
    name: id,
    cancelled: state === 'CANCELED',
    pending: false,
    total: (total / 100).toFixed(2),
    // What was sent in part stands in our own words there: it counts once it is whole.
    lines: lines.map(({ name, quantity }) => ({
      sku: skuOf(name), quantity: Number(quantity), current: Number(quantity), fulfilled: whole ? Number(quantity) : 0,
    })),
    tracking: fulfilments.flatMap(({ trackingNumber }) => trackingNumber ?? []),
    lastParcelOnly: true,
  } // prettier-ignore
}
