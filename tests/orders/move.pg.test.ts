/**
 * Goods of an order that a person has leave from another warehouse, from the button to Odoo and back: shown first, done
 * once, refused by name, and never without a place or in two, whatever breaks on the way.
 */
import { createServer } from '#api/server.ts'
import { must } from '#canon/assert.ts'
import { isMoving } from '#core/order/moving.ts'
import type { OrderState } from '#core/order/state.ts'
import type { Ledger } from '#core/stock/ledger.ts'
import { SHOP } from '#sim/estate.ts'
import { WAREHOUSE, WEST } from '#sim/terms.ts'
import { readState } from '#store/views.ts'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { aRetailer, type Retailer } from '../support/retailer.ts'

const MINUTE_MS = 60_000
const BUYER = {
  firstName: 'Ada', lastName: 'Byron', email: 'ada@example.com',
  address: { address1: '1 Dock Road', city: 'Austin', zip: '78701', provinceCode: 'TX', countryCode: 'US' },
} // prettier-ignore
/** Home first; the other one is known, and serves what home has not got. */
const ROUTING = {
  zones: [{ countries: [], postcodes: [], from: [{ pool: WAREHOUSE }, { pool: WEST }] }],
  pickUp: {}, never: {}, cutOffs: {}, split: 'never' as const,
} // prettier-ignore

let retailer: Retailer
let url: string
let skus: [string, string]

async function open(): Promise<void> {
  retailer = await aRetailer(await freshDatabase(), {
    skus: 2,
    stock: 10,
    estate: { chain: { stores: 0, assortment: 0, uploadEveryMs: MINUTE_MS } },
    configure(config) {
      const channel = { ...config.policy.channels[SHOP]!, routing: ROUTING }
      return { ...config, policy: { ...config.policy, channels: { ...config.policy.channels, [SHOP]: channel } } }
    },
  })
  skus = Object.keys(retailer.estate.shop.beliefs().available).sort() as [string, string]
  const { engine, receiver } = retailer
  const server = await createServer({ engine, receiver, host: '127.0.0.1', port: 0, version: '1.2.3' })
  onTestFinished(() => server.close())
  url = server.url
}
beforeEach(open)

async function pass(minutes = 4): Promise<void> {
  for (let minute = 0; minute < minutes; minute += 1) {
    await retailer.deliver(retailer.hooks())
    await retailer.later(MINUTE_MS)
  }
}

/** Three of the one and two of the other. */
async function bought(financialStatus: 'paid' | 'pending' = 'paid'): Promise<string> {
  const id = must(
    retailer.estate.shop.placeOrder({
      lines: skus.map((sku, index) => ({ sku, quantity: 3 - index })),
      customer: BUYER,
      taxRate: 0.0825,
      financialStatus,
      shippingMethod: { code: 'standard', title: 'Standard', price: '4.90' },
    }),
    'it is in stock',
  )
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
const act = (id: string, action: object, token: string) =>
  post<{ duplicate?: boolean; type?: string }>(id, '', { action, token })
const reroute = (more: object = {}) => ({ do: 'reroute', to: WEST, by: 'Kim', ...more })

async function move(id: string, action: object = reroute()): Promise<void> {
  const shown = await look(id, action)
  expect(shown.refused).toBeNull()
  expect((await act(id, action, shown.token)).status).toBe(202)
}

const stateOf = async (id: string) =>
  (await readState(retailer.engine.database, `order/${SHOP}/${id}`))!.state as unknown as OrderState
const held = async (pool: string, sku: string) =>
  ((await readState(retailer.engine.database, `stock/${pool}/${sku}`))!.state as unknown as Ledger).holds.map(
    ({ quantity }) => quantity,
  )
const saleOf = (id: string) =>
  must(
    retailer.estate.erp.beliefs().sales.find(({ ref }) => ref.endsWith(`${SHOP}:${id}`)),
    'Odoo has it',
  )
/** What is to leave, or has left, by warehouse. */
const leaving = (id: string, state = 'assigned') =>
  saleOf(id)
    .deliveries.flatMap(({ name, lines }) =>
      lines
        .filter((line) => line.state === state)
        .map(({ sku, quantity }) => `${name.split('/')[0]} ${quantity} ${sku}`),
    )
    .sort()
const all = (pool: string) => [`${pool} 2 ${skus[1]}`, `${pool} 3 ${skus[0]}`].sort()
const free = (pool: string, sku: string) =>
  must(
    retailer.estate.erp.beliefs().stock.find((one) => one.sku === sku && one.warehouse === pool),
    'it lies there',
  ).free

test('it is shown in every system and does nothing; done, the goods leave from there once, and the shop and the books agree', async () => {
  const id = await bought()
  expect(leaving(id)).toEqual(all(WAREHOUSE))
  const [before, total] = [free(WEST, skus[0]), saleOf(id).total]
  const shown = await look(id, reroute())
  expect(shown.steps.map(({ does }) => does)).toEqual(
    expect.arrayContaining([expect.stringContaining(`Kim has 3 × ${skus[0]} (at ${WAREHOUSE})`), 'Odoo is asked to change the sale.']), // prettier-ignore
  )
  expect(leaving(id)).toEqual(all(WAREHOUSE))
  expect((await act(id, reroute(), shown.token)).status).toBe(202)
  expect((await act(id, reroute(), shown.token)).json.duplicate).toBe(true)
  await pass()
  expect(leaving(id)).toEqual(all(WEST))
  expect([free(WEST, skus[0]), free(WAREHOUSE, skus[0]), saleOf(id).total]).toEqual([before - 3, 10, total])
  expect([await held(WEST, skus[0]), await held(WAREHOUSE, skus[0])]).toEqual([[], []])
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(6)
  expect(retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!.fulfilments).toHaveLength(1)
  expect(await stateOf(id)).toMatchObject({ stage: 'completed', exceptions: [] })
  expect((await look(id, reroute({ to: WAREHOUSE }))).refused?.code).toBe('order_closed')
})

test('some of it makes a delivery of its own, and goes back again; all of it is no split', async () => {
  const id = await bought()
  expect((await look(id, { ...reroute({ skus }), do: 'split' })).refused?.code).toBe('nothing_stays')
  await move(id, { ...reroute({ skus: [skus[1]] }), do: 'split' })
  await pass()
  expect(leaving(id)).toEqual([`${WAREHOUSE} 3 ${skus[0]}`, `${WEST} 2 ${skus[1]}`].sort())
  await move(id, reroute({ to: WAREHOUSE }))
  await pass()
  expect(leaving(id)).toEqual(all(WAREHOUSE))
  await move(id, { ...reroute({ skus: [skus[1]] }), do: 'split' })
  await pass()
  for (const _ of skus) retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass(6)
  expect(await stateOf(id)).toMatchObject({ stage: 'completed', exceptions: [] })
})

test('an order that waits here is set aside there before it is let go, and released from there', async () => {
  const id = await bought('pending')
  await move(id)
  await pass(1)
  expect([await held(WEST, skus[0]), await held(WAREHOUSE, skus[0])]).toEqual([[3], []])
  retailer.estate.shop.markPaid(id)
  await pass()
  expect(leaving(id)).toEqual(all(WEST))
  expect(await stateOf(id)).toMatchObject({ stage: 'confirmed', exceptions: [] })
})

test('what is not there is refused before anything is done, and so is what nobody knows', async () => {
  const id = await bought()
  retailer.estate.erp.count(skus[0], WEST, 1)
  await pass()
  const shown = await look(id, reroute())
  expect(shown.refused).toMatchObject({ code: 'short', reason: expect.stringContaining('not enough') })
  expect((await act(id, reroute(), shown.token)).json.type).toBe('urn:crossdock:problem:short')
  expect((await look(id, reroute({ to: 'MOON' }))).refused?.code).toBe('pool_unknown')
  expect((await look(id, reroute({ skus: ['VASE'] }))).refused?.code).toBe('sku_not_in_order')
  expect((await look(id, reroute({ to: WAREHOUSE }))).refused?.code).toBe('nothing_to_do')
  expect(await stateOf(id)).toMatchObject({ stage: 'confirmed', exceptions: [] })
  expect([await held(WEST, skus[1]), leaving(id)]).toEqual([[], all(WAREHOUSE)])
})

test('what is packed or has left stays where it is, by name, and what was set aside elsewhere is let go', async () => {
  const packed = await bought()
  retailer.estate.erp.pack(`${SHOP}:${packed}`)
  await move(packed)
  await pass()
  const { exceptions } = await stateOf(packed)
  expect(exceptions).toMatchObject([{ code: 'move_refused', detail: expect.stringContaining('packed') }])
  expect([await held(WEST, skus[0]), free(WEST, skus[0])]).toEqual([[], 10])
  retailer.estate.erp.ship(`${SHOP}:${packed}`)
  await pass(6)
  const gone = (await look(packed, reroute())).refused
  expect(['everything_left', 'order_closed']).toContain(gone?.code)
})

test('told again: the shop knows each parcel once', async () => {
  const id = await bought()
  expect((await look(id, { do: 'resend' })).refused?.code).toBe('nothing_to_resend')
  retailer.estate.erp.ship(`${SHOP}:${id}`)
  await pass()
  const before = retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!.fulfilments
  const shown = await look(id, { do: 'resend' })
  expect(shown.steps.map(({ system }) => system)).toContain(SHOP)
  await act(id, { do: 'resend' }, shown.token)
  await pass()
  expect(retailer.estate.shop.beliefs().orders.find((one) => one.id === id)!.fulfilments).toEqual(before)
})

test('every answer of Odoo about the sale is lost once, and every third transaction of the hub: moved once, held once', async () => {
  const id = await bought()
  const { engine } = retailer
  const { database, between } = { database: engine.database, between: retailer.between }
  let to = WEST
  for (const what of ['answer', 'transaction'] as const)
    for (let nth = 1, seen = nth; seen >= nth; nth += what === 'answer' ? 1 : 3) {
      await move(id, reroute({ to }))
      seen = 0
      if (what === 'answer')
        between.erp = (fetch) => async (request) => {
          const isOfSale = (await request.clone().text()).includes('sale.order')
          const answer = await fetch(request)
          if (isOfSale && (seen += 1) === nth) throw new TypeError('The connection broke.')
          return answer
        }
      else
        (engine as { database: typeof database }).database = {
          ...database,
          transaction: (work) =>
            database.transaction(async (sql) => {
              const done = await work(sql)
              if ((seen += 1) === nth) throw new Error('The process was killed.')
              return done
            }),
        }
      for (let tries = 0; tries < 30 && (tries < 2 || isMoving(await stateOf(id))); tries += 1)
        await retailer.later(MINUTE_MS).catch((error: Error) => expect(error.message).toContain('killed'))
      between.erp = (fetch) => fetch
      ;(engine as { database: typeof database }).database = database
      await retailer.later(MINUTE_MS)
      expect([nth, leaving(id)]).toEqual([nth, all(to)])
      expect(await stateOf(id)).toMatchObject({ stage: 'confirmed', exceptions: [] })
      for (const pool of [WAREHOUSE, WEST]) expect(await held(pool, skus[0])).toEqual([])
      expect(free(WEST, skus[0]) + free(WAREHOUSE, skus[0])).toBe(17)
      to = to === WEST ? WAREHOUSE : WEST
    }
})
