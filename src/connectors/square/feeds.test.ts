/** Feeds: nothing is missed, nothing is read for nothing, and it is said up to when all is known. */
import type { Json } from '#canon/json.ts'
import { expect, test } from 'vitest'
import type { Message } from '../kit/connector.ts'
import { readAll, translated } from '../kit/testing.ts'
import { CAP, createWorld, MUG, TAX } from './testing.ts'

const MINUTE_MS = 60_000

const receipts = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ command }) =>
    command.type === 'till.receipt' ? [(command as unknown as { receipt: { txId: string } }).receipt.txId] : [],
  )
const untils = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ command }) => ('until' in command ? [command.until as string] : []))

function aDay(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  world.seller.addItem(MUG)
  world.seller.addItem(CAP)
  const read = async (feed: string, from: Json = null) => {
    const { readings, cursor, pages } = await readAll(world.connection.feeds[feed]!, from)
    return { messages: translated(world.connection, readings), readings, cursor, pages }
  }
  return {
    ...world,
    read,
    sell: (more = {}) => world.seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }], ...more }),
  }
}

test('more sales than a page holds, at more locations than one search names', async () => {
  const ids = Array.from({ length: 23 }, (_, nth) => `L${nth}`)
  const { read, sell, clock } = aDay({
    account: { locations: ids.map((id) => ({ id, name: id, timezone: 'UTC' })) },
    config: { locations: ids.map((locationId) => ({ locationId, pool: 'WH' })) },
  })
  const sold: string[] = []
  for (let nth = 0; nth < 60; nth += 1) {
    clock.pass(1_000)
    sold.push(sell({ locationId: ids[nth % 23] }))
  }
  const { messages, cursor } = await read('orders')
  expect(receipts(messages).sort()).toEqual(sold.sort())
  const again = await read('orders', cursor)
  expect(receipts(again.messages)).toEqual([])
  expect(again.pages).toBe(3)
})

test('at the end of every pass it says up to when all orders are known, by their clock', async () => {
  const { read, sell, clock } = aDay({ aheadMs: 3_600_000 })
  sell()
  const first = await read('orders')
  expect(untils(first.messages)).toEqual(['2026-11-21T15:29:00.000Z'])
  expect(first.readings.at(-1)).toEqual({
    key: 'caught-up/2026-11-21T15:29:00.000Z',
    topic: 'poll/caught-up',
    body: { until: '2026-11-21T15:29:00.000Z' },
  })
  clock.pass(20_000)
  expect(untils((await read('orders', first.cursor)).messages)).toEqual(['2026-11-21T15:29:20.000Z'])
})

test('a pass over many pages is known up to its beginning only', async () => {
  const { connection, sell, clock } = aDay()
  for (let nth = 0; nth < 30; nth += 1) sell()
  let cursor: Json = null
  const all: Message[] = []
  for (let page = 0; page < 20; page += 1) {
    const read = await connection.feeds['orders']!.read(cursor)
    all.push(...translated(connection, read.readings))
    cursor = read.cursor
    if (!read.more) break
    clock.pass(MINUTE_MS)
  }
  expect(untils(all)).toEqual(['2026-11-21T15:29:00.000Z'])
})

test('what the lists show late is below the watermark: it is read before that says so', async () => {
  const { read, sell, clock } = aDay({ account: { listLagMs: 10_000 } })
  let cursor: Json = null
  const known = new Set<string>()
  const placed = new Map<string, number>()
  const early: string[] = []
  for (let nth = 0; nth < 40; nth += 1) {
    clock.pass(7_000)
    placed.set(sell(), clock.now)
    const page = await read('orders', cursor)
    cursor = page.cursor
    for (const id of receipts(page.messages)) known.add(id)
    const until = Date.parse(untils(page.messages)[0]!)
    for (const [id, at] of placed) if (at <= until && !known.has(id)) early.push(id)
  }
  expect(early).toEqual([])
  expect(known.size).toBeGreaterThan(30)
})

test('a sale handed in three days late is found by its order and by its payment', async () => {
  for (const feed of ['orders', 'payments']) {
    const { read, seller, clock, sell } = aDay()
    const before = await read(feed)
    seller.ringUpOffline({ lines: [{ sku: CAP.sku, quantity: 1 }], taxes: [TAX] })
    seller.ringUpOffline({ lines: [{ sku: CAP.sku, quantity: 1 }], locationId: 'L2DOCK' })
    for (let hour = 0; hour < 70; hour += 1) {
      clock.pass(3_600_000)
      sell()
    }
    const between = await read(feed, before.cursor)
    expect(receipts(between.messages)).toHaveLength(70)
    const late = seller.uploadOffline()
    const after = await read(feed, between.cursor)
    expect(receipts(after.messages).sort()).toEqual(late.sort())
  }
})

test('a tip added later makes another reading of the same sale', async () => {
  const { read, sell, seller, clock } = aDay()
  const id = sell()
  const first = await read('orders')
  clock.pass(MINUTE_MS)
  seller.addTip(id, 200)
  const second = await read('orders', first.cursor)
  expect(receipts(second.messages)).toEqual([id])
  expect(second.readings[0]!.key).not.toBe(first.readings[0]!.key)
})

test('a SKU that was changed is the new one within minutes; a deleted variation keeps its own', async () => {
  const { read, sell, seller, clock } = aDay()
  const { itemId } = seller.addItem({ ...MUG, sku: 'OLD' })
  const skuOf = ({ command }: Message) =>
    (command as unknown as { receipt: { lines: { sku: string }[] } }).receipt.lines[0]!.sku
  sell({ lines: [{ sku: 'OLD', quantity: 1 }] })
  const first = await read('orders')
  expect(skuOf(first.messages[0]!)).toBe('OLD')
  seller.updateItem(itemId, { sku: 'NEW' })
  clock.pass(11 * MINUTE_MS)
  sell({ lines: [{ sku: 'NEW', quantity: 1 }] })
  seller.deleteItem(itemId)
  expect(skuOf((await read('orders', first.cursor)).messages[0]!)).toBe('NEW')
})

test('without a location nothing is asked', async () => {
  const { connection, seller } = aDay({ config: { locations: [] } })
  const before = seller.beliefs().requests
  for (const feed of ['orders', 'payments', 'refunds', 'counts']) await readAll(connection.feeds[feed]!)
  expect(seller.beliefs().requests).toBe(before)
})

test('what was not found is asked again; what refuses says how long to wait', async () => {
  const { connection, clock } = aDay({ account: { requestsPerSecond: 2 } })
  const read = () => connection.feeds['orders']!.read(null)
  await read()
  await expect(read()).rejects.toMatchObject({ kind: 'throttled', retryAfterMs: 2_000 })
  clock.pass(2_000)
  expect(await read()).toHaveProperty('more', false)
})

test('events older than Square keeps are not asked for', async () => {
  const { connection, clock } = aDay()
  await connection.upkeep['events']!.run()
  const { cursor } = await readAll(connection.feeds['events']!)
  clock.pass(60 * 86_400_000)
  const events = connection.feeds['events']!
  for (const from of [cursor, events.since!('2025-01-01T00:00:00.000Z')])
    expect((await readAll(events, from)).readings).toEqual([])
})

test('reading again from a later moment says nothing of what was before it', async () => {
  const { connection, sell } = aDay()
  const id = sell()
  const orders = connection.feeds['orders']!
  const { readings } = await readAll(orders, orders.since!('2026-11-21T15:00:00.000Z'))
  const said = translated(connection, readings)
  expect([receipts(said), untils(said)]).toEqual([[id], []])
})
