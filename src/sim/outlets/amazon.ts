/**
 * A seller's account at Amazon: what it is told of stock shows minutes later, and its news lie in a queue, some of it
 * twice. Goods that lie with Amazon are a stock of their own, which it sells and ships by itself.
 */
import { type AmazonBeliefs, createAmazon } from '#connectors/amazon/simulator/index.ts'
import { WAREHOUSE } from '../terms.ts'
import { type Goods, type Outlet, type OutletKind, type Purchase, SILENT, type Sold } from './outlet.ts'

const NAME = 'amazon-us'
const SELLER = 'A3TH9S8BH6GOGM'
const CLIENT = 'crossdock'
const QUEUE = { url: 'https://sqs.us-east-1.amazonaws.com/1/hub', arn: 'arn:aws:sqs:us-east-1:1:hub' } as const
/** Where its own goods lie, by the books. */
const POOL = 'FBA'
const LANTERN: Goods = { sku: 'LANT-FBA-001', title: 'Storm lantern', price: '34.90', warehouse: POOL, stock: 40 }
/** Every so many orders is one of goods that lie with Amazon. */
const OWN_EVERY = 4
/** How long Amazon takes to send what is its to send. */
const PACKED_MS = 15 * 60_000
/** Who has not paid may take so long. */
const PENDING_MS = 12 * 3_600_000

export const amazon: OutletKind = {
  name: NAME,
  host: 'amazon.sim',
  title: "a seller's account at Amazon",
  secrets: {
    'demo:amazon-app': 'simulated-amazon-app-secret',
    'demo:amazon-refresh': 'simulated-amazon-refresh-token',
    'demo:aws-id': 'SIMULATEDACCESSID',
    'demo:aws-key': 'simulated-aws-key',
  },
  goods: [LANTERN],
  open(io, { products }, before) {
    const account = createAmazon(
      {
        sellerId: SELLER,
        clientId: CLIENT,
        clientSecret: this.secrets['demo:amazon-app']!,
        refreshToken: this.secrets['demo:amazon-refresh']!,
        doubled: 0.3,
        restocksCancelled: true,
        queue: {
          ...QUEUE,
          accessKeyId: this.secrets['demo:aws-id']!,
          secretAccessKey: this.secrets['demo:aws-key']!,
        },
      },
      io,
      before,
    )
    if (before === undefined) {
      for (const { sku, title, price } of products) account.addListing({ sku, title, price, quantity: 0 })
      account.addListing({ ...LANTERN, fba: LANTERN.stock })
    }
    const sendOwn = () => {
      for (const { id, fulfilledBy, placedAt } of account.beliefs().orders)
        if (fulfilledBy === 'AMAZON' && Date.parse(placedAt) + PACKED_MS <= io.now()) account.shipByAmazon(id)
    }
    const outlet: Outlet = {
      ...SILENT,
      name: NAME,
      host: this.host,
      hosts: ['api.amazon.com', new URL(QUEUE.url).host],
      fetch(request) {
        sendOwn()
        return account.fetch(request)
      },
      buy(purchase) {
        const { orders } = account.beliefs()
        if (orders.length % OWN_EVERY !== OWN_EVERY - 1) return account.placeOrder(inItsWords(purchase))
        const { quantity } = purchase.lines[0]!
        return account.placeOrder({ lines: [{ sku: LANTERN.sku, quantity }], pendingMs: 0 })
      },
      // It puts back on sale what it took off, whether it has left the warehouse or not: so what is paid is not
      // cancelled there.
      cancel: (id, restock) => restock && account.cancelOrder(id),
      pay: (id) => void account.settle(id),
      takeOff: () => {},
      believes() {
        const { orders, available } = account.beliefs()
        return { offered: available, orders: orders.map(soldAs) }
      },
      tick: () => account.tick(),
      nextDueAt: () => account.nextDueAt(),
      mishaps: [() => account.revokeTokens(), () => account.dropSubscriptions()],
      snapshot: () => account.snapshot(),
    }
    return outlet
  },
  connection: (url) => ({
    connector: 'amazon',
    config: {
      sellerId: SELLER, marketplaceId: 'ATVPDKIKX0DER', clientId: CLIENT, url,
      clientSecret: 'demo:amazon-app', refreshToken: 'demo:amazon-refresh',
      queue: { ...QUEUE, accessKeyId: 'demo:aws-id', secretAccessKey: 'demo:aws-key' },
      locations: [{ locationId: 'DEFAULT', pool: WAREHOUSE }],
    },
  }), // prettier-ignore
  rules: { pool: WAREHOUSE, channelPool: POOL, locations: [{ locationId: 'DEFAULT', pool: WAREHOUSE }] },
}

function inItsWords({ lines, customer, shippingMethod, paid }: Purchase) {
  const { firstName, lastName, email, address } = customer
  return {
    lines: lines.map(({ sku, quantity, discount = '0' }) => ({
      sku, quantity, discount: Math.round(Number(discount) * 100),
    })),
    buyer: {
      name: `${firstName} ${lastName}`, email,
      address: {
        street: address.address1, city: address.city, region: address.provinceCode, postcode: address.zip,
        country: address.countryCode,
      },
    },
    shipping: Math.round(Number(shippingMethod.price) * 100),
    pendingMs: paid ? 0 : PENDING_MS,
  } // prettier-ignore
}

const soldAs = (order: AmazonBeliefs['orders'][number]): Sold => ({
  id: order.id,
  name: order.id,
  cancelled: order.status === 'CANCELLED',
  pending: order.status === 'PENDING',
  total: order.proceeds,
  lines: order.lines.map(({ sku, quantity, cancelled, shipped }) => ({
    sku, quantity, current: quantity - cancelled, fulfilled: shipped,
  })),
  tracking: order.packages.map(({ trackingNumber }) => trackingNumber),
  ...(order.fulfilledBy === 'AMAZON' ? { sentByIt: true } : {}),
}) // prettier-ignore
