/** What the shop shows of a SKU: only what differs is written, and what other variants share is not. */
import { expect, test } from 'vitest'
import type { ShownListing } from '#canon/product.ts'
import type { ObserveListing } from '#core/commands.ts'
import { Fault } from '../../fault.ts'
import { createWorld, MUG } from './testing.ts'

function listed() {
  const mutations: string[] = []
  const world = createWorld({
    wrap: (fetch) => async (request) => {
      const name = /(query|mutation) (\w+)/.exec(await request.clone().text())
      if (name?.[1] === 'mutation') mutations.push(name[2]!)
      return fetch(request)
    },
  })
  const { productId, variantId } = world.shop.addProduct(MUG)
  const ids = { sku: MUG.sku, productId, variantId }
  const ensure = async (fields: ShownListing, imageUrls = {}) => {
    const send = world.connection.outbound['listing.ensure']!.send
    const [outcome] = await send([{ key: 'k', attempt: 1, ask: { ...ids, fields, imageUrls } }])
    if (!outcome || 'fault' in outcome) throw new Error('failed')
    return outcome.answer
  }
  const withdraw = async () => {
    const [outcome] = await world.connection.outbound['listing.withdraw']!.send([{ key: 'w', attempt: 1, ask: ids }])
    return outcome && 'answer' in outcome ? outcome.answer.outcome : null
  }
  return { ...world, ids, mutations, ensure, withdraw }
}

test('what is so already is not written', async () => {
  const { ensure, mutations } = listed()
  const answer = await ensure({ title: 'Blue mug', price: '12.5', taxClass: 'taxable' })
  expect(answer).toMatchObject({
    outcome: 'shown',
    written: [],
    shown: { price: '12.50', barcode: '', status: 'active' },
  })
  expect(mutations).toEqual([])
})

test('price, barcode, tax, attributes and image go in one call, the title in another', async () => {
  const { ensure, mutations, shop } = listed()
  const fields = {
    title: 'Cup',
    price: '9.00',
    barcode: '400',
    taxClass: 'exempt',
    images: ['ab'],
    attributes: { room: 'Kitchen' },
  }
  const answer = await ensure(fields, { ab: 'https://cdn.example/ab.jpg' })
  expect(mutations).toEqual(['UpdateVariant', 'UpdateProduct'])
  expect(answer).toMatchObject({ shown: { ...fields, status: 'active' }, unable: [] })
  expect(shop.shows(MUG.sku)).toMatchObject({
    title: 'Cup', price: '9.00', barcode: '400', taxable: false, media: ['https://cdn.example/ab.jpg'],
    metafields: { room: 'Kitchen', image_digest: 'ab' },
  }) // prettier-ignore
})

test('the price alone leaves everything else as it is', async () => {
  const { ensure, mutations, shop } = listed()
  await ensure({ price: '9.00' })
  expect(mutations).toEqual(['UpdateVariant'])
  expect(shop.shows(MUG.sku)).toMatchObject({ title: 'Blue mug', price: '9.00', barcode: null, taxable: true })
})

test('a title that several variants share is not written, and neither are they hidden for one of them', async () => {
  const { ensure, withdraw, shop, mutations } = listed()
  shop.addVariant(MUG.sku, { sku: 'MUG-02', title: 'Green', price: '12.50' })
  const answer = await ensure({ title: 'Cup', price: '9.00' })
  expect(answer).toMatchObject({ written: ['price'], unable: [{ field: 'title' }] })
  expect(await withdraw()).toBe('shared')
  expect(mutations).toEqual(['UpdateVariant'])
  expect(shop.shows(MUG.sku)).toMatchObject({ title: 'Blue mug', price: '9.00', status: 'ACTIVE' })
})

test('a tax class Shopify does not know is said to be impossible', async () => {
  const { ensure } = listed()
  expect(await ensure({ taxClass: 'reduced' })).toMatchObject({ written: [], unable: [{ field: 'taxClass' }] })
})

test('withdrawn, it is a draft; asked for again, it is active', async () => {
  const { ensure, withdraw, shop } = listed()
  expect([await withdraw(), await withdraw(), shop.shows(MUG.sku)?.status]).toEqual(['hidden', 'hidden', 'DRAFT'])
  await ensure({ status: 'active' })
  expect(shop.shows(MUG.sku)?.status).toBe('ACTIVE')
})

test('what is not there any more is gone', async () => {
  const { ensure, withdraw, shop } = listed()
  shop.deleteProduct(MUG.sku)
  expect([await ensure({ price: '9.00' }), await withdraw()]).toEqual([{ outcome: 'gone' }, 'gone'])
})

test('a refusal names the SKU and what Shopify said', async () => {
  const { connection, shop, ids } = listed()
  const ask = { ...ids, fields: { title: 'x'.repeat(300) } }
  const refusal = connection.outbound['listing.ensure']!.send([{ key: 'k', attempt: 1, ask }])
  await expect(refusal).rejects.toThrow(Fault)
  await expect(refusal).rejects.toThrow(/MUG-01.*too long/)
  expect(shop.shows(MUG.sku)?.title).toBe('Blue mug')
})

test('webhook and feed say alike what the shop shows', async () => {
  const world = createWorld()
  await world.connection.upkeep['webhooks']!.run()
  world.shop.addProduct(MUG)
  world.clock.pass(10_000)
  const shownIn = (messages: { command: { type: string } }[]) =>
    messages.flatMap(({ command }) =>
      command.type === 'product.observeListing' ? [(command as ObserveListing).listing.shown] : [],
    )
  const hook = world.shop.due().find(({ headers }) => headers['x-shopify-topic'] === 'products/create')!
  const receivedAt = '2026-11-21T05:30:00.000Z'
  const told = shownIn(
    world.connection.translate({ topic: 'products/create', body: JSON.parse(hook.body) as never, receivedAt }),
  )
  const { readings } = await world.connection.feeds['products']!.read(null)
  const { topic, body } = readings[0]!
  expect(shownIn(world.connection.translate({ topic, body, receivedAt }))).toEqual(told)
  expect(told).toEqual([{ title: 'Blue mug', price: '12.50', barcode: '', taxClass: 'taxable', status: 'active' }])
})
