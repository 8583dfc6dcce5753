/** A shop that writes its SKUs otherwise: proposed, tried on what is recorded, and then understood everywhere. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { previewMapping } from '#engine/replay/mapping-preview.ts'
import { matchesOf } from '#insight/matches.ts'
import { ConfigError, parseConfig } from '../../src/config.ts'
import { freshDatabase } from '../support/database.ts'
import { aWooRetailer, WOO, type WooRetailer } from '../support/woocommerce.ts'

const BUYER = {
  first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com',
  address_1: '1 Dock Road', city: 'Austin', postcode: '78701', state: 'TX', country: 'US',
} // prettier-ignore
const METHOD = { id: 'flat_rate', instance: '3', title: 'Standard', price: '5.00' }
const buy = ({ shop }: WooRetailer, sku: string) =>
  shop.placeOrder({ lines: [{ sku, quantity: 1 }], customer: BUYER, shippingMethod: METHOD })!

/** The ERP sells a BOWL; the shop calls it bowl_blue. */
const aShop = async (policy = '') =>
  aWooRetailer(await freshDatabase(), {
    policy,
    prepare({ shop, erp }) {
      erp.addProduct({ sku: 'BOWL', name: 'Blue bowl', available: { WH: 10 } })
      shop.addProduct({ sku: 'bowl_blue', title: 'Blue Bowl', price: '9.00', available: 0 })
    },
  })
const tables = { skus: { bowl_blue: 'BOWL' }, shippingMethods: {} }
const statusOf = async ({ engine }: WooRetailer, stream: string) =>
  (await engine.database.query<{ status: string }>(`select status from stream where stream = $1`, [stream]))[0]?.status

test('an unknown SKU is proposed by its name, and what the table would change is shown before it does', async () => {
  const retailer = await aShop()
  const { engine } = retailer
  expect(await matchesOf(engine.database, engine.policy, WOO)).toEqual({
    unknown: 1,
    proposals: [{ sku: 'bowl_blue', name: 'Blue Bowl', by: 'name', candidates: [{ sku: 'BOWL', name: 'Blue bowl' }] }],
  })
  const before = await engine.database.query(`select count(*) as count from journal`)
  const preview = await previewMapping(engine, { connection: WOO, tables, limit: 100 })
  expect(preview.changed).toBeGreaterThan(0)
  expect(preview.changed).toBeLessThan(preview.deliveries)
  expect(Object.keys(preview.words)).toEqual(
    expect.arrayContaining(['bowl_blue → BOWL', 'product/bowl_blue → product/BOWL']),
  )
  expect(preview.first.map(({ path }) => path)).toContain('listing.sku')
  expect(await engine.database.query(`select count(*) as count from journal`)).toEqual(before)
  const same = await previewMapping(engine, {
    connection: WOO,
    tables: { skus: { no: 'NO' }, shippingMethods: {} },
    limit: 9,
  })
  expect(same).toMatchObject({ changed: 0, words: {}, first: [] })
})

test('under the table the listing, its stock and its orders are those of our SKU', async () => {
  const retailer = await aShop(`  mappings: { ${WOO}: { skus: { bowl_blue: BOWL } } }\n`)
  await retailer.pass(4)
  expect(await statusOf(retailer, 'product/bowl_blue')).toBe(undefined)
  expect(await statusOf(retailer, 'stock/WH/BOWL')).toBe('stocked')
  expect(retailer.shop.beliefs().available['bowl_blue']).toBe(10)
  const id = buy(retailer, 'bowl_blue')
  await retailer.pass(2)
  expect(await retailer.order(id)).toMatchObject({ status: 'confirmed', codes: [] })
  expect(retailer.erp.beliefs().sales[0]!.lines.map(({ sku }) => sku)).toContain('BOWL')
  expect(await matchesOf(retailer.engine.database, retailer.engine.policy, WOO)).toEqual({ unknown: 0, proposals: [] })
})

test('what is nothing of ours is no listing; an order of it is held, not sent without it', async () => {
  const retailer = await aShop(`  mappings: { ${WOO}: { skus: { bowl_blue: '' } } }\n`)
  expect(await statusOf(retailer, 'product/bowl_blue')).toBe(undefined)
  retailer.shop.setAvailable('bowl_blue', 5)
  const id = buy(retailer, 'bowl_blue')
  await retailer.pass(2)
  expect((await retailer.order(id))!.status).not.toBe('confirmed')
  expect(retailer.erp.beliefs().sales).toEqual([])
})

test('a table may stand in a file beside the configuration; a bad row is named with its line', () => {
  const folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
  const text = (mapping: string) => `
hub: { directory: ./x }
erp: odoo
connections:
  odoo: { connector: odoo, config: {} }
  shop: { connector: woocommerce, config: {} }
policy:
  channels: { shop: { pool: WH } }
  mappings: { shop: ${mapping} }
  catalogue: { shop: { mode: dry, taxClasses: taxes.csv } }
`
  const file = join(folder, 'crossdock.yaml')
  writeFileSync(join(folder, 'skus.csv'), 'from,to\nA,B\n')
  writeFileSync(join(folder, 'bad.csv'), 'from,to\nA,B\nA,C\n')
  writeFileSync(join(folder, 'taxes.csv'), 'from,to\nVAT 20%,standard\n')
  const { policy } = parseConfig(text('{ skus: skus.csv }'), file)
  expect(policy.mappings).toEqual({ shop: { skus: { A: 'B' }, shippingMethods: {} } })
  expect(policy.catalogue!['shop']!.taxClasses).toEqual({ 'VAT 20%': 'standard' })
  expect(() => parseConfig(text('{ skus: bad.csv }'), file)).toThrow(
    /policy\.mappings\.shop\.skus: bad\.csv:3: 'A' is there already/,
  )
  expect(() => parseConfig(text('{ skus: none.csv }'), file)).toThrow(ConfigError)
  expect(() => parseConfig(text('{ skus: {} }').replace('catalogue: { shop:', 'catalogue: { shp:'), file)).toThrow(
    /'shp' is no channel/,
  )
})
