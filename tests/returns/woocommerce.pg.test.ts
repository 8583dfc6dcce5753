/** A refund in a WooCommerce shop: what went back on sale is booked; goods, shipping and money alone are credited. */
import { expect, test } from 'vitest'
import { tellStream } from '#engine/person.ts'
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

test('given by the hub when the piece is back: once over a lost answer, the shop and the books agree to the cent', async () => {
  const policy = `
      returns: { goods: receipts, refund: { through: channel, when: received, feePercent: { unwanted: 10 } } }`
  const retailer = await aWooRetailer(await freshDatabase(), { shown: 10, policy })
  const shippingMethod = { id: 'flat_rate', instance: '3', title: 'Standard', price: '5.00' }
  const id = retailer.shop.placeOrder({ lines: [{ sku: 'MUG', quantity: 3 }], customer: BUYER, shippingMethod })!
  await retailer.pass(2)
  retailer.erp.ship(`${WOO}:${id}`)
  await retailer.pass(6)
  let cut = 0
  retailer.between.shop = (fetch) => async (request) => {
    const response = await fetch(request)
    if (request.method !== 'POST' || !request.url.includes('/refunds') || cut > 0) return response
    cut += 1
    throw new TypeError('the line was cut')
  }
  const believed = () => retailer.shop.beliefs().orders.find((one) => one.id === id)!
  const lines = [{ lineId: believed().lines[0]!.id, quantity: 1 }]
  const stream = `order/${WOO}/${id}`
  const say = async (request: Record<string, unknown>, key: string) => {
    await tellStream(retailer.engine, stream, { type: 'order.askBack', request } as { type: string }, key)
    await retailer.pass(2)
  }
  await say({ type: 'return.ask', returnId: 'rma-1', reason: 'unwanted', lines }, 'k1')
  await say(
    {
      type: 'return.receive',
      receiptId: 'c-1',
      returnId: 'rma-1',
      lines: [{ ...lines[0], disposition: 'sellable' }],
    },
    'k2',
  )
  await retailer.pass(8)
  // 12.50 and 8.25 % tax, less a tenth.
  expect([cut, believed().refunds.map(({ amount, paid }) => [amount, paid])]).toEqual([1, [['12.18', true]]])
  const [sale] = retailer.erp.beliefs().sales
  expect(sale!.credits.map(({ state, total }) => [state, total.toFixed(2)])).toEqual([['posted', '12.18']])
  expect(sale!.returns).toHaveLength(1)
  expect(await retailer.order(id)).toMatchObject({ codes: [] })
})
