/** What a refusal means: the status says little, code and message decide. */
import { expect, test } from 'vitest'
import { Fault } from '../../fault.ts'
import { openClient } from './http.ts'
import { faultOf, send } from '../kit/testing.ts'
import { createWorld, HOME, KEY, MUG, SECRET } from './testing.ts'

const read = (world: ReturnType<typeof createWorld>, item: string) =>
  send(world.connection, 'inventory.read', { sku: MUG.sku, inventoryItemId: item, locationId: 'shop' })

const clientOf = ({ io }: ReturnType<typeof createWorld>) =>
  openClient({ url: HOME, consumerKey: KEY, consumerSecret: () => SECRET, requestTimeoutMs: 0 }, io)

const refusalOf = async (work: Promise<unknown>): Promise<Fault> => {
  try {
    await work
  } catch (error) {
    if (error instanceof Fault) return error
  }
  throw new Error('There was no fault.')
}

test.each([
  ['429 with a wait', { status: 429, headers: { 'retry-after': '7' } }, 'throttled', 'woocommerce.throttled', 7_000],
  ['429 without one', { status: 429 }, 'throttled', 'woocommerce.throttled', 5_000],
  [
    '503 of a firewall',
    { status: 503, headers: { 'retry-after': '30' } },
    'throttled',
    'woocommerce.throttled',
    30_000,
  ],
  ['503 of a shop that is down', { status: 503 }, 'unavailable', 'woocommerce.server_error', undefined],
  ['502 of a proxy', { status: 502 }, 'unavailable', 'woocommerce.server_error', undefined],
  ['403 of a firewall', { status: 403 }, 'unauthorised', 'woocommerce.firewall', undefined],
  ['a page instead of JSON', { status: 200 }, 'unavailable', 'woocommerce.not_json', undefined],
  [
    'warnings of PHP before the JSON',
    { status: 200, body: '<br />\n<b>Warning</b>: x {"id":1}' },
    'unavailable',
    'woocommerce.not_json',
    undefined,
  ],
  [
    'a redirect',
    { status: 301, headers: { location: 'https://elsewhere.example/' } },
    'rejected',
    'woocommerce.moved',
    undefined,
  ],
  ['no WooCommerce at all', { status: 404 }, 'rejected', 'woocommerce.no_api', undefined],
] as const)('%s', async (_, mishap, kind, code, retryAfterMs) => {
  const world = createWorld()
  const { inventoryItemId } = world.shop.addProduct(MUG)
  world.shop.spoil(mishap)
  const fault = faultOf(await read(world, inventoryItemId))
  expect([fault.kind, fault.code, fault.retryAfterMs]).toEqual([kind, code, retryAfterMs])
})

test('a refused refund is a 500 and final: it is not tried again and is no sign of an outage', async () => {
  const world = createWorld()
  world.shop.addProduct(MUG)
  const id = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], payment: 'bacs' })!
  const client = clientOf(world)
  const ask = (body: object) =>
    client.call({ method: 'POST', path: `/orders/${id}/refunds`, body: body as never, what: 'a refund' })
  for (const body of [{ amount: '1.00' }, { amount: '99.00', api_refund: false }]) {
    const fault = await refusalOf(ask(body))
    expect([fault.kind, fault.code]).toEqual(['rejected', 'woocommerce.refund_refused'])
  }
  expect((await ask({ amount: '1.00', api_refund: false })).body).toMatchObject({ amount: '1.00' })
})

test('a SKU that is taken names who has it; what is not there is named as such', async () => {
  const world = createWorld()
  const first = world.shop.addProduct(MUG)
  const second = world.shop.addProduct({ ...MUG, sku: 'MUG-02' })
  const client = clientOf(world)
  const rename = {
    method: 'PUT',
    path: `/products/${second.productId}`,
    body: { sku: MUG.sku },
    what: 'a product',
  } as const
  const taken = await refusalOf(client.call(rename))
  expect([taken.kind, taken.code]).toEqual(['rejected', 'woocommerce.sku_taken'])
  expect(taken.message).toContain(`number ${first.productId}`)
  expect(faultOf(await read(world, '99999')).code).toBe('woocommerce.unknown_item')
  expect(faultOf(await read(world, 'no such thing')).code).toBe('woocommerce.unknown_item')
  const order = { method: 'GET', path: '/orders/99999', what: 'an order' } as const
  expect((await refusalOf(client.call(order))).code).toBe('woocommerce.unknown_order')
})

test('the shop refuses pages of more than a hundred, broken JSON, and batches of more than a hundred', async () => {
  const world = createWorld()
  const client = clientOf(world)
  const list = (query: Record<string, number>) => client.call({ method: 'GET', path: '/orders', query, what: 'orders' })
  expect((await refusalOf(list({ per_page: 101 }))).message).toContain('per_page')
  expect((await list({ page: 7 })).body).toEqual([])
  const update = Array.from({ length: 101 }, (_, id) => ({ id }))
  const batch = client.call({ method: 'POST', path: '/products/batch', body: { update }, what: 'a batch' })
  expect((await refusalOf(batch)).kind).toBe('rejected')
})

test('no secret and no address is quoted from a refusal', async () => {
  const world = createWorld()
  const body = JSON.stringify({
    code: 'x',
    message: `<b>ada@example.com</b> used ${SECRET} and ck_abc`,
    data: { status: 400 },
  })
  world.shop.spoil({ status: 400, body })
  const fault = faultOf(await read(world, world.shop.addProduct(MUG).inventoryItemId))
  expect(fault.message).toContain('*** used *** and ***')
})
