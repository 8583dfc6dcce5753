/** What the Point of Sale of a real Odoo needs before tills can be posted, and what it believes afterwards. */
import { randomBytes } from 'node:crypto'
import type { Rpc } from './server.ts'

/** The module, and the right to use it. */
export async function ensureTillModule(rpc: Rpc, login: string): Promise<void> {
  const [module] = await rpc.search('ir.module.module', [['name', '=', 'point_of_sale']], ['state'])
  if (module!['state'] !== 'installed') await rpc.call('ir.module.module', 'button_immediate_install', [[module!.id]])
  const [, group] = (await rpc.call('ir.model.data', 'check_object_reference', ['point_of_sale', 'group_pos_user'])) as [string, number] // prettier-ignore
  const users = await rpc.search('res.users', [['login', '=', login]], [])
  await rpc.call('res.users', 'write', [users.map(({ id }) => id), { groups_id: [[4, group]] }])
}

/** One Point of Sale with a drawer of its own and a card terminal. */
export async function ensurePointOfSale(rpc: Rpc, name: string): Promise<void> {
  const code = `T${randomBytes(2).toString('hex')}`.toUpperCase()
  const journal = await rpc.call('account.journal', 'create', [{ name: `Cash ${name}`, code, type: 'cash' }])
  const [bank] = await rpc.search('account.journal', [['type', '=', 'bank'], ['company_id', '=', 1]], []) // prettier-ignore
  const cash = await rpc.call('pos.payment.method', 'create', [{ name: 'Cash', journal_id: journal }])
  const [known] = await rpc.search('pos.payment.method', [['name', '=', 'Card']], [])
  const card = known?.id ?? (await rpc.call('pos.payment.method', 'create', [{ name: 'Card', journal_id: bank!.id }]))
  await rpc.call('pos.config', 'create', [{ name, payment_method_ids: [[6, 0, [cash, card]]] }])
}

export async function tillOrders(rpc: Rpc, config: string) {
  const fields = ['uuid', 'pos_reference', 'state', 'amount_total', 'amount_tax', 'amount_paid', 'picking_ids', 'session_id', 'date_order'] // prettier-ignore
  const rows = await rpc.search('pos.order', [['config_id.name', '=', config]], fields)
  return rows.map((row) => ({
    id: row.id,
    uuid: String(row['uuid']),
    number: String(row['pos_reference']),
    state: String(row['state']),
    total: row['amount_total'] as number,
    tax: row['amount_tax'] as number,
    paid: row['amount_paid'] as number,
    session: row['session_id'] as number,
  }))
}

export async function tillSessions(rpc: Rpc, config: string) {
  const fields = ['state', 'order_count', 'opening_notes', 'cash_register_difference', 'move_id', 'cash_register_balance_end_real'] // prettier-ignore
  const rows = await rpc.search('pos.session', [['config_id.name', '=', config]], fields)
  const sessions = []
  for (const row of rows) {
    const lines = await rpc.search('account.move.line', [['move_id', '=', row['move_id']]], ['debit', 'credit', 'name'])
    const total = (field: string) => Number(lines.reduce((all, line) => all + (line[field] as number), 0).toFixed(2))
    sessions.push({
      id: row.id,
      state: String(row['state']),
      orders: row['order_count'] as number,
      notes: String(row['opening_notes']),
      difference: row['cash_register_difference'] as number,
      counted: row['cash_register_balance_end_real'] as number,
      debit: total('debit'),
      credit: total('credit'),
      lines: lines.map((line) => ({ name: String(line['name']), debit: line['debit'] as number, credit: line['credit'] as number })), // prettier-ignore
    })
  }
  return sessions
}
