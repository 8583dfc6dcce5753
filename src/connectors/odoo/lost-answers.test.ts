/**
 * While every so many answers of Odoo are lost, whatever is asked for is done at last: an attempt asks again for little
 * of what an earlier one knew, so that it gets further than that one did, however many lines there are.
 */
import type { Ask, IntentType } from '#core/intents.ts'
import { expect, test } from 'vitest'
import { answer } from '../kit/testing.ts'
import { estate, type Estate, invoiceAsk, orderOf, saleAsk, usd } from './testing.ts'

const card = {
  products: [
    { sku: 'MUG', name: 'Blue mug', price: 12.5, available: { WH: 100 } },
    { sku: 'GIFT-CARD', name: 'Gift card', type: 'service' as const, income: { code: '212100', kind: 'liability_current' as const } },
  ],
} // prettier-ignore

/** Asked until it is answered. @returns how many attempts it took. */
async function attempts<T extends IntentType>(world: Estate, type: T, ask: Ask<T>, every: number): Promise<number> {
  let seen = 0
  world.network.through = async (_, pass) => {
    const given = await pass()
    if ((seen += 1) % every === 0) throw new TypeError('The answer was lost.')
    return given
  }
  for (let attempt = 1; ; attempt += 1) {
    const done = await answer(world.connection, type, ask).then(() => true, () => false) // prettier-ignore
    if (done || attempt === 30) {
      world.network.through = (_, pass) => pass()
      return attempt
    }
  }
}

test.for([1, 12])('of an order with %i lines, every 7th lost', async (lines) => {
  const world = estate(card, { redemptions: { journal: 'MISC', match: true } })
  const order = orderOf(
    '1042',
    Array.from({ length: lines }, () => ({ sku: 'MUG', quantity: 2 })),
  )
  const orderRef = 'shop:1042'
  expect(await attempts(world, 'sale.ensure', saleAsk(order), 7)).toBeLessThan(6)
  const { saleId, lines: sold } = await answer(world.connection, 'sale.ensure', saleAsk(order))
  expect(sold).toHaveLength(lines)
  expect(await attempts(world, 'invoice.ensure', invoiceAsk(order, saleId), 7)).toBeLessThan(6)
  const { invoiceId } = await answer(world.connection, 'invoice.ensure', invoiceAsk(order, saleId))
  const about = { orderRef, orderName: order.name, saleId, invoiceId }
  const redeem = (key: string, amount: number) =>
    attempts(world, 'redemption.ensure', { ...about, key, date: '2026-11-22', amount: usd(amount) }, 7)
  expect(await redeem('t-1', order.total.amount)).toBeLessThan(6)
  // A cent of tax is moved on the draft, which an attempt that broke off has done already.
  const taxes = order.lines.map((_, index) => (index === 0 ? 104 : 103))
  const back = 1_250 * lines + taxes.reduce((sum, tax) => sum + tax, 0)
  expect(await redeem('t-2', -back)).toBeLessThan(6)
  const lineOf = ({ id: lineId }: { id: string }, at: number) => ({
    lineId,
    quantity: 1,
    amount: usd(1_250),
    tax: usd(taxes[at]!),
    back: true,
  })
  const credit: Ask<'credit.ensure'> = {
    ...about,
    key: 'r-1',
    date: '2026-11-23',
    total: usd(back),
    taxesIncluded: false,
    other: usd(0),
    lines: order.lines.map(lineOf),
  }
  expect(await attempts(world, 'credit.ensure', credit, 7)).toBeLessThan(6)
  const [sale] = world.sim.beliefs().sales
  expect([sale!.invoices.length, sale!.credits.map(({ total, paid }) => [total, paid])]).toEqual([
    1, [[back / 100, back / 100]],
  ]) // prettier-ignore
})
