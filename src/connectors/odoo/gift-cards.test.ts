/** Gift cards that are sold: money in advance, never revenue, whatever SKU the channel has for them. */
import { expect, test } from 'vitest'
import { answer, fault } from '../kit/testing.ts'
import { estate, invoiceAsk, orderOf, saleAsk } from './testing.ts'

const liability = { code: '212100', kind: 'liability_current' } as const
const products = (income?: { code: string; kind: 'income' | 'liability_current' }) => [
  { sku: 'MUG', name: 'Blue mug', price: 12.5, available: { WH: 100 } },
  { sku: 'CARD-50', name: 'A product of its own', type: 'service' as const },
  { sku: 'GIFT-CARD', name: 'Gift card', type: 'service' as const, ...(income ? { income } : {}) },
]

/** A mug, and cards for 50.00 and 25.00, one of them without a SKU. */
function withCards(id = '1042') {
  const order = orderOf(id, [
    { sku: 'MUG', quantity: 2 },
    { sku: 'CARD-50', price: 5000, rate: '0' },
    { sku: null, price: 2500, rate: '0' },
  ])
  const isCard = (sku: string | null) => sku !== 'MUG'
  return {
    ...order,
    lines: order.lines.map((line) => (isCard(line.sku) ? { ...line, giftCard: true, requiresShipping: false } : line)),
  }
}

test.for([18, 19] as const)(
  'in Odoo %i their whole price is owed, and the invoice is what was paid',
  async (version) => {
    const { sim, connection } = estate({ version, products: products(liability) })
    const order = withCards()
    const sale = await answer(connection, 'sale.ensure', saleAsk(order))
    expect(await answer(connection, 'sale.ensure', saleAsk(order))).toEqual(sale)
    expect(sale.lines.map(({ lineId }) => lineId)).toEqual(['1042-1', '1042-2', '1042-3'])
    await answer(connection, 'invoice.ensure', invoiceAsk(order, sale.saleId))
    const [{ lines, invoices } = { lines: [], invoices: [] }] = sim.beliefs().sales
    expect(lines.map(({ sku }) => sku)).toEqual(['MUG', 'GIFT-CARD', 'GIFT-CARD'])
    expect(invoices).toMatchObject([{ state: 'posted', total: order.total.amount / 100, owed: 75 }])
  },
)

test('a card that is shipped is its own product, delivered as such, and owed as well', async () => {
  const own = { sku: 'PLASTIC', name: 'Gift card in a box', available: { WH: 5 } }
  const boxed = orderOf('1044', [{ sku: 'PLASTIC', price: 5000, rate: '0' }])
  const order = { ...boxed, lines: boxed.lines.map((line) => ({ ...line, giftCard: true })) }
  const { sim, connection } = estate({ products: [...products(liability), { ...own, income: liability }] })
  const sale = await answer(connection, 'sale.ensure', saleAsk(order))
  expect(sim.beliefs().sales[0]).toMatchObject({ lines: [{ sku: 'PLASTIC' }], deliveries: [{ state: 'assigned' }] })
  await answer(connection, 'invoice.ensure', invoiceAsk(order, sale.saleId))
  expect(sim.beliefs().sales[0]!.invoices).toMatchObject([{ total: 50, owed: 50 }])
  const { connection: other } = estate({ products: [...products(liability), own] })
  expect(await fault(other, 'sale.ensure', saleAsk(order))).toMatchObject({ code: 'odoo.gift_card_revenue' })
})

test.for([
  ['revenue', { code: '400000', kind: 'income' as const }],
  ['nothing said', undefined],
] as const)('with %s as their account none is sold, and other orders are', async ([, income]) => {
  const { sim, connection } = estate({ products: products(income) })
  const refusal = await fault(connection, 'sale.ensure', saleAsk(withCards()))
  expect(refusal).toMatchObject({ kind: 'rejected', code: 'odoo.gift_card_revenue' })
  expect(refusal.message).toContain("'GIFT-CARD'")
  expect(sim.beliefs().sales).toEqual([])
  await answer(connection, 'sale.ensure', saleAsk(orderOf('1043', [{ sku: 'MUG' }])))
  const findings = await connection.check()
  expect(findings.filter(({ level }) => level !== 'ok')).toMatchObject([
    { about: 'products', message: refusal.message },
  ])
})

test('a card in the books agrees with the order, though the channel calls it otherwise', async () => {
  const { connection } = estate({ products: products(liability) })
  const ask = saleAsk(withCards())
  await answer(connection, 'sale.ensure', ask)
  const seen = await connection.outbound['sale.ensure']!.observe!({ key: 'k', attempt: 1, ask }, { overdue: false })
  expect(seen!.ours).toMatchObject({ 'GIFT-CARD quantity': '2', 'GIFT-CARD price': '25.00, 50.00' })
  expect(seen!.theirs).toEqual(seen!.ours)
})
