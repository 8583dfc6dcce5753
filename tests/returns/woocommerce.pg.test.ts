/** A refund in a WooCommerce shop: what went back on sale is booked; goods, shipping and money alone are credited. */
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aWooRetailer, WOO } from '../support/woocommerce.ts'

const BUYER = {
  first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com',
  address_1: '1 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore

test('pieces with restock and the shipping: one return, one credit note, to the cent', async () => {
  const retailer = await aWooRetailer(await freshDatabase(), { shown: 10 })
  const shippingMethod = { id: 'flat_rate', instance: '3', title: 'Standard', price: '5.00' }
  const id = retailer.shop.placeOrder({ lines: [{ sku: 'MUG', quantity: 3 }], customer: BUYER, shippingMethod })!
  await retailer.pass(2)
  retailer.erp.ship(`${WOO}:${id}`)
  await retailer.pass(6)
  expect(await retailer.order(id)).toMatchObject({ status: 'completed' })
  retailer.shop.refund(id, [{ sku: 'MUG', quantity: 1, restock: true }], { shipping: true })
  await retailer.pass(6)
  const [sale] = retailer.erp.beliefs().sales
  const { refunded } = retailer.shop.beliefs().orders.find((one) => one.id === id)!
  expect(sale!.credits.map(({ state, total }) => [state, total.toFixed(2)])).toEqual([['posted', refunded]])
  expect(sale!.returns).toMatchObject([{ state: 'done', lines: [{ sku: 'MUG', quantity: 1 }] }])
  expect(await retailer.order(id)).toMatchObject({ codes: [] })
})
