/** A shop that sells from two places: its orders say which shelf each piece came from, whatever becomes of it. */
import { beforeEach, describe, expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import { must } from '#canon/assert.ts'
import { asRequest } from '../kit/testing.ts'
import { createWorld, START } from './testing.ts'

const [DEPOT, STORE] = [7001, 7002]
const locations = [
  { id: DEPOT, name: 'Depot' },
  { id: STORE, name: 'Store' },
]

let world: ReturnType<typeof createWorld>
beforeEach(() => {
  world = createWorld({
    shop: { locations },
    config: { locations: [{ locationId: '7001', pool: 'WH' }, { locationId: '7002', pool: 'ST' }] },
  }) // prettier-ignore
  world.shop.addProduct({ sku: 'MUG', title: 'Mug', price: '12.50', available: { [DEPOT]: 2, [STORE]: 5 } })
  world.shop.addProduct({ sku: 'CUP', title: 'Cup', price: '8.00', available: { [DEPOT]: 4 } })
})

const buy = (...lines: [sku: string, quantity: number][]): string =>
  must(world.shop.placeOrder({ lines: lines.map(([sku, quantity]) => ({ sku, quantity })) }), 'it was sold')

/** The order as the feed brings it now. */
async function read(id: string): Promise<Order> {
  world.clock.pass(1_000)
  const page = await world.connection.feeds!['orders']!.read(null)
  const found = page.readings
    .flatMap((one) => world.connection.translate({ ...one, receivedAt: '2026-11-21T05:30:00.000Z' }))
    .map(({ command }) => (command as unknown as { order: Order }).order)
  return must(found.find(({ externalId }) => externalId === id), `order ${id} was read`) // prettier-ignore
}

const shelves = async (id: string) => (await read(id)).lines.map(({ sku, shelves }) => [sku, shelves])

describe('Each line of an order', () => {
  test('lies on the shelf of one place: all of it where one has all, else each where it is', async () => {
    expect(await shelves(buy(['MUG', 2], ['CUP', 1]))).toEqual([
      ['MUG', [{ locationId: '7001', quantity: 2, offShelf: 2 }]],
      ['CUP', [{ locationId: '7001', quantity: 1, offShelf: 1 }]],
    ])
    expect(await shelves(buy(['MUG', 3], ['CUP', 1]))).toEqual([
      ['MUG', [{ locationId: '7002', quantity: 3, offShelf: 3 }]],
      ['CUP', [{ locationId: '7001', quantity: 1, offShelf: 1 }]],
    ])
  })

  test('that no place has whole is taken from the first, below nothing, and never divided', async () => {
    expect(await shelves(buy(['MUG', 6]))).toEqual([['MUG', [{ locationId: '7001', quantity: 6, offShelf: 6 }]]])
    expect(world.shop.beliefs().levels['MUG']).toMatchObject({ 7001: { available: -4 }, 7002: { available: 5 } })
    expect(world.shop.placeOrder({ lines: [{ sku: 'MUG', quantity: 2 }] }), 'all places together have one').toBeNull()
  })

  test('that staff give to another place has left the one shelf and is off the other', async () => {
    const id = buy(['MUG', 2])
    world.shop.moveOrder(id, STORE)
    expect(await shelves(id)).toEqual([['MUG', [{ locationId: '7002', quantity: 2, offShelf: 2 }]]])
  })

  test('goes back on its own shelf when it is taken off the order, or is gone for good', async () => {
    const [back, gone] = [buy(['MUG', 2]), buy(['MUG', 3])]
    world.shop.editOrder(back, { sku: 'MUG', quantity: 1 })
    world.shop.editOrder(gone, { sku: 'MUG', quantity: 1, restock: false })
    expect(await shelves(back)).toEqual([['MUG', [{ locationId: '7001', quantity: 1, offShelf: 1 }]]])
    expect(await shelves(gone)).toEqual([['MUG', [{ locationId: '7002', quantity: 1, offShelf: 3 }]]])
    world.shop.cancelOrder(back, { reason: 'customer', restock: true })
    world.shop.cancelOrder(gone, { reason: 'customer', restock: false })
    expect(await shelves(back)).toEqual([['MUG', []]])
    expect(await shelves(gone)).toEqual([['MUG', [{ locationId: '7002', quantity: 0, offShelf: 3 }]]])
  })
})

test('webhooks of its orders wait for the feed, which says more; those of its stock name the pool', async () => {
  await world.connection.upkeep!['webhooks']!.run()
  const id = buy(['MUG', 3])
  world.clock.pass(60_000)
  const told = world.shop.due().flatMap(({ headers, body }) => {
    const received = world.connection.receive!(asRequest({ headers, body }, START)) as { topic: string }
    return world.connection.translate({ topic: received.topic, body: JSON.parse(body), receivedAt: '2026-11-21T05:31:00.000Z' })
  }) // prettier-ignore
  expect(told.map(({ stream }) => stream).filter((stream) => stream.startsWith('order/'))).toEqual([])
  expect(told.map(({ command }) => command)).toContainEqual(
    expect.objectContaining({ type: 'item.seen', locationId: '7002', pool: 'ST', available: 2 }),
  )
  expect((await read(id)).externalId).toBe(id)
})
