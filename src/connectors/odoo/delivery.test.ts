/** Deliveries booked for warehouses of others: each parcel once, the rest in a backorder, whatever breaks between. */
import { describe, expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { answer, fault } from '../kit/testing.ts'
import { breakAt, estate, orderOf, saleAsk } from './testing.ts'

const WAYS = [{ version: 18 }, { version: 19 }] as const

/** Three mugs and two bowls. */
async function sold(version: 18 | 19 = 18) {
  const world = estate({ version })
  const order = orderOf('1042', [
    { sku: 'MUG', quantity: 3 },
    { sku: 'BOWL', quantity: 2 },
  ])
  const { lines } = await answer(world.connection, 'sale.ensure', saleAsk(order))
  const [mug, bowl] = lines.map(({ saleLineId }) => saleLineId)
  const parcel = (key: string, mugs: number, bowls: number): Ask<'delivery.ensure'> => ({
    orderRef: 'shop:1042',
    warehouse: 'WH',
    key,
    shippedAt: '2026-11-20T10:00:00.000Z',
    trackingNumber: `T-${key}`,
    lines: [
      { saleLineId: mug!, quantity: mugs },
      { saleLineId: bowl!, quantity: bowls },
    ].filter((one) => one.quantity > 0),
  })
  const deliveries = () =>
    world.sim.beliefs().sales[0]!.deliveries.map(({ state, tracking, lines: all }) => [
      state,
      tracking,
      all
        .map(({ sku, quantity }) => `${quantity} ${sku}`)
        .sort()
        .join(', '),
    ])
  const mugs = () => world.sim.beliefs().stock.find(({ sku }) => sku === 'MUG')!.onHand
  return { ...world, parcel, deliveries, mugs }
}

describe.for(WAYS)('Odoo $version', ({ version }) => {
  test('a parcel is done, the rest is a backorder, and the next parcel comes out of that', async () => {
    const { connection, parcel, deliveries, mugs } = await sold(version)
    const first = await answer(connection, 'delivery.ensure', parcel('p1', 2, 0))
    expect(mugs()).toBe(98)
    expect(await answer(connection, 'delivery.ensure', parcel('p1', 2, 0))).toEqual(first)
    expect(mugs()).toBe(98)
    await answer(connection, 'delivery.ensure', parcel('p2', 1, 2))
    expect(deliveries()).toEqual([
      ['done', 'T-p1', '2 MUG'],
      ['done', 'T-p2', '1 MUG, 2 BOWL'],
    ])
    expect(await answer(connection, 'delivery.ensure', parcel('p1', 2, 0))).toEqual(first)
    expect(mugs()).toBe(97)
  })
})

test('more than Odoo has open deliveries for is refused, and nothing is booked', async () => {
  const { connection, parcel, mugs } = await sold()
  const refused = await fault(connection, 'delivery.ensure', parcel('p1', 4, 0))
  expect(refused).toMatchObject({ kind: 'rejected', code: 'odoo.deliver_too_much' })
  expect(mugs()).toBe(100)
  await answer(connection, 'delivery.ensure', parcel('p2', 3, 2))
  expect((await fault(connection, 'delivery.ensure', parcel('p3', 1, 0))).code).toBe('odoo.deliver_too_much')
})

test('a warehouse Odoo does not know is refused', async () => {
  const { connection, parcel } = await sold()
  const refused = await fault(connection, 'delivery.ensure', { ...parcel('p1', 1, 0), warehouse: 'W2' })
  expect(refused.code).toBe('odoo.warehouse_unknown')
})

test('every answer is lost once, at every call: still one delivery for each parcel', async () => {
  for (let lost = 1; lost <= 40; lost += 1) {
    const world = await sold()
    const reached = breakAt(world, lost, 'answer lost')
    for (const parcel of [world.parcel('p1', 2, 1), world.parcel('p2', 1, 1)])
      for (let attempt = 0; attempt < 2; attempt += 1)
        await answer(world.connection, 'delivery.ensure', parcel).catch(() => undefined)
    expect(world.deliveries(), `answer ${lost} lost`).toEqual([
      ['done', 'T-p1', '1 BOWL, 2 MUG'],
      ['done', 'T-p2', '1 BOWL, 1 MUG'],
    ])
    if (!reached()) return
  }
  throw new Error('More calls than the test goes through.')
})
