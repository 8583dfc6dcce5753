/** Kits in Odoo: taken apart in the sale, delivered in parts, told to the channel in whole ones. */
import type { Json } from '#canon/json.ts'
import { describe, expect, test } from 'vitest'
import type { DeliveryReading } from './readings.ts'
import { answer } from '../kit/testing.ts'
import { type Estate, estate, orderOf, saleAsk } from './testing.ts'

const products = [
  { sku: 'MUG', available: { WH: 100 } },
  { sku: 'TRAY', available: { WH: 100 } },
  { sku: 'SET', type: 'consumable', parts: { MUG: 2, TRAY: 1 } },
  { sku: 'BOX', type: 'consumable', parts: { SET: 1, MUG: 1 } },
  { sku: 'SIX', type: 'consumable', parts: { MUG: 6 } },
] as const

async function sold(lines: { sku: string; quantity: number }[]): Promise<Estate & { left(): Promise<unknown[]> }> {
  const at = estate({ products })
  const order = orderOf('1', lines)
  const { lines: known } = await answer(at.connection, 'sale.ensure', saleAsk(order))
  const skuOf = (saleLineId: string) => {
    const line = known.find((one) => one.saleLineId === saleLineId)!
    return order.lines.find(({ id }) => id === line.lineId)!.sku!
  }
  let cursor: Json | null = null
  const seen = new Set<string>()
  const left = async () => {
    at.clock.nowMs += 10_000
    const page = await at.connection.feeds['deliveries']!.read(cursor)
    cursor = JSON.parse(JSON.stringify(page.cursor)) as Json
    const fresh = page.readings.filter(({ key }) => !seen.has(key))
    for (const { key } of fresh) seen.add(key)
    return fresh.map(({ body }) =>
      Object.fromEntries(
        (body as unknown as DeliveryReading).lines.map(({ saleLineId, quantity }) => [skuOf(saleLineId), quantity]),
      ),
    )
  }
  await left()
  return { ...at, left }
}

describe('a delivery of kits', () => {
  test('tells the kits, and what was bought alone beside them', async () => {
    const at = await sold([
      { sku: 'SET', quantity: 2 },
      { sku: 'MUG', quantity: 3 },
    ])
    expect(at.sim.openDeliveries()[0]!.lines).toEqual([
      { sku: 'MUG', quantity: 4, reserved: 4 },
      { sku: 'TRAY', quantity: 2, reserved: 2 },
      { sku: 'MUG', quantity: 3, reserved: 3 },
    ])
    at.sim.ship('shop:1')
    expect(await at.left()).toEqual([{ SET: 2, MUG: 3 }])
  })

  test('a kit of one part, and one within a kit', async () => {
    const at = await sold([
      { sku: 'SIX', quantity: 2 },
      { sku: 'BOX', quantity: 1 },
    ])
    expect(at.sim.openDeliveries()[0]!.lines.map(({ sku, quantity }) => `${quantity} ${sku}`)).toEqual([
      '12 MUG',
      '3 MUG',
      '1 TRAY',
    ])
    at.sim.ship('shop:1')
    expect(await at.left()).toEqual([{ SIX: 2, BOX: 1 }])
  })

  test('a parcel that makes no kit whole tells of none, and the one that does, of all', async () => {
    const at = await sold([{ sku: 'SET', quantity: 3 }])
    at.sim.ship('shop:1', { lines: { MUG: 4 } })
    expect(await at.left()).toEqual([])
    at.sim.ship('shop:1', { lines: { TRAY: 2 } })
    expect(await at.left()).toEqual([{ SET: 2 }])
    at.sim.ship('shop:1')
    expect(await at.left()).toEqual([{ SET: 1 }])
  })

  test('what was dropped is not counted as delivered', async () => {
    const at = await sold([{ sku: 'SET', quantity: 2 }])
    at.sim.ship('shop:1', { lines: { MUG: 4, TRAY: 1 }, final: true })
    expect(await at.left()).toEqual([{ SET: 1 }])
  })
})

describe('the stock of a kit', () => {
  test('is never what its parts would allow, though the kit itself were counted', async () => {
    const at = estate({
      products: [...products.slice(0, 2), { sku: 'SET', type: 'stocked', parts: { MUG: 2, TRAY: 1 } }],
    })
    const read = (sku: string) => answer(at.connection, 'stock.read', { sku, warehouse: 'WH' })
    expect(await read('MUG')).toEqual({ free: 100, onHand: 100 })
    expect(await read('SET')).toEqual({ free: 0, onHand: 0 })
    const page = await at.connection.feeds['stock']!.read(null)
    expect(page.readings.map(({ body }) => body)).toContainEqual({ pool: 'WH', sku: 'SET', free: 0 })
  })
})
