/** What a real Odoo 18 was seen to say while goods went from one warehouse to the other, and what is made of it. */
import { describe, expect, test } from 'vitest'
import { answer } from '../kit/testing.ts'
import { type Estate, estate, reader } from './testing.ts'

const twoHouses = (): Estate => estate({ warehouses: ['WH', 'B'], products: [{ sku: 'MUG', available: { WH: 10 } }] })

const levels = ({ connection }: Estate) =>
  Promise.all(['WH', 'B'].map((warehouse) => answer(connection, 'stock.read', { sku: 'MUG', warehouse })))

const rpc = ({ sim }: Estate) => {
  const send = async (service: string, method: string, args: unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: '2.0', method: 'call', id: 1, params: { service, method, args } })
    const headers = { 'content-type': 'application/json' }
    const response = await sim.fetch(new Request('https://odoo.example.com/jsonrpc', { method: 'POST', headers, body }))
    return ((await response.json()) as { result: unknown }).result
  }
  return async (model: string, method: string, args: unknown[], context: object = {}): Promise<unknown> => {
    const key = 'a-key-nobody-may-see'
    const uid = await send('common', 'authenticate', ['retail', 'hub@example.com', key, {}])
    return send('object', 'execute_kw', ['retail', uid, key, model, method, args, { context }])
  }
}

/** @returns what follows it. */
async function part(at: Estate, picking: number, quantity: number): Promise<number | undefined> {
  const call = rpc(at)
  const open = [['picking_id', '=', picking], ['state', '!=', 'done']] // prettier-ignore
  const [move] = (await call('stock.move', 'search', [open])) as number[]
  await call('stock.move', 'write', [[move], { quantity, picked: true }])
  expect(await call('stock.picking', 'button_validate', [[picking]], { skip_backorder: true })).toBe(true)
  return ((await call('stock.picking', 'search', [[['backorder_id', '=', picking]]])) as number[])[0]
}

const cancel = (at: Estate, picking: number | undefined) => rpc(at)('stock.picking', 'action_cancel', [[picking]])

describe('goods on their way', () => {
  test('through transit they are of no warehouse, and never of two', async () => {
    const at = twoHouses()
    const sent = at.sim.resupply('MUG', 'WH', 'B', 6)
    expect(await levels(at)).toEqual([{ free: 4, onHand: 10 }, { free: 0, onHand: 0 }]) // prettier-ignore
    const outRest = await part(at, sent.out, 4)
    expect(await levels(at)).toEqual([{ free: 4, onHand: 6 }, { free: 0, onHand: 0 }]) // prettier-ignore
    const inRest = await part(at, sent.in, 1)
    expect(await levels(at)).toEqual([{ free: 4, onHand: 6 }, { free: 1, onHand: 1 }]) // prettier-ignore
    await cancel(at, outRest)
    expect(await levels(at)).toEqual([{ free: 6, onHand: 6 }, { free: 1, onHand: 1 }]) // prettier-ignore
    await cancel(at, inRest)
    expect(await levels(at)).toEqual([{ free: 6, onHand: 6 }, { free: 1, onHand: 1 }]) // prettier-ignore
  })

  test('at once, forced beyond what there is: the sender is below nothing', async () => {
    const at = twoHouses()
    const rest = await part(at, at.sim.transfer('MUG', 'WH', 'B', 6), 4)
    expect(await levels(at)).toEqual([{ free: 4, onHand: 6 }, { free: 4, onHand: 4 }]) // prettier-ignore
    await cancel(at, rest)
    expect(await levels(at)).toEqual([{ free: 6, onHand: 6 }, { free: 4, onHand: 4 }]) // prettier-ignore
    await part(at, at.sim.transfer('MUG', 'WH', 'B', 1), 9)
    expect(await levels(at)).toEqual([{ free: -3, onHand: -3 }, { free: 13, onHand: 13 }]) // prettier-ignore
  })

  test('in a transit location inside a warehouse they are not for sale, whatever Odoo counts', async () => {
    const at = twoHouses()
    await part(at, at.sim.transfer('MUG', 'WH', at.sim.addTransit('B'), 5), 5)
    expect(await rpc(at)('product.product', 'search_count', [[['qty_available', '>', 0]]], { warehouse_id: 2 })).toBe(1)
    expect(await levels(at)).toEqual([{ free: 5, onHand: 5 }, { free: 0, onHand: 0 }]) // prettier-ignore
  })
})

describe('a promise of which nothing is reserved', () => {
  test('is news, and so is its end; what is reserved is told by the rows of stock', async () => {
    const at = twoHouses()
    const [stock, promises] = [reader(at, 'stock'), reader(at, 'promises')]
    await stock()
    // Later than windows reach back: what was new then is no news any more.
    await stock(300_000)
    await stock(300_000)
    expect(await promises()).toEqual([])
    const byHand = at.sim.transfer('MUG', 'WH', 'B', 3, { reserve: false })
    expect((await promises()).map(({ body }) => body)).toEqual([{ pool: 'WH', sku: 'MUG', free: 7 }])
    expect(await stock()).toEqual([])
    await cancel(at, byHand)
    expect((await promises()).map(({ body }) => body)).toEqual([{ pool: 'WH', sku: 'MUG', free: 10 }])
    for (let time = 0; time < 2; time += 1) expect(await promises(300_000)).toEqual([])
    at.sim.transfer('MUG', 'WH', 'B', 2)
    expect(await promises()).toEqual([])
    expect((await stock()).map(({ body }) => body)).toEqual([{ pool: 'WH', sku: 'MUG', free: 8 }])
  })
})
