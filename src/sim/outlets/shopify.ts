/** The shop of the simulated retailer. */
import type { ShopifySimulator } from '#connectors/shopify/simulator/index.ts'
import { headerOf, type Outlet } from './outlet.ts'

export function shopifyOutlet(name: string, host: string, shop: ShopifySimulator): Outlet {
  return {
    name,
    host,
    fetch: shop.fetch,
    buy: ({ paid, ...purchase }) => shop.placeOrder({ ...purchase, financialStatus: paid ? 'paid' : 'pending' }),
    cancel: (id, restock) => shop.cancelOrder(id, { reason: 'customer', restock }),
    pay: (id) => shop.markPaid(id),
    takeOff: (id, sku, quantity) => shop.editOrder(id, { sku, quantity }),
    believes() {
      const { orders, available } = shop.beliefs()
      return {
        offered: available,
        orders: orders.map(
          ({ id, name: number, cancelledAt, financialStatus, total, lines, fulfilments, redeemed }) => ({
            ...(redeemed === undefined ? {} : { redeemed }),
            id,
            name: number,
            cancelled: cancelledAt !== null,
            pending: financialStatus === 'pending',
            total,
            lines,
            tracking: fulfilments.map(({ trackingNumber }) => trackingNumber ?? ''),
          }),
        ),
      }
    },
    tick: () => shop.tick(),
    due: () => shop.due(),
    nextDueAt: () => shop.nextDueAt(),
    onTheWay: () => shop.onTheWay(),
    nameOf: (hook) => headerOf(hook, 'x-shopify-webhook-id'),
    keyOf: (hook) => {
      const event = headerOf(hook, 'x-shopify-event-id') || headerOf(hook, 'x-shopify-webhook-id')
      return `${headerOf(hook, 'x-shopify-topic')}:${event}`
    },
    mishaps: [() => shop.revokeToken(), () => shop.dropSubscriptions(), () => shop.dropSubscriptions()],
    snapshot: () => shop.snapshot(),
    forget: (id) => shop.forget(id),
  }
}
