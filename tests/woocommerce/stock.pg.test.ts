/**
 * Stock of a shop without compare-and-set, through the real hub: it is never offered more than there is, although a
 * write swallows orders, answers are lost and webhooks do not come.
 */
import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aWooRetailer, type WooRetailer } from '../support/woocommerce.ts'

const BUYER = {
  first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com',
  address_1: '1 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore
const buy = ({ shop }: WooRetailer, quantity: number, more: object = {}) =>
  shop.placeOrder({ lines: [{ sku: 'MUG', quantity }], customer: BUYER, ...more })
const shown = ({ shop }: WooRetailer) => shop.beliefs().available['MUG']
const sold = ({ shop }: WooRetailer) => shop.beliefs().sales['MUG'] ?? 0

describe('stock of a shop with plain writes', () => {
  test('is put on sale, follows sales and receipts, and never shows more than there is', async () => {
    const retailer = await aWooRetailer(await freshDatabase())
    await retailer.pass(8)
    expect(shown(retailer)).toBe(10)
    buy(retailer, 4)
    await retailer.pass(6)
    expect(shown(retailer)).toBe(6)
    retailer.erp.receive('MUG', 'WH', 20)
    await retailer.pass(14)
    // What is spare is set beside what may still be sold: 6 + 20 are all there is.
    expect(shown(retailer)).toBe(20)
  })

  test('a write that swallows an order does not sell its pieces again', async () => {
    const retailer = await aWooRetailer(await freshDatabase())
    await retailer.pass(8)
    let swallowed = 0
    for (let round = 0; round < 4; round += 1) {
      retailer.shop.interleave(() => {
        if (buy(retailer, 2)) swallowed += 2
      })
      retailer.erp.count('MUG', 'WH', 10 - sold(retailer) + round)
      await retailer.pass(10, round % 2 === 0)
      // Everything that can be bought is bought.
      for (let bought: string | null = ''; bought !== null;) bought = buy(retailer, 1)
      await retailer.pass(10)
    }
    const { sales } = retailer.erp.beliefs()
    expect(sales.length).toBeGreaterThan(0)
    expect(sold(retailer)).toBeLessThanOrEqual(13)
    expect(
      (await retailer.engine.database.query(`select stream from stream where kind = 'order' and status = 'exception'`))
        .length,
    ).toBe(0)
  })

  test('a lost answer of a write is never repeated, and the shop is closed before it is opened again', async () => {
    const retailer = await aWooRetailer(await freshDatabase())
    const written: number[] = []
    let lose = 1
    retailer.between.shop = (fetch) => async (request) => {
      const body = request.method === 'PUT' && /products/.test(request.url) ? await request.clone().text() : ''
      const response = await fetch(request)
      if (!/stock_quantity/.test(body)) return response
      const to = (JSON.parse(body) as { stock_quantity: number }).stock_quantity
      written.push(to)
      if (to > 0 && lose-- > 0) throw new TypeError('cut')
      return response
    }
    retailer.erp.receive('MUG', 'WH', 30)
    await retailer.pass(20)
    expect(shown(retailer)).toBe(40)
    // Thirty were spare; nobody knows if they are on sale: it is closed, learnt from, and opened with all there is.
    expect(written).toEqual([30, 0, 40])
  })
})
