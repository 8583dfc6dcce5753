/** Card numbers that a buyer typed: hidden by webhook and by feed alike, under the names they would have had. */
import type { Json } from '#canon/json.ts'
import { expect, test } from 'vitest'
import { Fault } from '../../fault.ts'
import { asRequest } from '../kit/testing.ts'
import { receive } from './inbound.ts'
import { BUYER, createWorld, MUG, SECRET, takeHooks } from './testing.ts'

const PAN = '4111 1111 1111 1111'
const SAFE = '•••• •••• •••• 1111'

function aNote(note: string) {
  const world = createWorld({ shop: { bucketSize: 1_000_000, restoreRate: 100_000 } })
  world.shop.addProduct(MUG)
  return {
    world,
    place: () => world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }], customer: BUYER, note })!,
  }
}

test('webhook and feed hide the same, and the order hears of both', async () => {
  const { world, place } = aNote(`charge ${PAN}`)
  await world.connection.upkeep['webhooks']!.run()
  place()
  world.clock.pass(60_000)
  const hook = takeHooks(world).find(({ headers }) => headers['x-shopify-topic'] === 'orders/create')!
  const received = world.connection.receive!(asRequest(hook, 0))
  if ('ignore' in received) throw new Error('ignored')
  const text = Buffer.from(received.body!).toString()
  expect(text).toContain(`charge ${SAFE}`)
  expect(text).not.toContain('4111 1111')
  expect(received.masked).toEqual(['note'])
  const { readings } = await world.connection.feeds['orders']!.read(null)
  const reading = readings.find(({ topic }) => topic === 'poll/order')!
  expect(JSON.stringify(reading.body)).toContain(`charge ${SAFE}`)
  expect(reading.masked).toEqual(['note'])
  const said = [
    { topic: received.topic, body: JSON.parse(text) as Json },
    { topic: reading.topic, body: reading.body },
  ].map((one) => world.connection.translate({ ...one, receivedAt: '2026-11-21T06:00:00.000Z' }))
  expect(said[0]).toEqual(said[1])
  expect(said[0]).toMatchObject([
    { command: { type: 'order.observe', masked: ['note'], order: { note: `charge ${SAFE}` } } },
  ])
})

test('the delivery keeps its name, and one without a card number its bytes', async () => {
  for (const note of [`charge ${PAN}`, 'ring twice, order 4111111111111112']) {
    const { world, place } = aNote(note)
    await world.connection.upkeep['webhooks']!.run()
    place()
    const hook = takeHooks(world).find(({ headers }) => headers['x-shopify-topic'] === 'orders/create')!
    const received = world.connection.receive!(asRequest(hook, 0))
    const bare = receive(asRequest(hook, 0), { shop: hook.headers['x-shopify-shop-domain']!, secrets: () => [SECRET] })
    const { body: _, masked: __, ...named } = received as { body?: unknown; masked?: unknown }
    expect(named).toEqual(bare)
    expect('body' in received).toBe(note.includes(PAN))
  }
})

test('what is forged is refused before anybody looks for numbers', async () => {
  const { world, place } = aNote(`charge ${PAN}`)
  await world.connection.upkeep['webhooks']!.run()
  place()
  const hook = takeHooks(world).find(({ headers }) => headers['x-shopify-topic'] === 'orders/create')!
  const hidden = { ...hook, body: hook.body.replace(PAN, SAFE) }
  expect(() => world.connection.receive!(asRequest(hidden, 0))).toThrow(Fault)
})
