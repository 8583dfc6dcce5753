/** Bodies of a WooCommerce shop bent out of shape: they become commands of the right shape, or are malformed. */
import { order as orderSchema } from '#canon/order.ts'
import { channelListing } from '#canon/product.ts'
import { woocommerce } from '#connectors/woocommerce/index.ts'
import { createWooCommerce } from '#connectors/woocommerce/simulator/index.ts'
import { createRandom } from '#sim/random.ts'
import { expect, test } from 'vitest'
import { toFault } from '../../src/fault.ts'
import { realIo } from '../../src/io.ts'
import { bent, chanceJson } from './inputs.ts'

const URL_OF_SHOP = 'http://shop.example'
const AT = '2026-11-21T05:31:00.000Z'

test('any JSON, and genuine bodies bent, translate or are malformed', async () => {
  const random = createRandom(11)
  const keys = [{ key: 'ck', secret: 'cs', permissions: 'read_write' as const }]
  const io = realIo({ secret: () => 'cs' })
  const options = { url: URL_OF_SHOP, keys, tax: { id: 1, label: 'VAT', percent: 20 }, pricesIncludeTax: true }
  const shop = createWooCommerce(options, { now: () => io.now(), random: random.next })
  io.fetch = shop.fetch
  const config = { url: URL_OF_SHOP, consumerKey: 'ck', consumerSecret: 'env:A', webhookSecret: 'env:A', pool: 'WH' }
  const connection = woocommerce.open(woocommerce.config.parse(config), { name: 'woo', io })
  shop.addProduct({ sku: 'MUG', title: 'Mug', price: '9.99', available: 9 })
  shop.addVariable({
    title: 'Tee',
    sku: 'T',
    price: '15',
    available: 8,
    variations: [{ option: 'S', sku: 'S' }, { option: 'M' }],
  })
  const id = shop.placeOrder({
    lines: [{ sku: 'MUG', quantity: 3, discount: '1.00' }],
    coupon: 'X',
    customer: { email: 'a@example.com' },
  })!
  shop.refund(id, [{ sku: 'MUG', quantity: 1, restock: true }])
  const genuine = [
    ...(await connection.feeds['orders']!.read(null)).readings,
    ...(await connection.feeds['products']!.read(null)).readings,
  ].flatMap(({ topic, body }) => {
    const inner = body as { order?: unknown; product?: unknown }
    const hook = inner.order ? [{ topic: 'order.updated', body: { ...(inner.order as object), refunds: [] } }] : []
    return [
      { topic, body: body as unknown },
      ...hook,
      ...(inner.product ? [{ topic: 'product.updated', body: inner.product }] : []),
    ]
  })
  let translated = 0
  for (let round = 0; round < 6_000; round += 1) {
    const { topic, body } = random.pick(genuine)
    const told = random.chance(0.1) ? chanceJson(random) : bent(random, body)
    let messages: { stream: string; command: { type: string } }[] = []
    try {
      messages = connection.translate({ topic, body: told as never, receivedAt: AT })
    } catch (error) {
      expect([toFault(error).kind, toFault(error).message]).toEqual(['malformed', expect.any(String)])
    }
    for (const { stream, command } of messages) {
      translated += 1
      expect(stream).toMatch(/^[a-z]+\/./)
      if ('order' in command) expect(orderSchema.safeParse(command.order).error).toBe(undefined)
      if ('listing' in command) expect(channelListing.safeParse(command.listing).error).toBe(undefined)
    }
  }
  expect(translated).toBeGreaterThan(1_000)
})
