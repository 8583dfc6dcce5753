/** Stock towards Square: set once, whatever is lost on the way. */
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { readAll, START, translated } from '../kit/testing.ts'
import { createWorld, MUG, PLACE } from './testing.ts'

function aShelf(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const { variationId } = world.seller.addItem(MUG)
  const place = { sku: MUG.sku, inventoryItemId: variationId, locationId: PLACE }
  const put = async (to: number, attempt = 1, key = 'stock/WH/MUG-01/3/inventory.put') =>
    (await world.connection.outbound['inventory.put']!.send([{ key, attempt, ask: { ...place, to } }]))[0]!
  const read = async () =>
    (await world.connection.outbound['inventory.read']!.send([{ key: 'r', attempt: 1, ask: place }]))[0]!
  const shown = () => world.seller.beliefs().available[PLACE]![MUG.sku]
  return { ...world, put, read, shown, place }
}

test('a set is what is there; the answer carries their clock', async () => {
  const { put, read, shown } = aShelf()
  expect(await put(4)).toEqual({ answer: { outcome: 'set', at: '2026-11-21T15:30:00.999Z' } })
  expect(shown()).toBe(4)
  expect(await read()).toEqual({ answer: { available: 4, at: '2026-11-21T15:30:00.999Z' } })
})

test('a set equal to the last count counts all the same: something was sold since', async () => {
  const { put, seller, clock, shown } = aShelf()
  await put(5)
  clock.pass(60_000)
  seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 2 }] })
  clock.pass(60_000)
  await put(5, 1, 'another')
  expect(shown()).toBe(5)
})

test('a second attempt writes nothing: it finds what the first one did', async () => {
  let lose = false
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const response = await fetch(request)
      if (lose && request.url.endsWith('batch-create')) throw new TypeError('cut')
      return response
    }
  const { put, seller, clock, shown } = aShelf({ wrap })
  lose = true
  await expect(put(4)).rejects.toThrow('did not answer')
  lose = false
  clock.pass(60_000)
  seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  expect(await put(4, 2)).toEqual({ answer: { outcome: 'set', at: '2026-11-21T15:30:00.000Z' } })
  expect(shown()).toBe(3)
})

test('a second attempt that finds nothing does not know, and writes nothing', async () => {
  const { put, shown, seller, clock } = aShelf({ account: { keyLifeMs: 1_000 } })
  expect(await put(4, 2)).toEqual({ answer: { outcome: 'unknown' } })
  expect(shown()).toBe(10)
  await put(4)
  clock.pass(60_000)
  seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 3 }] })
  expect(await put(4, 2)).toHaveProperty('answer.outcome', 'set')
  expect(shown()).toBe(1)
})

test('a second attempt sets it when nothing was asked in the first', async () => {
  const { connection, place, shown } = aShelf()
  const sent = { key: 'stock/WH/MUG-01/3/inventory.put', attempt: 2, ask: { ...place, to: 4 } }
  const [outcome] = await connection.outbound['inventory.put']!.send([{ ...sent, untried: true }])
  expect(outcome).toHaveProperty('answer.outcome', 'set')
  expect(shown()).toBe(4)
})

test('nothing may be set any number of times', async () => {
  const { put, shown, clock } = aShelf()
  for (const attempt of [1, 2, 3]) {
    expect(await put(0, attempt)).toHaveProperty('answer.outcome', 'set')
    clock.pass(60_000)
  }
  expect(shown()).toBe(0)
})

test('a clock of ours that is ahead or behind makes no count of tomorrow', async () => {
  for (const aheadMs of [-90_000, 90_000]) {
    const { put, shown } = aShelf({ aheadMs })
    expect(await put(4)).toEqual({ answer: { outcome: 'set', at: '2026-11-21T15:30:00.999Z' } })
    expect(shown()).toBe(4)
  }
})

test('a key longer than Square takes still is one key', async () => {
  const { put, seller } = aShelf()
  const key = `stock/WH/${'S'.repeat(120)}/3/inventory.put`
  const before = seller.beliefs().counts
  await put(4, 1, key)
  await put(4, 1, key)
  expect(await put(4, 2, key)).toHaveProperty('answer.outcome', 'set')
  expect(seller.beliefs().counts - before).toBe(1)
})

test('an item that is gone is refused for good', async () => {
  const { put, read, seller } = aShelf()
  const [itemId] = [...(seller.snapshot() as { state: { items: Map<string, unknown> } }).state.items.keys()]
  seller.deleteItem(itemId!)
  await expect(put(1)).rejects.toMatchObject({ kind: 'rejected', code: 'square.not_found' })
  expect(await read()).toHaveProperty('answer')
})

test('counts that webhooks lost are read; once', async () => {
  const { connection, seller, clock } = aShelf()
  const first = await readAll(connection.feeds['counts']!)
  expect(first.readings).toHaveLength(1)
  clock.pass(3_600_000)
  seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 2 }] })
  seller.waste(MUG.sku, 0.5)
  const { readings } = await readAll(connection.feeds['counts']!, first.cursor)
  expect(translated(connection, readings)).toMatchObject([
    { command: { type: 'item.seen', available: 7, at: new Date(START + 3_600_000).toISOString() } },
  ])
})
