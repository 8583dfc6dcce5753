/** A shop taken up from a snapshot is the same shop: it answers, tells and believes the same from there on. */
import { deserialize, serialize } from 'node:v8'
import { expect, test } from 'vitest'
import { createClock, createRandom } from '../../kit/testing.ts'
import { CHANNEL, createWorld, MUG, SECRET, SHOP, STANDARD } from '../testing.ts'
import { createShopify, RETRY_AFTER_MS, type ShopifySimulator } from './index.ts'

const SCOPES = ['write_orders', 'write_inventory']
const OPTIONS = {
  shop: SHOP,
  clientId: 'crossdock',
  clientSecret: SECRET,
  scopes: SCOPES,
  bucketSize: 900,
  restoreRate: 7,
}
const PATH = `https://${SHOP}/admin/api/2026-10/graphql.json`

/** A shop with its own clock and chance, which can be doubled where it stands. */
function open(nowMs: number, from: { draws: number; snapshot?: unknown } = { draws: 0 }) {
  const clock = createClock()
  clock.now = nowMs
  const chance = createRandom(5)
  for (let draw = 0; draw < from.draws; draw += 1) chance()
  let draws = from.draws
  const random = () => ((draws += 1), chance())
  const shop = createShopify(OPTIONS, { now: () => clock.now, random }, from.snapshot)
  return { shop, clock, double: () => open(clock.now, { draws, snapshot: deserialize(serialize(shop.snapshot())) }) }
}

type Opened = ReturnType<typeof open>

async function post(shop: ShopifySimulator, path: string, body: string, headers: Record<string, string> = {}) {
  const response = await shop.fetch(new Request(path, { method: 'POST', body, headers }))
  return { status: response.status, headers: [...response.headers], text: await response.text() }
}

const token = (shop: ShopifySimulator) =>
  post(shop, `https://${SHOP}/admin/oauth/access_token`, JSON.stringify({
    grant_type: 'client_credentials', client_id: 'crossdock', client_secret: SECRET,
  })) // prettier-ignore

const tokenIn = ({ text }: { text: string }) => (JSON.parse(text) as { access_token: string }).access_token

const ask = (shop: ShopifySimulator, held: string, query: string, variables: object = {}) =>
  post(shop, PATH, JSON.stringify({ query, variables }), { 'x-shopify-access-token': held })

const SUBSCRIBE = `mutation ($topic: WebhookSubscriptionTopic!) { webhookSubscriptionCreate(topic: $topic,
  webhookSubscription: { uri: "https://hub.example/hooks/${CHANNEL}" }) { webhookSubscription { id } userErrors { message } } }`

const SET = `mutation ($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input)
  @idempotent(key: "one") { inventoryAdjustmentGroup { id } userErrors { code } } }`

const set = (itemId: string, quantity: number) => ({
  input: {
    name: 'available', reason: 'correction',
    quantities: [{ inventoryItemId: `gid://shopify/InventoryItem/${itemId}`, locationId: 'gid://shopify/Location/7001', quantity, changeFromQuantity: null }],
  },
}) // prettier-ignore

const CANCEL = `mutation ($id: ID!) { orderCancel(orderId: $id, reason: CUSTOMER, restock: true) { job { id done } } }`
const ORDERS = `{ orders(first: 5, sortKey: UPDATED_AT) { nodes { id name updatedAt } pageInfo { endCursor } } }`

/** Business up to the snapshot: something of everything a shop remembers is left hanging. */
async function before({ shop, clock }: Opened) {
  const held = tokenIn(await token(shop))
  for (const topic of ['ORDERS_CREATE', 'ORDERS_CANCELLED', 'INVENTORY_LEVELS_UPDATE']) {
    expect((await ask(shop, held, SUBSCRIBE, { topic })).text).toContain('"userErrors":[]')
  }
  const { inventoryItemId } = shop.addProduct(MUG)
  shop.addProduct({ ...MUG, sku: 'OTHER' })
  await ask(shop, held, SET, set(inventoryItemId, 40))
  const orders = [1, 2, 3].map((quantity) => {
    clock.pass(700)
    return shop.placeOrder({
      lines: [{ sku: MUG.sku, quantity }],
      customer: { email: 'ada@example.com' },
      shippingMethod: STANDARD,
    })!
  })
  clock.pass(1_000)
  // One told, one refused and to be repeated, the others on their way.
  const [told, refused] = shop.due()
  told!.settle(200)
  refused!.settle(500)
  shop.cancelOrder(orders[1]!, { reason: 'customer', restock: true })
  expect((await ask(shop, held, CANCEL, { id: `gid://shopify/Order/${orders[2]}` })).text).toContain('"done":false')
  return { held, inventoryItemId, orders }
}

/** The same calls for the original and the double; everything either says. */
async function after({ shop, clock }: Opened, { held, inventoryItemId, orders }: Awaited<ReturnType<typeof before>>) {
  const said: unknown[] = []
  const onTheWay = shop.onTheWay()
  said.push(onTheWay.map(({ url, headers, body }) => ({ url, headers, body })))
  onTheWay.forEach((hook, index) => hook.settle(index % 2 === 0 ? 200 : null))
  said.push(shop.nextDueAt())
  said.push(await ask(shop, held, SET, set(inventoryItemId, 40)), await ask(shop, held, SET, set(inventoryItemId, 41)))
  clock.pass(1_100)
  said.push(await ask(shop, held, ORDERS), await token(shop))
  said.push(shop.placeOrder({ lines: [{ sku: 'OTHER', quantity: 1 }], customer: { email: 'ada@example.com' } }))
  shop.markPaid(orders[0]!)
  said.push(shop.addProduct({ ...MUG, sku: 'LATER' }))
  for (const wait of [2_000, RETRY_AFTER_MS[0]!, RETRY_AFTER_MS[1]!]) {
    clock.pass(wait)
    const hooks = shop.due()
    said.push(hooks.map(({ headers, body }) => ({ headers, body })))
    for (const hook of hooks) hook.settle(503)
  }
  return { said, beliefs: shop.beliefs(), snapshot: shop.snapshot() }
}

test('a restored shop goes on exactly as the one it was taken from', async () => {
  const original = open(createClock().now)
  const known = await before(original)
  const double = original.double()
  const first = await after(original, known)
  const second = await after(double, known)
  expect(second).toEqual(first)
  // It was a day with something in it, or the comparison says little.
  expect(first.beliefs.orders.map(({ cancelledAt }) => cancelledAt !== null)).toEqual([false, true, true, false])
  expect(first.beliefs.idempotentReplays).toBe(1)
  expect((first.said.at(-2) as unknown[]).length).toBeGreaterThan(2)
})

test('a snapshot stands still while its shop goes on', async () => {
  const { shop } = createWorld()
  shop.addProduct(MUG)
  const snapshot = shop.snapshot()
  const kept = serialize(snapshot)
  shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  const double = createShopify(OPTIONS, { now: () => createClock().now, random: () => 0 }, snapshot)
  expect(double.beliefs()).toMatchObject({ orders: [], available: { [MUG.sku]: 10 } })
  double.placeOrder({ lines: [{ sku: MUG.sku, quantity: 5 }] })
  expect(serialize(snapshot).equals(kept)).toBe(true)
})
