/** What is on its way to a warehouse and what has come, read with what is free; and sales that are told by when. */
import { describe, expect, test } from 'vitest'
import { answer } from '../kit/testing.ts'
import { type Estate, estate, orderOf, saleAsk } from './testing.ts'

const SINCE = '2026-11-21T00:00:00.000Z'
const OPTIONS = {
  warehouses: ['WH', 'ST1'],
  products: [
    { sku: 'MUG', name: 'Blue mug', price: 12.5, available: { WH: 2, ST1: 5 } },
    { sku: 'BOWL', name: 'Red bowl', price: 5, available: { WH: 3 } },
  ],
}
const read = ({ connection }: Pick<Estate, 'connection'>, since: string | null, sku = 'MUG', warehouse = 'WH') =>
  answer(connection, 'stock.read', { sku, warehouse, ahead: { since } })

describe.for([18, 19] as const)('what is on its way in Odoo %s', (version) => {
  const open = () => estate({ ...OPTIONS, version })

  test('is read by day, of one warehouse and one product', async () => {
    const world = open()
    world.sim.expect('MUG', 'WH', 4, '2026-12-05')
    world.sim.expect('MUG', 'WH', 3, '2026-12-12')
    world.sim.expect('MUG', 'ST1', 9, '2026-12-12')
    world.sim.expect('BOWL', 'WH', 9, '2026-12-12')
    const incoming = [{ date: '2026-12-05', pieces: 4 }, { date: '2026-12-12', pieces: 3 }] // prettier-ignore
    expect(await read(world, null)).toEqual({ free: 2, onHand: 2, ahead: { incoming, received: 0, since: null } })
    const plain = await answer(world.connection, 'stock.read', { sku: 'MUG', warehouse: 'WH' })
    expect(plain).toEqual({ free: 2, onHand: 2 })
  })

  test('leaves what is expected as it joins what is here, in parts, later, fewer, or never', async () => {
    const world = open()
    const first = world.sim.expect('MUG', 'WH', 4, '2026-12-05')
    const second = world.sim.expect('MUG', 'WH', 3, '2026-12-12')
    world.sim.arrive(first, 1)
    world.sim.replan(second, { date: '2026-12-19', pieces: 2 })
    const after = await read(world, SINCE)
    expect(after.onHand).toBe(3)
    expect(after.ahead).toEqual({
      incoming: [{ date: '2026-12-19', pieces: 2 }, { date: '2026-12-05', pieces: 3 }], received: 1, since: SINCE,
    }) // prettier-ignore
    world.sim.replan(second, { pieces: 0 })
    expect((await read(world, '2026-11-22T00:00:00.000Z')).ahead).toMatchObject({
      incoming: [{ date: '2026-12-05', pieces: 3 }],
      received: 0,
    })
  })

  test('is no parcel that comes back', async () => {
    const world = open()
    await answer(world.connection, 'sale.ensure', saleAsk(orderOf('9', [{ sku: 'MUG' }])))
    world.sim.ship('shop:9')
    world.sim.takeBack('shop:9', { MUG: 1 })
    expect((await read(world, SINCE)).ahead).toEqual({ incoming: [], received: 0, since: SINCE })
  })

  test('a piece received between the two readings is in neither', async () => {
    const world = open()
    const move = world.sim.expect('MUG', 'WH', 4, '2026-12-05')
    world.network.through = async (request, pass) => {
      if ((await request.clone().text()).includes('stock.move') || request.url.includes('stock.move'))
        if (world.sim.beliefs().stock.length > 0) arriveOnce()
      return pass()
    }
    let arrived = false
    const arriveOnce = () => {
      if (!arrived) world.sim.arrive(move, 4)
      arrived = true
    }
    const found = await read(world, null)
    expect([arrived, found.onHand, found.ahead!.incoming]).toEqual([true, 2, []])
  })

  test('a sale is told the day all of it is here, or only that it may leave in parts', async () => {
    const { sim, connection } = open()
    const ask = (id: string, whole: boolean) => ({
      ...saleAsk(orderOf(id, [{ sku: 'MUG', quantity: 3 }])),
      promise: { date: '2026-12-05', whole },
    })
    await answer(connection, 'sale.ensure', ask('1', true))
    await answer(connection, 'sale.ensure', ask('2', false))
    expect(sim.beliefs().sales.map(({ promised, policy }) => [promised, policy])).toEqual([
      ['2026-12-05', 'one'],
      [undefined, 'direct'],
    ])
  })
})
