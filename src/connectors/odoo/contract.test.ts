/** The suite every connector passes. Odoo sends no webhooks we would listen to. */
import { connectorContract } from '../kit/contract.ts'
import { answer, API_KEY, estate, invoiceAsk, orderOf, saleAsk } from './testing.ts'

const TYPES = ['sale.ensure', 'sale.cancel', 'invoice.ensure', 'customer.ensure', 'stock.read'] as const

for (const version of [18, 19] as const) {
  connectorContract(`Odoo ${version}`, TYPES, ({ wrap, log }) => {
    const at = estate({ version })
    const network = wrap(at.sim.fetch)
    at.network.through = (request) => network(request)
    at.log.push = (...lines) => (lines.forEach((line) => log('info', line)), 0)
    const { sim, connection } = at
    const order = orderOf('1', [{ sku: 'MUG' }])
    const sold = () => answer(connection, 'sale.ensure', saleAsk(order))
    return {
      connection,
      secrets: [API_KEY],
      intents: {
        'sale.ensure': {
          prepare: () => saleAsk(order),
          count: () => sim.beliefs().sales.filter(({ locked }) => locked).length,
        },
        'sale.cancel': {
          prepare: async () => (await sold(), { orderRef: 'shop:1', reason: 'customer' }),
          count: () => sim.beliefs().sales.filter(({ state }) => state === 'cancel').length,
        },
        'invoice.ensure': {
          prepare: async () => invoiceAsk(order, (await sold()).saleId),
          count: () =>
            sim
              .beliefs()
              .sales.flatMap(({ invoices }) => invoices)
              .filter(({ state }) => state === 'posted').length,
        },
        'customer.ensure': {
          prepare: () => ({ key: 'shop-5', name: 'Ada', externalRef: 'shop:5' }),
          count: () => sim.beliefs().partners,
        },
        'stock.read': { prepare: () => ({ sku: 'MUG', warehouse: 'WH' }) },
      },
    }
  })
}
