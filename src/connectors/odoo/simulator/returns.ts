/** What goes back: returns of deliveries, and credit notes drawn up from posted invoices. */
import type { Row } from './database.ts'
import { userError } from './failure.ts'
import { stateOf } from './pickings.ts'
import { pickingName } from './quants.ts'
import type { Behaviour, World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number

export const returns: Record<string, Behaviour> = {
  'account.move.reversal': {
    defaults(world, values) {
      values['move_ids'] = (world.context['active_ids'] ?? []) as number[]
    },
  },
}

/** `action_create_returns`: an incoming delivery, ready to be received. It asks nobody whether so much had left. */
export function createReturn(world: World, wizard: Row): unknown {
  const from = world.db.row('stock.picking', number(wizard, 'picking_id'))!
  if (stateOf(world, from) !== 'done') throw userError('You may only return Done pickings.')
  const lines = world.db
    .where('stock.return.picking.line', 'wizard_id', wizard.id)
    .map((id) => world.db.row('stock.return.picking.line', id)!)
    .filter((line) => number(line, 'quantity') > 0)
  if (lines.length === 0) throw userError('Please specify at least one non-zero quantity.')
  const warehouse = world.db.row('stock.location', number(from, 'location_id'))?.['warehouse_id']
  const house = world.db.row('stock.warehouse', warehouse as number)!
  const back = world.db.insert('stock.picking', {
    name: pickingName(world, `${String(house['code'])}/IN`),
    origin: `Return of ${String(from['name'])}`,
    sale_id: from['sale_id']!,
    partner_id: from['partner_id']!,
    picking_type_id: house['in_type_id']!,
    location_id: from['location_dest_id']!,
    location_dest_id: house['lot_stock_id']!,
    scheduled_date: world.db.stamp(),
    return_id: from.id,
  })
  for (const line of lines) {
    const move = world.db.row('stock.move', number(line, 'move_id'))!
    world.db.insert('stock.move', {
      name: move['name']!,
      product_id: line['product_id']!,
      product_uom_qty: line['quantity']!,
      quantity: line['quantity']!,
      picking_id: back.id,
      location_id: back['location_id']!,
      location_dest_id: back['location_dest_id']!,
      sale_line_id: move['sale_line_id']!,
      origin_returned_move_id: move.id,
      to_refund: line['to_refund']!,
      state: 'assigned',
      reference: back['name']!,
      date: world.db.stamp(),
    })
  }
  return {
    name: 'Returned Picking', view_mode: 'form', res_model: 'stock.picking', res_id: back.id,
    type: 'ir.actions.act_window', context: world.context,
  } // prettier-ignore
}

/** `refund_moves`: a draft credit note with all lines of each invoice. */
export function reverseInvoices(world: World, wizard: Row): unknown {
  const ids = (wizard['move_ids'] as number[]).map((id) => reverse(world, world.db.row('account.move', id)!, wizard))
  return {
    name: 'Reverse Moves', type: 'ir.actions.act_window', res_model: 'account.move', view_mode: 'form', res_id: ids[0],
    context: { default_move_type: 'out_refund' },
  } // prettier-ignore
}

function reverse(world: World, invoice: Row, wizard: Row): number {
  if (invoice['state'] !== 'posted') throw userError('To reverse a journal entry, it has to be posted first.')
  const { id: _, name: __, write_date: _w, create_date: _c, ...same } = invoice
  const reason = wizard['reason'] ? `, ${String(wizard['reason'])}` : ''
  const credit = world.db.insert('account.move', {
    ...same,
    name: false,
    state: 'draft',
    move_type: 'out_refund',
    payment_state: 'not_paid',
    ref: `Reversal of: ${String(invoice['name'])}${reason}`,
    payment_reference: false,
    date: wizard['date'] || world.db.stamp().slice(0, 10),
    invoice_date: wizard['date'] || world.db.stamp().slice(0, 10),
    journal_id: wizard['journal_id'] || invoice['journal_id']!,
    reversed_entry_id: invoice.id,
  })
  for (const id of world.db.where('account.move.line', 'move_id', invoice.id).toSorted((a, b) => a - b)) {
    const { id: _i, write_date: _lw, create_date: _lc, ...line } = world.db.row('account.move.line', id)!
    world.db.insert('account.move.line', {
      ...line,
      matched: 0,
      move_id: credit.id,
      amount_currency: -number(line as Row, 'amount_currency') + 0,
    })
  }
  return credit.id
}
