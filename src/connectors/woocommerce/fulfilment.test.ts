/** A parcel is noted once, the customer is told once, and the order is completed when everything has left. */
import { expect, test } from 'vitest'
import { answerOf, faultOf, send } from '../kit/testing.ts'
import { BUYER, createWorld, MUG, pollOrder } from './testing.ts'

function ordered(options?: Parameters<typeof createWorld>[0], second?: string) {
  const world = createWorld(options)
  world.shop.addProduct(MUG)
  if (second) world.shop.addProduct({ ...MUG, sku: second })
  const lines = [{ sku: MUG.sku, quantity: 3 }, ...(second ? [{ sku: second, quantity: 1 }] : [])]
  const id = world.shop.placeOrder({ lines, customer: BUYER })!
  const believed = () => world.shop.beliefs().orders.find((one) => one.id === id)!
  const ship = (shipmentId: string, quantity: number, cumulative: number, attempt = 1) => {
    const { name, lines: known } = believed()
    const parcel = { shipmentId, carrier: 'DHL', trackingNumber: `T-${shipmentId}`, trackingUrl: 'https://t.example' }
    const ask = { externalId: id, orderName: name, parcel, lines: [{ lineId: known[0]!.id, quantity, cumulative }] }
    return send(world.connection, 'fulfilment.ensure', ask, { attempt })
  }
  return { ...world, id, believed, ship }
}

test('two parcels: each noted with its tracking, completed with the second, and the hub is told of both again', async () => {
  const world = ordered()
  expect(answerOf(await world.ship('a', 2, 2))).toEqual({ fulfilmentId: 'a' })
  expect(world.believed()).toMatchObject({ status: 'processing', parcels: [{ id: 'a', trackingNumber: 'T-a' }] })
  answerOf(await world.ship('b', 1, 3))
  expect(world.believed()).toMatchObject({
    status: 'completed',
    notes: ['Parcel a is on its way. DHL T-a. https://t.example', 'Parcel b is on its way. DHL T-b. https://t.example'],
  })
  const order = await pollOrder(world, world.id)
  expect(order.fulfilments).toMatchObject([
    { id: 'a', status: 'success', trackingNumber: 'T-a', lines: [{ quantity: 2 }] },
    { id: 'b', status: 'success', trackingNumber: 'T-b', lines: [{ quantity: 1 }] },
  ])
})

test('parcels that come in the other order complete it just so', async () => {
  const world = ordered()
  answerOf(await world.ship('b', 1, 1))
  answerOf(await world.ship('a', 2, 3))
  expect(world.believed()).toMatchObject({ status: 'completed', notes: { length: 2 } })
})

test('what never ships does not keep an order open', async () => {
  const open = ordered({}, 'E-BOOK')
  answerOf(await open.ship('a', 3, 3))
  expect(open.believed().status).toBe('processing')
  const done = ordered({ config: { virtualSkus: ['E-BOOK'] } }, 'E-BOOK')
  answerOf(await done.ship('a', 3, 3))
  expect(done.believed().status).toBe('completed')
})

test('pieces that were refunded need not leave', async () => {
  const world = ordered()
  world.shop.refund(world.id, [{ sku: MUG.sku, quantity: 1, restock: true }])
  answerOf(await world.ship('a', 2, 2))
  expect(world.believed().status).toBe('completed')
})

test('an attempt that ended after the parcel was noted makes up for the note, once', async () => {
  const world = ordered({
    wrap: (fetch) => async (request) => {
      if (request.method === 'POST' && request.url.includes('/notes') && cut) {
        cut = false
        throw new TypeError('cut')
      }
      return fetch(request)
    },
  })
  let cut = true
  expect(faultOf(await world.ship('a', 3, 3)).kind).toBe('unavailable')
  expect(world.believed()).toMatchObject({ status: 'completed', notes: [] })
  answerOf(await world.ship('a', 3, 3, 2))
  answerOf(await world.ship('a', 3, 3, 3))
  expect(world.believed().notes).toHaveLength(1)
})

test('a cancelled order takes no parcel, and a person is told; a status of the shop’s own is left to the shop', async () => {
  const world = ordered()
  world.shop.cancelOrder(world.id)
  expect(faultOf(await world.ship('a', 3, 3))).toMatchObject({ kind: 'rejected', code: 'woocommerce.not_fulfillable' })
  const own = ordered()
  own.shop.setStatus(own.id, 'ready-to-pick')
  answerOf(await own.ship('a', 3, 3))
  expect(own.believed()).toMatchObject({ status: 'ready-to-pick', parcels: [{ id: 'a' }] })
})

test('an order that is gone is named as such', async () => {
  const world = ordered()
  const ask = { externalId: '99999', orderName: '#99999', parcel: { shipmentId: 'a' }, lines: [] }
  expect(faultOf(await send(world.connection, 'fulfilment.ensure', ask)).code).toBe('woocommerce.unknown_order')
})
