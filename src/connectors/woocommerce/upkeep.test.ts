/** Webhooks stand, or are put back, and what was missed is told; doctor says what is wrong and what to do. */
import { expect, test } from 'vitest'
import type { Gap } from '../kit/connector.ts'
import { BUYER, createWorld, HOOK_URL, MUG, takeHooks, type World } from './testing.ts'
import { TOPICS } from './webhooks.ts'

async function keepUp({ connection }: World) {
  const gaps: Gap[] = []
  const done = await connection.upkeep['webhooks']!.run((gap) => Promise.resolve(void gaps.push(gap)))
  return { done, gaps }
}
const topics = ({ shop }: World, status = 'active') =>
  shop.beliefs().webhooks.filter((one) => one.status === status).map(({ topic }) => topic).sort() // prettier-ignore

test('makes every webhook once, answers their pings, and then leaves them alone', async () => {
  const world = createWorld()
  const first = await keepUp(world)
  expect(first.done).toHaveLength(TOPICS.length)
  expect(first.gaps).toMatchObject([{ feeds: ['orders', 'products'] }])
  expect(topics(world)).toEqual([...TOPICS].sort())
  const pings = world.shop.due()
  expect(pings).toHaveLength(TOPICS.length)
  for (const { url, headers, body } of pings) {
    expect(url).toBe(HOOK_URL)
    expect(
      world.connection.receive!({ headers, body: Buffer.from(body), receivedAt: '2026-11-21T05:30:00.000Z' }),
    ).toHaveProperty('ignore')
  }
  expect(await keepUp(world)).toEqual({ done: [], gaps: [] })
})

test('the seventh failure in a row disables a webhook; nothing is sent again; it is switched on and the gap is told first', async () => {
  const world = createWorld()
  await keepUp(world)
  takeHooks(world)
  world.shop.addProduct({ ...MUG, available: 50 })
  takeHooks(world)
  for (let failures = 1; failures <= 7; failures += 1) {
    expect(topics(world, 'disabled')).toEqual([])
    world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })
    world.clock.pass(5_000)
    for (const hook of world.shop.due()) hook.settle(hook.headers['x-wc-webhook-topic'] === 'order.created' ? 500 : 200)
  }
  expect(topics(world, 'disabled')).toEqual(['order.created'])
  world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })
  expect(takeHooks(world).map(({ headers }) => headers['x-wc-webhook-topic'])).not.toContain('order.created')

  const seen: string[] = []
  await world.connection.upkeep['webhooks']!.run((gap) => {
    seen.push(gap.what, ...gap.feeds, ...topics(world, 'disabled'))
    return Promise.resolve()
  })
  expect(seen).toEqual(['The webhook order.created was switched off.', 'orders', 'order.created'])
  expect(topics(world)).toEqual([...TOPICS].sort())
  // Nobody sends what was missed: it is the feed's.
  expect(takeHooks(world)).toEqual([])
})

test('a success in between begins the count anew, and a webhook paused by a person is switched on as well', async () => {
  const world = createWorld()
  await keepUp(world)
  takeHooks(world)
  world.shop.addProduct({ ...MUG, available: 50 })
  takeHooks(world)
  for (let round = 1; round <= 12; round += 1) {
    world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })
    world.clock.pass(5_000)
    for (const hook of world.shop.due()) hook.settle(round % 6 === 0 ? 302 : null)
  }
  expect(topics(world, 'disabled')).toEqual([])
  world.shop.setWebhooks('paused', 'product.updated')
  expect((await keepUp(world)).gaps).toMatchObject([{ feeds: ['products'] }])
  expect(topics(world)).toEqual([...TOPICS].sort())
})

test('a webhook that vanished is made again; one to where the hub was before is deleted, others are left alone', async () => {
  const world = createWorld()
  await keepUp(world)
  world.shop.dropWebhooks('order.updated')
  expect((await keepUp(world)).done).toEqual(['Created the webhook order.updated.'])
  const elsewhere = createWorld({
    hookUrl: 'https://new.example/hooks/woo-main',
    wrap: () => world.shop.fetch,
    idsFrom: 1_000,
  })
  const { done } = await keepUp(elsewhere)
  expect(done.filter((line) => line.startsWith('Created'))).toHaveLength(TOPICS.length)
  expect(done.filter((line) => line.startsWith('Deleted'))).toHaveLength(TOPICS.length)
  expect(topics(world)).toHaveLength(TOPICS.length)
})

const levels = (findings: { level: string; about: string }[]) =>
  Object.fromEntries(findings.filter(({ level }) => level !== 'ok').map(({ about, level }) => [about, level]))

test('doctor: all is well over https; over http, with a key that may not write, with a wrong clock it says so', async () => {
  const https = createWorld({ shop: { url: 'https://shop.example' }, config: { url: 'https://shop.example' } })
  await keepUp(https)
  expect(levels(await https.connection.check())).toEqual({})

  const world = createWorld()
  expect(levels(await world.connection.check())).toEqual({ connection: 'warning', webhooks: 'warning' })
  world.shop.setPermissions('read')
  expect(levels(await world.connection.check())).toMatchObject({ permissions: 'error' })
  world.shop.revokeKeys()
  expect(levels(await world.connection.check())).toEqual({ permissions: 'error' })

  const late = createWorld({ wrap: (fetch) => fetch })
  Object.assign(late.io, { now: () => late.clock.now - 120_000 })
  expect(levels(await late.connection.check())).toMatchObject({ clock: 'warning' })
})

test('doctor: a product that keeps the stock of its variations, and backorders that are kept, are told', async () => {
  const world = createWorld({ config: { keepBackorders: true } })
  world.shop.addVariable({
    title: 'Tee',
    sku: 'TEE',
    price: '15',
    available: 8,
    variations: [{ option: 'S', sku: 'TEE-S' }],
  })
  const said = (await world.connection.check()).filter(({ about }) => about === 'stock')
  expect(said.map(({ level }) => level)).toEqual(['warning', 'warning'])
})
