/**
 * A seller's tills and online orders at Square, the hub, and an Odoo: an order goes in and its parcel comes back, a
 * sale without a line lands on its day once, and what Square may sell never exceeds what is there.
 */
import { must } from '#canon/assert.ts'
import { odoo } from '#connectors/odoo/index.ts'
import { createOdoo } from '#connectors/odoo/simulator/index.ts'
import { asRequest, createRandom } from '#connectors/kit/testing.ts'
import { CHANNEL, createWorld, MUG, PLACE, RECIPIENT } from '#connectors/square/testing.ts'
import type { TillState } from '#core/store-day/state.ts'
import type { Outbound } from '#connectors/kit/connector.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { expect, test } from 'vitest'
import { freshDatabase } from '../support/database.ts'
import { anEngine, aPolicy } from '../support/orders.ts'

const KEY = 'a-key-nobody-may-see'

async function aSeller({ onHand = 10, posting = 'none' as 'none' | 'receipt' } = {}) {
  const database = await freshDatabase()
  const world = createWorld({ config: { locations: [{ locationId: PLACE, pool: 'WH', store: 'main-street' }] } })
  const { clock, seller, connection, io } = world
  const erp = createOdoo(
    {
      users: [{ login: 'hub@example.com', key: KEY }],
      products: [{ sku: MUG.sku, name: MUG.name, price: 12.5, available: { WH: onHand } }],
      carriers: ['Standard delivery'],
    },
    { now: () => clock.now, random: createRandom(5) },
  )
  const config = odoo.config.parse({
    url: 'https://odoo.example.com',
    database: 'retail',
    user: 'hub@example.com',
    apiKey: 'env:KEY',
  })
  const books = odoo.open(config, { name: 'erp', io: { ...io, secret: () => KEY, fetch: erp.fetch } })
  // What an Odoo does with a receipt: its pieces leave the warehouse. Its own till orders have tests of their own.
  const posted = new Set<string>()
  const post: Outbound<'receipt.post'> = {
    send: (sent) =>
      Promise.resolve(
        sent.map(({ ask }) => {
          for (const receipt of ask.receipts.filter(({ txId }) => !posted.has(txId))) {
            posted.add(receipt.txId)
            const gone = receipt.lines.reduce((all, { quantity }) => all + quantity, 0)
            erp.count(MUG.sku, 'WH', erp.beliefs().stock.find(({ sku }) => sku === MUG.sku)!.onHand - gone)
          }
          const orders = ask.receipts.map(({ txId }) => ({ txId, orderId: `pos-${txId}` }))
          return { answer: { sessionId: '1', posted: orders, refused: [] } }
        }),
      ),
  }
  const channels = { [CHANNEL]: { ...aPolicy.channels['shop']!, locations: [{ locationId: PLACE, pool: 'WH' }] } }
  const stores = { 'main-street': { pool: 'WH', posting } }
  const engine = anEngine(
    database,
    { [CHANNEL]: connection, erp: { ...books, outbound: { ...books.outbound, 'receipt.post': post } } },
    { io, policy: { ...aPolicy, channels, stores } },
  )
  const receiver = createReceiver(engine)
  const lanes = [...engine.connections].flatMap(([name, one]) => lanesOf(name, one))
  const overs: string[] = []

  async function work(): Promise<void> {
    for (;;) {
      let some = await turn(engine)
      for (const lane of lanes) some += await dispatch(engine, lane)
      if (some === 0) return
    }
  }

  const shown = () => seller.beliefs().available[PLACE]![MUG.sku]!

  return {
    ...world,
    database,
    engine,
    erp,
    overs,
    shown,
    work,
    /** A while of regular work. @param lose webhooks are lost on their way. */
    async live(ms: number, { lose = false } = {}) {
      for (let lived = 0; lived < ms; lived += 20_000) {
        clock.pass(20_000)
        for (const hook of seller.due()) {
          if (!lose) await receiver.receive(CHANNEL, asRequest(hook, clock.now))
          hook.settle(200)
        }
        for (const name of [CHANNEL, 'erp']) await regularWork(engine, name)
        await work()
      }
    },
    async till(register = 'till-1'): Promise<TillState> {
      const [row] = await database.query<{ state: TillState }>('select state from stream where stream = $1', [
        `till/main-street/${register}`,
      ])
      return must(row, 'the till was heard of').state
    },
    dead: async () => (await database.query('select 1 from dead_letter')).length,
  }
}

const MINUTE_MS = 60_000

test('an order at Square becomes a sale; its parcel and its stock come back', async () => {
  const { seller, live, erp, shown } = await aSeller()
  seller.addItem({ ...MUG, stock: 0 })
  await live(30 * MINUTE_MS)
  // One channel alone may sell all there is.
  expect(shown()).toBe(10)
  const id = seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }], recipient: RECIPIENT })!
  await live(10 * MINUTE_MS)
  const sale = () => erp.beliefs().sales.find(({ ref }) => ref === `crossdock:${CHANNEL}:${id}`)
  expect(sale()).toMatchObject({ state: 'sale' })
  expect(shown()).toBe(7)
  erp.ship(`${CHANNEL}:${id}`, { tracking: '1Z0001', carrier: 'UPS' })
  await live(10 * MINUTE_MS)
  const [fulfilment] = seller.beliefs().orders.find((one) => one.id === id)!.fulfilments
  expect(fulfilment).toMatchObject({ state: 'COMPLETED', trackingNumber: '1Z0001' })
  expect(sale()!.invoices).toHaveLength(1)
})

test('sales without a line land on their own day, once, whichever feed and webhook tell of them', async () => {
  const { seller, live, till, dead } = await aSeller()
  seller.addItem({ ...MUG, stock: 10 })
  await live(5 * MINUTE_MS)
  seller.ringUpOffline({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  seller.ringUpOffline({ lines: [{ sku: MUG.sku, quantity: 2 }] })
  await live(10 * MINUTE_MS)
  seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  await live(5 * MINUTE_MS)
  const [late] = seller.uploadOffline()
  await live(10 * MINUTE_MS, { lose: true })
  seller.takeBack({ orderId: late!, lines: [{ sku: MUG.sku, quantity: 1 }] })
  await live(10 * MINUTE_MS)
  const { days } = await till()
  expect(days.map(({ businessDate }) => businessDate)).toEqual(['2026-11-21'])
  expect(Object.keys(days[0]!.receipts)).toHaveLength(4)
  expect(days[0]!.sums).toMatchObject({
    total: 3 * 1_250,
    tenders: { card: 3 * 1_250 },
    counts: { sales: 3, returns: 1 },
  })
  expect(await dead()).toBe(0)
})

test('whatever is bought, lost and counted: no more is sold online than there is', async () => {
  const { seller, live, erp, shown, dead } = await aSeller({ onHand: 6 })
  seller.addItem({ ...MUG, stock: 0 })
  await live(20 * MINUTE_MS)
  let sold = 0
  for (let nth = 0; nth < 12; nth += 1) {
    if (seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], recipient: RECIPIENT })) sold += 1
    await live(2 * MINUTE_MS, { lose: nth % 3 === 0 })
    expect(shown() + sold).toBeLessThanOrEqual(6)
  }
  expect(sold).toBe(6)
  expect(erp.beliefs().sales).toHaveLength(6)
  expect(await dead()).toBe(0)
})

test('what tills sell is no longer sold online, and the two agree in the end', async () => {
  const { seller, live, shown, dead } = await aSeller({ posting: 'receipt' })
  seller.addItem({ ...MUG, stock: 0 })
  await live(20 * MINUTE_MS)
  expect(shown()).toBe(10)
  let sold = 0
  for (const quantity of [2, 1, 3]) {
    seller.ringUp({ lines: [{ sku: MUG.sku, quantity }] })
    sold += quantity
    await live(3 * MINUTE_MS)
    if (seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], recipient: RECIPIENT })) sold += 1
    await live(3 * MINUTE_MS)
    expect(shown() + sold).toBeLessThanOrEqual(10)
  }
  await live(30 * MINUTE_MS)
  expect(shown() + sold).toBe(10)
  expect(await dead()).toBe(0)
})
