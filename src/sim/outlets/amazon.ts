/**
 * Amazon: its news lie in a queue, a number it accepts shows minutes later, and the first two minutes it lists nobody.
 * Goods that lie with it are a stock of their own, which it sells and sends by itself.
 */
import { type AmazonBeliefs, createAmazon } from '#connectors/amazon/simulator/index.ts'
import { TAX_RATE, WAREHOUSE } from '../terms.ts'
import { type Goods, type Outlet, type OutletKind, type Purchase, SILENT, type Sold } from './outlet.ts'

const NAME = 'amazon-us'
const LOCATION = 'DEFAULT'
const SELLER = 'A3TH9S8BH6GOGM'
const CLIENT = 'crossdock'
const ARN = 'arn:aws:sqs:us-east-1:1:hub'
/** Until whoever has not paid yet does. */
const UNPAID_MS = 86_400_000

const queueAt = (url: string): string => `${url}/1/hub`

/** Where they lie by the books. */
const POOL = 'FBA'
const LANTERN: Goods = { sku: 'LANT-FBA-001', title: 'Storm lantern', price: '34.90', warehouse: POOL, stock: 40 }
/** Every so many orders is one of them. */
const OWN_EVERY = 4
const PACKED_MS = 15 * 60_000

/** @param own what lies with it. */
const kindOf = (own: Goods | null): OutletKind => ({
  ...(own ? { goods: [own] } : {}),
  name: NAME,
  host: 'amazon.sim',
  title: 'Amazon',
  secrets: {
    'demo:amazon-client': 'simulated-lwa-secret',
    'demo:amazon-refresh': 'simulated-refresh-token',
    'demo:amazon-queue-id': 'SIMULATEDACCESSID',
    'demo:amazon-queue': 'simulated-aws-secret',
  },
  open(io, { url, products }, before) {
    const market = createAmazon(
      {
        sellerId: SELLER,
        clientId: CLIENT,
        clientSecret: this.secrets['demo:amazon-client']!,
        refreshToken: this.secrets['demo:amazon-refresh']!,
        taxRate: TAX_RATE,
        // The seller pays the tax itself, so that what was paid there is what is invoiced.
        taxByAmazon: false,
        queue: {
          url: queueAt(url),
          arn: ARN,
          accessKeyId: this.secrets['demo:amazon-queue-id']!,
          secretAccessKey: this.secrets['demo:amazon-queue']!,
        },
      },
      io,
      before,
    )
    if (before === undefined)
      for (const { sku, title, price } of products) market.addListing({ sku, title, price, quantity: 0 })
    if (before === undefined && own) market.addListing({ ...own, fba: own.stock })
    const sendOwn = () => {
      for (const { id, fulfilledBy, placedAt } of own ? market.beliefs().orders : [])
        if (fulfilledBy === 'AMAZON' && Date.parse(placedAt) + PACKED_MS <= io.now()) market.shipByAmazon(id)
    }
    const outlet: Outlet = {
      ...SILENT,
      name: NAME,
      host: this.host,
      fetch(request) {
        sendOwn()
        return market.fetch(request)
      },
      buy(purchase) {
        const nth = own ? market.beliefs().orders.length : 0
        if (!own || nth % OWN_EVERY !== OWN_EVERY - 1) return market.placeOrder(inItsWords(purchase))
        const { quantity } = purchase.lines[0]!
        return market.placeOrder({ lines: [{ sku: own.sku, quantity }], pendingMs: 0 })
      },
      // Cancelled pieces are on sale there again at once, whether they have left the warehouse or not.
      cancel: (id, restock) => restock && market.cancelOrder(id),
      pay: (id) => void market.settle(id),
      takeOff: () => {},
      believes() {
        const { orders, available } = market.beliefs()
        return { offered: available, orders: orders.map(soldAs) }
      },
      tick: () => market.tick(),
      nextDueAt: () => market.nextDueAt(),
      mishaps: [() => market.revokeTokens(), () => market.dropSubscriptions()],
      snapshot: () => market.snapshot(),
      forget: (id) => market.forget(id),
    }
    return outlet
  },
  connection: (url) => ({
    connector: 'amazon',
    config: {
      url,
      sellerId: SELLER,
      marketplaceId: 'ATVPDKIKX0DER',
      clientId: CLIENT,
      clientSecret: 'demo:amazon-client',
      refreshToken: 'demo:amazon-refresh',
      tokenUrl: `${url}/auth/o2/token`,
      queue: { url: queueAt(url), arn: ARN, accessKeyId: 'demo:amazon-queue-id', secretAccessKey: 'demo:amazon-queue' },
      locations: [{ locationId: LOCATION, pool: WAREHOUSE }],
      taxRates: [String(TAX_RATE)],
    },
  }),
  rules: {
    pool: WAREHOUSE,
    locations: [{ locationId: LOCATION, pool: WAREHOUSE }],
    ...(own ? { channelPool: own.warehouse } : {}),
  },
})

export const amazon: OutletKind = kindOf(null)
/** As above, and some of what it sells lies with it. */
export const amazonWithGoods: OutletKind = kindOf(LANTERN)

function inItsWords({ lines, customer, shippingMethod, paid }: Purchase) {
  const { firstName, lastName, email, address } = customer
  return {
    lines: lines.map(({ sku, quantity, discount }) => ({
      sku,
      quantity,
      ...(discount === undefined ? {} : { discount: Math.round(Number(discount) * 100) }),
    })),
    buyer: {
      name: `${firstName} ${lastName}`,
      email,
      address: {
        street: address.address1, city: address.city, region: address.provinceCode, postcode: address.zip,
        country: address.countryCode,
      }, // prettier-ignore
    },
    shipping: Math.round(Number(shippingMethod.price) * 100),
    serviceLevel: shippingMethod.code === 'express' ? 'EXPEDITED' : 'STANDARD',
    pendingMs: paid ? 0 : UNPAID_MS,
  }
}

const soldAs = ({ id, status, total, lines, packages, fulfilledBy }: AmazonBeliefs['orders'][number]): Sold => ({
  id,
  name: id,
  cancelled: status === 'CANCELLED',
  pending: status === 'PENDING',
  total,
  lines: lines.map(({ sku, quantity, cancelled, shipped }) => ({
    sku, quantity, current: quantity - cancelled, fulfilled: shipped,
  })), // prettier-ignore
  tracking: packages.map(({ trackingNumber }) => trackingNumber),
  ...(fulfilledBy === 'AMAZON' ? { sentByIt: true } : {}),
})
