/** Webhooks: who sent them, what they are called, what they mean. */
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { toFault } from '../../fault.ts'
import { isSigned } from './inbound.ts'
import { asRequest, readAll, START, translated } from '../kit/testing.ts'
import { createWorld, HOOK_URL, MERCHANT, MUG, PLACE, takeHooks } from './testing.ts'

const folder = process.env['CROSSDOCK_SPECS'] ?? ''
const atHand = folder !== '' && existsSync(join(folder, 'TEST-VECTORS.json'))
if (!atHand) console.warn("CROSSDOCK_SPECS does not name the vendors' contracts: Square's vectors were NOT checked.")

test('published vectors: the signature is over address and body', () => {
  if (!atHand) return
  const all = JSON.parse(readFileSync(join(folder, 'TEST-VECTORS.json'), 'utf8')) as Record<string, string>[]
  const ours = all.filter(({ vendor }) => vendor === 'square')
  expect(ours).toHaveLength(2)
  for (const { secret, notificationUrl, body, expected } of ours) {
    const bytes = new TextEncoder().encode(body)
    expect(isSigned(bytes, notificationUrl!, expected!, secret!)).toBe(true)
    expect(isSigned(bytes, `${notificationUrl!}/`, expected!, secret!)).toBe(false)
    expect(isSigned(bytes, notificationUrl!, expected!, `${secret!}x`)).toBe(false)
    expect(isSigned(new TextEncoder().encode(`${body!} `), notificationUrl!, expected!, secret!)).toBe(false)
  }
})

const KEY = 'a-signature-key'
const signedBy = (body: string, url = HOOK_URL, key = KEY) =>
  asRequest({
    headers: {
      'x-square-hmacsha256-signature': createHmac('sha256', key)
        .update(url + body)
        .digest('base64'),
    },
    body,
  })
const world = () => createWorld({ config: { signatureKey: 'env:KEY' }, secrets: { 'env:KEY': KEY } })
const kindOf = (work: () => unknown): string => {
  try {
    work()
    return 'taken'
  } catch (error) {
    return toFault(error).kind
  }
}
const news = (more: object = {}) =>
  JSON.stringify({ merchant_id: MERCHANT, type: 'order.updated', event_id: 'e-1', ...more })

test('a genuine webhook is named by its event; another address, key or seller is refused', () => {
  const { connection } = world()
  const take = (request: ReturnType<typeof signedBy>) => connection.receive!(request)
  expect(take(signedBy(news()))).toEqual({ key: 'e-1', topic: 'order.updated' })
  expect(kindOf(() => take(signedBy(news(), 'https://hub.example/hooks/other')))).toBe('forged')
  expect(kindOf(() => take(signedBy(news(), HOOK_URL, 'another')))).toBe('forged')
  expect(kindOf(() => take(signedBy(news({ merchant_id: 'OTHER' }))))).toBe('forged')
  expect(kindOf(() => take(signedBy('{}')))).toBe('malformed')
  expect(kindOf(() => take(signedBy('[')))).toBe('malformed')
  expect(take(signedBy(news({ type: 'webhooks.test_notification' })))).toHaveProperty('ignore')
})

test('without an address nothing is received: the address is part of what is signed', () => {
  expect(createWorld({ hookUrl: null }).connection.receive).toBe(undefined)
})

test('a count in stock is news of its item; other states and places are not', () => {
  const { connection } = world()
  const count = {
    catalog_object_id: 'V1',
    state: 'IN_STOCK',
    location_id: PLACE,
    quantity: '7.5',
    calculated_at: '2026-11-21T15:30:01.123456Z',
  }
  const body = (one: object) => ({ data: { object: { inventory_counts: [{ ...count, ...one }] } } })
  const say = (one: object) =>
    connection.translate({ topic: 'inventory.count.updated', body: body(one), receivedAt: '2026-11-21T15:30:02.000Z' })
  expect(say({})).toEqual([
    {
      stream: 'item/square-main/V1',
      command: { type: 'item.seen', locationId: PLACE, pool: 'WH', available: 7, at: '2026-11-21T15:30:01.123Z' },
    },
  ])
  expect(say({ quantity: '-2.5' })[0]!.command).toMatchObject({ available: -3 })
  expect(say({ state: 'SOLD' })).toEqual([])
  expect(say({ location_id: 'L9' })).toEqual([])
  expect(kindOf(() => say({ quantity: 'many' }))).toBe('malformed')
})

test('an event that was searched for has the name of its webhook', async () => {
  const { connection, seller, clock } = createWorld()
  for (const upkeep of Object.values(connection.upkeep)) await upkeep.run()
  seller.addItem(MUG)
  seller.count(MUG.sku, 4)
  const hooks = takeHooks({ clock, seller }).filter(({ body }) => body.includes('inventory.count.updated'))
  const byHook = hooks.map((hook) => connection.receive!(asRequest(hook)))
  const { readings } = await readAll(connection.feeds['events']!)
  const told = readings.map(({ key, topic }) => ({ key, topic }))
  expect(told).toHaveLength(2)
  expect(told).toEqual(expect.arrayContaining(byHook))
  expect(translated(connection, readings)).toHaveLength(2)
})

test('a withdrawn authorisation is told', async () => {
  const { connection, seller, clock } = createWorld()
  await connection.upkeep['webhooks']!.run()
  seller.revoke()
  const [hook] = takeHooks({ clock, seller })
  const { topic } = connection.receive!(asRequest(hook!)) as { topic: string }
  const said = connection.translate({
    topic,
    body: JSON.parse(hook!.body) as never,
    receivedAt: new Date(START).toISOString(),
  })
  expect(said).toMatchObject([{ stream: 'connection/square-main', command: { type: 'connection.lost' } }])
  const [finding] = await connection.check()
  expect(finding).toMatchObject({ level: 'error', about: 'permissions' })
})

test('items become listings by SKU, set plainly; gone ones are told once', async () => {
  const { connection, seller, clock } = createWorld()
  const { itemId, variationId } = seller.addItem(MUG)
  seller.addItem({ name: 'Bag', sku: ' ', price: 10 })
  const first = await readAll(connection.feeds['catalog']!)
  const said = translated(connection, first.readings)
  expect(said.slice(0, 3)).toMatchObject([
    {
      stream: 'product/MUG-01',
      command: {
        listing: {
          sku: 'MUG-01',
          variantId: variationId,
          inventoryItemId: variationId,
          writes: 'plain',
          tracked: true,
          title: 'Blue mug',
        },
      },
    },
    { stream: `item/square-main/${variationId}`, command: { type: 'item.bind', sku: 'MUG-01' } },
    { stream: `listing/square-main/${itemId}`, command: { type: 'listing.observe', skus: ['MUG-01'] } },
  ])
  clock.pass(3_600_000)
  expect((await readAll(connection.feeds['catalog']!, first.cursor)).readings.length).toBeLessThanOrEqual(2)
  seller.deleteItem(itemId)
  const last = translated(connection, (await readAll(connection.feeds['catalog']!, first.cursor)).readings)
  expect(last).toContainEqual({
    stream: `listing/square-main/${itemId}`,
    command: { type: 'listing.deleted', at: '2026-11-21T16:30:00.000Z' },
  })
})

test('any body of any topic translates or is malformed, and nothing else', () => {
  const { connection } = createWorld()
  const topics = [
    'poll/order',
    'poll/receipt',
    'poll/count',
    'poll/item',
    'poll/caught-up',
    'inventory.count.updated',
    'constructor',
    'order.updated',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...topics), fc.jsonValue(), (topic, body) => {
      const kind = kindOf(() =>
        connection.translate({ topic, body: body as never, receivedAt: '2026-11-21T15:30:00.000Z' }),
      )
      expect(['taken', 'malformed']).toContain(kind)
    }),
    { numRuns: 300 },
  )
})
