/** A product from Odoo to a shop: reviewed first, written once that is on, and kept so. */
import { describe, expect, test } from 'vitest'
import { cataloguePage } from '#insight/catalogue.ts'
import { offerProducts } from '#engine/offers.ts'
import type { Engine } from '#engine/engine.ts'
import { freshDatabase } from '../support/database.ts'
import { aWooRetailer, WOO, type WooRetailer } from '../support/woocommerce.ts'

const policyOf = (mode: string) => `
  catalogue:
    ${WOO}:
      mode: ${mode}
      priceList: Web
      currency: USD
      fields: [price, barcode, taxClass, attributes]
      taxClasses: { 'TX 8.25%': standard }
      attributes: [{ attribute: room, value: 'For the {category}' }]
`

let webRule = 0
const aShop = async (mode: string): Promise<WooRetailer> =>
  aWooRetailer(await freshDatabase(), {
    odoo: ', catalogue: { priceLists: [Web] }',
    policy: policyOf(mode),
    prepare({ erp }) {
      erp.addPricelist('Web', 0)
      webRule = erp.addPriceRule('Web', { sku: 'MUG', price: 11 })
      erp.setCategory('MUG', 'Kitchen')
    },
  })
const review = (engine: Engine) => cataloguePage(engine.database, engine.policy, { limit: 100 })
const of = async (engine: Engine, sku: string) => (await review(engine)).rows.find((row) => row.sku === sku)
const asks = ({ engine }: WooRetailer) =>
  engine.database.query<{ ask: { sku: string; fields: object }; priority: number }>(
    `select ask, priority from outbox where type in ('listing.ensure', 'price.ensure') order by id`,
  )
/** Under another mode, as after a restart. */
const switched = (retailer: WooRetailer, mode: 'dry' | 'on') => {
  const rules = retailer.engine.policy.catalogue![WOO]!
  Object.assign(rules, { mode })
  Object.assign(retailer.engine.policy, { version: `test-${mode}` })
}

describe('the catalogue of a channel', () => {
  test('while it is dry every difference is shown and nothing is written', async () => {
    const retailer = await aShop('dry')
    const row = await of(retailer.engine, 'MUG')
    expect(row).toMatchObject({ status: 'differs', mode: 'dry', troubles: [] })
    expect(row!.differences).toEqual([
      { field: 'price', ours: '11.00', theirs: '12.5', owner: 'hub' },
      { field: 'attributes', attribute: 'room', ours: 'For the Kitchen', theirs: null, owner: 'hub' },
    ])
    expect(await asks(retailer)).toEqual([])
    expect(retailer.shop.shows('MUG')).toMatchObject({ price: 12.5, meta: {} })
  })

  test('off, which it is unless said, nothing is even looked at', async () => {
    const retailer = await aShop('off')
    expect(await review(retailer.engine)).toMatchObject({ rows: [], settled: 0 })
    expect(await asks(retailer)).toEqual([])
  })

  test('reviewed and switched on, what differs is written, and then the review is empty', async () => {
    const retailer = await aShop('dry')
    switched(retailer, 'on')
    const { rows } = await review(retailer.engine)
    const skus = rows.filter(({ status }) => status === 'differs').map(({ sku }) => sku)
    expect(await offerProducts(retailer.engine, WOO, skus, 'r1')).toBe(skus.length)
    expect(await offerProducts(retailer.engine, WOO, skus, 'r1')).toBe(0)
    await retailer.pass(3)
    expect(retailer.shop.shows('MUG')).toMatchObject({ price: 11, meta: { crossdock_room: 'For the Kitchen' } })
    expect(await of(retailer.engine, 'MUG')).toBe(undefined)
    // The price did not wait for the rest, which may wait for its hours.
    const mine = (await asks(retailer)).filter(({ ask }) => ask.sku === 'MUG')
    expect(mine.map(({ ask, priority }) => [Object.keys(ask.fields), priority])).toEqual([
      [['price'], 5],
      [['attributes'], 6],
    ])
  })

  test('a new price is in the shop soon, and one that comes back as well', async () => {
    const retailer = await aShop('on')
    await retailer.pass(3)
    expect(retailer.shop.shows('MUG')!.price).toBe(11)
    for (const price of [9, 11, 9]) {
      retailer.erp.changePriceRule(webRule, { price })
      await retailer.pass(4)
      expect(retailer.shop.shows('MUG')!.price).toBe(price)
    }
  })

  test('T21: another price list than the one that is mapped touches nothing', async () => {
    const retailer = await aShop('on')
    retailer.erp.addPricelist('Trade', 0)
    const trade = retailer.erp.addPriceRule('Trade', { sku: 'MUG', price: 3 })
    await retailer.pass(4)
    const before = (await asks(retailer)).length
    retailer.erp.changePriceRule(trade, { price: 2 })
    await retailer.pass(4)
    expect([retailer.shop.shows('MUG')!.price, (await asks(retailer)).length]).toEqual([11, before])
    expect(await of(retailer.engine, 'MUG')).toBe(undefined)
  })

  test('an unchanged catalogue costs no call at all', async () => {
    const retailer = await aShop('on')
    await retailer.pass(20)
    const before = (await asks(retailer)).length
    let calls = 0
    retailer.between.shop = (fetch) => (request) => {
      if (request.method !== 'GET') calls += 1
      return fetch(request)
    }
    await retailer.pass(20)
    expect([(await asks(retailer)).length, calls]).toEqual([before, 0])
  })

  test('a product that is archived in the ERP is taken off, not deleted, and put back when it returns', async () => {
    const retailer = await aShop('on')
    retailer.erp.changeProduct('MUG', { active: false })
    await retailer.pass(6)
    expect(retailer.shop.shows('MUG')).toMatchObject({ status: 'draft' })
    retailer.erp.changeProduct('MUG', { active: true })
    await retailer.pass(6)
    expect(retailer.shop.shows('MUG')).toMatchObject({ status: 'publish' })
  })

  test('a name belongs to the channel: it is shown as different and never written', async () => {
    const retailer = await aShop('on')
    retailer.erp.changeProduct('MUG', { name: 'Mug of another name' })
    await retailer.pass(4)
    expect(retailer.shop.shows('MUG')!.name).toBe('MUG')
    expect((await of(retailer.engine, 'MUG'))!.differences).toEqual([
      { field: 'title', ours: 'Mug of another name', theirs: 'MUG', owner: 'channel' },
    ])
  })
})
