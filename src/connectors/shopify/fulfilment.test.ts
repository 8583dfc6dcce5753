/** Shipments are told to the shop once, to the piece, whatever was told or done there before. */
import { expect, test } from 'vitest'
import type { Fault } from '../../fault.ts'
import type { Ask } from '#core/intents.ts'
import type { Fetch } from '../../io.ts'
import { createWorld, MUG, type WorldOptions } from './testing.ts'

const LAMP = { sku: 'LAMP-01', title: 'Lamp', price: '40.00', available: 5 }

function ordered(
  { mugs = 10, ...options }: WorldOptions & { mugs?: number } = {},
  quantities: Record<string, number> = { [MUG.sku]: 3, [LAMP.sku]: 1 },
) {
  const world = createWorld(options)
  world.shop.addProduct({ ...MUG, available: mugs })
  world.shop.addProduct(LAMP)
  const lines = Object.entries(quantities).map(([sku, quantity]) => ({ sku, quantity }))
  const externalId = world.shop.placeOrder({ lines })!
  const believed = () => world.shop.beliefs().orders.find(({ id }) => id === externalId)!
  const lineOf = (sku: string) => believed().lines.find((line) => line.sku === sku)!.id
  const fulfil = async (
    tracking: string,
    pieces: Record<string, [quantity: number, cumulative: number]>,
    attempt = 1,
  ) => {
    const ask: Ask<'fulfilment.ensure'> = {
      externalId,
      orderName: believed().name,
      parcel: {
        shipmentId: tracking,
        trackingNumber: tracking,
        carrier: 'UPS',
        trackingUrl: `https://track.example/${tracking}`,
      },
      lines: Object.entries(pieces).map(([sku, [quantity, cumulative]]) => ({
        lineId: lineOf(sku),
        quantity,
        cumulative,
      })),
    }
    try {
      const [outcome] = await world.connection.outbound['fulfilment.ensure']!.send([{ key: tracking, attempt, ask }])
      return 'answer' in outcome! ? outcome.answer : outcome!.fault
    } catch (error) {
      return error as Fault
    }
  }
  const fulfilled = () =>
    believed().fulfilments.map(({ trackingNumber, lines: parts }) =>
      [trackingNumber, ...parts.map(({ sku, quantity }) => `${quantity} ${sku}`)].join(' '),
    )
  return { ...world, externalId, fulfil, fulfilled, believed }
}

test('a parcel is fulfilled with its tracking number, and its pieces leave the committed stock', async () => {
  const { shop, fulfil, fulfilled } = ordered()
  const answer = await fulfil('1Z1', { [MUG.sku]: [3, 3], [LAMP.sku]: [1, 1] })
  expect(answer).toEqual({ fulfilmentId: expect.stringMatching(/^\d+$/) })
  expect(fulfilled()).toEqual(['1Z1 3 MUG-01 1 LAMP-01'])
  const { committed, levels } = shop.beliefs()
  expect(committed).toEqual({ 'MUG-01': 0, 'LAMP-01': 0 })
  expect(levels['MUG-01']!['7001']).toEqual({ available: 7, committed: 0, onHand: 7 })
})

test('the same parcel twice is one fulfilment, and the answer names it', async () => {
  const { fulfil, fulfilled } = ordered()
  const first = await fulfil('1Z1', { [MUG.sku]: [1, 1] })
  // Two pieces are left: asked blindly, the shop would fulfil one of them again.
  expect(await fulfil('1Z1', { [MUG.sku]: [1, 1] })).toEqual(first)
  expect(fulfilled()).toEqual(['1Z1 1 MUG-01'])
})

test('parcels of one line add up, whichever is repeated', async () => {
  const { fulfil, fulfilled } = ordered()
  await fulfil('1Z1', { [MUG.sku]: [1, 1] })
  await fulfil('1Z2', { [MUG.sku]: [2, 3], [LAMP.sku]: [1, 1] })
  await fulfil('1Z1', { [MUG.sku]: [1, 1] })
  await fulfil('1Z2', { [MUG.sku]: [2, 3], [LAMP.sku]: [1, 1] })
  expect(fulfilled()).toEqual(['1Z1 1 MUG-01', '1Z2 2 MUG-01 1 LAMP-01'])
})

test('what staff fulfilled by hand is not fulfilled again', async () => {
  const { shop, connection, fulfil, fulfilled, externalId } = ordered()
  const lineId = shop.beliefs().orders[0]!.lines[0]!.id
  const byHand = {
    externalId,
    orderName: '#1',
    parcel: { shipmentId: 'by-hand' },
    lines: [{ lineId, quantity: 3, cumulative: 3 }],
  }
  await connection.outbound['fulfilment.ensure']!.send([{ key: 'h', attempt: 1, ask: byHand }])
  expect(await fulfil('1Z1', { [MUG.sku]: [3, 3] })).toEqual({ fulfilmentId: null })
  expect(fulfilled()).toHaveLength(1)
})

test('pieces at two locations become one fulfilment each', async () => {
  const locations = [
    { id: 7001, name: 'Main' },
    { id: 7002, name: 'Store' },
  ]
  const { connection, shop } = createWorld({ shop: { locations } })
  shop.addProduct({ ...MUG, available: { 7001: 2 } })
  shop.addProduct({ ...MUG, sku: 'CUP', available: { 7002: 1 } })
  const externalId = shop.placeOrder({
    lines: [
      { sku: MUG.sku, quantity: 2 },
      { sku: 'CUP', quantity: 1 },
    ],
  })!
  const [mugs, cups] = shop.beliefs().orders[0]!.lines.map(({ id }) => id)
  const ask = {
    externalId,
    orderName: '#1001',
    parcel: { shipmentId: 's', trackingNumber: '1Z1' },
    lines: [
      { lineId: mugs!, quantity: 2, cumulative: 2 },
      { lineId: cups!, quantity: 1, cumulative: 1 },
    ],
  }
  const send = () => connection.outbound['fulfilment.ensure']!.send([{ key: 'k', attempt: 1, ask }])
  await send()
  await send()
  expect(shop.beliefs().orders[0]!.fulfilments.map(({ lines }) => lines[0]!.quantity)).toEqual([2, 1])
})

test('a cancelled order cannot be fulfilled, and the fault says what to look at', async () => {
  const { shop, fulfil, externalId, fulfilled } = ordered()
  expect(shop.cancelOrder(externalId, { reason: 'customer', restock: true })).toBe(true)
  expect(await fulfil('1Z1', { [MUG.sku]: [3, 3] })).toMatchObject({
    kind: 'rejected',
    code: 'shopify.not_fulfillable',
  })
  expect(fulfilled()).toEqual([])
})

test('when a line was edited down, what is left is fulfilled and the rest is said', async () => {
  const { shop, fulfil, externalId, fulfilled } = ordered()
  shop.editOrder(externalId, { sku: MUG.sku, quantity: 1 })
  const fault = await fulfil('1Z1', { [MUG.sku]: [3, 3], [LAMP.sku]: [1, 1] })
  expect(fault).toMatchObject({ kind: 'rejected', code: 'shopify.not_fulfillable' })
  expect(fulfilled()).toEqual(['1Z1 1 MUG-01 1 LAMP-01'])
  expect(await fulfil('1Z1', { [MUG.sku]: [3, 3], [LAMP.sku]: [1, 1] })).toMatchObject({
    code: 'shopify.not_fulfillable',
  })
  expect(fulfilled()).toHaveLength(1)
})

test('an order on hold is left alone until it is released', async () => {
  const { shop, fulfil, externalId, fulfilled } = ordered()
  shop.hold(externalId, true)
  const fault = (await fulfil('1Z1', { [MUG.sku]: [3, 3] })) as Fault
  expect(fault.message).toContain('on hold')
  expect(fulfilled()).toEqual([])
  shop.hold(externalId, false)
  await fulfil('1Z1', { [MUG.sku]: [3, 3] })
  expect(fulfilled()).toEqual(['1Z1 3 MUG-01'])
})

test('an order with more parcels than the short list shows is read to its end', async () => {
  const rich = { bucketSize: 100_000, restoreRate: 10_000 }
  const { fulfil, fulfilled } = ordered({ shop: rich, mugs: 30 }, { [MUG.sku]: 26 })
  for (let nth = 1; nth <= 25; nth++) await fulfil(`M${nth}`, { [MUG.sku]: [1, nth] })
  await fulfil('M25', { [MUG.sku]: [1, 25] })
  expect(fulfilled()).toHaveLength(25)
})

test('a refusal at the first attempt is read anew, later it is final', async () => {
  const refusing: (fetch: Fetch) => Fetch = (fetch) => async (request) => {
    const copy = request.clone()
    if ((await copy.text()).includes('fulfillmentCreate')) {
      const userErrors = [
        {
          field: ['fulfillment'],
          message: 'Fulfillment order 7 of ada.byron@example.com has an unfulfillable status.',
        },
      ]
      return Response.json({ data: { fulfillmentCreate: { fulfillment: null, userErrors } } })
    }
    return fetch(request)
  }
  const { fulfil } = ordered({ wrap: refusing })
  const fault = (await fulfil('1Z1', { [MUG.sku]: [3, 3] })) as Fault
  expect(fault).toMatchObject({ kind: 'conflict', code: 'shopify.fulfilment_refused' })
  expect(fault.message).not.toContain('ada.byron')
  expect(await fulfil('1Z1', { [MUG.sku]: [3, 3] }, 2)).toMatchObject({ kind: 'rejected' })
})
