/** An order of a WooCommerce shop from checkout to parcel, through the real hub, with what gets lost. */
import { describe, expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aWooRetailer, WOO, type WooRetailer } from '../support/woocommerce.ts'

const BUYER = {
  first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com',
  address_1: '1 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore
const METHOD = { id: 'flat_rate', instance: '3', title: 'Standard', price: '5.00' }
const buy = ({ shop }: WooRetailer, quantity: number, more: object = {}) =>
  shop.placeOrder({ lines: [{ sku: 'MUG', quantity }], customer: BUYER, shippingMethod: METHOD, ...more })!
const there = ({ shop }: WooRetailer, id: string) => shop.beliefs().orders.find((order) => order.id === id)!

describe('an order of the shop', () => {
  test('goes to the ERP once, is shipped in two parcels, told and completed, and invoiced to the cent', async () => {
    const retailer = await aWooRetailer(await freshDatabase(), { shown: 10 })
    const id = buy(retailer, 3)
    await retailer.pass(2)
    expect(await retailer.order(id)).toMatchObject({ status: 'confirmed', codes: [] })
    expect(retailer.erp.beliefs().sales).toMatchObject([{ state: 'sale', ref: `crossdock:${WOO}:${id}` }])
    retailer.erp.ship(`${WOO}:${id}`, { tracking: 'T-1', carrier: 'DHL', lines: { MUG: 2 } })
    await retailer.pass(4)
    retailer.erp.ship(`${WOO}:${id}`, { tracking: 'T-2', carrier: 'DHL' })
    await retailer.pass(6)
    expect(there(retailer, id)).toMatchObject({ status: 'completed' })
    expect(
      there(retailer, id)
        .parcels.map(({ trackingNumber }) => trackingNumber)
        .at(-1),
    ).toMatch(/^T-/)
    expect((await retailer.order(id))!.status).toBe('completed')
    expect(retailer.erp.beliefs().sales).toHaveLength(1)
  })

  test('is not lost when every webhook is', async () => {
    const retailer = await aWooRetailer(await freshDatabase(), { shown: 10 })
    const id = buy(retailer, 1)
    retailer.hooks()
    await retailer.pass(2, false)
    expect(await retailer.order(id)).toMatchObject({ status: 'confirmed' })
  })

  test('four orders of one second, told under one delivery id, are four sales', async () => {
    const retailer = await aWooRetailer(await freshDatabase(), { shown: 10, shop: { hookDelayMs: [400, 400] } })
    for (let count = 0; count < 4; count += 1) buy(retailer, 1)
    const hooks = retailer.hooks()
    const created = hooks.filter(({ headers }) => headers['x-wc-webhook-topic'] === 'order.created')
    expect(new Set(created.map(({ headers }) => headers['x-wc-webhook-delivery-id'])).size).toBe(1)
    await retailer.deliver(created)
    await retailer.work()
    expect(retailer.erp.beliefs().sales).toHaveLength(4)
  })

  test('waits for the bank, and goes on when it has paid; one that is never paid is nothing', async () => {
    const retailer = await aWooRetailer(await freshDatabase(), { shown: 10 })
    const paid = buy(retailer, 1, { payment: 'bacs' })
    const left = buy(retailer, 1, { unpaid: true })
    await retailer.pass(2)
    expect(await retailer.order(paid)).toMatchObject({ status: 'waiting', codes: ['payment_pending'] })
    retailer.shop.markPaid(paid)
    retailer.shop.setStatus(left, 'failed')
    await retailer.pass(2)
    expect(await retailer.order(paid)).toMatchObject({ status: 'confirmed' })
    // Nobody is asked to look at it.
    expect(await retailer.order(left)).toMatchObject({ status: 'waiting', codes: ['payment_pending'] })
    retailer.shop.markPaid(left)
    await retailer.pass(2)
    expect(await retailer.order(left)).toMatchObject({ status: 'confirmed' })
  })

  test('is cancelled there when it is cancelled in the shop, or thrown away', async () => {
    const retailer = await aWooRetailer(await freshDatabase(), { shown: 10 })
    const [one, two] = [buy(retailer, 1), buy(retailer, 2)]
    await retailer.pass(2)
    retailer.shop.cancelOrder(one)
    retailer.shop.deleteOrder(two)
    await retailer.pass(3)
    for (const id of [one, two]) expect((await retailer.order(id))!.status).toBe('cancelled')
    expect(retailer.erp.beliefs().sales.map(({ state }) => state)).toEqual(['cancel', 'cancel'])
  })
})
