/** Labels the hub buys: from a delivery that is ready in Odoo, over EasyPost, to the number in the shop. */
import { beforeEach, expect, test } from 'vitest'
import { easypost } from '#connectors/easypost/index.ts'
import { createEasypost, type EasypostAccount } from '#connectors/easypost/simulator/index.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { tellStream } from '#engine/person.ts'
import type { Order } from '#canon/order.ts'
import { ERP, SHOP } from '#sim/estate.ts'
import { policySchema } from '#policy/policy.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'
import type { Config } from '../../src/config.ts'

const POST = 'easypost'
let retailer: Retailer
let account: EasypostAccount
let sku: string

const LABELS = {
  by: POST,
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', region: 'TX', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised' as const,
  returns: true,
}

function buying(config: Config): Config {
  const { pool } = config.policy.channels[SHOP]!
  const erp = config.connections[ERP]!
  const labels = policySchema.shape.labels.parse({ [pool]: LABELS })
  return {
    ...config,
    connections: {
      ...config.connections,
      [ERP]: { ...erp, config: { ...(erp.config as object), labelWarehouses: [pool] } },
    },
    policy: { ...config.policy, labels },
  } as Config
} // prettier-ignore

beforeEach(async () => {
  retailer = await aRetailer(await freshDatabase(), { stock: 10, configure: buying })
  sku = Object.keys(retailer.estate.shop.beliefs().available)[0]!
  const { clock, engine } = retailer
  account = createEasypost({ apiKey: 'key', balance: 2_000 }, { now: () => clock.ms, random: () => 0.3 })
  const io = { ...engine.io, fetch: account.fetch, secret: () => 'key' }
  const config = easypost.config.parse({ apiKey: 'env:KEY', requestTimeoutMs: 0 })
  ;(engine.connections as Map<string, unknown>).set(POST, easypost.open(config, { name: POST, io }))
})

async function pass(minutes = 3): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    await retailer.later(60_000)
    const lanes = lanesOf(POST, retailer.engine.connections.get(POST)!)
    for (const lane of lanes) while ((await dispatch(retailer.engine, lane)) > 0) await retailer.work()
  }
}

const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore

async function bought(address1 = '1 Dock Road'): Promise<string> {
  const id = retailer.estate.shop.placeOrder({
    lines: [{ sku, quantity: 2 }],
    customer: { ...BUYER, address: { ...BUYER.address, address1 } },
    taxRate: 0.0825,
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })!
  await pass(4)
  return id
}

/** The shop tells of another address. */
async function moved(id: string, street: string): Promise<void> {
  const { order } = await stateOf<{ order: Order }>(`order/${SHOP}/${id}`)
  const updatedAt = new Date(retailer.clock.ms).toISOString()
  const changed = { ...order, updatedAt, shippingAddress: { ...order.shippingAddress!, street } }
  await tellStream(
    retailer.engine,
    `order/${SHOP}/${id}`,
    { type: 'order.observe', order: changed } as { type: string },
    street,
  )
}

async function stateOf<T>(stream: string): Promise<T> {
  const sql = 'select state from stream where stream = $1'
  return (await retailer.engine.database.query<{ state: T }>(sql, [stream]))[0]!.state
}
const delivery = (id: string) =>
  retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!.deliveries[0]!
const paid = () => account.beliefs().labels.filter(({ code, refund }) => code !== null && refund === null)
const codes = async (id: string) =>
  (await stateOf<{ exceptions: { code: string }[] }>(`order/${SHOP}/${id}`)).exceptions.map(({ code }) => code)

test('F113: a delivery that is ready gets its label; number, document and cost are in Odoo, and the number in the shop', async () => {
  const id = await bought()
  const [label] = paid()
  expect(label).toMatchObject({ street: '1 Dock Road', isReturn: false, service: 'USPS GroundAdvantage' })
  expect(delivery(id)).toMatchObject({
    tracking: label!.code,
    carrierPrice: Number(label!.cost),
    documents: [expect.stringContaining(label!.code!)],
  })
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(2)
  const inShop = retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!
  expect(JSON.stringify(inShop)).toContain(label!.code)
  expect(paid()).toHaveLength(1)
  expect(await codes(id)).toEqual([])
})

test('another address before it leaves: the first label is given back, and one for the new address is bought', async () => {
  const id = await bought()
  const [first] = paid()
  await moved(id, '9 Office Park')
  await pass(5)
  expect(paid()).toEqual([expect.objectContaining({ street: '9 Office Park' })])
  expect(delivery(id).tracking).toBe(paid()[0]!.code)
  expect(delivery(id).tracking).not.toBe(first!.code)
  expect(delivery(id).documents).toHaveLength(1)
})

test('an order that is cancelled before it leaves costs no label', async () => {
  const id = await bought()
  expect(paid()).toHaveLength(1)
  retailer.estate.shop.cancelOrder(id, { reason: 'CUSTOMER', restock: true })
  await pass(5)
  expect(paid()).toEqual([])
  expect(delivery(id)).toMatchObject({ state: 'cancel', tracking: null, documents: [] })
})

test('an address nobody can verify is a case at the order, which ends with a better address', async () => {
  const id = await bought('000 unknown street')
  expect(await codes(id)).toEqual(['label_failed'])
  expect(paid()).toEqual([])
  await moved(id, '1 Dock Road')
  await pass(5)
  expect(paid()).toEqual([expect.objectContaining({ street: '1 Dock Road' })])
  expect(await codes(id)).toEqual([])
})

test('a return that is allowed gets a label of its own, once', async () => {
  const id = await bought()
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(2)
  const { lines } = await stateOf<{ lines: { lineId: string }[] }>(`fulfilment/${SHOP}/${id}`)
  for (const key of ['a', 'b']) {
    const ask = { type: 'return.ask', returnId: 'R1', reason: 'unwanted', lines: [{ lineId: lines[0]!.lineId, quantity: 1 }] } // prettier-ignore
    await tellStream(
      retailer.engine,
      `order/${SHOP}/${id}`,
      { type: 'order.askBack', request: ask } as { type: string },
      key,
    )
    await pass(2)
  }
  expect(paid().map(({ isReturn }) => isReturn)).toEqual([false, true])
  const { labels } = await stateOf<{ labels: { of: string; step: string }[] }>(`label/${SHOP}/${id}`)
  expect(labels).toMatchObject([{ step: 'bought' }, { of: 'return-R1', step: 'bought' }])
})
