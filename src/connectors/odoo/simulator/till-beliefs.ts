/** What the simulated Odoo believes of its tills: orders and sessions, as plain data. */
import type { Row } from './database.ts'
import type { TillOrderBelief, TillSessionBelief } from './options.ts'
import { value } from './reading.ts'
import type { World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number

export function tills(world: World): { tillOrders: TillOrderBelief[]; tillSessions: TillSessionBelief[] } {
  const all = (model: string): Row[] => [...world.db.tables.get(model)!.rows.values()].sort((a, b) => a.id - b.id)
  const nameOf = (model: string, id: unknown): string => String(world.db.row(model, (id || 0) as number)?.['name'] ?? '')
  const children = (model: string, field: string, id: number): Row[] =>
    world.db.where(model, field, id).toSorted((a, b) => a - b).map((child) => world.db.row(model, child)!)
  return {
    tillOrders: all('pos.order').map((row) => ({
      id: row.id,
      till: nameOf('pos.config', row['config_id']),
      session: number(row, 'session_id'),
      uuid: String(row['uuid']),
      number: String(row['pos_reference']),
      state: String(row['state']),
      total: number(row, 'amount_total'),
      tax: number(row, 'amount_tax'),
      paid: number(row, 'amount_paid'),
      lines: children('pos.order.line', 'order_id', row.id).map((line) => ({
        sku: String(world.db.row('product.product', number(line, 'product_id'))?.['default_code'] ?? ''),
        quantity: number(line, 'qty'),
        unitPrice: number(line, 'price_unit'),
      })),
      payments: children('pos.payment', 'pos_order_id', row.id).map((payment) => ({
        method: nameOf('pos.payment.method', payment['payment_method_id']),
        amount: number(payment, 'amount'),
      })),
    })),
    tillSessions: all('pos.session').map((row) => ({
      id: row.id,
      till: nameOf('pos.config', row['config_id']),
      state: String(row['state']),
      notes: String(row['opening_notes'] || ''),
      orders: value(world, 'pos.session', row, 'order_count') as number,
      difference: value(world, 'pos.session', row, 'cash_register_difference') as number,
    })),
  }
} // prettier-ignore
