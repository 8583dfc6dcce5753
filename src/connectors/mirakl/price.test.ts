/** Prices towards a marketplace: one file, nobody's discount lost, and a refusal told with its reason. */
import { describe, expect, test } from 'vitest'
import { toFault } from '../../fault.ts'
import type { Ask, IntentType } from '#core/intents.ts'
import type { Outbound, Sent } from '../kit/connector.ts'
import { createWorld, CUP, MINUTE, MUG, type World } from './testing.ts'

const send = <T extends IntentType>({ connection }: World, type: T, asks: Ask<T>[]) =>
  (connection.outbound[type] as unknown as Outbound<T>).send(
    asks.map((ask, nth) => ({ key: `k${nth}`, attempt: 1, ask })) as Sent<T>[],
  )

function stocked() {
  const world = createWorld()
  const ids = (product: typeof MUG) => {
    const { offerId } = world.market.addProduct(product)
    return { sku: product.sku, productId: `P-${product.sku}`, variantId: offerId }
  }
  return { ...world, mug: ids(MUG), cup: ids(CUP) }
}
/** Once more after the file was worked off, as the offer asks. */
const lookAgain = async (world: World, ask: Ask<'price.ensure'>, reference: string) => {
  world.clock.pass(5 * MINUTE)
  return send(world, 'price.ensure', [{ ...ask, looks: 1, reference }])
}

describe('a price', () => {
  test('goes with all others in one file, and is looked for until it is shown', async () => {
    const world = stocked()
    const asks = [world.mug, world.cup].map((ids) => ({ ...ids, fields: { price: '9.50' } }))
    const outcomes = await send(world, 'price.ensure', asks)
    const { imports } = world.market.beliefs()
    expect(outcomes).toEqual(
      [1, 2].map(() => ({ answer: { outcome: 'accepted', unable: [], reference: imports[0]!.id } })),
    )
    expect(imports).toMatchObject([{ lines: 2 }])
    expect(world.market.shows(MUG.sku)!.price).toBe('12.50')
    const again = await lookAgain(world, asks[0]!, imports[0]!.id)
    expect(again).toMatchObject([{ answer: { outcome: 'shown', shown: { price: '9.50' }, written: [] } }])
    expect(world.market.beliefs().imports).toHaveLength(1)
  })

  test('that is so already costs no file', async () => {
    const world = stocked()
    const [outcome] = await send(world, 'price.ensure', [{ ...world.mug, fields: { price: '12.5' } }])
    expect(outcome).toMatchObject({ answer: { outcome: 'shown', written: [] } })
    expect(world.market.beliefs().imports).toEqual([])
  })

  test('leaves the discount that staff set as it is', async () => {
    const world = stocked()
    world.market.setDiscount(MUG.sku, '8.00', '2026-11-20T00:00:00Z', '2026-12-01T00:00:00Z')
    await send(world, 'price.ensure', [{ ...world.mug, fields: { price: '14.00' } }])
    world.clock.pass(MINUTE)
    expect(world.market.shows(MUG.sku)).toEqual({ price: '14.00', discount: '8.00' })
  })

  test('that is refused is told with the reason; the others are taken', async () => {
    const world = stocked()
    world.market.refuseLines(MUG.sku, 'The price is below the minimum of the category')
    const asks = [world.mug, world.cup].map((ids) => ({ ...ids, fields: { price: '0.50' } }))
    await send(world, 'price.ensure', asks)
    const { id } = world.market.beliefs().imports[0]!
    const [outcome] = await lookAgain(world, asks[0]!, id)
    expect(outcome).toMatchObject({ fault: { kind: 'rejected', code: 'mirakl.price_refused' } })
    expect((outcome as { fault: Error }).fault.message).toContain('below the minimum of the category')
    expect(world.market.shows(CUP.sku)!.price).toBe('0.50')
  })

  test('in a file that could not be read is sent anew; while it is worked off it is not', async () => {
    const world = stocked()
    world.market.failImports(1)
    const ask = { ...world.mug, fields: { price: '9.50' } }
    await send(world, 'price.ensure', [ask])
    const { id } = world.market.beliefs().imports[0]!
    expect(await lookAgain(world, ask, id)).toMatchObject([{ answer: { outcome: 'accepted' } }])
    expect(world.market.beliefs().imports).toHaveLength(2)
    const next = world.market.beliefs().imports[1]!.id
    const soon = await send(world, 'price.ensure', [{ ...ask, looks: 2, reference: next }])
    expect(soon).toMatchObject([{ answer: { outcome: 'accepted', reference: next } }])
    expect(world.market.beliefs().imports).toHaveLength(2)
  })

  test('waits for its own minute, untried', async () => {
    const world = stocked()
    await send(world, 'price.ensure', [{ ...world.mug, fields: { price: '9.50' } }])
    const fault = await send(world, 'price.ensure', [{ ...world.cup, fields: { price: '9.50' } }]).then(
      () => null,
      toFault,
    )
    expect(fault).toMatchObject({ kind: 'throttled', own: true })
  })
})

describe('everything else an offer shows', () => {
  test('is the marketplace’s: said, and never written', async () => {
    const world = stocked()
    const fields = { title: 'Another', barcode: '400' }
    const [outcome] = await send(world, 'listing.ensure', [{ ...world.mug, fields }])
    expect(outcome).toMatchObject({
      answer: { outcome: 'shown', written: [], unable: [{ field: 'title' }, { field: 'barcode' }] },
    })
  })

  test('what is sold no more is closed by its stock; what is deleted is gone', async () => {
    const world = stocked()
    expect(await send(world, 'listing.withdraw', [world.mug])).toEqual([{ answer: { outcome: 'shared' } }])
    world.market.removeProduct(MUG.sku)
    expect(await send(world, 'listing.withdraw', [world.mug])).toEqual([{ answer: { outcome: 'gone' } }])
    expect(await send(world, 'price.ensure', [{ ...world.mug, fields: { price: '1.00' } }])).toEqual([
      { answer: { outcome: 'gone' } },
    ])
  })
})
