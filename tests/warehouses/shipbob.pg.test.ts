/** Orders of a shop that a ShipBob warehouse sends: Odoo and the shop are always in step, and nothing is silent. */
import { beforeEach, describe, expect, test } from 'vitest'
import { shipbob } from '#connectors/shipbob/index.ts'
import { createShipbob, type ShipbobAccount } from '#connectors/shipbob/simulator/index.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { tellStream } from '#engine/person.ts'
import { SHOP } from '#sim/estate.ts'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const BOB = 'shipbob-main'
const HOOK_URL = `https://hub.example/hooks/${BOB}`
const MINUTE_MS = 60_000
let retailer: Retailer
let account: ShipbobAccount
let skus: [string, string]
let hooked: boolean

beforeEach(async () => {
  retailer = await aRetailer(await freshDatabase(), { skus: 2, stock: 10, configure: handedOver })
  skus = Object.keys(retailer.estate.shop.beliefs().available).sort() as [string, string]
  hooked = true
  const stock = Object.fromEntries(skus.map((sku) => [sku, 50]))
  const { clock, engine } = retailer
  account = createShipbob(
    { token: 'a-token', channelId: 7, stock, doublesOfTen: 5 },
    { now: () => clock.ms, random: () => 0.3 },
  )
  const io = { ...engine.io, fetch: account.fetch, secret: () => 'a-token' }
  const config = shipbob.config.parse({ token: 'env:TOKEN', channelId: 7, requestTimeoutMs: 0 })
  const connection = shipbob.open(config, { name: BOB, io, hookUrl: HOOK_URL })
  ;(engine.connections as Map<string, typeof connection>).set(BOB, connection)
})

/** The only warehouse of the estate is run by somebody else. */
function handedOver<C extends { policy: { channels: Record<string, { pool: string }> } }>(config: C): C {
  const { pool } = config.policy.channels[SHOP]!
  const warehouses = {
    [pool]: {
      fulfilledBy: BOB,
      acknowledgeWithinMinutes: 60,
      shipWithinHours: 48,
      owner: 'night shift',
      substitutes: {},
    },
  }
  return { ...config, policy: { ...config.policy, warehouses } }
}

async function pass(minutes = 3): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    for (const { headers, body, settle } of account.due()) {
      if (!hooked) continue
      const receivedAt = new Date(retailer.clock.ms).toISOString()
      await retailer.receiver.receive(BOB, { headers, body: Buffer.from(body), receivedAt })
      settle(200)
    }
    await ringAlarms(retailer.engine)
    await regularWork(retailer.engine, BOB)
    await retailer.later(MINUTE_MS)
    const lanes = lanesOf(BOB, retailer.engine.connections.get(BOB)!)
    for (const lane of lanes) while ((await dispatch(retailer.engine, lane)) > 0) await retailer.work()
    await retailer.work()
  }
}

const BUYER = {
  firstName: 'Ada',
  lastName: 'Byron',
  email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
}

/** Three of the one and two of the other. */
async function bought(): Promise<{ id: string; reference: string }> {
  const id = retailer.estate.shop.placeOrder({
    lines: [
      { sku: skus[0], quantity: 3 },
      { sku: skus[1], quantity: 2 },
    ],
    customer: BUYER,
    taxRate: 0.0825,
    shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
  })!
  await pass()
  const { pool } = (await stateOf(`order/${SHOP}/${id}`))! as { pool: string }
  return { id, reference: `${SHOP}:${id}:${pool}` }
}

async function stateOf(stream: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await retailer.engine.database.query<{ state: Record<string, unknown> }>(
    'select state from stream where stream = $1',
    [stream],
  )
  return row?.state
}
const codes = async (id: string) =>
  ((await stateOf(`order/${SHOP}/${id}`))!['exceptions'] as { code: string }[]).map(({ code }) => code)
const stage = async (id: string) => (await stateOf(`order/${SHOP}/${id}`))!['stage']
const sale = (id: string) => retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`:${id}`))!
const inShop = (id: string) => retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!
/** What Odoo has as delivered, and what the shop has as fulfilled: always the same. */
const delivered = (id: string) =>
  piecesOf(
    sale(id)
      .deliveries.filter(({ state }) => state === 'done')
      .flatMap((one) => one.lines),
  )
const fulfilled = (id: string) => piecesOf(inShop(id).lines.map(({ sku, fulfilled: quantity }) => ({ sku, quantity })))
const piecesOf = (lines: readonly { sku: string; quantity: number }[]) =>
  skus.map((sku) => lines.reduce((all, one) => all + (one.sku === sku ? one.quantity : 0), 0))

describe('an order at ShipBob', () => {
  test('split into two parcels: two deliveries with a backorder, two fulfilments, then invoiced', async () => {
    const { id, reference } = await bought()
    expect(account.beliefs().orders).toMatchObject([{ reference, status: 'Processing' }])
    account.ship(reference, [{ sku: skus[0], quantity: 2 }])
    await pass()
    expect([delivered(id), fulfilled(id)]).toEqual([
      [2, 0],
      [2, 0],
    ])
    expect(sale(id).deliveries.map(({ state }) => state)).toEqual(['done', 'assigned'])
    account.ship(reference)
    await pass(4)
    expect([delivered(id), fulfilled(id)]).toEqual([
      [3, 2],
      [3, 2],
    ])
    expect(inShop(id).fulfilments).toHaveLength(2)
    expect(await stage(id)).toBe('completed')
    expect(await codes(id)).toEqual([])
  })

  test('is not lost when every webhook is', async () => {
    hooked = false
    const { id, reference } = await bought()
    account.ship(reference)
    await pass(6)
    expect([delivered(id), fulfilled(id)]).toEqual([
      [3, 2],
      [3, 2],
    ])
    expect(await stage(id)).toBe('completed')
  })

  test('on hold is a case, and none any more when it goes on', async () => {
    const { id, reference } = await bought()
    account.hold(reference, 'AddressUnverified')
    await pass()
    expect(await codes(id)).toEqual(['warehouse_hold'])
    account.resume(reference)
    await pass(4)
    expect(await codes(id)).toEqual([])
  })

  test('cancelled before it is picked: stopped there first, then in Odoo, and its goods are on sale again', async () => {
    const { id } = await bought()
    retailer.estate.shop.cancelOrder(id, { reason: 'customer', restock: true })
    await pass(4)
    expect(account.beliefs().orders).toMatchObject([{ status: 'Cancelled' }])
    expect(sale(id).state).toBe('cancel')
    expect(await stage(id)).toBe('cancelled')
    expect(retailer.estate.erp.beliefs().stock.map(({ free }) => free)).toEqual([10, 10])
  })

  test('cancelled after it was picked: the sale stays, a person hears of it, and what leaves is booked', async () => {
    const { id, reference } = await bought()
    account.pick(reference)
    retailer.estate.shop.cancelOrder(id, { reason: 'customer', restock: true })
    await pass(4)
    expect(sale(id).state).toBe('sale')
    expect(await codes(id)).toEqual(['cancelled_after_shipment'])
    account.ship(reference)
    await pass(4)
    expect(delivered(id)).toEqual([3, 2])
  })

  test('a parcel Odoo does not book is not told to the shop; a retry mends both', async () => {
    const { id, reference } = await bought()
    retailer.between.erp = (fetch) => async (request) => {
      const text = await request.clone().text()
      if (!text.includes('button_validate')) return fetch(request)
      const error = {
        code: 200,
        message: 'Odoo Server Error',
        data: { name: 'odoo.exceptions.UserError', message: 'No.', debug: '', arguments: ['No.'], context: {} },
      }
      return Response.json({ jsonrpc: '2.0', id: 1, error })
    }
    account.ship(reference)
    await pass(4)
    expect(await codes(id)).toEqual(['delivery_failed'])
    expect(fulfilled(id)).toEqual([0, 0])
    retailer.between.erp = (fetch) => fetch
    await tellStream(retailer.engine, `order/${SHOP}/${id}`, { type: 'order.retry' }, 'again')
    await pass(4)
    expect([delivered(id), fulfilled(id)]).toEqual([
      [3, 2],
      [3, 2],
    ])
    expect(await codes(id)).toEqual([])
  })

  test('goods that came back there are back in Odoo, where they came back', async () => {
    const { id, reference } = await bought()
    account.ship(reference)
    await pass(4)
    account.takeBack(reference, [{ sku: skus[0], quantity: 1, action: 'Restock' }])
    await pass(4)
    expect(sale(id).returns).toMatchObject([{ state: 'done', lines: [{ sku: skus[0], quantity: 1 }] }])
  })
})

test('an order nobody confirms in time is a case, with its owner', async () => {
  const { engine } = retailer
  const down = async () => new Response('', { status: 503 })
  const config = shipbob.config.parse({ token: 'env:TOKEN', channelId: 7, requestTimeoutMs: 0 })
  const silent = shipbob.open(config, { name: BOB, io: { ...engine.io, fetch: down, secret: () => 'a-token' } })
  ;(engine.connections as Map<string, typeof silent>).set(BOB, silent)
  const { id } = await bought()
  expect(await codes(id)).toEqual([])
  retailer.clock.ms += 61 * MINUTE_MS
  await pass(2)
  const exceptions = (await stateOf(`order/${SHOP}/${id}`))!['exceptions']
  expect(exceptions).toMatchObject([{ code: 'warehouse_silent', detail: expect.stringContaining('night shift') }])
})
