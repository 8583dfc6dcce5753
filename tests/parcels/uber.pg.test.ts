/** Couriers: from a delivery that is ready in Odoo, over Uber, to the link in the shop and the news of the parcel. */
import { beforeEach, expect, test } from 'vitest'
import { asRequest } from '#connectors/kit/testing.ts'
import { easypost } from '#connectors/easypost/index.ts'
import { createEasypost, type EasypostAccount } from '#connectors/easypost/simulator/index.ts'
import { uber } from '#connectors/uber/index.ts'
import { createUber, type UberAccount } from '#connectors/uber/simulator/index.ts'
import type { FulfilmentState } from '#core/fulfilment/fulfilment.ts'
import type { LocalPolicy } from '#core/policy.ts'
import type { ParcelState } from '#core/parcel/state.ts'
import { trackingNumberOf } from '#core/streams.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { policySchema } from '#policy/policy.ts'
import { ERP, SHOP } from '#sim/estate.ts'
import type { Config } from '../../src/config.ts'
import type { Fetch } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const [COURIER, POST] = ['uber', 'post']
const LOCAL = { by: COURIER, maxCost: { amount: 1_000, currency: 'USD' }, withinMinutes: 60 }
const FROM = { name: 'Us', street: '2 Dock Rd', city: 'Austin', postcode: '78702', region: 'TX', country: 'US', phone: '+15125550199' } // prettier-ignore
const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com', phone: '(512) 555-0100',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US'},
} // prettier-ignore

let retailer: Retailer
let account: UberAccount
let post: EasypostAccount
let sku: string
/** Between the hub and Uber. */
let between: (fetch: Fetch) => Fetch
let hooksPass: boolean

const near =
  (local: Partial<LocalPolicy>) =>
  (config: Config): Config => {
    const { pool } = config.policy.channels[SHOP]!
    const erp = config.connections[ERP]!
    const parcel = { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 }
    const rules = { by: POST, from: FROM, parcel, local: { ...LOCAL, ...local } }
    const labels = policySchema.shape.labels.parse({ [pool]: rules })
    const carriers = policySchema.shape.carriers.parse({
      [POST]: { channels: [SHOP] },
      [COURIER]: { channels: [SHOP], numbers: 'del_', promiseMinutes: 20 },
    })
    const withLabels = { ...erp, config: { ...(erp.config as object), labelWarehouses: [pool] } }
    const connections = { ...config.connections, [ERP]: withLabels }
    return { ...config, connections, policy: { ...config.policy, labels, carriers } } as Config
  }

async function open(local: Partial<LocalPolicy> = {}): Promise<void> {
  retailer = await aRetailer(await freshDatabase(), { stock: 10, configure: near(local) })
  sku = Object.keys(retailer.estate.shop.beliefs().available)[0]!
  const { clock, engine } = retailer
  const simulated = { now: () => clock.ms, random: () => 0.3 }
  account = createUber(
    { customerId: 'cus_1', clientId: 'app', clientSecret: 'key', doublesOfTen: 10, hookDelayMs: [0, 90_000] },
    simulated,
  )
  post = createEasypost({ apiKey: 'key' }, simulated)
  between = (fetch) => fetch
  hooksPass = true
  const hookUrl = 'https://hub.example/hooks/uber'
  const signing = account.subscribe(hookUrl)
  const fetch: Fetch = (request) => between(account.fetch)(request)
  const io = { ...engine.io, secret: (name: string) => (name === 'env:HOOK' ? signing : 'key') }
  const connections = engine.connections as Map<string, unknown>
  const config = uber.config.parse({
    customerId: 'cus_1', clientId: 'app', clientSecret: 'env:KEY', webhookKeys: ['env:HOOK'], requestTimeoutMs: 0,
  }) // prettier-ignore
  connections.set(COURIER, uber.open(config, { name: COURIER, io: { ...io, fetch }, hookUrl }))
  const parsed = easypost.config.parse({ apiKey: 'env:KEY', requestTimeoutMs: 0 })
  connections.set(POST, easypost.open(parsed, { name: POST, io: { ...io, fetch: post.fetch } }))
}

beforeEach(() => open())

async function pass(minutes = 4): Promise<void> {
  const { engine, clock } = retailer
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    for (const hook of account.due()) if (hooksPass) await retailer.receiver.receive(COURIER, asRequest(hook, clock.ms))
    await retailer.later(60_000)
    await regularWork(engine, COURIER)
    await ringAlarms(engine)
    await retailer.work()
    for (const name of [COURIER, POST])
      for (const lane of lanesOf(name, engine.connections.get(name)!))
        while ((await dispatch(engine, lane)) > 0) await retailer.work()
  }
}

async function bought(): Promise<string> {
  const id = retailer.estate.shop.placeOrder({
    lines: [{ sku, quantity: 2 }],
    customer: BUYER,
    taxRate: 0.0825,
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })!
  await pass(4)
  return id
}

async function stateOf<T>(stream: string): Promise<T> {
  const sql = 'select state from stream where stream = $1'
  return (await retailer.engine.database.query<{ state: T }>(sql, [stream]))[0]!.state
}
const delivery = (id: string) =>
  retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!.deliveries[0]!
const inShop = (id: string) => JSON.stringify(retailer.estate.shop.beliefs().orders.find((one) => one.id === id))
const couriers = (status?: string) => account.beliefs().deliveries.filter((one) => !status || one.status === status)
const labels = () => post.beliefs().labels.filter(({ code, refund }) => code !== null && refund === null)
const exceptions = async (id: string) =>
  (await stateOf<{ exceptions: { code: string; detail: string }[] }>(`order/${SHOP}/${id}`)).exceptions
const codes = async (id: string) => (await exceptions(id)).map(({ code }) => code)
const parcelOf = (id: string) => stateOf<ParcelState>(`parcel/${COURIER}/${trackingNumberOf(id)}`)
const onSale = () => retailer.estate.shop.beliefs().available[sku]

test('F119: a courier is sent for what is ready; his number, price and link are in Odoo, the link in the shop, and the proof is known', async () => {
  const id = await bought()
  const [courier] = couriers()
  expect(couriers()).toEqual([expect.objectContaining({ status: 'pending', street: '1 Dock Road' })])
  expect(delivery(id)).toMatchObject({ tracking: courier!.id, carrierPrice: 7.99 })
  expect(delivery(id).documents).toEqual([expect.stringContaining('https://www.ubereats.com/orders/')])
  account.move(courier!.id, 'pickup')
  await pass(2)
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  account.move(courier!.id, 'pickup_complete')
  await pass(3)
  expect(inShop(id)).toContain(courier!.id)
  const { parcels } = await stateOf<FulfilmentState>(`fulfilment/${SHOP}/${id}`)
  expect(parcels).toMatchObject([{ announced: true, parcel: { trackingUrl: expect.stringContaining('https://www.ubereats.com/orders/') } }]) // prettier-ignore
  expect((await parcelOf(courier!.id)).handedOverAt).not.toBeNull()
  account.move(courier!.id, 'delivered')
  await pass(3)
  const parcel = await parcelOf(courier!.id)
  expect(parcel).toMatchObject({ delivered: true, case: null, latest: { detail: 'proof_of_delivery: picture' } })
  expect([labels(), await codes(id)]).toEqual([[], []])
  expect(couriers()).toHaveLength(1)
})

test('who is not there in the minutes that were promised is late, and late no more when he is', async () => {
  const id = await bought()
  const [courier] = couriers()
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  account.move(courier!.id, 'pickup_complete')
  await pass(10)
  expect(await codes(id)).toEqual([])
  await pass(10)
  expect(await codes(id)).toEqual(['parcel_delayed'])
  account.move(courier!.id, 'delivered')
  await pass(4)
  expect(await codes(id)).toEqual([])
})

test('every webhook is lost: the feed tells of it all the same', async () => {
  hooksPass = false
  const id = await bought()
  const [courier] = couriers()
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(3)
  account.move(courier!.id, 'delivered')
  await pass(4)
  expect(await parcelOf(courier!.id)).toMatchObject({ delivered: true })
})

test('the answer that he comes is lost: one courier comes, not two', async () => {
  let lost = 0
  between = (fetch) => async (request) => {
    const response = await fetch(request)
    if (lost > 0 || request.method !== 'POST' || !request.url.endsWith('/deliveries')) return response
    lost += 1
    throw new TypeError('cut')
  }
  const id = await bought()
  await pass(10)
  expect(lost).toBe(1)
  expect(couriers()).toHaveLength(1)
  expect(delivery(id).tracking).toBe(couriers()[0]!.id)
  expect(labels()).toEqual([])
})

test('an order that is cancelled before he has it calls him off, and nobody else is sent', async () => {
  const id = await bought()
  retailer.estate.shop.cancelOrder(id, { reason: 'CUSTOMER', restock: true })
  await pass(6)
  expect(couriers().map(({ status }) => status)).toEqual(['canceled'])
  expect(delivery(id)).toMatchObject({ state: 'cancel', tracking: null, documents: [] })
  expect(labels()).toEqual([])
})

test('no couriers: the carrier of the warehouse sells a label, and the parcel is followed there', async () => {
  account.busy(true)
  const id = await bought()
  await pass(2)
  expect(couriers()).toEqual([])
  expect(labels()).toEqual([expect.objectContaining({ street: '1 Dock Road' })])
  expect(delivery(id).tracking).toBe(labels()[0]!.code)
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(4)
  expect(await stateOf<ParcelState>(`parcel/${POST}/${labels()[0]!.code!}`)).toMatchObject({ asked: null, case: null })
  expect(await codes(id)).toEqual([])
})

test('too dear, and a person’s by the policy: a case with an owner and a clock that goes to the next', async () => {
  await open({ otherwise: 'person', maxCost: { amount: 500, currency: 'USD' }, settleWithinMinutes: 10 })
  const id = await bought()
  expect(await exceptions(id)).toMatchObject([{ code: 'courier_failed', detail: expect.stringContaining('for store') }])
  expect([couriers(), labels()]).toEqual([[], []])
  await pass(12)
  expect(await exceptions(id)).toMatchObject([
    { code: 'courier_failed', detail: expect.stringContaining('operations') },
  ])
})

test('he is called off by Uber before he has it: his number goes, and a label of the carrier comes', async () => {
  const id = await bought()
  const [courier] = couriers()
  account.move(courier!.id, 'pickup')
  account.callOff(courier!.id, 'COURIER_UNAVAILABLE')
  await pass(6)
  expect(labels()).toHaveLength(1)
  expect(delivery(id).tracking).toBe(labels()[0]!.code)
  expect(delivery(id).documents).toHaveLength(1)
  expect(couriers()).toHaveLength(1)
})

test('nobody is at home: on its way back, then back, each a case; nothing is on sale again until it is received', async () => {
  const id = await bought()
  const [courier] = couriers()
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  account.move(courier!.id, 'pickup_complete')
  await pass(3)
  const before = onSale()
  const back = account.bringBack(courier!.id)
  await pass(3)
  expect(await codes(id)).toEqual(['parcel_returning'])
  account.arriveBack(back)
  await pass(4)
  expect(await codes(id)).toEqual(['parcel_returned'])
  expect(await parcelOf(courier!.id)).toMatchObject({ delivered: false, latest: { status: 'returned' } })
  expect(onSale()).toBe(before)
})

test('nothing of who gets it, and where, is stored with his news, nor said in a log', async () => {
  const id = await bought()
  for (const to of ['pickup', 'pickup_complete', 'delivered'] as const) account.move(couriers()[0]!.id, to)
  await pass(3)
  expect(await codes(id)).toEqual([])
  const sql = "select body from inbox where source = $1 and kind = 'delivery'"
  const rows = await retailer.engine.database.query<{ body: Buffer }>(sql, [COURIER])
  expect(rows.length).toBeGreaterThan(4)
  const bodies = rows.map(({ body }) => body.toString('utf8'))
  expect(bodies.join()).toContain('external_id')
  const kept = JSON.stringify([bodies, retailer.said])
  for (const told of ['1 Dock Road', '5550100', 'Byron', 'Cori']) expect(kept).not.toContain(told)
})
