/** What another integration did in the shop is read, compared, and never touched. */
import { expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { createWorld, MUG } from './testing.ts'

test('a parcel is seen once its pieces are fulfilled, with or without its tracking number', async () => {
  const { connection, shop } = createWorld()
  shop.addProduct(MUG)
  const externalId = shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 3 }] })!
  const { name, lines } = shop.beliefs().orders.find(({ id }) => id === externalId)!
  const lineId = lines[0]!.id
  const ask = (quantity: number, cumulative: number, trackingNumber: string): Ask<'fulfilment.ensure'> => ({
    externalId,
    orderName: name,
    parcel: { shipmentId: trackingNumber, trackingNumber, carrier: 'UPS' },
    lines: [{ lineId, quantity, cumulative }],
  })
  const outbound = connection.outbound['fulfilment.ensure']!
  const look = (one: Ask<'fulfilment.ensure'>) => outbound.observe!({ key: 'k', attempt: 1, ask: one }, { overdue: true })
  expect(await look(ask(2, 2, '1Z1'))).toBeNull()
  await outbound.send([{ key: 'old', attempt: 1, ask: ask(2, 2, '1Z1') }])
  const seen = await look(ask(2, 2, '1Z1'))
  expect(seen!.answer.fulfilmentId).toMatch(/^\d+$/)
  expect(seen!.theirs).toEqual(seen!.ours)
  expect(await look(ask(1, 3, '1Z2'))).toBeNull()
  const untold = await look(ask(2, 2, 'other'))
  expect([untold!.ours['tracking'], untold!.theirs['tracking']]).toEqual(['told', 'not told'])
  expect(shop.beliefs().orders[0]!.fulfilments).toHaveLength(1)
}) // prettier-ignore

test('what the shop shows counts at once when it is our number, and when its time is over as what it is', async () => {
  const { connection, shop } = createWorld()
  const { inventoryItemId } = shop.addProduct(MUG)
  const [locationId] = Object.keys(shop.beliefs().levels[MUG.sku]!)
  const ask = { sku: MUG.sku, inventoryItemId, locationId: locationId!, from: 10, to: 7 }
  const look = (overdue: boolean) =>
    connection.outbound['inventory.set']!.observe!({ key: 'k', attempt: 1, ask }, { overdue })
  expect(await look(false)).toBeNull()
  expect(await look(true)).toMatchObject({ answer: { outcome: 'stale', available: 10 }, unsettled: true })
  shop.setAvailable(MUG.sku, 7)
  expect(await look(false)).toEqual({
    answer: { outcome: 'set' },
    ours: { available: '7' },
    theirs: { available: '7' },
  })
  expect(shop.beliefs().available[MUG.sku]).toBe(7)
})
