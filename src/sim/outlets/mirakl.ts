/** A marketplace on Mirakl: it asks before an order counts, and shows a new stock when it has worked the file off. */
import { createMirakl } from '#connectors/mirakl/simulator/index.ts'
import { TAX_RATE, WAREHOUSE } from '../terms.ts'
import { type OutletKind, SILENT } from './outlet.ts'

const NAME = 'mirakl-market'
const LOCATION = 'main'

export const mirakl: OutletKind = {
  name: NAME,
  host: 'market.sim',
  title: 'a marketplace on Mirakl',
  secrets: { 'demo:market-key': 'simulated-key-of-the-market-shop' },
  open(io, { products }, before) {
    const market = createMirakl(
      { shopKey: this.secrets['demo:market-key']!, currency: 'USD', taxIncluded: false, taxRate: TAX_RATE * 100 },
      io,
      before,
    )
    if (before === undefined)
      for (const { sku, title, price } of products) market.addProduct({ sku, title, price, available: 0 })
    return {
      ...SILENT,
      name: NAME,
      host: this.host,
      fetch: market.fetch,
      buy: ({ lines, customer, shippingMethod }) =>
        market.placeOrder({ lines: lines.map(({ sku, quantity }) => ({ sku, quantity })), customer, shippingMethod }),
      cancel: (id) => market.cancelOrder(id),
      pay: () => {},
      takeOff: () => {},
      believes() {
        const { orders, available } = market.beliefs()
        return {
          offered: available,
          orders: orders.map(({ cancelledAt, trackings, lines, ...order }) => ({
            ...order,
            cancelled: cancelledAt !== null,
            pending: false,
            lines: lines.map(({ sku, quantity, current, shipped }) => ({ sku, quantity, current, fulfilled: shipped })),
            // The order shows the last of its parcels once more.
            tracking: [...new Set(trackings)],
          })),
        }
      },
      tick: () => market.tick(),
      nextDueAt: () => market.nextDueAt(),
      // A stock file that fails is for people: the ledger waits for what was accepted, and then says so.
      mishaps: [],
      snapshot: () => market.snapshot(),
      forget: (id) => market.forget(id),
    }
  },
  connection: (url) => ({
    connector: 'mirakl',
    config: { url, shopKey: 'demo:market-key', location: { locationId: LOCATION, pool: WAREHOUSE } },
  }),
  rules: { pool: WAREHOUSE, locations: [{ locationId: LOCATION, pool: WAREHOUSE }] },
}
