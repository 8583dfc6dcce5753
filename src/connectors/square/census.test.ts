/** What Square holds, listed for reconciliation; and what another integration did there, for connections in shadow. */
import { expect, test } from 'vitest'
import type { Domain } from '../kit/reader.ts'
import { readAll } from '../kit/testing.ts'
import { CAP, CHANNEL, createWorld, MUG, PLACE, RECIPIENT } from './testing.ts'

const SCOPE = { since: '2026-11-01T00:00:00.000Z', channel: CHANNEL }

function aShop() {
  const world = createWorld()
  const { variationId } = world.seller.addItem(MUG)
  world.seller.addItem({ ...CAP, tracked: false })
  const externalId = world.seller.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }], recipient: RECIPIENT })!
  world.seller.ringUp({ lines: [{ sku: MUG.sku, quantity: 1 }] })
  const list = async (domain: Domain) => {
    const reader = world.connection.readers![domain]!
    const page = await reader.read(null, SCOPE)
    expect(page.more).toBe(false)
    return page.records.map(({ key, fields }) => [key, fields] as const).toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
  return { ...world, variationId, externalId, list }
}

test('orders taken online, stock by SKU, and which items are counted', async () => {
  const { list, externalId } = aShop()
  expect(await list('orders')).toEqual([
    [`${CHANNEL}:${externalId}`, { total: null, currency: 'USD', cancelled: false }],
  ])
  expect(await list('stock')).toEqual([
    ['WH/CAP-01', { pieces: 5 }],
    ['WH/MUG-01', { pieces: 7 }],
  ])
  expect(await list('products')).toEqual([
    ['CAP-01', { counted: false }],
    ['MUG-01', { counted: true }],
  ])
  expect(await list('fulfilments')).toEqual([])
})

test('an order handed in by the reader is the reading of the feed', async () => {
  const { connection, externalId } = aShop()
  const fed = (await readAll(connection.feeds['orders']!)).readings.filter(({ topic }) => topic === 'poll/order')
  expect(await connection.readers!.orders!.readings!([`${CHANNEL}:${externalId}`, `${CHANNEL}:gone`])).toEqual(fed)
})

test('pieces that left are listed, and seen by a connection in shadow', async () => {
  const { connection, seller, externalId, variationId, list } = aShop()
  const lineId = seller.beliefs().orders.find(({ id }) => id === externalId)!.lines[0]!.uid
  const parcel = { shipmentId: 's', trackingNumber: '1Z' }
  const ask = { externalId, orderName: '#1', parcel, lines: [{ lineId, quantity: 1, cumulative: 1 }] }
  const sent = { key: 'f', attempt: 1, ask }
  const { 'fulfilment.ensure': fulfil, 'inventory.put': put } = connection.outbound
  expect(await fulfil!.observe!(sent, { overdue: true })).toBe(null)
  await fulfil!.send([sent])
  expect(await list('fulfilments')).toEqual([[`${CHANNEL}:${externalId}`, { pieces: 1 }]])
  const seen = await fulfil!.observe!(sent, { overdue: false })
  expect(seen?.theirs).toEqual(seen?.ours)
  const set = (to: number) => ({
    key: 'p', attempt: 1, ask: { sku: MUG.sku, inventoryItemId: variationId, locationId: PLACE, to },
  }) // prettier-ignore
  expect(await put!.observe!(set(7), { overdue: false })).toMatchObject({ answer: { outcome: 'set' } })
  expect(await put!.observe!(set(3), { overdue: false })).toBe(null)
  expect(await put!.observe!(set(3), { overdue: true })).toMatchObject({ unsettled: true, theirs: { available: '7' } })
})
