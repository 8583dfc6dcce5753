/** Subscriptions are kept, the simulator gives them up as Shopify does, and `check` finds what is wrong. */
import { expect, test } from 'vitest'
import { createWorld, HOOK_URL, MUG } from './testing.ts'
import { TOPICS } from './webhooks.ts'
import { RETRY_AFTER_MS } from './simulator/index.ts'

test('missing subscriptions are created, and nothing is done when they stand', async () => {
  const { connection, shop } = createWorld()
  expect(await connection.upkeep['webhooks']!.run()).toHaveLength(TOPICS.length)
  expect(shop.beliefs().subscriptions).toBe(TOPICS.length)
  expect(await connection.upkeep['webhooks']!.run()).toEqual([])
  shop.dropSubscriptions()
  expect(await connection.upkeep['webhooks']!.run()).toContain('Subscribed to ORDERS_CREATE.')
  expect(shop.beliefs().subscriptions).toBe(TOPICS.length)
})

test('after the hub moved the old subscriptions are deleted, those of other uses of the app are left', async () => {
  const { connection, shop, io } = createWorld()
  const at = async (url: string) => {
    const { shopify } = await import('./index.ts')
    const config = shopify.config.parse({
      shop: 'dockside.myshopify.com',
      clientId: 'crossdock',
      clientSecret: 'env:SHOP',
      requestTimeoutMs: 0,
    })
    return shopify.open(config, { name: 'shopify-main', io, hookUrl: url }).upkeep['webhooks']!.run()
  }
  await at('https://hub.example/hooks/something-else')
  await connection.upkeep['webhooks']!.run()
  const said = await at(HOOK_URL.replace('hub.example', 'new.example'))
  expect(said).toHaveLength(2 * TOPICS.length)
  expect(said.at(-1)).toContain('https://hub.example')
  expect(shop.beliefs().subscriptions).toBe(2 * TOPICS.length)
})

test('a delivery that fails is sent again with the same bytes over four hours, then the subscription is deleted', async () => {
  const { connection, shop, clock } = createWorld()
  await connection.upkeep['webhooks']!.run()
  shop.addProduct(MUG)
  clock.pass(2_000)
  const firstAt = clock.now
  const [first] = shop.due()
  expect(shop.due()).toEqual([])
  first!.settle(null)
  for (const after of RETRY_AFTER_MS) {
    clock.now = firstAt + after - 1
    expect(shop.due()).toEqual([])
    clock.now = firstAt + after
    const [again] = shop.due()
    expect([again!.body, again!.headers]).toEqual([first!.body, first!.headers])
    expect(shop.beliefs().subscriptions).toBe(TOPICS.length)
    again!.settle(503)
  }
  expect(RETRY_AFTER_MS).toHaveLength(8)
  expect(clock.now - firstAt).toBe(4 * 3_600_000)
  expect(shop.beliefs().subscriptions).toBe(TOPICS.length - 1)
  clock.pass(24 * 3_600_000)
  expect(shop.due()).toEqual([])
})

test('a subscription that took another delivery meanwhile is kept', async () => {
  const { connection, shop, clock } = createWorld()
  await connection.upkeep['webhooks']!.run()
  shop.addProduct(MUG)
  clock.pass(2_000)
  const firstAt = clock.now
  shop.due()[0]!.settle(500)
  for (const [index, after] of RETRY_AFTER_MS.entries()) {
    clock.now = firstAt + after
    if (index === 5) shop.addProduct({ ...MUG, sku: 'MUG-02' })
    for (const hook of shop.due()) hook.settle(hook.body.includes('MUG-02') ? 200 : 500)
    clock.pass(2_000)
    for (const hook of shop.due()) hook.settle(hook.body.includes('MUG-02') ? 200 : 500)
  }
  expect(shop.beliefs().subscriptions).toBe(TOPICS.length)
})

test('the last webhook says that the app was removed', async () => {
  const { connection, shop, clock } = createWorld()
  await connection.upkeep['webhooks']!.run()
  shop.uninstall()
  clock.pass(2_000)
  expect(shop.due().map(({ headers }) => headers['x-shopify-topic'])).toEqual(['app/uninstalled'])
})

const levels = async (world: ReturnType<typeof createWorld>) =>
  Object.fromEntries((await world.connection.check()).map(({ about, level }) => [about, level]))

test('check: all is well', async () => {
  const world = createWorld()
  await world.connection.upkeep['webhooks']!.run()
  const found = await levels(world)
  expect(found).toEqual({
    connection: 'ok',
    shop: 'ok',
    permissions: 'ok',
    version: 'ok',
    clock: 'ok',
    webhooks: 'ok',
    locations: 'ok',
  })
})

test('check: every fault has its finding and says what to do', async () => {
  const world = createWorld({
    shop: { shop: 'harbour.myshopify.com', scopes: ['read_orders', 'read_locations', 'write_inventory'] },
    config: { apiVersion: '2025-10', locations: [{ locationId: '9', pool: 'WH' }] },
  })
  world.io.now = () => world.clock.now + 90_000
  const findings = await world.connection.check()
  const bad = findings.filter(({ level }) => level !== 'ok')
  expect(bad.map(({ about }) => about).sort()).toEqual([
    'clock',
    'locations',
    'permissions',
    'shop',
    'version',
    'webhooks',
  ])
  for (const { cure } of bad) expect(cure).toMatch(/\.$/)
  const permissions = bad.find(({ about }) => about === 'permissions')!.message
  expect(permissions).toContain('read_customers')
  expect(permissions).not.toContain('read_inventory')
})

test('check: the version is warned about before it ends, and a refused token is the one thing said', async () => {
  const late = createWorld()
  late.clock.now = Date.parse('2027-08-01T00:00:00Z')
  expect(await levels(late)).toMatchObject({ version: 'warning' })
  const { shop, connection } = createWorld()
  shop.uninstall()
  expect(await connection.check()).toMatchObject([{ level: 'error', about: 'permissions' }])
})

test('without a public address there is no webhook upkeep, and check says what that means', async () => {
  const world = createWorld({ hookUrl: null })
  expect(world.connection.upkeep).toEqual({})
  expect(await levels(world)).toMatchObject({ webhooks: 'warning' })
})
