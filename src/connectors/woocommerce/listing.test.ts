/** What the shop shows of a SKU: read and written in batches, only what differs, each item with its own error. */
import { expect, test } from 'vitest'
import type { ShownListing } from '#canon/product.ts'
import type { ObserveListing } from '#core/commands.ts'
import { createWorld, MUG, saying, takeHooks } from './testing.ts'

function listed() {
  const calls: string[] = []
  const world = createWorld({
    wrap: (fetch) => (request) => {
      calls.push(`${request.method} ${new URL(request.url).pathname.replace(/.*\/wc\/v3/, '')}`)
      return fetch(request)
    },
  })
  const { productId } = world.shop.addProduct(MUG)
  const ids = { sku: MUG.sku, productId, variantId: productId }
  const ensure = (
    asks: readonly {
      sku: string
      productId: string
      variantId: string
      fields: ShownListing
      imageUrls?: Record<string, string>
    }[],
  ) =>
    world.connection.outbound['listing.ensure']!.send(asks.map((ask, index) => ({ key: `k${index}`, attempt: 1, ask })))
  const withdraw = async (of: typeof ids) => {
    const [outcome] = await world.connection.outbound['listing.withdraw']!.send([{ key: 'w', attempt: 1, ask: of }])
    return outcome && 'answer' in outcome ? outcome.answer.outcome : null
  }
  return { ...world, calls, ids, ensure, withdraw }
}

test('what is so already is read and not written', async () => {
  const { ids, ensure, calls } = listed()
  const [outcome] = await ensure([{ ...ids, fields: { title: 'Blue mug', price: '12.5', taxClass: 'standard' } }])
  expect(outcome).toMatchObject({ answer: { written: [], shown: { price: '12.5', barcode: '', status: 'active' } } })
  expect(calls).toEqual(['GET /products'])
})

test('many are read in one call and written in one, and an error of one is its own', async () => {
  const { shop, ids, ensure, calls } = listed()
  const other = shop.addProduct({ ...MUG, sku: 'CUP', title: 'Cup' })
  const cup = { sku: 'CUP', productId: other.productId, variantId: other.productId }
  const [bad, good, gone] = await ensure([
    { ...ids, fields: { barcode: 'no barcode' } },
    { ...cup, fields: { price: '9.00', barcode: '400' } },
    { sku: 'GONE', productId: '99999', variantId: '99999', fields: { price: '1.00' } },
  ])
  expect(calls).toEqual(['GET /products', 'POST /products/batch'])
  expect(bad).toMatchObject({ fault: { kind: 'rejected' } })
  expect(good).toMatchObject({ answer: { written: ['price', 'barcode'] } })
  expect(gone).toEqual({ answer: { outcome: 'gone' } })
  expect(shop.shows('CUP')).toMatchObject({ price: 9, barcode: '400' })
  expect(shop.shows(MUG.sku)).toMatchObject({ price: 12.5, barcode: '' })
})

test('the price and the rest of one SKU are asked for at once and both are done', async () => {
  const { shop, ids, ensure } = listed()
  const outcomes = await ensure([
    { ...ids, fields: { price: '9.00' } },
    { ...ids, fields: { taxClass: 'reduced-rate' } },
  ])
  expect(outcomes).toMatchObject([{ answer: { written: ['price'] } }, { answer: { written: ['taxClass'] } }])
  expect(shop.shows(MUG.sku)).toMatchObject({ price: 9, taxClass: 'reduced-rate' })
})

test('an image comes first and leaves those of staff behind it; attributes are meta data', async () => {
  const { shop, ids, ensure } = listed()
  const imageUrls = { ab: 'https://cdn.example/ab.jpg', cd: 'https://cdn.example/cd.jpg' }
  await ensure([{ ...ids, fields: { images: ['ab'], attributes: { room: 'Kitchen' } }, imageUrls }])
  const [again] = await ensure([{ ...ids, fields: { images: ['ab'], attributes: { room: 'Kitchen' } }, imageUrls }])
  expect(again).toMatchObject({ answer: { written: [] } })
  await ensure([{ ...ids, fields: { images: ['cd'] }, imageUrls }])
  expect(shop.shows(MUG.sku)).toMatchObject({
    images: [{ src: imageUrls.cd }, { src: imageUrls.ab }],
    meta: { crossdock_room: 'Kitchen', crossdock_image_digest: 'cd' },
  })
})

test('a variation has its own price and barcode; its name is its product’s', async () => {
  const { shop, ensure, withdraw, calls } = listed()
  const variations = [{ option: 'S', sku: 'SHIRT-S' }, { option: 'M', sku: 'SHIRT-M' }] // prettier-ignore
  const { productId, items } = shop.addVariable({ title: 'Shirt', price: '20', variations })
  const ids = { sku: 'SHIRT-S', productId, variantId: items[0]!.split('-')[1]! }
  const [outcome] = await ensure([{ ...ids, fields: { title: 'Blouse', price: '21.00' } }])
  expect(outcome).toMatchObject({ answer: { written: ['price'], unable: [{ field: 'title' }] } })
  expect(calls.at(-1)).toBe(`POST /products/${productId}/variations/batch`)
  expect(await withdraw(ids)).toBe('hidden')
  expect([shop.shows('SHIRT-S')?.status, shop.shows('SHIRT-M')?.status]).toEqual(['private', 'publish'])
  await ensure([{ ...ids, fields: { status: 'active' } }])
  expect(shop.shows('SHIRT-S')?.status).toBe('publish')
})

test('an older shop keeps no barcodes, and says so', async () => {
  const world = createWorld({ shop: { version: '8.9.3' } })
  const { productId } = world.shop.addProduct(MUG)
  const ask = { sku: MUG.sku, productId, variantId: productId, fields: { barcode: '400', price: '9.00' } }
  const [outcome] = await world.connection.outbound['listing.ensure']!.send([{ key: 'k', attempt: 1, ask }])
  expect(outcome).toMatchObject({ answer: { written: ['price'], unable: [{ field: 'barcode' }] } })
})

test('webhook and feed say alike what the shop shows', async () => {
  const world = createWorld()
  await world.connection.upkeep['webhooks']!.run()
  world.shop.addProduct(MUG)
  const shownIn = (messages: { command: { type: string } }[]) =>
    messages.flatMap(({ command }) =>
      command.type === 'product.observeListing' ? [(command as ObserveListing).listing.shown] : [],
    )
  const hook = takeHooks(world).find(({ headers }) => headers['x-wc-webhook-topic'] === 'product.created')!
  const told = shownIn(saying(world, hook))
  const { readings } = await world.connection.feeds['products']!.read(null)
  const { topic, body } = readings[0]!
  expect(shownIn(world.connection.translate({ topic, body, receivedAt: '2026-11-21T05:30:00.000Z' }))).toEqual(told)
  expect(told).toEqual([{ title: 'Blue mug', price: '12.5', barcode: '', taxClass: 'standard', status: 'active' }])
})
