/** A line of a confirmed sale that is to leave from another warehouse: its deliveries follow, once, or stay. */
import { describe, expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { answer } from '../kit/testing.ts'
import { breakAt, estate, invoiceAsk, LOSSES, orderOf, saleAsk } from './testing.ts'

const OPTIONS = {
  warehouses: ['WH', 'ST1', 'ST2'],
  products: ['MUG', 'BOWL'].map((sku) => ({ sku, name: sku, price: 5, available: { WH: 10, ST1: 10, ST2: 10 } })),
}
const order = orderOf('9', [{ sku: 'MUG', quantity: 2, price: 1100 }, { sku: 'BOWL', price: 450, discount: 50 }]) // prettier-ignore

type Places = Readonly<Record<string, string>>
const ask = (places: Places): Ask<'sale.change'> => ({
  ...saleAsk(order),
  sources: Object.entries(places).map(([sku, warehouse]) => ({ sku, warehouse })),
  removed: [],
  moved: ['MUG', 'BOWL'],
})

async function sold(version: 18 | 19 = 18) {
  const world = estate({ ...OPTIONS, version })
  const { saleId } = await answer(world.connection, 'sale.ensure', saleAsk(order))
  const move = (places: Places) => answer(world.connection, 'sale.change', ask(places))
  const sale = () => world.sim.beliefs().sales[0]!
  const free = async (sku: string, warehouse: string) =>
    (await answer(world.connection, 'stock.read', { sku, warehouse })).free
  const all = async (sku: string) => [await free(sku, 'WH'), await free(sku, 'ST1'), await free(sku, 'ST2')]
  /** What is open, by delivery. */
  const open = () =>
    sale()
      .deliveries.map(({ name, lines }) => [
        name.split('/')[0],
        ...lines
          .filter(({ state }) => state !== 'cancel' && state !== 'done')
          .map(({ sku, quantity }) => `${quantity} ${sku}`),
      ])
      .filter(({ length }) => length > 1)
  return { ...world, saleId, move, sale, free: all, open }
}

describe.for([18, 19] as const)('Odoo %s', (version) => {
  test('has one line leave from elsewhere, then all of it, then back: prices and lock stay as they are', async () => {
    const { move, sale, free, open } = await sold(version)
    const before = sale()
    expect(await move({ MUG: 'ST1' })).toMatchObject({
      outcome: 'changed',
      lines: [{ lineId: '9-1' }, { lineId: '9-2' }],
    })
    expect(open()).toEqual([['WH', '1 BOWL'], ['ST1', '2 MUG']]) // prettier-ignore
    expect([await free('MUG'), await free('BOWL')]).toEqual([[10, 8, 10], [9, 10, 10]]) // prettier-ignore
    await move({ MUG: 'ST2', BOWL: 'ST2' })
    expect(open()).toEqual([['ST2', '2 MUG', '1 BOWL']])
    await move({})
    expect(open()).toEqual([['WH', '2 MUG', '1 BOWL']])
    expect([await free('MUG'), await free('BOWL')]).toEqual([[8, 10, 10], [9, 10, 10]]) // prettier-ignore
    expect(sale()).toMatchObject({ total: before.total, locked: true })
    expect(sale().lines).toEqual(before.lines)
  })

  test('is asked twice and does it once; it ships and is invoiced as if nothing had been', async () => {
    const { connection, move, open, sim, saleId } = await sold(version)
    await move({ MUG: 'ST1' })
    const once = sim.beliefs().sales
    await move({ MUG: 'ST1' })
    expect(sim.beliefs().sales).toEqual(once)
    sim.ship('shop:9')
    sim.ship('shop:9')
    expect(open()).toEqual([])
    expect((await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))).total).toEqual(order.total)
  })
})

test.each([
  ['shipped', 'shipped'],
  ['packed', 'picked'],
  ['invoiced', 'invoiced'],
  ['cancelled', 'gone'],
] as const)('what is %s stays, all of it', async (what, outcome) => {
  const { sim, connection, move, sale, saleId } = await sold()
  if (what === 'shipped') sim.ship('shop:9', { lines: { MUG: 1 } })
  if (what === 'packed') sim.pack('shop:9')
  if (what === 'invoiced') {
    sim.ship('shop:9')
    await answer(connection, 'invoice.ensure', invoiceAsk(order, saleId))
  }
  if (what === 'cancelled') await answer(connection, 'sale.cancel', { orderRef: 'shop:9', reason: 'customer' })
  const before = sale()
  expect(await move({ MUG: 'ST1', BOWL: 'ST1' })).toEqual({ outcome })
  expect(sale()).toEqual(before)
})

test('a route that people set there stays, unless it is asked for', async () => {
  const { connection, move, open } = await sold()
  await move({ MUG: 'ST1' })
  await answer(connection, 'sale.change', { ...saleAsk(order), removed: [] })
  expect(open()).toEqual([['WH', '1 BOWL'], ['ST1', '2 MUG']]) // prettier-ignore
})

test.each(LOSSES)('%s at every call: it leaves from there, once, at the price of the order', async (loss) => {
  for (let lost = 1; lost <= 60; lost += 1) {
    const { network, move, sale, open, free } = await sold()
    const total = sale().total
    const reached = breakAt({ network }, lost, loss)
    await move({ MUG: 'ST1' }).catch(() => move({ MUG: 'ST1' }))
    const isOver = !reached()
    network.through = (_, pass) => pass()
    expect(open(), `call ${lost}`).toEqual([['WH', '1 BOWL'], ['ST1', '2 MUG']]) // prettier-ignore
    expect(await free('MUG')).toEqual([10, 8, 10])
    expect([sale().total, sale().locked]).toEqual([total, true])
    if (isOver) return
  }
  throw new Error('It never came to its end.')
})
