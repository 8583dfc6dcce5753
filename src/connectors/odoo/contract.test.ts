/** The suite every connector passes. Odoo sends no webhooks we would listen to. */
import { body, eur } from '#core/testing/till-records.ts'
import { connectorContract } from '../kit/contract.ts'
import { answer } from '../kit/testing.ts'
import { API_KEY, estate, invoiceAsk, labelOn, orderOf, saleAsk, usd } from './testing.ts'

const TYPES = [
  'sale.ensure', 'sale.change', 'sale.cancel', 'invoice.ensure', 'return.ensure', 'credit.ensure', 'customer.ensure',
  'redemption.ensure', 'receipt.post', 'session.post', 'session.close', 'stock.read', 'delivery.ensure', 'delivery.label',
  'supply.ensure', 'payout.book',
] as const // prettier-ignore

const TAXES = [
  { name: 'TX 8.25%', amount: 8.25 },
  { name: 'VAT 19 %', amount: 19, included: true },
]
const WAITING = { code: '101410', kind: 'asset_current' } as const
const PLACE = { storeId: 'b7', registerId: 'till-1', businessDate: '2026-11-20' }
const inDollars = <T>(value: T): T => JSON.parse(JSON.stringify(value).replaceAll('EUR', 'USD')) as T
const RECEIPT = inDollars({
  ...PLACE,
  ...body(2),
  txId: 'tx-1',
  number: '1',
  occurredAt: '2026-11-20T10:00:00.000Z',
  offline: false,
})

for (const version of [18, 19] as const) {
  connectorContract(`Odoo ${version}`, TYPES, ({ wrap, log }) => {
    const at = estate({ version, taxes: TAXES, tills: [{ name: 'b7/till-1' }], accounts: [WAITING] })
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
        'sale.change': {
          prepare: async () => {
            await sold()
            const [first, ...rest] = order.lines
            return {
              ...saleAsk({ ...order, lines: [{ ...first!, quantity: first!.quantity + 1 }, ...rest] }),
              removed: [],
            }
          },
          count: () =>
            sim.beliefs().sales.filter(({ lines }) => lines[0]!.quantity === order.lines[0]!.quantity + 1).length,
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
        'delivery.label': {
          async prepare() {
            await sold()
            return labelOn(sim.beliefs().sales[0]!.deliveries[0]!.id)
          },
          count: () => sim.beliefs().sales[0]!.deliveries[0]!.documents.length,
        },
        'delivery.ensure': {
          async prepare() {
            const { lines } = await sold()
            const left = lines.map(({ saleLineId }) => ({ saleLineId, quantity: 1 }))
            return {
              orderRef: 'shop:1',
              warehouse: 'WH',
              key: 'p-1',
              shippedAt: '2026-11-20T10:00:00.000Z',
              lines: left,
            }
          },
          count: () =>
            sim
              .beliefs()
              .sales.flatMap(({ deliveries }) => deliveries)
              .filter(({ state }) => state === 'done').length,
        },
        'return.ensure': {
          async prepare() {
            await sold()
            sim.ship('shop:1')
            const lines = [{ lineId: order.lines[0]!.id, quantity: 1, disposition: 'sellable' as const }]
            return { orderRef: 'shop:1', key: 'r-1', warehouse: 'WH', lines }
          },
          count: () =>
            sim
              .beliefs()
              .sales.flatMap(({ returns }) => returns)
              .filter(({ state }) => state === 'done').length,
        },
        'credit.ensure': {
          async prepare() {
            const { saleId } = await sold()
            sim.ship('shop:1')
            const { invoiceId } = await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))
            const [total, other] = [usd(100), usd(100)]
            const what = { orderRef: 'shop:1', orderName: '#1', key: '7', date: '2026-11-21', taxesIncluded: false }
            return { ...what, saleId, invoiceId, total, other, lines: [] }
          },
          count: () =>
            sim
              .beliefs()
              .sales.flatMap(({ credits }) => credits)
              .filter(({ state }) => state === 'posted').length,
        },
        'payout.book': {
          prepare: () => {
            const item = (name: string, amount: number) => ({
              role: 'transit' as const, account: WAITING.code, name, amount: usd(amount),
            }) // prettier-ignore
            const entries = [{ key: 'all', date: '2026-11-20', items: [item('in', 500), item('out', -500)] }]
            return { provider: 'stripe', payoutId: 'po_1', journal: 'MISC', entries }
          },
          count: () => sim.beliefs().entries.filter(({ state }) => state === 'posted').length,
        },
        'redemption.ensure': {
          async prepare() {
            sim.addProduct({ sku: 'GIFT-CARD', type: 'service', income: { code: '212100', kind: 'liability_current' } })
            const { saleId } = await sold()
            const { invoiceId } = await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))
            const what = { orderRef: 'shop:1', orderName: '#1', key: 't-1', date: '2026-11-21', amount: usd(500) }
            return { ...what, saleId, invoiceId }
          },
          count: () => sim.beliefs().sales.reduce((all, { redeemed = 0 }) => all + redeemed / 5, 0),
        },
        'customer.ensure': {
          prepare: () => ({ key: 'shop-5', name: 'Ada', externalRef: 'shop:5' }),
          count: () => sim.beliefs().partners,
        },
        'receipt.post': {
          prepare: () => ({ ...PLACE, receipts: [RECEIPT] }),
          count: () => sim.beliefs().tillOrders.filter(({ state }) => state === 'paid').length,
        },
        'session.post': {
          prepare: () => ({
            ...PLACE,
            key: 'b7/till-1/2026-11-20/0',
            receipts: [RECEIPT, { ...RECEIPT, txId: 'tx-2' }],
          }),
          count: () => sim.beliefs().tillOrders.filter(({ total }) => total === 47.6).length,
        },
        'session.close': {
          prepare: async () => {
            await answer(connection, 'receipt.post', { ...PLACE, receipts: [RECEIPT] })
            const moved = { txId: 'm-1', amount: inDollars(eur(-1000)), reason: 'bank' }
            return { ...PLACE, cash: inDollars({ opening: eur(0), counted: eur(1380) }), cashMoves: [moved] }
          },
          count: () =>
            sim.beliefs().tillSessions.filter(({ state, difference }) => state === 'closed' && difference === 0).length,
        },
        'supply.ensure': {
          prepare: () => ({
            supplier: { key: 'acme', name: 'Acme Ltd' },
            article: 'A-1',
            minQuantity: '10',
            sku: 'MUG',
            price: '2.55',
            currency: 'USD',
            leadDays: 3,
            until: null,
          }),
          count: () => sim.beliefs().supplierOffers.length,
        },
        'stock.read': { prepare: () => ({ sku: 'MUG', warehouse: 'WH' }) },
      },
    }
  })
}
