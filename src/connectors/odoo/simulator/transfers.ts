/** Goods that go from one warehouse to the other: at once, or out to a transit location and in from there. */
import type { Row } from './database.ts'
import type { OdooSimulator } from './options.ts'
import { addMove } from './pickings.ts'
import { pickingName } from './quants.ts'
import { stockLocation } from './seed.ts'
import type { World } from './world.ts'

export type TransferControl = Pick<OdooSimulator, 'transfer' | 'resupply' | 'addTransit'>

export function transferControl(
  world: World,
  run: <T>(work: () => T) => T,
  productOf: (sku: string) => Row,
): TransferControl {
  const { db } = world
  const warehouseOf = (code: string): number =>
    db.row('stock.location', stockLocation(world, code))!['warehouse_id'] as number

  function typeOf(warehouse: string, code: string, name: string): number {
    const [house, types] = [warehouseOf(warehouse), db.tables.get('stock.picking.type')!.rows.values()]
    const found = [...types].find((row) => row['warehouse_id'] === house && row['code'] === code)
    return (found ?? db.insert('stock.picking.type', { name, code, warehouse_id: house })).id
  }

  const places = () => [...db.tables.get('stock.location')!.rows.values()]
  const between = (): number =>
    (
      places().find((row) => row['usage'] === 'transit' && !row['warehouse_id']) ??
      db.insert('stock.location', { name: 'Inter-warehouse transit', usage: 'transit', active: true })
    ).id

  /** One product from here to there. @param reserve whether it takes what there is at once. */
  function move(
    at: { prefix: string; type: number },
    [from, to]: readonly [number, number],
    [sku, quantity]: readonly [string, number],
    reserve: boolean,
  ): number {
    const picking = db.insert('stock.picking', {
      name: pickingName(world, at.prefix),
      picking_type_id: at.type,
      location_id: from,
      location_dest_id: to,
      scheduled_date: db.stamp(),
    })
    addMove(world, picking, { saleLine: 0, product: productOf(sku).id, quantity, name: sku }, reserve)
    return picking.id
  }

  return {
    transfer: (sku, from, to, pieces, { reserve = true } = {}) =>
      run(() => {
        const at = { prefix: `${from}/INT`, type: typeOf(from, 'internal', 'Internal Transfers') }
        const place = typeof to === 'number' ? to : stockLocation(world, to)
        return move(at, [stockLocation(world, from), place], [sku, pieces], reserve)
      }),
    resupply: (sku, from, to, pieces) =>
      run(() => {
        const out = { prefix: `${from}/OUT`, type: typeOf(from, 'outgoing', 'Delivery Orders') }
        const into = { prefix: `${to}/IN`, type: typeOf(to, 'incoming', 'Receipts') }
        const goods = [sku, pieces] as const
        return {
          out: move(out, [stockLocation(world, from), between()], goods, true),
          in: move(into, [between(), stockLocation(world, to)], goods, false),
        }
      }),
    addTransit: (warehouse) =>
      run(() => {
        const own = { name: 'On the lorry', usage: 'transit', warehouse_id: warehouseOf(warehouse), active: true }
        return db.insert('stock.location', own).id
      }),
  }
}
