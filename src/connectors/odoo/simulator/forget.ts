/**
 * Lets go of what is over, so that a simulated Odoo can live through more orders than its process could keep. Nobody
 * who looks for them finds them any more; stock and partners stay as they are.
 */
import type { Row } from './database.ts'
import { value } from './reading.ts'
import type { World } from './world.ts'

type Forgotten = readonly [model: string, link: string]

const PICKING: readonly Forgotten[] = [['stock.move', 'picking_id']]
const INVOICE: readonly Forgotten[] = [['account.move.line', 'move_id']]
const TILL_ORDER: readonly Forgotten[] = [
  ['pos.order.line', 'order_id'],
  ['pos.payment', 'pos_order_id'],
]

/** A sale with its lines, deliveries and invoices. */
export function forgetSale(world: World, sale: Row): void {
  for (const id of value(world, 'sale.order', sale, 'invoice_ids') as number[]) drop(world, 'account.move', id, INVOICE)
  for (const id of world.db.where('stock.picking', 'sale_id', sale.id)) drop(world, 'stock.picking', id, PICKING)
  drop(world, 'sale.order', sale.id, [['sale.order.line', 'order_id']])
}

/** A receipt. The session it was in misses what it put into the drawer. */
export const forgetReceipt = (world: World, id: number): void => drop(world, 'pos.order', id, TILL_ORDER)

function drop({ db }: World, model: string, id: number, below: readonly Forgotten[]): void {
  for (const [child, link] of below)
    for (const one of db.where(child, link, id)) {
      const row = db.row(child, one)
      if (row) db.remove(child, row)
    }
  const row = db.row(model, id)
  if (row) db.remove(model, row)
}
