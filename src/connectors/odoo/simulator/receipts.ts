/** Goods on their way from a supplier: open moves that slip, shrink, are cancelled, and are received in parts. */
import type { Row } from './database.ts'
import type { OdooSimulator } from './options.ts'
import { reserveWaiting } from './reservations.ts'
import { shift } from './quants.ts'
import { stockLocation } from './seed.ts'
import type { World } from './world.ts'

export type ReceiptControl = Pick<OdooSimulator, 'expect' | 'replan' | 'arrive'>

export function receiptControl(
  world: World,
  run: <T>(work: () => T) => T,
  productOf: (sku: string) => Row,
): ReceiptControl {
  const { db } = world
  const open = (id: number): Row => {
    const move = db.row('stock.move', id)
    if (!move || move['state'] !== 'assigned') throw new Error(`The simulated Odoo expects nothing by move ${id}`)
    return move
  }
  const supplier = (): number =>
    [...db.tables.get('stock.location')!.rows.values()].find((row) => row['usage'] === 'supplier')?.id ??
    db.insert('stock.location', { name: 'Vendors', complete_name: 'Partners/Vendors', usage: 'supplier', active: true })
      .id

  return {
    expect: (sku, warehouse, pieces, date) =>
      run(() => {
        const name = `${warehouse}: receipt of ${sku}`
        return db.insert('stock.move', {
          name, product_id: productOf(sku).id, product_uom_qty: pieces, quantity: pieces, state: 'assigned',
          location_id: supplier(), location_dest_id: stockLocation(world, warehouse), date: `${date} 08:00:00`,
        }).id // prettier-ignore
      }),
    replan: (id, { date, pieces }) =>
      run(() => {
        const cancelled = pieces === 0 ? { state: 'cancel' } : {}
        const planned = date === undefined ? {} : { date: `${date} 08:00:00` }
        const fewer = pieces === undefined ? {} : { product_uom_qty: pieces, quantity: pieces }
        db.update('stock.move', open(id), { ...planned, ...fewer, ...cancelled })
      }),
    arrive: (id, pieces) =>
      run(() => {
        const move = open(id)
        const left = (move['product_uom_qty'] as number) - pieces
        const { id: _, ...same } = move
        if (left > 0) db.insert('stock.move', { ...same, product_uom_qty: left, quantity: left })
        const done = { product_uom_qty: pieces, quantity: pieces, picked: true, state: 'done', date: db.stamp() }
        db.update('stock.move', move, done)
        shift(world, move['product_id'] as number, move['location_dest_id'] as number, pieces, 0)
        reserveWaiting(world, move['product_id'] as number, move['location_dest_id'] as number)
      }),
  }
}
