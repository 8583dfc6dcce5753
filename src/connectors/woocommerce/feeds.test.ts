/** Feeds read what webhooks lose, whatever moves meanwhile, and say how far orders are known, never too far. */
import { expect, test } from 'vitest'
import type { FeedPage, Reading } from '../kit/connector.ts'
import { BUYER, createWorld, HOME, KEY, MUG, SECRET, type World } from './testing.ts'

const buy = ({ shop }: World, quantity = 1) =>
  shop.placeOrder({ lines: [{ sku: MUG.sku, quantity }], customer: BUYER })!
const feedOf = ({ connection }: World, name: string) => connection.feeds[name]!

/** One pass to its end. @param between runs after each page but the last. */
async function pass(
  world: World,
  name: string,
  cursor: FeedPage['cursor'] | null = null,
  between: () => void = () => {},
) {
  const readings: Reading[] = []
  for (;;) {
    const page = await feedOf(world, name).read(cursor)
    readings.push(...page.readings)
    cursor = page.cursor
    if (!page.more) return { readings, cursor }
    between()
  }
}
const idsOf = (readings: readonly Reading[]) =>
  readings.filter(({ topic }) => topic === 'poll/order').map(({ key }) => key.split(':')[1]!)
const untilOf = (readings: readonly Reading[]) =>
  readings.filter(({ topic }) => topic === 'poll/caught-up').map(({ body }) => (body as { until: string }).until)

function stocked(options?: Parameters<typeof createWorld>[0]) {
  const world = createWorld(options)
  world.shop.addProduct({ ...MUG, available: 10_000 })
  return world
}

test('reads every order once, and says how far: the time of the shop at the beginning, less what may not be settled', async () => {
  const world = stocked()
  const ids = Array.from({ length: 3 }, () => buy(world))
  world.clock.pass(10_500)
  const { readings, cursor } = await pass(world, 'orders')
  expect(idsOf(readings)).toEqual(ids)
  expect(untilOf(readings)).toEqual(['2026-11-21T05:29:40.000Z'])
  expect(readings.at(-1)).toMatchObject({ key: 'caught-up/2026-11-21T05:29:40.000Z', topic: 'poll/caught-up' })
  // The last half minute again, under the same names.
  const again = await pass(world, 'orders', cursor)
  expect(again.readings.map(({ key }) => key)).toEqual(readings.map(({ key }) => key))
  world.clock.pass(120_000)
  const later = await pass(world, 'orders', again.cursor)
  expect(untilOf(later.readings)).toEqual(['2026-11-21T05:31:40.000Z'])
  expect(idsOf((await pass(world, 'orders', later.cursor)).readings)).toEqual([])
})

test('an order that changes between two pages moves to the end, and none is stepped over', async () => {
  const world = stocked()
  const ids: string[] = []
  for (let count = 0; count < 130; count += 1) {
    ids.push(buy(world))
    world.clock.pass(1_000)
  }
  let touched = 0
  const { readings } = await pass(world, 'orders', null, () => {
    for (let change = 0; change < 10; change += 1) world.shop.setStatus(ids[touched++]!, 'completed')
    world.clock.pass(1_000)
  })
  expect(new Set(idsOf(readings))).toEqual(new Set(ids))
})

test('more changes in one second than fit on a page are all read', async () => {
  const world = stocked()
  const ids = Array.from({ length: 170 }, () => buy(world))
  world.clock.pass(60_000)
  const { readings } = await pass(world, 'orders')
  expect(new Set(idsOf(readings))).toEqual(new Set(ids))
  expect(untilOf(readings)).toHaveLength(1)
})

test('pieces taken off the shelf a moment after the order are news, under the same time of change', async () => {
  const world = stocked()
  buy(world, 2)
  const { readings } = await pass(world, 'orders')
  const early = structuredClone(readings[0]!.body) as { order: { line_items: { meta_data: unknown[] }[] } }
  early.order.line_items[0]!.meta_data = []
  const shelf = (body: unknown) => {
    const [message] = world.connection.translate({
      topic: 'poll/order',
      body: body as never,
      receivedAt: '2026-11-21T05:31:00.000Z',
    })
    return (message!.command as unknown as { order: { updatedAt: string; lines: { offShelf: number }[] } }).order
  }
  expect(shelf(early).lines[0]!.offShelf).toBe(0)
  expect(shelf(readings[0]!.body).lines[0]!.offShelf).toBe(2)
  expect(shelf(early).updatedAt).toBe(shelf(readings[0]!.body).updatedAt)
})

test('reading again from the past does not say how far orders are known', async () => {
  const world = stocked()
  const id = buy(world)
  const since = feedOf(world, 'orders').since!('2026-11-21T05:00:00.000Z')
  const { readings } = await pass(world, 'orders', since)
  expect(idsOf(readings)).toEqual([id])
  expect(untilOf(readings)).toEqual([])
})

test('a shop that does not tell the time is read, and nothing is said of how far', async () => {
  const world = stocked({
    wrap: (fetch) => async (request) => {
      const response = await fetch(request)
      response.headers.delete('date')
      return response
    },
  })
  buy(world)
  const { readings } = await pass(world, 'orders')
  expect([idsOf(readings).length, untilOf(readings)]).toEqual([1, []])
})

test('the first reading goes back as far as it is told', async () => {
  const world = stocked({ config: { backfillDays: 0 } })
  buy(world)
  world.clock.pass(60_000)
  expect(idsOf((await pass(world, 'orders')).readings)).toEqual([])
  const id = buy(world)
  expect(idsOf((await pass(world, 'orders')).readings)).toEqual([id])
})

test('products: all of them with their variations, then what changed, and all again after some hours', async () => {
  const world = createWorld()
  for (let count = 0; count < 25; count += 1) world.shop.addProduct({ ...MUG, sku: `SKU-${count}` })
  const variations = [{ option: 'S', sku: 'TEE-S', available: 2 }, { option: 'M', sku: 'TEE-M', available: 3 }] // prettier-ignore
  const { productId } = world.shop.addVariable({ title: 'Tee', price: '15', variations })
  world.clock.pass(60_000)
  const first = await pass(world, 'products')
  expect(first.readings).toHaveLength(26)
  const second = await pass(world, 'products', first.cursor)
  expect(second.readings).toEqual([])
  world.shop.setAvailable('SKU-3', 4)
  // Touches the variation, not its product: only reading everything finds it.
  world.shop.setAvailable('TEE-M', 9)
  const third = await pass(world, 'products', second.cursor)
  expect(third.readings).toHaveLength(1)
  const known = new Set(first.readings.map(({ key }) => key))
  world.clock.pass(7 * 3_600_000)
  const fourth = await pass(world, 'products', third.cursor)
  const sweep = await pass(world, 'products', fourth.cursor)
  expect(sweep.readings.filter(({ key }) => !known.has(key)).map(({ key }) => key.split(':')[1])).toContain(productId)
})

test('variations: one listing each, and one for all that have neither SKU nor stock of their own', async () => {
  const world = createWorld()
  const { productId, items } = world.shop.addVariable({
    title: 'Tee', sku: 'TEE', price: '15', available: 8,
    variations: [{ option: 'S', sku: 'TEE-S' }, { option: 'M' }, { option: 'L' }, { option: 'XL', sku: 'TEE-XL', available: 1 }],
  }) // prettier-ignore
  const { readings } = await pass(world, 'products')
  const messages = world.connection.translate({
    topic: 'poll/product',
    body: readings[0]!.body,
    receivedAt: '2026-11-21T05:31:00.000Z',
  })
  const listings = messages.flatMap(({ command }) =>
    'listing' in command ? [command.listing as { sku: string; inventoryItemId: string; title: string }] : [],
  )
  expect(listings.map(({ sku, inventoryItemId, title }) => [sku, inventoryItemId, title])).toEqual([
    ['TEE-S', items[0], 'Tee - S'],
    ['TEE', productId, 'Tee'],
    ['TEE-XL', items[3], 'Tee - XL'],
  ])
  expect(messages.at(-1)).toMatchObject({
    stream: `listing/woo-main/${productId}`,
    command: { skus: ['TEE-S', 'TEE', 'TEE-XL'] },
  })
  const seen = messages.filter(({ command }) => command.type === 'item.seen')
  expect(seen.map(({ stream, command }) => [stream, (command as unknown as { available: number }).available])).toEqual([
    [`item/woo-main/${productId}`, 8],
    [`item/woo-main/${items[3]}`, 1],
  ])
})

test('readers list orders, stock, products and parcels for reconciliation, and hand in what was lost', async () => {
  const world = stocked()
  const id = buy(world, 2)
  const scope = { since: '2026-11-21T00:00:00.000Z', channel: 'woo-main' }
  const { orders, stock, products, fulfilments } = world.connection.readers!
  const page = await orders!.read(null, scope)
  expect(page).toMatchObject({
    more: false,
    records: [{ key: `woo-main:${id}`, fields: { total: 2_500, currency: 'USD', cancelled: false } }],
  })
  expect((await orders!.readings!([`woo-main:${id}`])).map(({ key }) => key)).toEqual(
    (await pass(world, 'orders')).readings.filter(({ topic }) => topic === 'poll/order').map(({ key }) => key),
  )
  expect((await stock!.read(null, scope)).records).toMatchObject([{ key: `WH/${MUG.sku}`, fields: { pieces: 9_998 } }])
  expect((await products!.read(null, scope)).records).toMatchObject([{ key: MUG.sku, fields: { counted: true } }])
  expect((await fulfilments!.read(null, scope)).records).toEqual([])
})

test('nothing of a feed carries the key: links are left out', async () => {
  const world = stocked()
  buy(world)
  const { readings } = await pass(world, 'orders')
  const text = JSON.stringify(readings)
  for (const secret of [KEY, SECRET, `${HOME}/wp-json`]) expect(text).not.toContain(secret)
})
