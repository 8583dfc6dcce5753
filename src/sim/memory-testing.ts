/** For the tests of the memory: an estate in a folder, and business with it over the wire and by its people. */
import { ERP, ESTATE_SECRETS, SHOP } from './estate.ts'
import { openMemory, type Memory } from './memory.ts'
import { createRandom } from './random.ts'

const START_MS = Date.parse('2026-11-21T09:00:00.000Z')

/** @param atMs when it is opened; time passes with every look at the clock, so that moments differ as in life. */
export function openTested(directory: string, atMs: number, eventsMax = 5_000): Promise<Memory> {
  const clock = { ms: START_MS + atMs }
  return openMemory({
    directory,
    now: () => (clock.ms += 37),
    seed: 7,
    estate: { skus: 6, stock: [200, 300], budget: { points: 20_000, perSecond: 1_000 } },
    eventsMax,
    onError: () => {},
  })
}

/** Something happens. @returns what was answered, as `order 1001` or `partner 9`; null when that was nothing. */
export async function businessStep(memory: Memory, step: number): Promise<string | null> {
  const random = createRandom(step)
  const draw = random.int(1, 100)
  if (step === 0) return subscribe(memory)
  if (step <= 6) return stock(memory, step)
  if (draw <= 40) return say('order', await memory.act('buy'))
  if (draw <= 45) return (await memory.act('cancel'), null)
  if (draw <= 55) return (await memory.act('receive'), null)
  if (draw <= 80) return say('partner', await callErp(memory, 'res.partner', 'create', [{ name: `Customer ${step}` }]))
  for (const hook of await memory.due()) hook.settle(random.pick([200, 503, null]))
  return null
}

const say = (what: string, id: unknown): string | null =>
  typeof id === 'string' || typeof id === 'number' ? `${what} ${id}` : null

let token = ''

export async function ask(memory: Memory, query: string): Promise<Record<string, unknown>> {
  if (token === '') {
    const body = JSON.stringify({
      grant_type: 'client_credentials',
      client_id: 'crossdock',
      client_secret: ESTATE_SECRETS['demo:shop-secret'],
    })
    const response = await memory.reached(SHOP)(
      new Request('http://shop.sim/admin/oauth/access_token', { method: 'POST', body }),
    )
    token = ((await response.json()) as { access_token: string }).access_token
  }
  const headers = { 'x-shopify-access-token': token, 'content-type': 'application/json' }
  const request = new Request('http://shop.sim/admin/api/2026-10/graphql.json', {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  })
  return ((await (await memory.reached(SHOP)(request)).json()) as { data: Record<string, unknown> }).data
}

async function subscribe(memory: Memory): Promise<string> {
  token = ''
  const made = await ask(
    memory,
    `mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: { uri: "http://hub.sim/hooks/x" })
    { webhookSubscription { id } userErrors { message } } }`,
  )
  return `subscribed ${JSON.stringify(made).length}`
}

/** Puts one product on sale, as a hub does. */
async function stock(memory: Memory, step: number): Promise<null> {
  const { products } = (await ask(
    memory,
    '{ products(first: 10) { nodes { variants(first: 1) { nodes { inventoryItem { id } } } } } }',
  )) as {
    products: { nodes: { variants: { nodes: { inventoryItem: { id: string } }[] } }[] }
  }
  const item = products.nodes[step - 1]!.variants.nodes[0]!.inventoryItem.id
  await ask(
    memory,
    `mutation { inventorySetQuantities(input: { name: "available", reason: "correction", quantities: [
    { inventoryItemId: "${item}", locationId: "gid://shopify/Location/7001", quantity: 9000, changeFromQuantity: null }] })
    @idempotent(key: "stock-${step}") { userErrors { code } } }`,
  )
  return null
}

export async function callErp(memory: Memory, model: string, method: string, args: unknown[]): Promise<unknown> {
  const params = {
    service: 'object',
    method: 'execute_kw',
    args: ['retail', 6, ESTATE_SECRETS['demo:odoo-key'], model, method, args, {}],
  }
  const request = new Request('http://odoo.sim/jsonrpc', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, params }),
  })
  return ((await (await memory.reached(ERP)(request)).json()) as { result?: unknown }).result
}
