/** A kit from the shop to the warehouse and back, on PostgreSQL. Its parts are sold alone too. */
import { configTextFor } from '#sim/estate.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '#store/database.ts'
import { parseConfig } from '../../src/config.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const [MUG, KETTLE, SET] = ['MUG-BLU-001', 'KETT-BLU-002', 'SET']
const KITS = `
policy:
  kits:
    ${SET}: { parts: { ${MUG}: 2, ${KETTLE}: 1 }, upTo: 2 }`

let database: Database
let retailer: Retailer

beforeAll(async () => {
  database = await freshDatabase()
  retailer = await aRetailer(database, {
    skus: 2,
    stock: 10,
    configure() {
      const addresses = { shop: 'http://shop.sim', erp: 'http://odoo.sim', hub: 'http://127.0.0.1:4870' }
      return parseConfig(configTextFor(addresses).replace('\npolicy:', KITS), 'kits.yaml')
    },
  })
  const { erp, shop } = retailer.estate
  erp.addProduct({ sku: SET, type: 'consumable', price: 60, parts: { [MUG]: 2, [KETTLE]: 1 } })
  shop.addProduct({ sku: SET, title: 'Tea for two', price: '60.00', available: 0 })
  await settle()
})
afterAll(() => database.close())

async function settle(): Promise<void> {
  for (let rounds = 0; rounds < 4; rounds += 1) {
    await retailer.deliver(retailer.hooks())
    await retailer.later(61_000)
  }
}

const shown = () => {
  const { available } = retailer.estate.shop.beliefs()
  return [available[MUG], available[KETTLE], available[SET]]
}

const buy = (...lines: { sku: string; quantity: number }[]): string | null =>
  retailer.estate.shop.placeOrder({
    lines,
    taxRate: 0.0825,
    financialStatus: 'paid',
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    customer: {
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.com',
      guest: false,
      address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
    },
  })

test('a kit is on offer from parts set aside, is taken apart in Odoo, and its parcel tells the shop of the kit', async () => {
  // Two kits are backed by four of the ten mugs and two of the ten kettles.
  expect(shown()).toEqual([6, 8, 2])
  expect(buy({ sku: SET, quantity: 2 }, { sku: MUG, quantity: 1 })).not.toBeNull()
  expect(buy({ sku: SET, quantity: 1 }), 'none is on offer before the hub has backed it').toBeNull()
  await settle()
  const { erp, shop } = retailer.estate
  expect(erp.openDeliveries().map(({ lines }) => lines.map(({ sku, quantity }) => [sku, quantity]))).toEqual([
    [[MUG, 4], [KETTLE, 2], [MUG, 1]],
  ]) // prettier-ignore
  // Five mugs are left: half of them, whole kits only, is one kit.
  expect(shown()).toEqual([3, 7, 1])
  const reads = await database.query<{ type: string }>(
    `select type from journal where stream = $1 and type = 'stock.read'`,
    [`stock/WH/${SET}`],
  )
  expect(reads, 'the ERP is not asked for a kit').toEqual([])

  const { saleId } = erp.openDeliveries()[0]!
  erp.ship(saleId, { lines: { [MUG]: 5 } })
  await settle()
  const told = () => shop.beliefs().orders.flatMap(({ fulfilments }) => fulfilments.flatMap(({ lines }) => lines))
  expect(told().map(({ sku, quantity }) => [sku, quantity]), 'a kit without its kettle is none').toEqual([[MUG, 1]]) // prettier-ignore
  erp.ship(saleId, { tracking: '1Z1' })
  await settle()
  expect(told().map(({ sku, quantity }) => [sku, quantity])).toEqual([
    [MUG, 1],
    [SET, 2],
  ])
  expect(retailer.said.filter((line) => line.startsWith('error'))).toEqual([])
})

test('the last mugs are sold once, alone or in a kit', async () => {
  while (buy({ sku: MUG, quantity: 1 }) !== null);
  while (buy({ sku: SET, quantity: 1 }) !== null);
  await settle()
  expect(shown()).toEqual([0, 7, 0])
  const { erp } = retailer.estate
  const [mugs] = erp.beliefs().stock.filter(({ sku }) => sku === MUG)
  expect(mugs!.free, 'all are reserved, and none twice').toBe(0)
  const open = erp.openDeliveries().flatMap(({ lines }) => lines)
  expect(open.filter(({ quantity, reserved }) => quantity !== reserved)).toEqual([])
})
