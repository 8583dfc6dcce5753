/**
 * Orders of one buyer that leave in one parcel, from the button over Odoo and EasyPost to the shop: shown first, one
 * label for all of them, and each still an order of its own. Whatever falls out gets a label of its own.
 */
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { createServer } from '#api/server.ts'
import type { Order } from '#canon/order.ts'
import { easypost } from '#connectors/easypost/index.ts'
import { createEasypost, type EasypostAccount } from '#connectors/easypost/simulator/index.ts'
import type { OrderState } from '#core/order/state.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { tellStream } from '#engine/person.ts'
import { policySchema } from '#policy/policy.ts'
import { ERP, SHOP } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'
import type { Config } from '../../src/config.ts'

const POST = 'easypost'
const LABELS = {
  by: POST,
  from: { name: 'Us', street: '2 Dock Rd', city: 'Dallas', postcode: '75201', region: 'TX', country: 'US' },
  parcel: { lengthCm: 30, widthCm: 20, heightCm: 10, weightG: 500 },
  choose: 'promised' as const,
  returns: true,
}
const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore

let retailer: Retailer
let account: EasypostAccount
let sku: string
let url: string

function buying(config: Config): Config {
  const { pool } = config.policy.channels[SHOP]!
  const erp = config.connections[ERP]!
  const asked = { ...erp, config: { ...(erp.config as object), labelWarehouses: [pool] } }
  const labels = policySchema.shape.labels.parse({ [pool]: LABELS })
  const connections = { ...config.connections, [ERP]: asked }
  return { ...config, connections, policy: { ...config.policy, labels } } as Config
}

beforeEach(async () => {
  retailer = await aRetailer(await freshDatabase(), { stock: 10, configure: buying })
  sku = Object.keys(retailer.estate.shop.beliefs().available)[0]!
  const { clock, engine, receiver } = retailer
  account = createEasypost({ apiKey: 'key', balance: 20_000 }, { now: () => clock.ms, random: () => 0.3 })
  const io = { ...engine.io, fetch: account.fetch, secret: () => 'key' }
  const config = easypost.config.parse({ apiKey: 'env:KEY', requestTimeoutMs: 0 })
  ;(engine.connections as Map<string, unknown>).set(POST, easypost.open(config, { name: POST, io }))
  const server = await createServer({ engine, receiver, host: '127.0.0.1', port: 0, version: '1.2.3' })
  onTestFinished(() => server.close())
  url = server.url
})

async function pass(minutes = 5): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    await retailer.later(60_000)
    await ringAlarms(retailer.engine)
    await retailer.work()
    const lanes = lanesOf(POST, retailer.engine.connections.get(POST)!)
    for (const lane of lanes) while ((await dispatch(retailer.engine, lane)) > 0) await retailer.work()
  }
}

async function bought(more: Partial<typeof BUYER> = {}): Promise<string> {
  const id = retailer.estate.shop.placeOrder({
    lines: [{ sku, quantity: 2 }],
    customer: { ...BUYER, ...more },
    taxRate: 0.0825,
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })!
  await pass()
  return id
}

interface Shown {
  refused: { code: string; reason: string; cure: string } | null
  steps: { system: string; does: string }[]
  token: string
}

async function post<T>(id: string, path: string, body: unknown): Promise<{ status: number; json: T }> {
  const headers = { 'origin': url, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/api/orders/${SHOP}/${id}/actions${path}`, { method: 'POST', headers, body: JSON.stringify(body) }) // prettier-ignore
  return { status: answer.status, json: (await answer.json()) as T }
}
const look = async (id: string, action: object) => (await post<Shown>(id, '/preview', { action })).json
const merge = (...others: string[]) => ({ do: 'merge', with: others.map((id) => `${SHOP}:${id}`), by: 'Kim' })

async function act(id: string, action: object): Promise<void> {
  const { refused, token } = await look(id, action)
  expect(refused).toBeNull()
  expect((await post(id, '', { action, token })).status).toBe(202)
  await pass()
}

async function stateOf<T>(stream: string): Promise<T> {
  const sql = 'select state from stream where stream = $1'
  return (await retailer.engine.database.query<{ state: T }>(sql, [stream]))[0]!.state
}
const orderState = (id: string) => stateOf<OrderState>(`order/${SHOP}/${id}`)
const codes = async (id: string) => (await orderState(id)).exceptions.map(({ code }) => code)
const delivery = (id: string) =>
  retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!.deliveries[0]!
const paid = () => account.beliefs().labels.filter(({ code, refund }) => code !== null && refund === null)
const inShop = (id: string) => JSON.stringify(retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!)

test('U22: two orders leave in one parcel: one label, one number in both, and each is shipped and done in its shop', async () => {
  const [one, two] = [await bought(), await bought()]
  expect(paid()).toHaveLength(2)
  const shown = await look(one, merge(two))
  expect(shown.steps.map(({ does }) => does)).toEqual(
    expect.arrayContaining([
      `Kim has it leave in one parcel with ${SHOP}:${two}.`,
      `It can leave in the parcel of ${SHOP}:${one}.`,
      'EasyPost is asked to take the label back.',
    ]),
  )
  await pass()
  expect(paid()).toHaveLength(2)
  await act(one, merge(two))
  const [label, ...more] = paid()
  expect(more).toEqual([])
  expect([delivery(one), delivery(two)]).toMatchObject([
    { tracking: label!.code, carrierPrice: Number(label!.cost), documents: [expect.stringContaining(label!.code!)] },
    { tracking: label!.code, carrierPrice: 0, documents: [expect.stringContaining(label!.code!)] },
  ])
  const answer = await fetch(`${url}/api/orders/${SHOP}/${two}`)
  const page = (await answer.json()) as object
  expect(page).toMatchObject({
    together: { lead: `${SHOP}:${one}`, others: [] }, can: { merge: false, unmerge: true },
    labels: [{ state: 'shared', trackingNumber: label!.code, cost: null }],
  }) // prettier-ignore
  for (const id of [one, two]) retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(6)
  for (const id of [one, two]) {
    expect(inShop(id)).toContain(label!.code)
    expect(await orderState(id)).toMatchObject({ stage: 'completed', exceptions: [] })
  }
  expect(paid()).toHaveLength(1)
  expect(delivery(two)).toMatchObject({ state: 'done', tracking: label!.code })
})

test('one that is cancelled, sent elsewhere or taken out by hand leaves the other with a label of its own', async () => {
  const [one, two, three] = [await bought(), await bought(), await bought()]
  await act(one, merge(two, three))
  expect(paid()).toHaveLength(1)
  await act(three, { do: 'unmerge', by: 'Kim' })
  expect(paid()).toHaveLength(2)
  expect(new Set([one, two, three].map((id) => delivery(id).tracking)).size).toBe(2)
  expect(await codes(one)).toEqual([])
  retailer.estate.shop.cancelOrder(two, { reason: 'CUSTOMER', restock: true })
  await pass(6)
  expect(delivery(two)).toMatchObject({ state: 'cancel', tracking: null, documents: [] })
  expect(await codes(one)).toEqual(['sent_apart'])
  await act(one, merge(three))
  expect(await codes(one)).toEqual([])
  const { order } = await orderState(three)
  const updatedAt = new Date(retailer.clock.ms).toISOString()
  const changed: Order = {
    ...order!,
    updatedAt,
    shippingAddress: { ...order!.shippingAddress!, street: '9 Office Park' },
  }
  await tellStream(retailer.engine, `order/${SHOP}/${three}`, { type: 'order.observe', order: changed } as { type: string }, 'k') // prettier-ignore
  await pass(6)
  expect(
    paid()
      .map(({ street }) => street)
      .sort(),
  ).toEqual(['1 Dock Road', '9 Office Park'])
  expect(
    paid()
      .map(({ code }) => code)
      .sort(),
  ).toEqual([delivery(one).tracking, delivery(three).tracking].sort())
  expect(await codes(one)).toEqual(['sent_apart'])
})

test('another buyer, another address and an order nobody knows are refused in plain words, and nothing is done', async () => {
  const one = await bought()
  const other = await bought({ firstName: 'Eve', email: 'eve@example.com' })
  const away = await bought({ address: { ...BUYER.address, address1: '7 Elsewhere' } })
  expect((await look(one, merge(other))).refused).toMatchObject({ code: 'other_buyer', cure: expect.stringContaining('by themselves') }) // prettier-ignore
  expect((await look(one, merge(away))).refused?.code).toBe('other_address')
  expect((await look(one, merge(one))).refused?.code).toBe('same_order')
  expect((await post(one, '/preview', { action: merge('4711') })).status).toBe(404)
  expect((await look(one, { do: 'unmerge', by: 'Kim' })).refused?.code).toBe('not_together')
  await pass(2)
  expect(paid()).toHaveLength(3)
})

test('one that has left while the other waits: its label stays, and the other gets one of its own after hours', async () => {
  const [one, two] = [await bought(), await bought()]
  await act(one, merge(two))
  const [label] = paid()
  retailer.estate.erp.ship(`${SHOP}:${one}`)
  await pass(3)
  expect((await look(two, { do: 'unmerge', by: 'Kim' })).refused?.code).toBe('too_late')
  await retailer.later(5 * 3_600_000)
  await pass(6)
  expect(await codes(two)).toEqual(['sent_apart'])
  expect(delivery(one)).toMatchObject({ state: 'done', tracking: label!.code })
  expect(paid()).toHaveLength(2)
  expect(delivery(two).tracking).not.toBe(label!.code)
})
