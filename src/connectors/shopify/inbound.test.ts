/** Webhooks are genuine or refused, and say the right thing in the words of the hub. */
import { readdirSync, readFileSync } from 'node:fs'
import { createHmac } from 'node:crypto'
import { order as orderSchema, type Order } from '#canon/order.ts'
import { channelListing } from '#canon/product.ts'
import type { Json } from '#canon/json.ts'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../fault.ts'
import type { HookRequest } from '../kit/connector.ts'
import { receive, translate } from './inbound.ts'
import { asRequest } from '../kit/testing.ts'
import { CHANNEL, createWorld, HOOK_URL, MUG, SECRET, SHOP, START, takeHooks } from './testing.ts'

const FIXTURES = new URL('./fixtures/', import.meta.url)
const fixture = (name: string): Json => JSON.parse(readFileSync(new URL(`${name}.json`, FIXTURES), 'utf8')) as Json
const names = readdirSync(FIXTURES).map((file) => file.replace('.json', ''))
const topicOf = (name: string): string => name.replace('-', '/')

const options = { channel: CHANNEL, pools: new Map([['7001', 'WH']]) }
const say = (topic: string, body: Json) => translate({ topic, body, receivedAt: '2026-11-21T05:32:00.000Z' }, options)
const orderFrom = (topic: string, body: Json): Order =>
  (say(topic, body)[0]!.command as unknown as { order: Order }).order
const faultOf = (work: () => unknown): Fault => {
  try {
    work()
  } catch (error) {
    if (error instanceof Fault) return error
  }
  throw new Error('No fault was thrown.')
}

describe('receive', () => {
  const body = new TextEncoder().encode('{"foo": "bar"}')
  const sign = (secret: string, bytes = body) => createHmac('sha256', secret).update(bytes).digest('base64')
  const headers = (secret = SECRET) => ({
    'x-shopify-hmac-sha256': sign(secret),
    'x-shopify-topic': 'orders/create',
    'x-shopify-shop-domain': SHOP,
    'x-shopify-event-id': 'e-1',
    'x-shopify-webhook-id': 'w-1',
  })
  const request = (changes: Partial<HookRequest> = {}): HookRequest => ({
    headers: headers(),
    body,
    receivedAt: '2026-11-21T05:32:00.000Z',
    ...changes,
  })
  const ways = { shop: SHOP, secrets: () => [SECRET] }

  test('accepts the published test vector', () => {
    const signature = 'B23tXN681gZ0qIWNRrgtzBE9XSDo5yaUu6wfmhu3a7g='
    const given = request({ headers: { ...headers(), 'x-shopify-hmac-sha256': signature } })
    expect(receive(given, { shop: SHOP, secrets: () => ['test_secret_key'] })).toEqual({
      key: expect.stringMatching(/^orders\/create:e-1:[0-9a-f]{8}$/),
      topic: 'orders/create',
    })
  })

  test('names a delivery by its event, and by its webhook id when there is none', () => {
    expect(receive(request(), ways)).toEqual({
      key: expect.stringMatching(/^orders\/create:e-1:[0-9a-f]{8}$/),
      topic: 'orders/create',
    })
    const { 'x-shopify-event-id': _, ...rest } = headers()
    expect(receive(request({ headers: rest }), ways)).toMatchObject({
      key: expect.stringMatching(/^orders\/create:w-1:/),
    })
  })

  test('two bodies of one event are two deliveries: one action moves the levels of several items', () => {
    const bytes = new TextEncoder().encode('{"foo": "baz"}')
    const given = request({ body: bytes, headers: { ...headers(), 'x-shopify-hmac-sha256': sign(SECRET, bytes) } })
    expect(receive(given, ways)).not.toEqual(receive(request(), ways))
    expect(receive(given, ways)).toEqual(receive(given, ways))
  })

  test('a topic nobody asked for is stored and translates to nothing', () => {
    const given = request({ headers: { ...headers(), 'x-shopify-topic': 'themes/publish' } })
    expect(receive(given, ways)).toMatchObject({ topic: 'themes/publish' })
    expect(say('themes/publish', { id: 1 })).toEqual([])
  })

  test('while a secret is rotated both are accepted, afterwards only the new one', () => {
    const world = (previous: boolean) =>
      createWorld({
        secrets: { 'env:OLD': 'the old secret' },
        config: previous ? { previousClientSecret: 'env:OLD' } : {},
      }).connection
    const old = request({ headers: headers('the old secret') })
    expect(world(true).receive!(old)).toHaveProperty('key')
    expect(world(true).receive!(request())).toHaveProperty('key')
    expect(faultOf(() => world(false).receive!(old)).kind).toBe('forged')
  })

  test('refuses what is forged, cut, empty, unsigned or signed for another body', () => {
    const bad: Partial<HookRequest>[] = [
      { body: new TextEncoder().encode('{"foo": "baz"}') },
      { body: body.slice(0, -1) },
      { body: new Uint8Array(0) },
      { headers: { ...headers(), 'x-shopify-hmac-sha256': undefined } },
      { headers: { ...headers(), 'x-shopify-hmac-sha256': '' } },
      { headers: { ...headers(), 'x-shopify-hmac-sha256': 'not base64 !' } },
      { headers: { ...headers(), 'x-shopify-hmac-sha256': createHmac('sha256', SECRET).update(body).digest('hex') } },
      { headers: headers('another secret') },
    ]
    for (const changes of bad) expect(faultOf(() => receive(request(changes), ways)).kind).toBe('forged')
  })

  test('a genuine signature of another shop of the same app is refused', () => {
    const given = request({ headers: { ...headers(), 'x-shopify-shop-domain': 'other.myshopify.com' } })
    expect(faultOf(() => receive(given, ways)).kind).toBe('forged')
  })

  test('a signed delivery without topic, event or shop is malformed', () => {
    const lacking: Record<string, undefined>[] = [
      { 'x-shopify-topic': undefined },
      { 'x-shopify-shop-domain': undefined },
      { 'x-shopify-event-id': undefined, 'x-shopify-webhook-id': undefined },
    ]
    for (const lacks of lacking) {
      expect(faultOf(() => receive(request({ headers: { ...headers(), ...lacks } }), ways)).kind).toBe('malformed')
    }
  })
})

describe('translate', () => {
  test('every fixture translates, and what comes out is canonical', () => {
    expect(names.length).toBeGreaterThan(12)
    for (const name of names) {
      for (const { stream, command } of say(topicOf(name), fixture(name))) {
        expect(stream).toMatch(/^(order|product|item|listing|connection)\//)
        if ('order' in command) expect(orderSchema.parse(command.order)).toEqual(command.order)
        if ('listing' in command) expect(channelListing.parse(command.listing)).toEqual(command.listing)
      }
    }
  })

  test('one order seen by webhook and by poll is the same order', () => {
    const polled = say('poll/order', fixture('poll-order'))
    expect(say('orders/updated', fixture('orders-updated'))).toEqual(polled)
    expect(polled[0]!.stream).toBe('order/shopify-main/5912345678901')
  })

  test('what is left of a line after a removal: pieces, discount and tax', () => {
    const { lines, total, totalTax, refunded, presentmentTotal, shipping } = orderFrom(
      'orders/updated',
      fixture('orders-updated'),
    )
    const usd = (amount: number) => ({ amount, currency: 'USD' })
    // One of three went with 11.37 of 12.50, so 1.13 of the 3.41 discount; and 0.94 of the 2.81 tax, split 213 to 68.
    expect(lines[0]).toMatchObject({ quantity: 2, restocked: 1, unitPrice: usd(1250), discount: usd(228) })
    expect(lines[0]!.taxes.map(({ rate, amount }) => [rate, amount.amount])).toEqual([
      ['0.0625', 142],
      ['0.02', 45],
    ])
    expect(lines[1]).toMatchObject({ sku: null, requiresShipping: false })
    expect(lines[2]).toMatchObject({ sku: 'CARD-25', giftCard: true })
    expect(shipping[0]).toMatchObject({ code: 'express', price: usd(1490), discount: usd(500) })
    expect([total, totalTax, refunded]).toEqual([usd(6211), usd(249), usd(1231)])
    expect(presentmentTotal).toEqual({ amount: 8509, currency: 'CAD' })
    const lineTotal = lines.reduce(
      (all, line) =>
        all +
        line.unitPrice.amount * line.quantity -
        line.discount.amount +
        line.taxes.reduce((tax, { amount }) => tax + amount.amount, 0),
      0,
    )
    expect(lineTotal + 1490 - 500 + 62).toBe(total.amount)
  })

  test('a guest is known by a digest of the address, in a currency without cents, with tax inside the price', () => {
    const guest = orderFrom('orders/create', fixture('orders-create'))
    expect(guest.customer).toEqual({
      key: 'guest-b533d4547eaa5a0fa955965a',
      name: 'Ada Byron',
      email: 'Grace@Example.com',
    })
    expect(guest).toMatchObject({
      currency: 'JPY',
      taxesIncluded: true,
      total: { amount: 3000 },
      totalTax: { amount: 273 },
    })
    expect(guest).toMatchObject({ paymentStatus: 'pending', placedAt: '2026-11-21T04:59:58.000Z' })
    const nobody = { ...(fixture('orders-create') as object), email: '', customer: null } as unknown as Json
    expect(orderFrom('orders/create', nobody).customer).toBeNull()
  })

  test('a cancelled order wants nothing more and says what went back on sale', () => {
    const cancelled = orderFrom('orders/cancelled', fixture('orders-cancelled'))
    expect(cancelled).toMatchObject({
      cancelledAt: '2026-11-21T05:10:00.000Z',
      cancelReason: 'customer',
      paymentStatus: 'refunded',
    })
    expect(cancelled.lines[0]).toMatchObject({ quantity: 0, restocked: 2, discount: { amount: 0 } })
    expect(cancelled.refunded).toEqual({ amount: 3000, currency: 'JPY' })
  })

  test('words Shopify may add later do not stop an order', () => {
    const body = {
      ...(fixture('orders-paid') as object),
      financial_status: 'in_crypto',
      something_new: { deep: [1] },
    } as unknown as Json
    expect(orderFrom('orders/paid', body).paymentStatus).toBe('pending')
  })

  test('a missing field is named by its path, and nothing of the body is quoted', () => {
    const whole = fixture('orders-updated') as unknown as { line_items: object[] }
    const { quantity: _, ...line } = whole.line_items[0] as { quantity: number }
    const fault = faultOf(() => say('orders/updated', { ...whole, line_items: [line] } as unknown as Json))
    expect(fault).toMatchObject({ kind: 'malformed' })
    expect(fault.message).toContain('orders/updated: line_items.0.quantity')
    const price = faultOf(() => say('orders/updated', { ...whole, current_total_price: '12.345' } as unknown as Json))
    expect(price).toMatchObject({ kind: 'malformed', code: 'shopify.malformed_amount' })
    for (const body of [null, [], 'text', {}] as Json[])
      expect(faultOf(() => say('orders/create', body)).kind).toBe('malformed')
    expect(`${fault.message}${price.message}`).not.toMatch(/Byron|Dock|12\.345/)
  })

  test('products are listings by SKU, items by inventory item, and what is there now', () => {
    const messages = say('products/update', fixture('products-update'))
    expect(messages.map(({ stream, command }) => `${stream} ${command.type}`)).toEqual([
      'product/MUG-BLU product.observeListing',
      'item/shopify-main/9301 item.bind',
      'product/MUG-RED product.observeListing',
      'item/shopify-main/9302 item.bind',
      'listing/shopify-main/8101 listing.observe',
    ])
    expect(messages[4]!.command).toEqual({
      type: 'listing.observe',
      skus: ['MUG-BLU', 'MUG-RED'],
      at: '2026-11-21T05:31:00.000Z',
    })
    expect(messages[2]!.command).toMatchObject({ listing: { title: 'Mug - Red', tracked: false, variantId: '8202' } })
    expect(say('poll/product', fixture('poll-product'))).toEqual(messages)
    expect(say('products/delete', { id: 8101 })).toEqual([
      { stream: 'listing/shopify-main/8101', command: { type: 'listing.deleted', at: '2026-11-21T05:32:00.000Z' } },
    ])
  })

  test('a list of variants that was cut short does not make the others look deleted', () => {
    const whole = fixture('products-update') as unknown as { variants: unknown[] }
    const cut = { ...whole, variants: whole.variants.slice(0, 1) } as unknown as Json
    expect(say('products/update', cut).map(({ command }) => command.type)).toEqual([
      'product.observeListing',
      'item.bind',
    ])
  })

  test('stock news goes to the item; other places and uncounted items are nothing to us', () => {
    const level = fixture('inventory_levels-update') as Record<string, Json>
    expect(say('inventory_levels/update', level)).toEqual([
      {
        stream: 'item/shopify-main/9301',
        command: { type: 'item.seen', locationId: '7001', pool: 'WH', available: 7, at: '2026-11-21T05:31:00.000Z' },
      },
    ])
    expect(say('inventory_levels/update', { ...level, location_id: 7009 })).toEqual([])
    expect(say('inventory_levels/update', { ...level, available: null })).toEqual([])
  })

  test('parts of an order are left to the whole order that follows', () => {
    for (const name of ['orders-edited', 'fulfillments-create', 'fulfillments-update', 'refunds-create']) {
      expect(say(topicOf(name), fixture(name))).toEqual([])
    }
  })

  test('the removal of the app is said to the connection', () => {
    expect(say('app/uninstalled', fixture('app-uninstalled'))).toMatchObject([
      { stream: 'connection/shopify-main', command: { type: 'connection.lost' } },
    ])
  })
})

test('what the simulator sends is accepted and translates', async () => {
  const world = createWorld()
  await world.connection.upkeep['webhooks']!.run()
  world.shop.addProduct(MUG)
  world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }] })
  const hooks = takeHooks(world)
  expect(hooks.map(({ url }) => url)).toEqual(hooks.map(() => HOOK_URL))
  const topics = hooks.map((hook) => {
    const received = world.connection.receive!(asRequest(hook, START))
    if ('ignore' in received) throw new Error('ignored')
    world.connection.translate({
      topic: received.topic,
      body: JSON.parse(hook.body) as Json,
      receivedAt: '2026-11-21T05:32:00.000Z',
    })
    return received.topic
  })
  expect(topics.sort()).toEqual([
    'inventory_levels/update',
    'orders/create',
    'orders/paid',
    'orders/updated',
    'products/create',
  ])
})
