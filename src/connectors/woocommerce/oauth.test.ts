/** Who asks: signatures over http, Basic over https, and what the shop refuses of each. */
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { baseString, escaped, signatureOf } from './oauth.ts'
import { answerOf, faultOf, send } from '../kit/testing.ts'
import { createWorld, HOME, KEY, MUG, SECRET } from './testing.ts'

const ask = (inventoryItemId: string) => ({ sku: MUG.sku, inventoryItemId, locationId: 'shop' })

test('signs what RFC 5849 says: parameters sorted, everything escaped once more, the key with an ampersand', () => {
  const query = { b5: '=%3D', a3: 'a', c2: '', a2: 'r b' }
  expect(baseString('get', 'http://example.com/request', query)).toBe(
    'GET&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3Da%26b5%3D%253D%25253D%26c2%3D',
  )
  expect(escaped("a b!*'()~-._")).toBe('a%20b%21%2A%27%28%29~-._')
  expect(signatureOf('x', 'secret', 'sha1')).not.toBe(signatureOf('x', 'secret', 'sha256'))
})

/** Keeps what was sent, and lets a test send it again. */
function recorded(options: Parameters<typeof createWorld>[0] = {}) {
  const requests: Request[] = []
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      requests.push(request.clone())
      return fetch(request)
    }
  return { ...createWorld({ ...options, wrap }), requests }
}

test('every request over http is signed anew; the very same one again is refused', async () => {
  const { connection, shop, requests, clock } = recorded()
  const item = ask(shop.addProduct(MUG).inventoryItemId)
  answerOf(await send(connection, 'inventory.read', item))
  answerOf(await send(connection, 'inventory.read', item))
  const nonces = requests.map(({ url }) => new URL(url).searchParams.get('oauth_nonce'))
  expect(new Set(nonces).size).toBe(2)
  expect(requests.every((request) => request.headers.get('authorization') === null)).toBe(true)
  expect(requests.every(({ url }) => !url.includes(SECRET))).toBe(true)

  const again = await shop.fetch(requests[0]!.clone())
  expect([again.status, await again.json()]).toEqual([
    401,
    {
      code: 'woocommerce_rest_authentication_error',
      message: 'Invalid nonce - nonce has already been used.',
      data: { status: 401 },
    },
  ])
  clock.pass(15 * 60_000 + 1_000)
  const late = await shop.fetch(requests[1]!.clone())
  expect(((await late.json()) as { message: string }).message).toBe('Invalid timestamp.')
})

test('an attempt whose answer was lost is made again with another signature, and passes', async () => {
  let lose = true
  const { connection, shop, io } = createWorld({
    wrap: (fetch) => async (request) => {
      const response = await fetch(request)
      if (!lose) return response
      lose = false
      throw new TypeError('cut')
    },
  })
  const item = ask(shop.addProduct(MUG).inventoryItemId)
  expect(faultOf(await send(connection, 'inventory.read', item)).code).toBe('woocommerce.no_answer')
  expect(answerOf(await send(connection, 'inventory.read', item))).toMatchObject({ available: 10 })
  expect(io.now()).toBeGreaterThan(0)
})

test('over https the key goes as Basic, and nothing is in the query', async () => {
  const { connection, shop, requests } = recorded({
    shop: { url: 'https://shop.example' },
    config: { url: 'https://shop.example/' },
  })
  const { inventoryItemId } = shop.addProduct(MUG)
  answerOf(await send(connection, 'inventory.read', ask(inventoryItemId)))
  expect(requests[0]!.url).toBe(`https://shop.example/wp-json/wc/v3/products/${inventoryItemId}`)
  expect(requests[0]!.headers.get('authorization')).toBe(`Basic ${Buffer.from(`${KEY}:${SECRET}`).toString('base64')}`)
})

test('Basic over http looks like a missing permission, as on a real shop', async () => {
  const { shop } = createWorld()
  const authorization = `Basic ${Buffer.from(`${KEY}:${SECRET}`).toString('base64')}`
  const response = await shop.fetch(new Request(`${HOME}/wp-json/wc/v3/orders`, { headers: { authorization } }))
  expect(response.status).toBe(401)
  expect(await response.json()).toMatchObject({ code: 'woocommerce_rest_cannot_view' })
})

test('the signature is for the home URL: another scheme, port or path is refused', async () => {
  for (const url of ['http://shop.example:8080/store', 'http://www.shop.example/store']) {
    const { connection, shop } = createWorld({ config: { url } })
    const fault = faultOf(await send(connection, 'inventory.read', ask(shop.addProduct(MUG).inventoryItemId)))
    expect([fault.kind, fault.code]).toEqual(['unauthorised', 'woocommerce.unauthorised'])
    expect(fault.message).toContain('provided signature does not match')
  }
})

test('a clock that is off by more than a quarter of an hour is named as such', async () => {
  const { connection, shop, io, clock } = createWorld()
  const { inventoryItemId } = shop.addProduct(MUG)
  const right = io.now
  Object.assign(io, { now: () => clock.now - 16 * 60_000 })
  const fault = faultOf(await send(connection, 'inventory.read', ask(inventoryItemId)))
  expect([fault.kind, fault.code]).toEqual(['unauthorised', 'woocommerce.clock'])
  Object.assign(io, { now: right })
  answerOf(await send(connection, 'inventory.read', ask(inventoryItemId)))
})

test('a key that may only read, a revoked one and a wrong secret are 401, and a person has to act', async () => {
  const { connection, shop } = createWorld()
  const { inventoryItemId } = shop.addProduct(MUG)
  shop.setPermissions('read')
  const readOnly = faultOf(await send(connection, 'inventory.put', { ...ask(inventoryItemId), to: 3 }))
  expect([readOnly.kind, readOnly.message.includes('does not have write permissions')]).toEqual(['unauthorised', true])
  answerOf(await send(connection, 'inventory.read', ask(inventoryItemId)))
  shop.revokeKeys()
  const revoked = faultOf(await send(connection, 'inventory.read', ask(inventoryItemId)))
  expect([revoked.kind, revoked.message.includes('Consumer key is invalid')]).toEqual(['unauthorised', true])
})
