/** The simulated shop sells, counts, charges and refuses as the facts say Shopify does. */
import { expect, test } from 'vitest'
import { createWorld, MUG, SECRET, SHOP, STANDARD } from '../testing.ts'
import { taxOn } from './amounts.ts'

const PATH = `https://${SHOP}/admin/api/2026-10/graphql.json`

async function tokenOf({ shop }: ReturnType<typeof createWorld>, secret = SECRET): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'crossdock', client_secret: secret })
  return shop.fetch(new Request(`https://${SHOP}/admin/oauth/access_token`, { method: 'POST', body }))
}

async function ask(world: ReturnType<typeof createWorld>, query: string, variables: object = {}) {
  const { access_token: token } = (await (await tokenOf(world)).json()) as { access_token: string }
  const headers = { 'x-shopify-access-token': token }
  const response = await world.shop.fetch(
    new Request(PATH, { method: 'POST', headers, body: JSON.stringify({ query, variables }) }),
  )
  return (await response.json()) as Answer
}

/** As much of any answer as these tests look at. */
interface Answer {
  data?: Record<string, { userErrors?: unknown[]; nodes: { updatedAt: string }[]; pageInfo: { hasNextPage: boolean } }>
  errors?: { message: string; extensions?: { code: string } }[]
  extensions?: { cost: object }
}

test('a checkout takes what it sells, and sells nothing when there is not enough', () => {
  const { shop } = createWorld()
  shop.addProduct(MUG)
  shop.addProduct({ ...MUG, sku: 'LAST', available: 1 })
  expect(
    shop.placeOrder({
      lines: [
        { sku: MUG.sku, quantity: 2 },
        { sku: 'LAST', quantity: 2 },
      ],
    }),
  ).toBeNull()
  expect(
    shop.placeOrder({
      lines: [
        { sku: 'LAST', quantity: 1 },
        { sku: 'LAST', quantity: 1 },
      ],
    }),
  ).toBeNull()
  expect(shop.beliefs()).toMatchObject({ available: { 'MUG-01': 10, 'LAST': 1 }, sales: {} })
  expect(shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 10 }] })).not.toBeNull()
  expect(shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })).toBeNull()
  expect(shop.beliefs()).toMatchObject({
    available: { 'MUG-01': 0 },
    committed: { 'MUG-01': 10 },
    sales: { 'MUG-01': 10 },
  })
})

test('a cancellation gives the pieces back on sale, or takes them out of stock', () => {
  const { shop } = createWorld()
  shop.addProduct(MUG)
  const [first, second] = [2, 3].map((quantity) => shop.placeOrder({ lines: [{ sku: MUG.sku, quantity }] })!)
  shop.cancelOrder(first!, { reason: 'customer', restock: true })
  shop.cancelOrder(second!, { reason: 'fraud', restock: false })
  expect(shop.beliefs().levels['MUG-01']!['7001']).toEqual({ available: 7, committed: 0, onHand: 7 })
  expect(shop.cancelOrder(first!, { reason: 'customer', restock: true })).toBe(false)
})

test('amounts are rounded per line, half up, and add up to the total', () => {
  expect([taxOn(1_000, 0.0825, false), taxOn(1_994, 0.0825, false), taxOn(11_900, 0.19, true)]).toEqual([
    83, 165, 1_900,
  ])
  const { shop } = createWorld()
  shop.addProduct({ ...MUG, price: '10.00' })
  const lines = [
    { sku: MUG.sku, quantity: 1 },
    { sku: MUG.sku, quantity: 2, discount: '0.06' },
  ]
  shop.placeOrder({ lines, taxRate: 0.0825, shippingMethod: STANDARD })
  // 10.00 + 0.83, 19.94 + 1.65 (1.64505), 4.90 + 0.40
  expect(shop.beliefs().orders[0]!.total).toBe('37.72')
  shop.placeOrder({ lines, taxRate: 0.0825, taxesIncluded: true, shippingMethod: STANDARD })
  expect(shop.beliefs().orders[1]!.total).toBe('34.84')
})

test('a wrong secret gets no token, a wrong or ended token gets 401', async () => {
  const world = createWorld({ shop: { tokenLifeSeconds: 60 } })
  expect((await tokenOf(world, 'wrong')).status).toBe(400)
  const answer = (await (await tokenOf(world)).json()) as { access_token: string; expires_in: number }
  expect(answer.expires_in).toBe(60)
  const request = (token: string) =>
    world.shop.fetch(
      new Request(PATH, {
        method: 'POST',
        headers: { 'x-shopify-access-token': token },
        body: '{"query":"{ shop { name } }"}',
      }),
    )
  expect((await request('made-up')).status).toBe(401)
  expect((await request(answer.access_token)).status).toBe(200)
  world.clock.pass(60_000)
  expect((await request(answer.access_token)).status).toBe(401)
})

test('a scope that is not granted is denied, by the name of the field', async () => {
  const world = createWorld({ shop: { scopes: ['write_inventory'] } })
  const { errors, data } = await ask(world, '{ order(id: "gid://shopify/Order/1") { id } }')
  expect(errors![0]).toMatchObject({ message: expect.stringContaining('order'), extensions: { code: 'ACCESS_DENIED' } })
  expect(data).toEqual({ order: null })
})

test('a query is charged what it asked for and given back what it did not use', async () => {
  const world = createWorld({ shop: { bucketSize: 500, restoreRate: 10 } })
  world.shop.addProduct(MUG)
  const { extensions } = await ask(
    world,
    '{ products(first: 100) { nodes { id variants(first: 3) { nodes { id } } } } }',
  )
  // The connection, and a hundred times the product, its connection and three variants; one of each was there.
  expect(extensions!.cost).toMatchObject({ requestedQueryCost: 501, actualQueryCost: null })
  const smaller = await ask(world, '{ products(first: 90) { nodes { id variants(first: 3) { nodes { id } } } } }')
  expect(smaller.extensions!.cost).toEqual({
    requestedQueryCost: 451,
    actualQueryCost: 4,
    throttleStatus: { maximumAvailable: 500, currentlyAvailable: 496, restoreRate: 10 },
  })
  const huge = await ask(world, '{ products(first: 250) { nodes { id variants(first: 100) { nodes { id } } } } }')
  expect(huge.errors![0]!.extensions!.code).toBe('MAX_COST_EXCEEDED')
})

test('an inventory change without a key is refused, and a key is forgotten after a day', async () => {
  const world = createWorld()
  const { inventoryItemId } = world.shop.addProduct(MUG)
  const set = (quantity: number, key: string | null) =>
    ask(
      world,
      `mutation ($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) ${key ? `@idempotent(key: "${key}")` : ''} { userErrors { code } } }`,
      {
        input: {
          name: 'available',
          reason: 'correction',
          quantities: [
            {
              inventoryItemId: `gid://shopify/InventoryItem/${inventoryItemId}`,
              locationId: 'gid://shopify/Location/7001',
              quantity,
              changeFromQuantity: null,
            },
          ],
        },
      },
    )
  expect((await set(5, null)).errors![0]!.message).toContain('@idempotent')
  await set(5, 'k')
  expect((await set(6, 'k')).data!['inventorySetQuantities']!.userErrors).toEqual([
    { code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' },
  ])
  world.clock.pass(86_400_001)
  expect((await set(6, 'k')).data!['inventorySetQuantities']!.userErrors).toEqual([])
  expect(world.shop.beliefs().available[MUG.sku]).toBe(6)
})

test('a cancellation by the API is a job, and a fulfilled order is not cancelled', async () => {
  const world = createWorld()
  world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })!
  world.shop.setScopes(['write_orders'])
  const cancel = () =>
    ask(
      world,
      `mutation { orderCancel(orderId: "gid://shopify/Order/${id}", reason: CUSTOMER, restock: true) { job { done } orderCancelUserErrors { code } } }`,
    )
  expect((await cancel()).data!['orderCancel']).toMatchObject({ job: { done: false } })
  expect(world.shop.beliefs().orders[0]!.cancelledAt).toBeNull()
  world.clock.pass(1_000)
  expect(world.shop.beliefs()).toMatchObject({
    orders: [{ cancelledAt: '2026-11-21T05:30:01Z' }],
    available: { 'MUG-01': 10 },
  })
  expect((await cancel()).data!['orderCancel']).toMatchObject({
    job: null,
    orderCancelUserErrors: [{ code: 'INVALID' }],
  })
})

test('what is not simulated says so instead of answering null', async () => {
  const { errors } = await ask(createWorld(), '{ orders(first: 1, query: "status:open") { nodes { id } } }')
  expect(errors![0]!.message).toContain('Not simulated')
})

test('thousands of orders are bought, told and listed quickly enough for a day in one run', async () => {
  const world = createWorld({ shop: { bucketSize: 1_000_000, restoreRate: 100_000 } })
  await world.connection.upkeep['webhooks']!.run()
  world.shop.addProduct({ ...MUG, available: 10_000 })
  for (let index = 0; index < 3_000; index++) {
    world.clock.pass(1_000)
    world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })
    for (const hook of world.shop.due()) hook.settle(200)
  }
  const { data } = await ask(
    world,
    `{ orders(first: 100, sortKey: UPDATED_AT, query: "updated_at:>='2026-11-21T06:15:00Z'") { nodes { updatedAt } pageInfo { hasNextPage } } }`,
  )
  const moments: string[] = data!['orders']!.nodes.map(({ updatedAt }) => updatedAt)
  expect(moments).toEqual([...moments].sort())
  expect([moments[0], moments.length, data!['orders']!.pageInfo.hasNextPage]).toEqual([
    '2026-11-21T06:15:00Z',
    100,
    true,
  ])
})
