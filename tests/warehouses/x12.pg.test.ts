/** Orders of a shop that a partner by EDI sends: from the 940 to Odoo's delivery and the shop's fulfilment. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { localFiles } from '#connectors/kit/files.ts'
import { x12 } from '#connectors/x12/index.ts'
import { createPartner, type X12Partner } from '#connectors/x12/simulator/index.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { orderPage } from '#insight/orders.ts'
import { SHOP } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const EDI = 'edi-main'
const MINUTE_MS = 60_000
let retailer: Retailer
let partner: X12Partner
let sku: string

beforeEach(async () => {
  let pool = ''
  retailer = await aRetailer(await freshDatabase(), {
    stock: 10,
    configure(config) {
      pool = config.policy.channels[SHOP]!.pool
      const rules = { acknowledgeWithinMinutes: 60, shipWithinHours: 48, owner: 'night shift', substitutes: {} }
      return { ...config, policy: { ...config.policy, warehouses: { [pool]: { fulfilledBy: EDI, ...rules } } } }
    },
  })
  sku = Object.keys(retailer.estate.shop.beliefs().available)[0]!
  const folder = mkdtempSync(join(tmpdir(), 'crossdock-x12-'))
  const names = { us: { id: 'RETAILER' }, them: { id: 'WAREHOUSE' }, channels: { [SHOP]: 'S' } }
  const config = x12.config.parse({ folder, warehouse: pool, ...names })
  const connection = x12.open(config, { name: EDI, io: retailer.engine.io })
  ;(retailer.engine.connections as Map<string, typeof connection>).set(EDI, connection)
  partner = createPartner(config, localFiles(folder), { now: () => retailer.clock.ms })
})

async function pass(minutes = 3): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    await ringAlarms(retailer.engine)
    await regularWork(retailer.engine, EDI)
    await retailer.later(MINUTE_MS)
    for (const lane of lanesOf(EDI, retailer.engine.connections.get(EDI)!))
      while ((await dispatch(retailer.engine, lane)) > 0) await retailer.work()
    await retailer.work()
  }
}

async function bought(quantity: number): Promise<string> {
  const address = { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' }
  const customer = { firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com', address }
  const shippingMethod = { code: 'standard', title: 'Standard', price: '4.90' }
  const id = retailer.estate.shop.placeOrder({ lines: [{ sku, quantity }], customer, taxRate: 0.0825, shippingMethod })!
  await pass()
  return id
}

async function order(id: string): Promise<{ stage: string; codes: string[] }> {
  const [row] = await retailer.engine.database.query<{ state: { stage: string; exceptions: { code: string }[] } }>(
    'select state from stream where stream = $1',
    [`order/${SHOP}/${id}`],
  )
  return { stage: row!.state.stage, codes: row!.state.exceptions.map(({ code }) => code) }
}
const sale = (id: string) => retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!
const left = (id: string) =>
  sale(id)
    .deliveries.filter(({ state }) => state === 'done')
    .flatMap((one) => one.lines)
const fulfilled = (id: string) => retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!.lines

test('two parcels by two 945: two deliveries, two fulfilments, and every file acknowledged once', async () => {
  const id = await bought(3)
  await partner.work()
  expect(partner.beliefs()).toMatchObject({ orders: [{ number: `S-${id}`, lines: [{ sku, quantity: 3 }] }], wrong: [] })
  await partner.ship(`S-${id}`, 'SH1', [{ sku, ordered: 2, left: 2 }])
  await pass(4)
  expect([left(id), fulfilled(id)]).toMatchObject([[{ quantity: 2 }], [{ fulfilled: 2 }]])
  await partner.ship(`S-${id}`, 'SH2', [{ sku, ordered: 1, left: 1 }])
  await pass(4)
  expect([left(id), fulfilled(id)]).toMatchObject([[{ quantity: 2 }, { quantity: 1 }], [{ fulfilled: 3 }]])
  expect(await order(id)).toEqual({ stage: 'completed', codes: [] })
  await partner.work()
  expect(partner.beliefs()).toMatchObject({ acknowledged: ['2', '3'], numbers: [1, 2, 3], doubles: 0 })
})

test('a parcel of more than was ordered is refused: nothing in Odoo, nothing in the shop, a case', async () => {
  const id = await bought(2)
  await partner.work()
  await partner.ship(`S-${id}`, 'SH1', [{ sku, ordered: 2, left: 3 }])
  await pass(4)
  expect(left(id)).toEqual([])
  expect(fulfilled(id)).toMatchObject([{ fulfilled: 0 }])
  expect((await order(id)).codes).toEqual(['parcel_refused'])
})

test('a 940 the partner refuses is a case; one nobody acknowledges is one when its clock runs out', async () => {
  const refused = await bought(1)
  await partner.work('R')
  await pass(4)
  expect((await order(refused)).codes).toEqual(['warehouse_refused'])
  const silent = await bought(1)
  await partner.work('silent')
  await pass(2)
  expect((await order(silent)).codes).toEqual([])
  retailer.clock.ms += 61 * MINUTE_MS
  await pass(2)
  expect((await order(silent)).codes).toEqual(['warehouse_silent'])
})

test('an 856 before its 945 and one after: cartons stand in the life of the order, a difference is a case', async () => {
  const id = await bought(3)
  await partner.work()
  const sscc = '340123450000000017'
  await partner.pack(`S-${id}`, 'SH1', [{ sscc, lines: [{ sku, quantity: '2', lot: 'A7' }] }])
  await pass(2)
  expect(left(id)).toEqual([])
  await partner.ship(`S-${id}`, 'SH1', [{ sku, ordered: 2, left: 2 }])
  await pass(4)
  expect([left(id), fulfilled(id)]).toMatchObject([[{ quantity: 2 }], [{ fulfilled: 2 }]])
  expect((await order(id)).codes).toEqual([])
  await partner.ship(`S-${id}`, 'SH2', [{ sku, ordered: 1, left: 1 }])
  await partner.pack(`S-${id}`, 'SH2', [{ lines: [{ sku, quantity: '2' }] }])
  await pass(4)
  expect((await order(id)).codes).toEqual(['packing_differs'])
  const page = await orderPage(retailer.engine.database, SHOP, id, new Map())
  const titles = page!.trace.map(({ title }) => title)
  expect(titles).toContain(`Packed: 2 pieces in carton ${sscc}, lot A7`)
  expect(left(id)).toMatchObject([{ quantity: 2 }, { quantity: 1 }])
})
