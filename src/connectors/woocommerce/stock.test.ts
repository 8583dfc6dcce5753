/** Stock goes out by plain writes: once, by the shop's own clock, and never again when the answer was lost. */
import { expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { answerOf, faultOf, send } from '../kit/testing.ts'
import { createWorld, HOME, MUG } from './testing.ts'

type World = ReturnType<typeof createWorld>

function stocked(options?: Parameters<typeof createWorld>[0]) {
  const world = createWorld(options)
  const { inventoryItemId } = world.shop.addProduct(MUG)
  const place = { sku: MUG.sku, inventoryItemId, locationId: 'shop' }
  const put = (to: number, attempt = 1) => send(world.connection, 'inventory.put', { ...place, to }, { attempt })
  const read = () => send(world.connection, 'inventory.read', place)
  return { ...world, place, put, read }
}
const shown = ({ shop }: Pick<World, 'shop'>) => shop.beliefs().available[MUG.sku]

test('sets what can be sold, switches counting on and backorders off, and says until when by the clock of the shop', async () => {
  const world = createWorld()
  const { inventoryItemId } = world.shop.addProduct({ ...MUG, available: undefined as never, backorders: 'yes' })
  world.clock.pass(123)
  const ask = { sku: MUG.sku, inventoryItemId, locationId: 'shop', to: 4 }
  expect(answerOf(await send(world.connection, 'inventory.put', ask))).toEqual({
    outcome: 'set',
    at: '2026-11-21T05:30:00.999Z',
  })
  expect(shown(world)).toBe(4)
  expect(world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 5 }] })).toBeNull()
})

test('a second attempt at more than nothing writes nothing and knows nothing; nothing may be set again', async () => {
  const world = stocked()
  const { requests } = world.shop.beliefs()
  expect(answerOf(await world.put(7, 2))).toEqual({ outcome: 'unknown' })
  expect(world.shop.beliefs().requests).toBe(requests)
  expect(shown(world)).toBe(10)
  expect(answerOf(await world.put(0, 2))).toMatchObject({ outcome: 'set' })
  expect(answerOf(await world.put(0, 3))).toMatchObject({ outcome: 'set' })
  expect(shown(world)).toBe(0)
})

test('after a lost answer the next attempt waits until the first cannot arrive any more; closing does not wait', async () => {
  const world = stocked({ wrap: () => () => Promise.reject(new TypeError('cut')) })
  expect(faultOf(await world.put(7))).toMatchObject({ kind: 'unavailable', retryAfterMs: 60_000 })
  expect(faultOf(await world.put(0)).retryAfterMs).toBe(undefined)
})

test('a set swallows an order that is taken in its middle, as on a real shop: that is why the ledger closes first', async () => {
  const world = stocked()
  world.shop.interleave(() => world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }] }))
  answerOf(await world.put(10))
  expect(world.shop.beliefs()).toMatchObject({
    available: { [MUG.sku]: 10 }, sales: { [MUG.sku]: 3 }, swallowed: { [MUG.sku]: 3 },
  }) // prettier-ignore
})

test('many go in one call, each with an outcome of its own inside the 200', async () => {
  const paths: string[] = []
  const world = createWorld({
    wrap: (fetch) => (request) => {
      paths.push(`${request.method} ${new URL(request.url).pathname.slice(new URL(HOME).pathname.length)}`)
      return fetch(request)
    },
  })
  const one = world.shop.addProduct(MUG).inventoryItemId
  const two = world.shop.addProduct({ ...MUG, sku: 'MUG-02' }).inventoryItemId
  const { productId, items } = world.shop.addVariable({
    title: 'Shirt', price: '20', variations: [{ option: 'S', sku: 'S', available: 1 }, { option: 'M', sku: 'M', available: 1 }],
  }) // prettier-ignore
  const ask = (sku: string, inventoryItemId: string, to: number): Ask<'inventory.put'> => ({
    sku,
    inventoryItemId,
    locationId: 'shop',
    to,
  })
  const asks = [
    ask('MUG-01', one, 3),
    ask('S', items[0]!, 5),
    ask('GONE', '4711', 2),
    ask('MUG-02', two, 0),
    ask('M', items[1]!, 6),
  ]
  const sent = asks.map((it, index) => ({ key: `k${index}`, attempt: 1, ask: it }))
  const outcomes = await world.connection.outbound['inventory.put']!.send(sent)
  expect(paths).toEqual([
    'POST /wp-json/wc/v3/products/batch',
    `POST /wp-json/wc/v3/products/${productId}/variations/batch`,
  ])
  expect(outcomes.map((outcome) => ('fault' in outcome ? outcome.fault.code : outcome.answer.outcome))).toEqual([
    'set', 'set', 'woocommerce.unknown_item', 'set', 'set',
  ]) // prettier-ignore
  expect(world.shop.beliefs().available).toEqual({ 'MUG-01': 3, 'MUG-02': 0, 'S': 5, 'M': 6 })
})

test('two numbers for one item never share a call, and the later one stays', async () => {
  const methods: string[] = []
  const world = stocked({ wrap: (fetch) => (request) => (methods.push(request.method), fetch(request)) })
  const sent = [9, 2].map((to) => ({ key: `k${to}`, attempt: 1, ask: { ...world.place, to } }))
  await world.connection.outbound['inventory.put']!.send(sent)
  expect(methods).toEqual(['PUT', 'PUT'])
  expect(shown(world)).toBe(2)
})

test('a shop that does not count by what it was told is refused for good', async () => {
  const world = stocked()
  world.shop.setCounting(false)
  expect(faultOf(await world.put(3))).toMatchObject({ kind: 'rejected', code: 'woocommerce.stock_not_managed' })
})

test('reads what can be sold, with the time: never less than nothing, and a million while nobody counts', async () => {
  const world = stocked()
  expect(answerOf(await world.read())).toEqual({ available: 10, at: '2026-11-21T05:30:00.999Z' })
  world.shop.setAvailable(MUG.sku, -4)
  expect(answerOf(await world.read())).toMatchObject({ available: 0 })
  world.shop.setCounting(false)
  expect(answerOf(await world.read())).toMatchObject({ available: 1_000_000 })
})

test('a variation whose product keeps the stock gets its own number with the first write', async () => {
  const world = createWorld()
  const variations = [{ option: 'S', sku: 'TEE-S' }, { option: 'M', sku: 'TEE-M' }] // prettier-ignore
  const { items } = world.shop.addVariable({ title: 'Tee', sku: 'TEE', price: '15', available: 8, variations })
  const small = { sku: 'TEE-S', inventoryItemId: items[0]!, locationId: 'shop' }
  expect(answerOf(await send(world.connection, 'inventory.read', small))).toMatchObject({ available: 8 })
  answerOf(await send(world.connection, 'inventory.put', { ...small, to: 3 }))
  expect(world.shop.beliefs().available).toEqual({ 'TEE-S': 3, 'TEE-M': 8 })
})
