/** Stock is set once and only where it was what we believed; every kind of answer has its fault. */
import type { Fault } from '../../fault.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { createWorld, MUG, SECRET, START } from './testing.ts'

const KEY = 'stock/WH/MUG-01/7/1'

function stocked(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const { inventoryItemId } = world.shop.addProduct(MUG)
  const place = { sku: MUG.sku, inventoryItemId, locationId: '7001' }
  const set = (from: number, to: number, key = KEY) =>
    outcomeOf(() =>
      world.connection.outbound['inventory.set']!.send([{ key, attempt: 1, ask: { ...place, from, to } }]),
    )
  const read = () =>
    outcomeOf(() => world.connection.outbound['inventory.read']!.send([{ key: 'r', attempt: 1, ask: place }]))
  return { ...world, set, read, available: () => world.shop.beliefs().available[MUG.sku] }
}

/** The answer of the only intent, or its fault. */
async function outcomeOf<T>(send: () => Promise<({ answer: T } | { fault: Fault })[]>): Promise<T | Fault> {
  try {
    const [outcome] = await send()
    return 'answer' in outcome! ? outcome.answer : outcome!.fault
  } catch (error) {
    return error as Fault
  }
}

test('reads and sets what can be sold', async () => {
  const { read, set, available } = stocked()
  const at = new Date(START).toISOString()
  expect(await read()).toEqual({ available: 10, at, untouched: true })
  expect(await set(10, 4)).toEqual({ outcome: 'set' })
  expect(available()).toBe(4)
})

test('a shelf counts as untouched only while its number has never changed', async () => {
  const { shop, clock, read } = stocked()
  clock.pass(60_400)
  expect(await read()).toEqual({ available: 10, at: '2026-11-21T05:31:00.000Z', untouched: true })
  const id = shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })!
  expect(await read()).toEqual({ available: 9, at: '2026-11-21T05:31:00.000Z' })
  shop.cancelOrder(id, { reason: 'customer', restock: true })
  expect(await read()).toEqual({ available: 10, at: '2026-11-21T05:31:00.000Z' })
})

test('a piece sold in the second in which its shelf was made is seen all the same', async () => {
  const { shop, read } = stocked()
  shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  expect(await read()).toEqual({ available: 9, at: new Date(START).toISOString() })
})

test('a shop that does not tell the time is read all the same', async () => {
  const { read } = stocked({
    wrap: (fetch) => async (request) => {
      const response = await fetch(request)
      response.headers.delete('date')
      return response
    },
  })
  expect(await read()).toEqual({ available: 10, untouched: true })
})

test('a sale in between makes the compare stale: nothing is changed and the answer says what is there', async () => {
  const { shop, set, available } = stocked()
  expect(shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }] })).not.toBeNull()
  expect(await set(10, 25)).toEqual({ outcome: 'stale', available: 7 })
  expect(available()).toBe(7)
})

test('a repeat under the same key gives the first answer and changes nothing again', async () => {
  const { shop, set, available } = stocked()
  expect(await set(10, 4)).toEqual({ outcome: 'set' })
  shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  shop.setAvailable(MUG.sku, 10)
  expect(await set(10, 4)).toEqual({ outcome: 'set' })
  expect(available()).toBe(10)
  expect(shop.beliefs().idempotentReplays).toBe(1)
})

test('a stale compare whose answer was lost is still stale when it is asked for again', async () => {
  let lose = false
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const answer = await fetch(request)
      if (lose) throw new TypeError('cut')
      return answer
    }
  const { shop, set, available } = stocked({ wrap })
  await set(10, 10, 'warm up')
  shop.setAvailable(MUG.sku, 6)
  lose = true
  expect(await set(10, 25)).toMatchObject({ kind: 'unavailable' })
  lose = false
  // Meanwhile the shop has the old number again: a set repeated blindly would go through now.
  shop.setAvailable(MUG.sku, 10)
  expect(await set(10, 25)).toEqual({ outcome: 'stale', available: 10 })
  expect(available()).toBe(10)
})

test('the same key with other numbers is a bug and is refused for good', async () => {
  const { set, available } = stocked()
  await set(10, 4)
  expect(await set(4, 9)).toMatchObject({ kind: 'rejected', code: 'shopify.key_mismatch' })
  expect(available()).toBe(4)
})

test('an earlier attempt that still runs is a conflict, to be tried again with the same key', async () => {
  const { shop, set, available } = stocked()
  shop.collideNext()
  expect(await set(10, 4)).toMatchObject({ kind: 'conflict', code: 'shopify.concurrent' })
  expect(available()).toBe(10)
  expect(await set(10, 4)).toEqual({ outcome: 'set' })
})

test('what the shop does not know is refused for good, with what to do', async () => {
  const { shop, read, set } = stocked()
  shop.deleteProduct(MUG.sku)
  expect(await read()).toMatchObject({ kind: 'rejected', code: 'shopify.unknown_item' })
  expect(await set(10, 4)).toMatchObject({ kind: 'rejected', code: 'shopify.invalid_inventory_item' })
})

test('an item that is not stocked at the location says so', async () => {
  const { connection, shop } = createWorld({
    shop: {
      locations: [
        { id: 7001, name: 'Main' },
        { id: 7002, name: 'Store' },
      ],
    },
  })
  const { inventoryItemId } = shop.addProduct(MUG)
  const ask = { sku: MUG.sku, inventoryItemId, locationId: '7002' }
  const outcome = await outcomeOf(() => connection.outbound['inventory.read']!.send([{ key: 'r', attempt: 1, ask }]))
  expect(outcome).toMatchObject({ kind: 'rejected', code: 'shopify.not_stocked' })
})

test('when the budget is used up the wait is what Shopify needs to restore it', async () => {
  const { shop, set, read, clock } = stocked()
  await set(10, 9, 'k1')
  shop.setThrottled(5, 10)
  // Ten points and a few for the objects; five are there, ten flow in per second.
  const fault = (await set(9, 8, 'k2')) as Fault
  expect(fault).toMatchObject({ kind: 'throttled', code: 'shopify.throttled' })
  expect(fault.retryAfterMs).toBeGreaterThanOrEqual(500)
  expect(fault.retryAfterMs).toBeLessThanOrEqual(1_500)
  shop.setThrottled(2_000, 1_000)
  clock.pass(fault.retryAfterMs!)
  expect(await set(9, 8, 'k2')).toEqual({ outcome: 'set' })
  expect(await read()).toMatchObject({ available: 8 })
})

test('a call it cannot pay for is not made', async () => {
  const { shop, set, clock } = stocked({ shop: { bucketSize: 20, restoreRate: 1 } })
  await set(10, 9, 'k1')
  const before = shop.beliefs().requests
  const fault = (await set(9, 8, 'k2')) as Fault
  expect(fault.kind).toBe('throttled')
  expect(shop.beliefs().requests).toBe(before)
  clock.pass(fault.retryAfterMs!)
  expect(await set(9, 8, 'k2')).toEqual({ outcome: 'set' })
})

test('429 waits as long as it is told, in seconds or until a date', async () => {
  for (const [header, wait] of [
    ['2.0', 2_000],
    ['7', 7_000],
    [new Date(START + 9_000).toUTCString(), 9_000],
    ['', 1_000],
  ] as const) {
    const { read } = stocked({
      wrap: () => () => Promise.resolve(new Response('slow down', { status: 429, headers: { 'retry-after': header } })),
    })
    expect(await read()).toMatchObject({ kind: 'throttled', retryAfterMs: wait })
  }
})

test('a token that was refused is renewed once, and one that ends is renewed before', async () => {
  const { shop, read, clock } = stocked({ shop: { tokenLifeSeconds: 3_600 } })
  await read()
  shop.revokeToken()
  expect(await read()).toMatchObject({ available: 10 })
  const before = shop.beliefs().requests
  clock.pass(3_595_000)
  expect(await read()).toMatchObject({ available: 10 })
  // A new token and the question: no request was turned down in between.
  expect(shop.beliefs().requests - before).toBe(2)
})

test('many calls at once ask for one token', async () => {
  const paths: string[] = []
  const { read } = stocked({
    wrap: (fetch) => (request) => (paths.push(new URL(request.url).pathname), fetch(request)),
  })
  await Promise.all([read(), read(), read()])
  expect(paths.filter((path) => path.endsWith('access_token'))).toHaveLength(1)
})

test('an app that was removed or lacks a scope needs a person', async () => {
  const removed = stocked()
  removed.shop.uninstall()
  expect(await removed.read()).toMatchObject({ kind: 'unauthorised' })
  const { read } = stocked({ shop: { scopes: ['read_orders'] } })
  expect(await read()).toMatchObject({ kind: 'unauthorised', code: 'shopify.access_denied' })
})

test('answers that are none are faults of the right kind', async () => {
  const answers: [Response | Error, string][] = [
    [new Error('connect ECONNREFUSED'), 'unavailable'],
    [new Response('<html>', { status: 502 }), 'unavailable'],
    [new Response('<html>', { status: 200 }), 'unavailable'],
    [
      Response.json({ errors: [{ message: 'Internal error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }] }),
      'unavailable',
    ],
    [Response.json({ data: { inventoryItem: 7 } }), 'unavailable'],
    [
      Response.json({ errors: [{ message: "Field 'x' doesn't exist", extensions: { code: 'undefinedField' } }] }),
      'rejected',
    ],
    [Response.json({ errors: 'Not Found' }, { status: 404 }), 'rejected'],
    [new Response('', { status: 302, headers: { location: 'https://elsewhere.example' } }), 'rejected'],
    [Response.json({ errors: 'Unavailable Shop' }, { status: 402 }), 'unauthorised'],
  ]
  for (const [answer, kind] of answers) {
    const { read } = stocked({
      wrap: (fetch) => (request) => {
        // Followed, a redirect would carry the token to another host.
        expect(request.redirect).toBe('manual')
        if (request.url.endsWith('access_token')) return fetch(request)
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
    })
    expect(await read()).toMatchObject({ kind })
  }
})

test('what Shopify says is quoted without secrets, tokens and addresses', async () => {
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      if (request.url.endsWith('access_token')) return fetch(request)
      const message = `Bad ${SECRET} ${request.headers.get('x-shopify-access-token')} for ada.byron@example.com`
      return Response.json({ errors: [{ message }] })
    }
  const fault = (await stocked({ wrap }).read()) as Fault
  expect(fault.message).toBe('Shopify refused ReadAvailable: Bad *** *** for ***')
})

test('a request that takes too long is given up', async () => {
  const wrap = (): Fetch => (request) =>
    new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)))
  const { read } = stocked({ wrap, config: { requestTimeoutMs: 1 } })
  expect(await read()).toMatchObject({ kind: 'unavailable', code: 'shopify.no_answer' })
})
