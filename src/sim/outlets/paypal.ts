/**
 * A payment provider beside the shop of the simulated retailer: it sells nothing. Its customers are the shop's: who
 * pays there has the money set aside here, and who cancels or receives goods changes nothing by himself.
 */
import { sharedCertificate } from '#connectors/paypal/simulator/certificate.ts'
import { createPaypal } from '#connectors/paypal/simulator/index.ts'
import { headerOf, type Outlet, type OutletKind } from './outlet.ts'

/** Whose orders are paid here. */
const PAID_FOR = 'shopify-main'
const SECRET = 'simulated-paypal-secret'

export const paypal: OutletKind = {
  name: 'paypal-main',
  // Where its certificates lie as well.
  host: 'api.sandbox.paypal.com',
  title: 'a payment provider, PayPal',
  secrets: {
    'demo:paypal-secret': SECRET,
    get 'demo:paypal-root'() {
      return sharedCertificate().root
    },
  },
  open(io) {
    const account = createPaypal(
      { clientId: 'crossdock', clientSecret: SECRET, doublesOfTen: 1, plainHooks: true, hookDelayMs: [100, 9_000] },
      io,
    )
    const paid = new Map<string, string>()
    let shop: Outlet | undefined

    /** Customers pay what the shop has sold them. */
    function tick(): void {
      for (const { id, total, pending, cancelled } of shop?.believes().orders ?? []) {
        if (pending || cancelled || paid.has(id) || Number(total) === 0) continue
        paid.set(id, account.authorise({ value: total, currency: 'USD', custom_id: `${PAID_FOR}:${id}` }))
      }
    }

    return {
      name: paypal.name,
      host: paypal.host,
      fetch: (request) => {
        tick()
        return account.fetch(request)
      },
      meet: (outlets) => void (shop = outlets.find(({ name }) => name === PAID_FOR)),
      buy: () => null,
      cancel: () => false,
      forget: () => {},
      pay: () => {},
      takeOff: () => {},
      believes: () => ({ orders: [], offered: {} }),
      money: () =>
        account.beliefs().payments.map(({ id, authorised, captured, refunded, open }) => {
          const [order = ''] = [...paid].find(([, payment]) => payment === id) ?? []
          return { paymentId: id, channel: PAID_FOR, orderId: order, authorised, captured, refunded, open }
        }),
      tick,
      due: () => {
        tick()
        return account.due()
      },
      nextDueAt: () => {
        tick()
        return account.nextDueAt()
      },
      onTheWay: () => [],
      nameOf: (hook) => headerOf(hook, 'paypal-transmission-id').split('-')[0] ?? '',
      keyOf: (hook) => (JSON.parse(hook.body) as { id: string }).id.slice(0, -1),
      mishaps: [() => account.revokeTokens(), () => account.removeWebhooks()],
      snapshot: () => account.snapshot(),
    }
  },
  connection: (url) => ({
    connector: 'paypal',
    config: {
      url, clientId: 'crossdock', clientSecret: 'demo:paypal-secret', certificateRoots: ['demo:paypal-root'], requestsPerSecond: 100,
    },
  }), // prettier-ignore
  payments: { channels: [PAID_FOR], waitFor: 'authorised', capture: 'at_shipment' },
}
