/** What Square shows of a SKU, made so: whole objects at their versions, and nobody else's change undone. */
import { describe, expect, test } from 'vitest'
import type { Ask, IntentType } from '#core/intents.ts'
import type { Outbound, Sent } from '../kit/connector.ts'
import { readAll, translated } from '../kit/testing.ts'
import { CAP, createWorld, MUG } from './testing.ts'

type World = ReturnType<typeof createWorld>
const send = <T extends IntentType>({ connection }: World, type: T, asks: Ask<T>[]) =>
  (connection.outbound[type] as unknown as Outbound<T>).send(
    asks.map((ask, nth) => ({ key: `k${nth}`, attempt: 1, ask })) as Sent<T>[],
  )

function aShop(options: Parameters<typeof createWorld>[0] = {}) {
  const world = createWorld(options)
  const { itemId: productId, variationId: variantId } = world.seller.addItem(MUG)
  return { ...world, ids: { sku: MUG.sku, productId, variantId } }
}

describe('what is shown', () => {
  test('is written where it differs, and a second time nothing is', async () => {
    const world = aShop()
    const ask = { ...world.ids, fields: { title: 'Great mug', price: '13.50', barcode: '400638133393', taxClass: 'exempt' } }
    const [outcome] = await send(world, 'listing.ensure', [ask])
    expect(outcome).toMatchObject({ answer: { outcome: 'shown', written: ['title', 'price', 'barcode', 'taxClass'], unable: [] } })
    const shows = { name: 'Great mug', price: 1_350, barcode: '400638133393', taxable: false, archived: false, rest: {} }
    expect(world.seller.shows(MUG.sku)).toEqual(shows)
    const before = world.seller.beliefs().requests
    expect(await send(world, 'listing.ensure', [ask])).toMatchObject([{ answer: { outcome: 'shown', written: [] } }])
    expect(world.seller.beliefs().requests - before).toBe(1)
  }) // prettier-ignore

  test('keeps what staff wrote beside it, and the other variations', async () => {
    const world = aShop()
    const { productId } = world.ids
    world.seller.addVariation(productId, { name: 'Large', sku: 'MUG-L', price: 1_500 })
    world.seller.updateItem(productId, { rest: { description_html: '<p>By hand</p>', categories: [{ id: 'C1' }] } })
    await send(world, 'price.ensure', [{ ...world.ids, fields: { price: '13.50' } }])
    expect(world.seller.shows('MUG-L')).toMatchObject({ price: 1_500 })
    const rest = { description_html: '<p>By hand</p>', categories: [{ id: 'C1' }] }
    expect(world.seller.shows(MUG.sku)).toMatchObject({ price: 1_350, rest })
  })

  test('several SKUs of one item are changed in one go, and each answer is its own', async () => {
    const world = aShop()
    const { productId } = world.ids
    const variantId = world.seller.addVariation(productId, { name: 'Large', sku: 'MUG-L', price: 1_500 })
    const cap = world.seller.addItem(CAP)
    const outcomes = await send(world, 'price.ensure', [
      { ...world.ids, fields: { price: '1.00' } },
      { sku: 'MUG-L', productId, variantId, fields: { price: '2.00' } },
      { sku: CAP.sku, productId: cap.itemId, variantId: cap.variationId, fields: { price: '3.00' } },
      { sku: 'GONE', productId: 'no-such', variantId: 'none', fields: { price: '3.00' } },
    ])
    expect(outcomes.map((one) => 'answer' in one && one.answer.outcome)).toEqual(['shown', 'shown', 'shown', 'gone'])
    expect([MUG.sku, 'MUG-L', CAP.sku].map((sku) => world.seller.shows(sku)!.price)).toEqual([100, 200, 300])
  })

  test('one bad price does not spoil the others, and is named', async () => {
    const world = aShop()
    const cap = world.seller.addItem(CAP)
    const bad = { sku: CAP.sku, productId: cap.itemId, variantId: cap.variationId, fields: { price: '1.999' } }
    const outcomes = await send(world, 'price.ensure', [bad, { ...world.ids, fields: { price: '2.00' } }])
    expect(outcomes[0]).toMatchObject({ fault: { kind: 'rejected' } })
    expect([CAP.sku, MUG.sku].map((sku) => world.seller.shows(sku)!.price)).toEqual([CAP.price, 200])
  })

  test('what staff change in between is a conflict for that item alone, and their change stays', async () => {
    let meddled = false
    const world = aShop({
      wrap: (fetch) => async (request) => {
        if (request.url.endsWith('batch-upsert') && !meddled) {
          meddled = true
          world.seller.updateItem(world.ids.productId, { name: 'By hand' })
        }
        return fetch(request)
      },
    })
    const cap = world.seller.addItem(CAP)
    const both = [
      { ...world.ids, fields: { price: '2.00' } },
      { sku: CAP.sku, productId: cap.itemId, variantId: cap.variationId, fields: { price: '3.00' } },
    ]
    const first = await send(world, 'price.ensure', both)
    expect(first).toMatchObject([{ fault: { kind: 'conflict' } }, { answer: { outcome: 'shown' } }])
    expect(await send(world, 'price.ensure', both)).toMatchObject([{ answer: { outcome: 'shown' } }, { answer: {} }])
    expect(world.seller.shows(MUG.sku)).toMatchObject({ name: 'By hand', price: 200 })
  })

  test('what Square cannot show for this SKU alone is said', async () => {
    const world = aShop()
    world.seller.addVariation(world.ids.productId, { name: 'Large', sku: 'MUG-L', price: 1_500 })
    const fields = { title: 'X', images: ['d1'], attributes: { a: 'b' }, taxClass: 'reduced' }
    const [outcome] = await send(world, 'listing.ensure', [{ ...world.ids, fields }])
    const unable = (outcome as { answer: { unable: { field: string }[] } }).answer.unable.map(({ field }) => field)
    expect(unable.sort()).toEqual(['attributes', 'images', 'taxClass', 'title'])
    expect(world.seller.shows(MUG.sku)!.name).toBe(MUG.name)
  })
})

describe('taken off', () => {
  test('an item of this SKU alone is archived, known as hidden, and taken up again', async () => {
    const world = aShop()
    expect(await send(world, 'listing.withdraw', [world.ids])).toEqual([{ answer: { outcome: 'hidden' } }])
    expect(world.seller.shows(MUG.sku)).toMatchObject({ archived: true })
    const { readings } = await readAll(world.connection.feeds['catalog']!)
    const said = translated(world.connection, readings).find(({ command }) => command.type === 'product.observeListing')
    expect(said!.command).toMatchObject({ listing: { deleted: false, shown: { status: 'hidden', price: '12.50' } } })
    await send(world, 'listing.ensure', [{ ...world.ids, fields: { status: 'active' } }])
    expect(world.seller.shows(MUG.sku)).toMatchObject({ archived: false })
  })

  test('one of several is closed by its stock; what was deleted is gone', async () => {
    const world = aShop()
    world.seller.addVariation(world.ids.productId, { name: 'Large', sku: 'MUG-L', price: 1_500 })
    expect(await send(world, 'listing.withdraw', [world.ids])).toEqual([{ answer: { outcome: 'shared' } }])
    world.seller.deleteItem(world.ids.productId)
    expect(await send(world, 'listing.withdraw', [world.ids])).toEqual([{ answer: { outcome: 'gone' } }])
  })
})
