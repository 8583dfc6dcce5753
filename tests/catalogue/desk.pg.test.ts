/** The mapping desk: a word nobody knows is a named case, holds only what it must, and is gone once it is known. */
import { expect, test } from 'vitest'
import { catalogueRows, catalogueState } from '#insight/catalogue.ts'
import { mappingDesk } from '#insight/mapping-desk.ts'
import { freshDatabase } from '../support/database.ts'
import { aWooRetailer, WOO, type WooRetailer } from '../support/woocommerce.ts'

const BUYER = {
  first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com',
  address_1: '1 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore
const buy = ({ shop }: WooRetailer, sku: string, id: string) =>
  shop.placeOrder({
    lines: [{ sku, quantity: 1 }],
    customer: BUYER,
    shippingMethod: { id, instance: '3', title: 'Express', price: '5.00' },
  })!

const policy = `
  catalogue:
    ${WOO}:
      mode: dry
      fields: [attributes]
      attributes: [{ attribute: wood, map: { field: category, table: woods } }]
      tables: { woods: { Bathroom: teak } }
`
const aShop = async () =>
  aWooRetailer(await freshDatabase(), {
    odoo: ', catalogue: { priceLists: [Web] }',
    policy,
    stock: 10,
    shown: 10,
    prepare({ shop, erp }) {
      shop.addProduct({ sku: 'bowl_blue', title: 'Blue Bowl', price: '9.00', available: 3 })
      erp.addPricelist('Web', 0)
      erp.setCategory('MUG', 'Kitchen')
    },
  })
const deskOf = async ({ engine }: WooRetailer) =>
  mappingDesk(engine.database, (await catalogueState(engine.database, engine.policy)).rows)

test('an unknown SKU and an unknown word are cases, and the order beside them goes on', async () => {
  const retailer = await aShop()
  const good = buy(retailer, 'MUG', 'flat_rate')
  const held = buy(retailer, 'bowl_blue', 'flat_rate')
  await retailer.pass(4)
  expect((await retailer.order(good))!.status).toBe('confirmed')
  expect((await retailer.order(held))!.codes).toContain('sku_unknown')
  const cases = await deskOf(retailer)
  expect(cases).toContainEqual({ kind: 'sku', connection: WOO, about: 'bowl_blue', count: 1, holds: 'listings' })
  expect(cases).toContainEqual({
    kind: 'sku', connection: WOO, about: 'The ERP does not know bowl_blue.', count: 1, holds: 'orders',
  }) // prettier-ignore
  expect(cases).toContainEqual({ kind: 'word', connection: WOO, about: 'woods: Kitchen', count: 1, holds: 'listings' })
  // The product is created in Odoo: nothing of it is left on the desk.
  retailer.erp.addProduct({ sku: 'bowl_blue', name: 'Blue bowl', available: { WH: 5 } })
  await retailer.pass(6)
  expect((await deskOf(retailer)).filter(({ kind }) => kind === 'sku')).toEqual([])
})

test('the figures of a channel are those of its rows, and rows are narrowed by state and SKU', async () => {
  const { engine } = await aShop()
  const { channels, rows, scanned, complete } = await catalogueState(engine.database, engine.policy)
  expect(channels).toMatchObject([{ channel: WOO, mode: 'dry', held: 1, unknown: 1, unlisted: 2, settled: 1 }])
  expect([rows.length, scanned, complete]).toEqual([4, 5, true])
  const only = async (more: object) =>
    (await catalogueRows(engine.database, engine.policy, { limit: 1, ...more })).rows.map(({ sku }) => sku)
  expect(await only({ status: 'unknown' })).toEqual(['bowl_blue'])
  expect(await only({ q: 'ug' })).toEqual(['MUG'])
})
