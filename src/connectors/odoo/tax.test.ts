/** Whatever a basket looks like, the invoice is what the customer paid, to the cent, and so is its tax. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answer } from '../kit/testing.ts'
import { estate, invoiceAsk, orderOf, saleAsk, taxOf, usd } from './testing.ts'

const line = (rates: readonly string[]) =>
  fc
    .record({
      sku: fc.constantFrom('MUG', 'BOWL'),
      quantity: fc.integer({ min: 1, max: 9 }),
      price: fc.integer({ min: 1, max: 50_000 }),
      share: fc.integer({ min: 0, max: 100 }),
      rate: fc.constantFrom(...rates),
    })
    .map(({ share, ...rest }) => ({ ...rest, discount: Math.floor((rest.quantity * rest.price * share) / 100) }))

const basket = fc.boolean().chain((taxesIncluded) =>
  fc.record({
    taxesIncluded: fc.constant(taxesIncluded),
    lines: fc.array(line(taxesIncluded ? ['0.2', '0'] : ['0.0825', '0']), { minLength: 1, maxLength: 8 }),
    shipping: fc.integer({ min: 0, max: 2_000 }),
  }),
)

test('a posted invoice equals the order, with taxes on top or included, with discounts', async () => {
  let forced = 0
  await fc.assert(
    fc.asyncProperty(basket, async ({ taxesIncluded, lines, shipping }) => {
      const { sim, connection } = estate()
      const rate = taxesIncluded ? '0.2' : '0.0825'
      const taxes = [{ title: 'Tax', rate, amount: usd(taxOf(shipping, rate, taxesIncluded)) }]
      const carriage = { id: 's', code: 'std', title: 'Standard', price: usd(shipping), discount: usd(0), taxes }
      const order = orderOf('1', lines, { taxesIncluded, shipping: shipping > 0 ? [carriage] : [] })
      const sale = await answer(connection, 'sale.ensure', saleAsk(order))
      const invoice = await answer(connection, 'invoice.ensure', invoiceAsk(order, sale.saleId))
      expect(invoice.total).toEqual(order.total)
      const [posted] = sim.beliefs().sales[0]!.invoices
      expect(Math.round(posted!.total * 100)).toBe(order.total.amount)
      expect(Math.round(posted!.tax * 100)).toBe(order.totalTax.amount)
      if (sim.beliefs().calls['account.move.write']! > 1) forced += 1
    }),
    { numRuns: 300, seed: 20_261_121 },
  )
  // Otherwise the property would say nothing about the correction.
  expect(forced).toBeGreaterThan(20)
})
