/** Entries written by hand, and what is matched between them and the customer's side of invoices and credit notes. */
import { round } from './arithmetic.ts'
import type { Row } from './database.ts'
import { userError } from './failure.ts'
import type { World } from './world.ts'

const number = (row: Row, field: string): number => (row[field] as number | undefined) ?? 0

/** What of an item is matched, with its own sign. */
export const openOf = (item: Row): number => number(item, 'matched')

const itemsOf = ({ db }: World, move: number): Row[] =>
  db.where('account.move.line', 'move_id', move).map((id) => db.row('account.move.line', id)!)

/** Made when the first invoice needs it. */
export function receivableOf({ db }: World): number {
  const rows = [...db.tables.get('account.account')!.rows.values()]
  const found = rows.find((row) => row['account_type'] === 'asset_receivable')
  const values = { code: '121000', name: 'Account Receivable', account_type: 'asset_receivable' }
  return (found ?? db.insert('account.account', values)).id
}

const customerSide = (world: World, move: Row): Row | undefined =>
  itemsOf(world, move.id).find((item) => item['display_type'] === 'payment_term')

export const matchedOf = (world: World, move: Row): number => {
  const item = customerSide(world, move)
  return item ? Math.abs(openOf(item)) : 0
}

export function mustBalance(world: World, move: Row): void {
  const rest = round(itemsOf(world, move.id).reduce((sum, item) => sum + number(item, 'amount_currency'), 0))
  if (rest !== 0) throw userError('The entry is not balanced.')
}

/** `account.move.js_assign_outstanding_line`: as much of both as is open. */
export function assign(world: World, move: Row, lineId: number): void {
  const [own, other] = [customerSide(world, move), world.db.row('account.move.line', lineId)]
  if (!own || !other) throw userError('There is nothing left to reconcile.')
  const left = (item: Row): number => round(number(item, 'amount_currency') - openOf(item))
  if (left(own) === 0 || left(other) === 0)
    throw userError('You are trying to reconcile some entries that are already reconciled.')
  const amount = Math.min(Math.abs(left(own)), Math.abs(left(other)))
  if (left(own) * left(other) > 0 || own['account_id'] !== other['account_id'])
    throw userError('Entries are not from the same account, or are on the same side.')
  for (const item of [own, other])
    world.db.update('account.move.line', item, { matched: round(openOf(item) + Math.sign(left(item)) * amount) })
  // A credit note that an entry settles is reversed by it, in Odoo's words.
  const settled = move['move_type'] === 'out_refund' ? 'reversed' : 'paid'
  world.db.update('account.move', move, { payment_state: left(own) === 0 ? settled : 'partial' })
}
