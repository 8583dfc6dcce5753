/** From what a channel says to what stands in the ERP's books: rounding, currencies, and people without a name. */
import type { Order } from '#canon/order.ts'
import { answer } from '#connectors/kit/testing.ts'
import { estate, invoiceAsk, orderOf, saleAsk, usd } from '#connectors/odoo/testing.ts'
import { BUYER, createWorld, MUG, pollOrder, STANDARD } from '#connectors/woocommerce/testing.ts'
import { order, type OrderCommand } from '#core/order/order.ts'
import { partsOf } from '#core/return/money.ts'
import { given } from '#core/testing/given.ts'
import { anOrder, policyWith, second } from '#core/testing/sample.ts'
import { expect, test } from 'vitest'

/** 8.25 % of 0.86 four times and 0.87 is 0.07 each, 4.66 in all; of their sum it is 0.36, and 4.67 in all. */
const BASKETS = [
  ['4.67 on the sum, where the lines come to 4.66', [86, 86, 86, 86, 87], 467],
  ['4.66 by the line, as the lines come to', [86, 86, 86, 86, 87], 466],
  ['4.65 on the sum, where the lines come to 4.66', [143, 143, 144], 465],
] as const

test.for(BASKETS)('T5: a checkout that said %s is posted as it said, to the cent', async ([, prices, said]) => {
  const { sim, connection } = estate()
  const specs = prices.map((price) => ({ sku: 'MUG', price }))
  const net = prices.reduce<number>((all, price) => all + price, 0)
  const sold = orderOf('1042', specs, { total: usd(said), totalTax: usd(said - net), presentmentTotal: usd(said) })
  const { saleId } = await answer(connection, 'sale.ensure', saleAsk(sold))
  expect((await answer(connection, 'invoice.ensure', invoiceAsk(sold, saleId))).total).toEqual(usd(said))
  const [invoice] = sim.beliefs().sales[0]!.invoices
  expect(invoice).toMatchObject({ state: 'posted', total: said / 100, tax: (said - net) / 100 })
})

test('T7: shipping of 4,400 króna that is given back is a credit note of 4,400 króna, in no other currency', async () => {
  const world = createWorld({ shop: { currency: 'ISK', decimals: 0 } })
  world.shop.addProduct({ ...MUG, sku: 'MUG', price: '9900' })
  const shippingMethod = { ...STANDARD, price: '4400' }
  const id = world.shop.placeOrder({ lines: [{ sku: 'MUG', quantity: 1 }], customer: BUYER, shippingMethod })!
  const before = await pollOrder(world, id)
  expect(before.total).toEqual({ amount: 14_300, currency: 'ISK' })
  world.shop.refund(id, [], { shipping: true })
  world.clock.pass(5_000)
  const { refunds = [], refunded } = await pollOrder(world, id)
  expect(refunded).toEqual({ amount: 4_400, currency: 'ISK' })
  const service = { sku: 'SHIPPING', name: 'Shipping', type: 'service' } as const
  const goods = { sku: 'MUG', price: 55, available: { WH: 9 } }
  const { sim, connection } = estate({
    currency: 'GBP', pricelists: [{ name: 'Iceland', currency: 'ISK' }], products: [goods, service],
  }) // prettier-ignore
  const { saleId, total } = await answer(connection, 'sale.ensure', saleAsk(before))
  expect(total).toEqual(before.total)
  const { invoiceId } = await answer(connection, 'invoice.ensure', invoiceAsk(before, saleId))
  const parts = partsOf(refunds[0]!, { currency: 'ISK', taxesIncluded: false } as never, false)
  const note = await answer(connection, 'credit.ensure', {
    orderRef: `${before.channel}:${id}`, orderName: before.name, saleId, invoiceId, key: refunds[0]!.id,
    date: '2026-11-21', taxesIncluded: before.taxesIncluded, ...parts, lines: [],
  }) // prettier-ignore
  expect(note.total).toEqual({ amount: 4_400, currency: 'ISK' })
  const [sale] = sim.beliefs().sales
  expect(sale!.credits).toMatchObject([{ state: 'posted', total: 4_400 }])
  expect(sale!.invoices).toMatchObject([{ state: 'posted', total: 14_300 }])
})

const NOBODY: Partial<Order> = {
  customer: { key: 'shop-1a2b3c' }, shippingAddress: null, billingAddress: null,
} // prettier-ignore
const ADA: Partial<Order> = {
  customer: { key: 'shop-1a2b3c', name: 'Ada Byron', email: 'ada@example.com' },
  shippingAddress: { name: 'Ada Byron', street: '1 Dock Road', city: 'Austin', postcode: '78701', country: 'US' },
}

test('T13: an order without personal data waits for its address alone, and goes on when the channel tells it', () => {
  const observe = (change: Partial<Order>, at: number) => ({
    type: 'order.observe' as const,
    order: anOrder({ ...change, updatedAt: second(at) }),
  })
  const held = { type: 'order.noteHold' as const, sku: 'MUG', outcome: 'reserved' as const }
  const live = (...commands: OrderCommand[]) =>
    given(order)
      .under(policyWith())
      .when(...commands).state
  expect(live(observe(NOBODY, 0), held).exceptions).toMatchObject([{ code: 'address_missing' }])
  const settled = live(observe(NOBODY, 0), held, observe(ADA, 1))
  expect(settled).toMatchObject({ stage: 'releasing', exceptions: [], order: { customer: { name: 'Ada Byron' } } })
})

test('T13: in the ERP the person without a name is one partner, who gets a name later and is nobody else', async () => {
  const { sim, connection } = estate()
  const named = (change: Partial<Order>, id: string) => orderOf(id, [{ sku: 'MUG' }], change)
  await answer(connection, 'sale.ensure', saleAsk(named(NOBODY, '1')))
  expect(sim.beliefs().sales.map(({ customer }) => customer)).toEqual(['Guest'])
  await answer(connection, 'sale.ensure', saleAsk(named(ADA, '2')))
  await answer(connection, 'sale.ensure', saleAsk(named(NOBODY, '3')))
  expect(sim.beliefs().sales.map(({ customer }) => customer)).toEqual(['Ada Byron', 'Ada Byron', 'Ada Byron'])
  const other = { ...NOBODY, customer: { key: 'shop-9z8y7x' } }
  await answer(connection, 'sale.ensure', saleAsk(named(other, '4')))
  expect(sim.beliefs().sales.at(-1)!.customer).toBe('Guest')
})
