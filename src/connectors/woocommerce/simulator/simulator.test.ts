/** The simulated shop refuses and tells what the real one was measured to refuse and tell. */
import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { openClient } from '../http.ts'
import { createClock, createRandom } from '../../kit/testing.ts'
import { BUYER, createWorld, HOME, KEY, MUG, SECRET, takeHooks, type World } from '../testing.ts'
import { createWooCommerce } from './index.ts'

const clientOf = ({ io }: World) =>
  openClient({ url: HOME, consumerKey: KEY, consumerSecret: () => SECRET, requestTimeoutMs: 0 }, io)
const available = ({ shop }: World) => shop.beliefs().available[MUG.sku]

async function shopper({ shop }: World, productId: string, quantity: number) {
  const post = (path: string, body: object, token = '') =>
    shop.fetch(
      new Request(`${HOME}/wp-json/wc/store/v1${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...(token ? { 'cart-token': token } : {}) },
      }),
    )
  const cart = await post('/cart/add-item', { id: Number(productId), quantity })
  if (cart.status !== 201) return { status: cart.status, body: (await cart.json()) as Record<string, unknown> }
  const token = cart.headers.get('cart-token')!
  const done = await post(
    '/checkout',
    { billing_address: BUYER, shipping_address: BUYER, payment_method: 'card' },
    token,
  )
  return { status: done.status, body: (await done.json()) as Record<string, unknown> }
}

test('the checkout refuses what is not there; an order by REST oversells', async () => {
  const world = createWorld()
  const { productId } = world.shop.addProduct({ ...MUG, available: 1 })
  expect(await shopper(world, productId, 5)).toMatchObject({
    status: 400,
    body: { code: 'woocommerce_rest_product_partially_out_of_stock' },
  })
  expect(available(world)).toBe(1)
  expect(await shopper(world, productId, 1)).toMatchObject({ status: 200, body: { status: 'processing' } })
  expect(await shopper(world, productId, 1)).toMatchObject({
    status: 400,
    body: { code: 'woocommerce_rest_product_out_of_stock' },
  })

  world.shop.setAvailable(MUG.sku, 1)
  const order = { line_items: [{ product_id: Number(productId), quantity: 5 }], set_paid: true }
  const { body } = await clientOf(world).call({ method: 'POST', path: '/orders', body: order, what: 'an order' })
  expect(body).toMatchObject({ status: 'processing', line_items: [{ quantity: 5 }] })
  expect(available(world)).toBe(-4)
  expect(
    (await clientOf(world).call({ method: 'GET', path: `/products/${productId}`, what: 'it' })).body,
  ).toMatchObject({
    stock_status: 'outofstock',
  })
})

test('there is no idempotency: the same order twice is two orders', async () => {
  const world = createWorld()
  const { productId } = world.shop.addProduct(MUG)
  const body = { line_items: [{ product_id: Number(productId), quantity: 1 }] }
  for (let time = 0; time < 2; time += 1)
    await clientOf(world).call({ method: 'POST', path: '/orders', body, what: 'an order' })
  expect(world.shop.beliefs().orders).toHaveLength(2)
  // By REST an order is pending: nothing is taken yet.
  expect(available(world)).toBe(10)
})

test('a batch says 200 and has an error for each item that failed; lines of nothing are taken without a word', async () => {
  const world = createWorld()
  const { productId } = world.shop.addProduct(MUG)
  const client = clientOf(world)
  const update = [{ id: Number(productId), stock_quantity: 3 }, { id: 999, stock_quantity: 1 }] // prettier-ignore
  const batch = await client.call({ method: 'POST', path: '/products/batch', body: { update }, what: 'a batch' })
  expect(batch.body).toMatchObject({
    update: [{ stock_quantity: 3 }, { id: 999, error: { code: 'woocommerce_rest_product_invalid_id' } }],
  })
  const create = [{ line_items: [{ product_id: 4711, quantity: 1 }] }]
  const orders = await client.call({ method: 'POST', path: '/orders/batch', body: { create }, what: 'a batch' })
  expect(orders.body).toMatchObject({
    create: [{ status: 'pending', line_items: [{ product_id: 0, name: '', sku: null, total: '0.00' }] }],
  })
})

test('stock is taken when the money is there or promised, and put back when it is not any more', () => {
  const world = createWorld()
  const { shop } = world
  shop.addProduct(MUG)
  const unpaid = shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }], unpaid: true })!
  expect(available(world)).toBe(10)
  shop.setStatus(unpaid, 'on-hold')
  expect(available(world)).toBe(8)
  shop.markPaid(unpaid)
  expect(available(world)).toBe(8)
  shop.refund(unpaid, [{ sku: MUG.sku, quantity: 1, restock: true }])
  expect(available(world)).toBe(9)
  shop.cancelOrder(unpaid)
  expect(available(world)).toBe(10)
  expect(shop.beliefs().sales[MUG.sku] ?? 0).toBe(0)
})

test('Link repeats the whole query, signature and all; a page beyond the end is empty', async () => {
  let link = ''
  const world = createWorld({
    wrap: (fetch) => async (request) => {
      const response = await fetch(request)
      link = response.headers.get('link') ?? ''
      return response
    },
  })
  for (let count = 0; count < 3; count += 1) world.shop.addProduct({ ...MUG, sku: `S-${count}` })
  await clientOf(world).call({ method: 'GET', path: '/products', query: { per_page: 2 }, what: 'products' })
  expect(link).toContain('oauth_signature=')
})

test('a shop taken up from a snapshot goes on where it stood: orders, webhooks on their way, nonces', async () => {
  const keys = [{ key: KEY, secret: SECRET, permissions: 'read_write' as const }]
  const world = createWorld()
  await world.connection.upkeep['webhooks']!.run()
  takeHooks(world)
  world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }], customer: BUYER })!
  world.shop.spoil({ status: 503 })
  const kept = deserialize(serialize(world.shop.snapshot())) as unknown
  const clock = createClock()
  clock.now = world.clock.now
  const again = createWooCommerce({ url: HOME, keys }, { now: () => clock.now, random: createRandom(9) }, kept)
  expect(again.beliefs()).toEqual(world.shop.beliefs())
  expect(again.nextDueAt()).toBe(world.shop.nextDueAt())
  world.clock.pass(5_000)
  clock.pass(5_000)
  const told = (hooks: { headers: object; body: string }[]) => hooks.map(({ headers, body }) => [headers, body])
  expect(told(again.due())).toEqual(told(world.shop.due()))
  expect(told(again.onTheWay())).toEqual(told(world.shop.onTheWay()))
  for (const hook of again.onTheWay()) hook.settle(null)
  expect(again.beliefs().webhooks.some(({ failures }) => failures === 1)).toBe(true)
  again.cancelOrder(id)
  expect([again.beliefs().available[MUG.sku], world.shop.beliefs().available[MUG.sku]]).toEqual([10, 8])
  const spoiled = await again.fetch(new Request(`${HOME}/wp-json/wc/v3/orders`))
  expect(spoiled.status).toBe(503)
})
