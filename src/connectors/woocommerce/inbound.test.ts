/** Webhooks are genuine or refused, are named by what they tell, and say the right thing in the words of the hub. */
import { createHmac } from 'node:crypto'
import { channelListing } from '#canon/product.ts'
import type { Order } from '#canon/order.ts'
import { expect, test } from 'vitest'
import { toFault } from '../../fault.ts'
import type { HookRequest, Message } from '../kit/connector.ts'
import { receive } from './inbound.ts'
import { asRequest } from '../kit/testing.ts'
import { BUYER, CHANNEL, createWorld, HOME, HOOK_SECRET, MUG, saying, START, takeHooks } from './testing.ts'

const ways = { url: HOME, secrets: () => [HOOK_SECRET] }
const sign = (body: string, secret: string) => createHmac('sha256', secret).update(body).digest('base64')
const request = (body: string, headers: Record<string, string>): HookRequest => asRequest({ body, headers }, START)
const kindOf = (work: () => unknown): string => {
  try {
    work()
    return 'none'
  } catch (error) {
    return toFault(error).kind
  }
}

async function subscribed(options?: Parameters<typeof createWorld>[0]) {
  const world = createWorld(options)
  await world.connection.upkeep['webhooks']!.run()
  takeHooks(world)
  return world
}
const orderIn = (messages: Message[]): Order => (messages[0]!.command as unknown as { order: Order }).order

test('accepts the test vector', () => {
  const headers = {
    'x-wc-webhook-signature': 'XOvG+/mKAKiNfNL5aDmmmrY8ZRtaA96JXvSO3vPAbC8=',
    'x-wc-webhook-topic': 'order.deleted',
  }
  const given = request('{"id":727}', headers)
  expect(receive(given, { url: HOME, secrets: () => ['wc-secret'] })).toEqual({
    key: expect.stringMatching(/^order\.deleted:727::[0-9a-f]{24}$/),
    topic: 'order.deleted',
  })
})

test('a ping is answered and forgotten; anything else unsigned is refused', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(receive(request('webhook_id=12', form), ways)).toHaveProperty('ignore')
  for (const body of ['webhook_id=12&id=7', 'webhook_id=', '{"id":1}', ''])
    expect(kindOf(() => receive(request(body, form), ways))).toBe('forged')
  expect(kindOf(() => receive(request('webhook_id=12', { ...form, 'x-wc-webhook-signature': 'x' }), ways))).toBe(
    'forged',
  )
})

test('the secret is used as WordPress decodes it, and the one before still counts while it is named', () => {
  const body = '{"id":1}'
  const headers = { 'x-wc-webhook-topic': 'order.deleted', 'x-wc-webhook-signature': sign(body, 'a<b&"c') }
  expect(receive(request(body, headers), { url: HOME, secrets: () => ['new', 'a&lt;b&amp;&quot;c'] })).toHaveProperty(
    'key',
  )
})

test('a copy of the shop, which has the same secret, is refused by its host', () => {
  const body = '{"id":1}'
  const headers = { 'x-wc-webhook-topic': 'order.deleted', 'x-wc-webhook-signature': sign(body, HOOK_SECRET) }
  const from = (source: string) => request(body, { ...headers, 'x-wc-webhook-source': source })
  expect(receive(from('https://shop.example/'), ways)).toHaveProperty('key')
  expect(kindOf(() => receive(from('https://staging.shop.example/'), ways))).toBe('forged')
})

test('orders that one webhook tells in one second carry one delivery id, and none of them is lost', async () => {
  const world = await subscribed({ shop: { hookDelayMs: [400, 400] } })
  world.shop.addProduct({ ...MUG, available: 100 })
  for (let buy = 0; buy < 4; buy += 1)
    world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })
  const hooks = takeHooks(world).filter(({ headers }) => headers['x-wc-webhook-topic'] === 'order.created')
  expect(hooks).toHaveLength(4)
  expect(new Set(hooks.map(({ headers }) => headers['x-wc-webhook-delivery-id'])).size).toBe(1)
  const keys = hooks.map((hook) => (world.connection.receive!(asRequest(hook, START)) as { key: string }).key)
  expect(new Set(keys).size).toBe(4)
})

test('several changes come as one webhook, with the last state; created may show a later one', async () => {
  const world = await subscribed()
  world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }], customer: BUYER, payment: 'bacs' })!
  world.shop.markPaid(id)
  world.shop.setStatus(id, 'completed')
  const orders = takeHooks(world).filter(({ headers }) => headers['x-wc-webhook-topic']!.startsWith('order.'))
  expect(orders.map(({ headers }) => headers['x-wc-webhook-topic']).sort()).toEqual(['order.created', 'order.updated'])
  for (const hook of orders) expect(orderIn(saying(world, hook)).paymentStatus).toBe('paid')
})

test('a webhook and the feed tell the same order alike', async () => {
  const world = await subscribed()
  world.shop.addProduct(MUG)
  world.shop.placeOrder({
    lines: [{ sku: MUG.sku, quantity: 2 }],
    customer: { ...BUYER, guest: true },
    note: 'Wrap it.',
  })
  const hook = takeHooks(world).find(({ headers }) => headers['x-wc-webhook-topic'] === 'order.updated')!
  const { readings } = await world.connection.feeds['orders']!.read(null)
  const reading = readings.find(({ topic }) => topic === 'poll/order')!
  const polled = world.connection.translate({
    topic: reading.topic,
    body: reading.body,
    receivedAt: '2026-11-21T05:31:00.000Z',
  })
  expect(polled).toEqual(saying(world, hook))
})

test('a body that is not ASCII is verified as it came', async () => {
  const world = await subscribed()
  world.shop.addProduct({ ...MUG, title: 'Tasse « bleue » / 青' })
  const [hook] = takeHooks(world)
  expect(hook!.body).toContain('\\u9752')
  expect(hook!.body).toContain('\\/')
  expect(world.connection.receive!(asRequest(hook!))).toHaveProperty('key')
})

test('an order in the trash is cancelled; a cart is nothing', async () => {
  const world = await subscribed()
  world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })!
  const drafts = takeHooks(world)
  const draft = drafts.find(({ headers }) => headers['x-wc-webhook-topic'] === 'order.updated')!
  const body = { ...(JSON.parse(draft.body) as object), status: 'checkout-draft' }
  expect(
    world.connection.translate({ topic: 'order.updated', body: body as never, receivedAt: '2026-11-21T05:31:00.000Z' }),
  ).toEqual([])
  world.shop.deleteOrder(id)
  const gone = takeHooks(world).find(({ headers }) => headers['x-wc-webhook-topic'] === 'order.deleted')!
  expect(gone.body).toBe(`{"id":${id}}`)
  expect(saying(world, gone)).toEqual([
    {
      stream: `order/${CHANNEL}/${id}`,
      command: { type: 'order.cancel', reason: 'deleted', at: '2026-11-21T05:30:00.000Z' },
    },
  ])
})

test('a product is a listing with plain writes, bound to what counts it, and its number is news', async () => {
  const world = await subscribed()
  const { productId } = world.shop.addProduct(MUG)
  const hook = takeHooks(world).find(({ headers }) => headers['x-wc-webhook-topic'] === 'product.created')!
  const messages = saying(world, hook)
  expect(messages.map(({ stream, command }) => [stream, command.type])).toEqual([
    [`product/${MUG.sku}`, 'product.observeListing'],
    [`item/${CHANNEL}/${productId}`, 'item.bind'],
    [`item/${CHANNEL}/${productId}`, 'item.seen'],
    [`listing/${CHANNEL}/${productId}`, 'listing.observe'],
  ])
  const { listing } = messages[0]!.command as unknown as { listing: unknown }
  expect(channelListing.parse(listing)).toMatchObject({
    sku: MUG.sku,
    inventoryItemId: productId,
    writes: 'plain',
    tracked: true,
  })
  world.shop.deleteProduct(MUG.sku)
  const deleted = takeHooks(world).find(({ headers }) => headers['x-wc-webhook-topic'] === 'product.deleted')!
  expect(saying(world, deleted).map(({ command }) => command.type)).toEqual(['listing.deleted'])
})

test('deleting for good tells nobody', async () => {
  const world = await subscribed()
  world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER })!
  takeHooks(world)
  world.shop.deleteOrder(id, { force: true })
  world.shop.deleteProduct(MUG.sku, { force: true })
  expect(takeHooks(world)).toEqual([])
})

test('a variation comes as a product with a parent: its number is news of its own item', async () => {
  const world = await subscribed()
  const { items } = world.shop.addVariable({
    title: 'Tee',
    price: '15',
    variations: [{ option: 'S', sku: 'TEE-S', available: 4 }],
  })
  takeHooks(world)
  world.shop.setAvailable('TEE-S', 3)
  const hooks = takeHooks(world)
  const said = hooks.flatMap((hook) => saying(world, hook))
  expect(said).toEqual([
    {
      stream: `item/${CHANNEL}/${items[0]}`,
      command: expect.objectContaining({ type: 'item.seen', available: 3, locationId: 'shop', pool: 'WH' }),
    },
  ])
})

test('topics and members out of nowhere are no news, and what is bent is malformed', () => {
  const { connection } = createWorld()
  const say = (topic: string, body: unknown) =>
    connection.translate({ topic, body: body as never, receivedAt: '2026-11-21T05:31:00.000Z' })
  for (const topic of ['constructor', '__proto__', 'action.something', 'coupon.created', ''])
    expect(say(topic, { id: 1 })).toEqual([])
  for (const body of [null, [], 7, 'x', {}, { id: 'x' }, { id: 1, line_items: 1 }])
    expect(kindOf(() => say('order.updated', body))).toBe('malformed')
  expect(say('poll/caught-up', { until: '2026-11-21T05:29:30.000Z' })).toEqual([
    { stream: `channel/${CHANNEL}`, command: { type: 'channel.caughtUp', until: '2026-11-21T05:29:30.000Z' } },
  ])
  expect(kindOf(() => say('poll/caught-up', { until: 'soon' }))).toBe('malformed')
})
