/** What an offer at Amazon shows, made so: accepted now, effective later, looked for until it is shown or refused. */
import { describe, expect, test } from 'vitest'
import type { Ask, IntentType } from '#core/intents.ts'
import type { Outbound, Sent } from '../kit/connector.ts'
import { createWorld, KETTLE, MUG } from './testing.ts'

type World = ReturnType<typeof createWorld>
const MINUTE_MS = 60_000
const send = <T extends IntentType>({ connection }: World, type: T, asks: Ask<T>[]) =>
  (connection.outbound[type] as unknown as Outbound<T>).send(
    asks.map((ask, nth) => ({ key: `k${nth}`, attempt: 1, ask })) as Sent<T>[],
  )

function aSeller() {
  const world = createWorld({ account: { effectiveAfterMs: [MINUTE_MS, MINUTE_MS] } })
  world.seller.addListing(MUG)
  return { ...world, ids: { sku: MUG.sku, productId: 'B0', variantId: MUG.sku } }
}

describe('an offer', () => {
  test('is changed where it differs; effective later, and then nothing is written', async () => {
    const world = aSeller()
    const fields = { title: 'Great mug', price: '13.50', taxClass: 'A_GEN_NOTAX', attributes: { color: 'blue' } }
    const ask = { ...world.ids, fields, imageUrls: { d1: 'https://cdn.example/d1.jpg' } }
    const asked = { ...ask, fields: { ...fields, images: ['d1'] } }
    expect(await send(world, 'listing.ensure', [asked])).toMatchObject([
      { answer: { outcome: 'accepted', unable: [] } },
    ])
    expect(world.seller.shows(MUG.sku)).toMatchObject({ title: MUG.title, price: 1_250 })
    world.clock.pass(2 * MINUTE_MS)
    expect(world.seller.shows(MUG.sku)).toMatchObject({
      title: 'Great mug', price: 1_350,
      attributes: { main_product_image_locator: [{ media_location: 'https://cdn.example/d1.jpg' }] },
    }) // prettier-ignore
    const again = await send(world, 'listing.ensure', [{ ...asked, looks: 1 }])
    const shown = {
      title: 'Great mug',
      price: '13.50',
      taxClass: 'A_GEN_NOTAX',
      images: ['d1'],
      attributes: { color: 'blue' },
    }
    expect(again).toMatchObject([{ answer: { outcome: 'shown', written: [], shown } }])
    expect(world.seller.beliefs().submissions).toEqual([])
  })

  test('has a new price, and what staff wrote beside it stays', async () => {
    const world = aSeller()
    world.seller.typeOffer(MUG.sku, { discounted_price: [{ schedule: [{ value_with_tax: 9 }] }] })
    await send(world, 'price.ensure', [{ ...world.ids, fields: { price: '13.50' } }])
    world.clock.pass(2 * MINUTE_MS)
    expect(world.seller.shows(MUG.sku)).toMatchObject({ price: 1_350, offer: { discounted_price: [{}] } })
  })

  test('that should show again what it still shows is written over what is on its way', async () => {
    const world = aSeller()
    await send(world, 'price.ensure', [{ ...world.ids, fields: { price: '9.00' } }])
    await send(world, 'price.ensure', [{ ...world.ids, fields: { price: '12.50' }, over: true }])
    world.clock.pass(5 * MINUTE_MS)
    expect(world.seller.shows(MUG.sku)!.price).toBe(1_250)
    const look = { ...world.ids, fields: { price: '12.50' }, looks: 1 }
    expect(await send(world, 'price.ensure', [look])).toMatchObject([{ answer: { outcome: 'shown', written: [] } }])
  })

  test('that Amazon refuses at once, or later, is told with its own words', async () => {
    const world = aSeller()
    const long = { ...world.ids, fields: { title: 'x'.repeat(201) } }
    await expect(send(world, 'listing.ensure', [long])).rejects.toMatchObject({ code: 'amazon.listing_invalid' })
    world.seller.refuseChanges(MUG.sku, 'The brand does not allow this title.')
    const ask = { ...world.ids, fields: { title: 'Great mug' } }
    expect(await send(world, 'listing.ensure', [ask])).toMatchObject([{ answer: { outcome: 'accepted' } }])
    world.clock.pass(2 * MINUTE_MS)
    await expect(send(world, 'listing.ensure', [{ ...ask, looks: 1 }])).rejects.toThrow(/brand does not allow/)
    // Asked for anew, as by a person: what was wrong before says nothing against it.
    expect(await send(world, 'listing.ensure', [ask])).toMatchObject([{ answer: { outcome: 'accepted' } }])
  })

  test('which product it is, is Amazon’s', async () => {
    const world = aSeller()
    const [outcome] = await send(world, 'listing.ensure', [{ ...world.ids, fields: { barcode: '400' } }])
    expect(outcome).toMatchObject({ answer: { outcome: 'shown', unable: [{ field: 'barcode' }] } })
  })

  test('ends when the product is sold no more, keeps its price, and is taken up again', async () => {
    const world = aSeller()
    expect(await send(world, 'listing.withdraw', [world.ids])).toEqual([{ answer: { outcome: 'accepted' } }])
    world.clock.pass(2 * MINUTE_MS)
    expect(world.seller.shows(MUG.sku)).toMatchObject({ buyable: false, price: 1_250 })
    expect(world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 1 }] })).toBe(null)
    expect(await send(world, 'listing.withdraw', [{ ...world.ids, looks: 1 }])).toEqual([{ answer: { outcome: 'hidden' } }])
    await send(world, 'listing.ensure', [{ ...world.ids, fields: { status: 'active' } }])
    world.clock.pass(2 * MINUTE_MS)
    expect(world.seller.shows(MUG.sku)).toMatchObject({ buyable: true, price: 1_250 })
  }) // prettier-ignore

  test('that is deleted is gone', async () => {
    const world = aSeller()
    world.seller.deleteListing(MUG.sku)
    expect(await send(world, 'listing.withdraw', [world.ids])).toEqual([{ answer: { outcome: 'gone' } }])
    const ask = { ...world.ids, fields: { price: '1.00' } }
    expect(await send(world, 'price.ensure', [ask])).toEqual([{ answer: { outcome: 'gone' } }])
  })
})

describe('many prices at once', () => {
  const many = (world: World, count: number) =>
    Array.from({ length: count }, (_, nth) => {
      const sku = `SKU-${nth}`
      world.seller.addListing({ ...MUG, sku })
      return { sku, productId: 'B0', variantId: sku, fields: { price: `${nth + 1}.00` } }
    })

  test('go as one feed, without reading a single offer, and are worked off', async () => {
    const world = aSeller()
    const asks = many(world, 300)
    const outcomes = await send(world, 'price.ensure', asks)
    expect(new Set(outcomes.map((one) => 'answer' in one && one.answer.outcome))).toEqual(new Set(['accepted']))
    expect(world.seller.beliefs()).toMatchObject({ feeds: 1, counts: { throttled: 0 } })
    expect(world.seller.beliefs().counts.requests).toBeLessThan(6)
    world.clock.pass(MINUTE_MS)
    world.seller.tick()
    world.clock.pass(2 * MINUTE_MS)
    expect(world.seller.shows('SKU-299')!.price).toBe(30_000)
    expect(await send(world, 'price.ensure', [{ ...asks[7]!, looks: 1 }])).toMatchObject([{ answer: { outcome: 'shown' } }])
  }) // prettier-ignore

  test('in a feed that comes to nothing are made up for one by one, each with its own refusal', async () => {
    const world = aSeller()
    const asks = many(world, 20)
    world.seller.failFeeds(1)
    await send(world, 'price.ensure', asks)
    world.clock.pass(5 * MINUTE_MS)
    world.seller.breakListing('SKU-1')
    const [first, second] = await send(world, 'price.ensure', asks.slice(0, 2).map((ask) => ({ ...ask, looks: 1 }))) // prettier-ignore
    expect(first).toMatchObject({ answer: { outcome: 'accepted' } })
    expect(second).toMatchObject({ fault: { code: 'amazon.listing_invalid' } })
  })

  test('one that is no price does not spoil the feed', async () => {
    const world = aSeller()
    const asks = many(world, 20)
    asks[3]!.fields.price = '1.005'
    const outcomes = await send(world, 'price.ensure', asks)
    expect(outcomes.filter((one) => 'fault' in one)).toHaveLength(1)
    expect(outcomes[3]).toMatchObject({ fault: { kind: 'rejected' } })
  })

  test('looked for beyond the rate wait for it, and nothing is turned down', async () => {
    const world = aSeller()
    const asks = many(world, 30).map((ask) => ({ ...ask, looks: 1 }))
    const outcomes = await send(world, 'price.ensure', asks)
    const waiting = outcomes.filter((one) => 'fault' in one && one.fault.kind === 'throttled')
    expect(waiting.length).toBeGreaterThan(15)
    expect(world.seller.beliefs().counts.throttled).toBe(0)
  })
})

test('what an offer costs is known from the report', async () => {
  const world = aSeller()
  world.seller.addListing(KETTLE)
  const feed = world.connection.feeds['listings']!
  const { cursor } = await feed.read(null)
  world.clock.pass(MINUTE_MS)
  const page = await feed.read(cursor)
  const said = page.readings.flatMap(({ topic, body }) =>
    world.connection.translate({ topic, body, receivedAt: '2026-11-21T00:00:00.000Z' }),
  )
  expect(said.map(({ command }) => (command as unknown as { listing: object }).listing)).toMatchObject([
    { sku: MUG.sku, shown: { title: MUG.title, price: '12.50' } },
    { sku: KETTLE.sku, shown: { price: '39.90' } },
  ])
})
