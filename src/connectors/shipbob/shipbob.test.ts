/** What ShipBob is asked and what its news means, quirk by quirk. */
import { describe, expect, test } from 'vitest'
import { must } from '#canon/assert.ts'
import type { Fault } from '../../fault.ts'
import { answer, asRequest, heard, readAll, translated } from '../kit/testing.ts'
import { askFor, cancelAsk, createWorld, HOOK_URL, REFERENCE, subscribed, told, type World } from './testing.ts'

const STREAM = 'warehouse-order/shop/1001/BOB'

async function ordered(): Promise<World> {
  const world = await subscribed()
  await answer(world.connection, 'warehouseOrder.ensure', askFor())
  return world
}
const polled = async ({ connection, clock }: World) => {
  clock.pass(60_000)
  return translated(connection, (await readAll(connection.feeds['orders'])).readings)
}
const command = (type: string, more: object = {}) => ({
  stream: STREAM,
  command: expect.objectContaining({ type, ...more }),
})

describe('an order', () => {
  test('is sent once, with one line for each SKU, and found again by our reference', async () => {
    const world = createWorld()
    const first = await answer(world.connection, 'warehouseOrder.ensure', askFor())
    expect(first).toMatchObject({ accepted: true })
    expect(await answer(world.connection, 'warehouseOrder.ensure', askFor())).toEqual(first)
    const [order, ...others] = world.account.beliefs().orders
    expect(others).toEqual([])
    expect(order).toMatchObject({
      reference: REFERENCE,
      shippingMethod: 'standard',
      pieces: [
        { sku: 'MUG', quantity: 3 },
        { sku: 'BOWL', quantity: 2 },
      ],
      recipient: { name: 'Ada Byron', address: { address1: '1 Dock Road', zip_code: '78701' } },
    })
  })

  test('of an unknown SKU, or with an unknown shipping method, is refused with the field', async () => {
    const world = createWorld()
    const lines = [{ ...askFor().lines[0]!, sku: 'CUP' }]
    await expect(answer(world.connection, 'warehouseOrder.ensure', askFor({ lines }))).rejects.toMatchObject({
      kind: 'rejected',
      code: 'shipbob.unprocessable',
      message: expect.stringContaining('products: There is no product CUP.'),
    })
    await expect(
      answer(world.connection, 'warehouseOrder.ensure', askFor({ shippingMethod: 'drone' })),
    ).rejects.toThrow('shipping_method')
  })

  test('cancelled there is not sent a second time under its reference', async () => {
    const world = await ordered()
    world.account.cancelThere(REFERENCE)
    await expect(answer(world.connection, 'warehouseOrder.ensure', askFor())).rejects.toMatchObject({
      code: 'shipbob.cancelled_there',
    })
  })

  test('whose warehouse is called too fast waits as long as it is told', async () => {
    const world = createWorld({ config: {} })
    for (let call = 0; call < 150; call += 1)
      await world.account.fetch(new Request('https://api.shipbob.com/2026-01/channel'))
    const fault = await answer(world.connection, 'warehouseOrder.ensure', askFor()).catch(
      (error: unknown) => error as Fault,
    )
    expect(fault).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 })
  })
})

describe('cancelling', () => {
  test('before picking succeeds, also twice and for an order that never came', async () => {
    const world = await ordered()
    expect(await answer(world.connection, 'warehouseOrder.cancel', cancelAsk)).toEqual({ outcome: 'cancelled' })
    expect(await answer(world.connection, 'warehouseOrder.cancel', cancelAsk)).toEqual({ outcome: 'cancelled' })
    expect(await answer(createWorld().connection, 'warehouseOrder.cancel', cancelAsk)).toEqual({ outcome: 'cancelled' })
  })

  test('after picking is refused', async () => {
    const world = await ordered()
    world.account.pick(REFERENCE)
    expect(await answer(world.connection, 'warehouseOrder.cancel', cancelAsk)).toMatchObject({ outcome: 'refused' })
  })

  test('of what is half gone is no yes', async () => {
    const world = await ordered()
    world.account.ship(REFERENCE, [{ sku: 'MUG', quantity: 1 }])
    const refusal = await answer(world.connection, 'warehouseOrder.cancel', cancelAsk)
    expect(refusal).toEqual({ outcome: 'refused', reason: 'The shipment was picked already.' })
  })
})

describe('news', () => {
  test('of a split shipment: each parcel by the webhook, and the same by the feed', async () => {
    const world = await ordered()
    const first = world.account.ship(REFERENCE, [{ sku: 'MUG', quantity: 2 }])
    const parcel = command('warehouseOrder.noteParcel', {
      shipmentId: `sb-${first}`,
      trackingNumber: `1Z${first}`,
      carrier: 'UPS',
      lines: [{ sku: 'MUG', quantity: 2 }],
    })
    expect(told(world)).toEqual([parcel])
    world.account.ship(REFERENCE)
    const second = command('warehouseOrder.noteParcel', {
      lines: [
        { sku: 'MUG', quantity: 1 },
        { sku: 'BOWL', quantity: 2 },
      ],
    })
    expect(told(world)).toEqual([second])
    expect(await polled(world)).toEqual([command('warehouseOrder.noteNews', { news: 'accepted' }), parcel, second])
  })

  test('of a hold, and of its end by the feed', async () => {
    const world = await ordered()
    world.account.hold(REFERENCE, 'AddressUnverified')
    expect(told(world)).toEqual([
      command('warehouseOrder.noteNews', { news: 'on_hold', reason: 'OnHold: AddressUnverified' }),
    ])
    world.account.resume(REFERENCE)
    expect(await polled(world)).toEqual([command('warehouseOrder.noteNews', { news: 'accepted' })])
  })

  test('of goods that are not there: a hold, and what is short', async () => {
    const world = await ordered()
    world.account.runShort(REFERENCE, [{ sku: 'BOWL', quantity: 1 }])
    expect(told(world)).toEqual([
      command('warehouseOrder.noteNews', { news: 'on_hold' }),
      command('warehouseOrder.noteShort', { lines: [{ sku: 'BOWL', quantity: 1 }], follows: true }),
    ])
  })

  test('of a cancellation: the webhook of one shipment says nothing of the order, the feed does', async () => {
    const world = await ordered()
    world.account.cancelThere(REFERENCE)
    expect(told(world)).toEqual([])
    expect(await polled(world)).toEqual([command('warehouseOrder.noteNews', { news: 'cancelled' })])
  })

  test('of a part that was cancelled after another left: its pieces are short', async () => {
    const world = await ordered()
    world.account.ship(REFERENCE, [{ sku: 'MUG', quantity: 3 }])
    world.account.cancelThere(REFERENCE)
    expect((await polled(world)).at(-1)).toEqual(
      command('warehouseOrder.noteShort', { lines: [{ sku: 'BOWL', quantity: 2 }], follows: false }),
    )
  })

  test('of goods that came back', async () => {
    const world = await ordered()
    world.account.ship(REFERENCE)
    told(world)
    world.account.takeBack(REFERENCE, [
      { sku: 'MUG', quantity: 1, action: 'Restock' },
      { sku: 'BOWL', quantity: 1, action: 'Dispose' },
    ])
    const lines = [
      { sku: 'MUG', quantity: 1, disposition: 'sellable' },
      { sku: 'BOWL', quantity: 1, disposition: 'damaged' },
    ]
    const back = [command('warehouseOrder.noteReturn', { lines })]
    expect(told(world)).toEqual(back)
    const { readings } = await readAll(world.connection.feeds['returns'])
    expect(translated(world.connection, readings)).toEqual(back)
  })

  test('of orders that are none of ours is nothing to us', async () => {
    const world = await subscribed()
    await answer(world.connection, 'warehouseOrder.ensure', askFor({ reference: 'by hand' }))
    world.account.ship('by hand')
    expect([...told(world), ...(await polled(world))]).toEqual([])
  })
})

describe('webhooks', () => {
  test('are named over their repeats, and of two secrets either will do', async () => {
    const world = await ordered()
    world.account.ship(REFERENCE)
    world.clock.pass(5_000)
    const [hook] = world.account.due()
    hook!.settle(500)
    world.clock.pass(120_000)
    const [again] = world.account.due()
    const key = (one: typeof hook, agoMs: number) =>
      (world.connection.receive!(asRequest(one!, world.clock.now - agoMs)) as { key: string }).key
    expect(key(again, 0)).toBe(key(hook, 120_000))
    const [secret] = world.account.secretsOf(HOOK_URL)
    const other = createWorld({ config: { webhookSecrets: ['env:another', `env:${secret}`] } })
    expect(heard(other.connection, asRequest(again!, world.clock.now))).toHaveLength(1)
    const stranger = createWorld({ config: { webhookSecrets: ['env:another'] } })
    expect(() => heard(stranger.connection, asRequest(again!, world.clock.now))).toThrow('does not fit')
  })

  test('that vanished are made again, and the gap is told', async () => {
    const world = await subscribed()
    const upkeep = must(world.connection.upkeep['webhooks'], 'there is one')
    expect(await upkeep.run()).toEqual([])
    world.account.removeSubscriptions()
    const gaps: string[] = []
    const said = await upkeep.run(async ({ feeds }) => void gaps.push(...feeds))
    expect(gaps).toEqual(['orders', 'returns'])
    expect(said[0]).toContain('Made a webhook')
  })
})

test('what is on the shelf is counted page by page, promised pieces with it, and only where it is wanted', async () => {
  const stock = Object.fromEntries(Array.from({ length: 230 }, (_, n) => [`S${String(n).padStart(3, '0')}`, n]))
  const world = await subscribed({ account: { stock }, config: { countsFor: 'BOB' } })
  const [line] = askFor().lines
  await answer(world.connection, 'warehouseOrder.ensure', askFor({ lines: [{ ...line!, sku: 'S005', quantity: 2 }] }))
  const { readings } = await readAll(world.connection.feeds['inventory'])
  expect(readings).toHaveLength(3)
  const counts = translated(world.connection, readings)
  expect(counts).toHaveLength(230)
  expect(counts[5]).toMatchObject({ stream: 'stock/BOB/S005', command: { type: 'stock.count', by: 'ShipBob', onHand: 5 } })
  expect((await subscribed()).connection.feeds['inventory']).toBeUndefined()
}) // prettier-ignore
