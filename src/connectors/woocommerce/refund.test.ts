/** A refund through the shop: once, with its pieces and taxes, by the gateway; what the shop refuses is final. */
import type { Ask } from '#core/intents.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../io.ts'
import { answerOf, faultOf, send } from '../kit/testing.ts'
import { BUYER, createWorld, MUG, pollOrder, STANDARD, VAT } from './testing.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })

interface How {
  world?: Parameters<typeof createWorld>[0]
  payment?: 'card' | 'bacs'
}

function bought({ world: options = {}, payment = 'card' }: How = {}) {
  const world = createWorld({ ...options, shop: { tax: VAT, pricesIncludeTax: true, ...options.shop } })
  world.shop.addProduct(MUG)
  const lines = [{ sku: MUG.sku, quantity: 3 }]
  const id = world.shop.placeOrder({ lines, customer: BUYER, shippingMethod: STANDARD, payment })!
  const believed = () => world.shop.beliefs().orders.find((one) => one.id === id)!
  const give = (more: Partial<Ask<'refund.ensure'>> = {}, attempt = 1) => {
    const line = { lineId: believed().lines[0]!.id, quantity: 1, amount: usd(999), tax: usd(166) }
    const ask = { externalId: id, orderName: '#1', key: 'r-1', amount: usd(999), lines: [line], taxesIncluded: true }
    return send(world.connection, 'refund.ensure', { ...ask, reason: 'unwanted', ...more }, { attempt })
  }
  return { ...world, id, believed, give }
}

test('pieces and shipping go back by the gateway, net and tax as the shop counts, and nothing goes on sale', async () => {
  const { give, believed, shop, ...world } = bought()
  const before = shop.beliefs().available[MUG.sku]
  const { refundId } = answerOf(await give({ amount: usd(1_587), shipping: { amount: usd(588), tax: usd(98) } }))
  expect(believed().refunds).toEqual([{ id: refundId, amount: '15.87', paid: true }])
  const order = await pollOrder(world, world.id)
  expect(order.refunds).toMatchObject([
    {
      id: refundId,
      amount: usd(1_587),
      lines: [{ quantity: 1, restocked: 0, amount: usd(999), tax: usd(166) }],
      shipping: { amount: usd(588), tax: usd(98) },
    },
  ])
  expect(shop.beliefs().available[MUG.sku]).toBe(before)
})

test('an answer that is lost: nobody looks before the request has ended, and then the refund is found', async () => {
  let cut = true
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      const response = await fetch(request)
      if (!cut || request.method !== 'POST') return response
      cut = false
      throw new TypeError('the line was cut')
    }
  const { give, believed } = bought({ world: { wrap } })
  const { kind, retryAfterMs } = faultOf(await give())
  expect([kind, retryAfterMs]).toEqual(['unavailable', 60_000])
  const { refundId } = answerOf(await give({}, 2))
  expect(believed().refunds.map(({ id }) => id)).toEqual([refundId])
})

test('it is found by its reason too: the shop stores meta data a moment after the refund', async () => {
  let strip = true
  const wrap =
    (fetch: Fetch): Fetch =>
    async (request) => {
      if (request.method !== 'POST' || !strip) return fetch(request)
      strip = false
      const { meta_data: _, ...body } = (await request.json()) as Record<string, unknown>
      const { url, method, headers } = request
      return fetch(new Request(url, { method, headers, body: JSON.stringify(body) }))
    }
  const { give, believed } = bought({ world: { wrap } })
  answerOf(await give())
  answerOf(await give({}, 2))
  expect(believed().refunds).toHaveLength(1)
})

test('two refunds of the same amount under two names are two', async () => {
  const { give, believed } = bought()
  answerOf(await give())
  answerOf(await give({ key: 'r-11' }))
  expect(believed().refunds).toHaveLength(2)
})

test.each([
  ['more than was paid', {}, { amount: usd(1_000_000), lines: [] }, 'woocommerce.refund_refused', /Invalid refund/],
  ['a gateway that cannot', { payment: 'bacs' as const }, {}, 'woocommerce.refund_refused', /not support automatic/],
  [
    'a line that is not there',
    {},
    { lines: [{ lineId: '9', quantity: 1, amount: usd(1), tax: usd(0) }] },
    'woocommerce.unknown_line',
    /no line 9/,
  ],
] as const)('%s is refused for good, and nothing was given', async (_, how, ask, code, message) => {
  const { give, believed } = bought(how)
  expect(faultOf(await give(ask as Partial<Ask<'refund.ensure'>>))).toMatchObject({
    kind: 'rejected', code, message: expect.stringMatching(message) as string,
  }) // prettier-ignore
  expect(believed().refunds).toEqual([])
})

test('of a method whose money somebody else sends, the refund is only noted', async () => {
  const { give, believed } = bought({ payment: 'bacs', world: { config: { notedRefunds: ['bacs'] } } })
  answerOf(await give())
  expect(believed().refunds).toMatchObject([{ amount: '9.99', paid: false }])
})

test('store credit is refused by name, and no money goes back instead', async () => {
  const { give, believed } = bought()
  const { kind, code, message } = faultOf(await give({ storeCredit: true }))
  expect([kind, code, believed().refunds]).toEqual(['rejected', 'woocommerce.refund_refused', []])
  expect(message).toContain('store credit')
})
