/** What changed in Odoo is read, all of it, however late it becomes visible, and repeats are recognised. */
import type { Json } from '#canon/json.ts'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../kit/connector.ts'
import { answer } from '../kit/testing.ts'
import { type Estate, estate, orderOf, reader, saleAsk } from './testing.ts'

const bodies = (readings: readonly Reading[]) => readings.map(({ body }) => body)

describe('products', () => {
  test('a change, an archived one, and nothing twice', async () => {
    const at = estate()
    const read = reader(at, 'products')
    expect(bodies(await read()).map((body) => (body as { sku: string }).sku)).toEqual([
      'MUG',
      'BOWL',
      'SHIPPING',
      'DISCOUNT',
    ])
    expect(await read()).toEqual([])
    at.sim.changeProduct('MUG', { name: 'Green mug', price: 13.35 })
    at.sim.changeProduct('BOWL', { active: false })
    const changed = await read()
    expect(bodies(changed)).toMatchObject([
      { sku: 'MUG', name: 'Green mug', listPrice: { amount: 1335, currency: 'USD' }, active: true, stocked: true },
      { sku: 'BOWL', active: false },
    ])
    const [message] = at.connection.translate({ topic: changed[0]!.topic, body: changed[0]!.body, receivedAt: '' })
    expect(message).toMatchObject({ stream: 'product/MUG', command: { product: { erpId: '1', name: 'Green mug' } } })
    expect(await read()).toEqual([])
  })

  test('a transaction that began long before it became visible is not lost', async () => {
    const at = estate()
    const read = reader(at, 'products')
    await read()
    at.sim.changeProduct('BOWL', { name: 'seen first' })
    expect(bodies(await read())).toMatchObject([{ sku: 'BOWL' }])
    // Began before BOWL was read, commits after it: its stamp lies behind the window already read.
    at.sim.lately(119_000, () => at.sim.changeProduct('MUG', { name: 'late' }))
    expect(bodies(await read())).toMatchObject([{ sku: 'MUG', name: 'late' }])
  })

  test('more than a page', async () => {
    const products = Array.from({ length: 1_203 }, (_, index) => ({ sku: `P${index}` }))
    const at = estate({ products })
    const read = reader(at, 'products')
    expect(await read()).toHaveLength(1_205)
    expect(await read()).toEqual([])
  })
})

describe('deliveries', () => {
  test('a late commit, a tracking number added later, and never a return', async () => {
    const at = estate()
    const read = reader(at, 'deliveries')
    for (const id of ['1', '2'])
      await answer(at.connection, 'sale.ensure', saleAsk(orderOf(id, [{ sku: 'MUG', quantity: 2 }])))
    await read()
    at.sim.ship('shop:1', { tracking: 'A1' })
    expect(bodies(await read())).toMatchObject([{ orderRef: 'shop:1', trackingNumber: 'A1' }])
    at.sim.lately(100_000, () => void at.sim.ship('shop:2'))
    expect(bodies(await read())).toMatchObject([{ orderRef: 'shop:2' }])
    at.sim.takeBack('shop:1', { MUG: 1 })
    expect(await read()).toEqual([])
  })

  test('other people’s sales are none of ours', async () => {
    const at = estate()
    const read = reader(at, 'deliveries')
    await answer(at.connection, 'sale.ensure', saleAsk(orderOf('1', [{ sku: 'MUG' }])))
    at.sim.ship('shop:1')
    const { id } = at.sim.beliefs().sales[0]!
    await call(at, 'sale.order', 'write', [[id], { origin: 'by hand' }])
    expect(await read()).toEqual([])
  })
})

describe('stock', () => {
  test('everything at first, then what moved, and only where', async () => {
    const at = estate({ warehouses: ['WH', 'ST1'] }, { warehouses: { berlin: 'ST1' } })
    const read = reader(at, 'stock')
    expect(bodies(await read())).toEqual([
      { pool: 'WH', sku: 'MUG', free: 100 },
      { pool: 'WH', sku: 'BOWL', free: 3 },
      { pool: 'berlin', sku: 'MUG', free: 0 },
      { pool: 'berlin', sku: 'BOWL', free: 0 },
    ])
    await read()
    at.sim.receive('MUG', 'ST1', 4)
    const moved = await read()
    expect(bodies(moved)).toEqual([{ pool: 'berlin', sku: 'MUG', free: 4 }])
    const [message] = moved.flatMap(({ topic, body }) => at.connection.translate({ topic, body, receivedAt: '' }))
    expect(message).toMatchObject({ stream: 'stock/berlin/MUG', command: { type: 'stock.nudge', free: 4 } })
    expect(await read()).toEqual([])
  })

  test('there and back is news both times', async () => {
    const at = estate()
    const read = reader(at, 'stock')
    await read()
    await read()
    for (const count of [90, 100, 90]) {
      at.sim.count('MUG', 'WH', count)
      expect(bodies(await read())).toContainEqual({ pool: 'WH', sku: 'MUG', free: count })
    }
  })

  test('a row that vanished at zero comes out with the next full reading', async () => {
    const at = estate()
    const read = reader(at, 'stock')
    await read()
    at.sim.count('BOWL', 'WH', 0)
    at.sim.tidy()
    const seen: Json[] = []
    for (let run = 0; run < 245; run++) seen.push(...bodies(await read(15_000)))
    expect(seen).toContainEqual({ pool: 'WH', sku: 'BOWL', free: 0 })
  })
})

async function call({ sim }: Estate, model: string, method: string, args: unknown[]): Promise<void> {
  const body = {
    jsonrpc: '2.0',
    id: 1,
    params: {
      service: 'object',
      method: 'execute_kw',
      args: ['retail', 6, 'a-key-nobody-may-see', model, method, args],
    },
  }
  await sim.fetch(
    new Request('http://odoo/jsonrpc', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
}
