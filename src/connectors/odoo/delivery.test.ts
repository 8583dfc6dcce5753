/** What a channel sent from goods that lie with it leaves its warehouse in Odoo, once, however often that is said. */
import { describe, expect, test } from 'vitest'
import { answer, estate, fault, orderOf, saleAsk } from './testing.ts'

describe.for([{ version: 18 }, { version: 19 }] as const)('Odoo $version', ({ version }) => {
  async function sold(stock = 10) {
    const world = estate({
      version, warehouses: ['WH', 'FBA'], products: [{ sku: 'MUG', price: 10, available: { FBA: stock } }],
    }) // prettier-ignore
    await answer(world.connection, 'sale.ensure', {
      ...saleAsk(orderOf('7', [{ sku: 'MUG', quantity: 3 }])),
      warehouse: 'FBA',
    })
    const sent = (quantity: number) => ({ orderRef: 'shop:7', orderName: '#7', lines: [{ lineId: '7-1', quantity }] })
    const done = () => world.sim.beliefs().sales[0]!.deliveries.filter(({ state }) => state === 'done')
    const there = () => world.sim.beliefs().stock.find(({ warehouse }) => warehouse === 'FBA')!.onHand
    return { ...world, sent, done, there }
  }

  test('a part and then the rest are two deliveries, and what is said again is none', async () => {
    const { connection, sent, done, there } = await sold()
    const first = await answer(connection, 'delivery.ensure', sent(2))
    expect(first.deliveries).toHaveLength(1)
    expect(await answer(connection, 'delivery.ensure', sent(2))).toEqual(first)
    expect(there()).toBe(8)
    expect((await answer(connection, 'delivery.ensure', sent(3))).deliveries).toHaveLength(2)
    await answer(connection, 'delivery.ensure', sent(3))
    expect(done().map(({ lines }) => lines[0]!.quantity)).toEqual([2, 1])
    expect(there()).toBe(7)
  })

  test('what Odoo did not know to be there has gone all the same, and its number says so', async () => {
    const { connection, sent, there } = await sold(1)
    await answer(connection, 'delivery.ensure', sent(3))
    expect(there()).toBe(-2)
  })

  test('more than was sold is refused by name, and nothing is delivered', async () => {
    const { connection, sent, done } = await sold()
    expect(await fault(connection, 'delivery.ensure', sent(4))).toMatchObject({ code: 'odoo.delivery_too_much' })
    expect(done()).toEqual([])
  })
})
