/**
 * The Point of Sale: sessions that open, count and close; orders that are taken as they are told, found again by their
 * `uuid`, and move stock at once. Totals are trusted; only when a session is closed are the lines reckoned anew and
 * held against what was paid.
 */
import { round, taxLine } from './arithmetic.ts'
import type { Row } from './database.ts'
import { userError, validationError } from './failure.ts'
import { shift } from './quants.ts'
import { create, rowsOf } from './records.ts'
import { taxRates } from './sales.ts'
import { type Behaviour, next, type World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number
const children = (world: World, model: string, field: string, id: number): Row[] =>
  world.db
    .where(model, field, id)
    .toSorted((a, b) => a - b)
    .map((child) => world.db.row(model, child)!)

const sessionsOf = (world: World, config: number): Row[] => children(world, 'pos.session', 'config_id', config)
const ordersOf = (world: World, session: Row): Row[] => children(world, 'pos.order', 'session_id', session.id)
const paymentsOf = (world: World, order: Row): Row[] => children(world, 'pos.payment', 'pos_order_id', order.id)
const linesOf = (world: World, order: Row): Row[] => children(world, 'pos.order.line', 'order_id', order.id)
const methodsOf = (world: World, config: Row): Row[] =>
  rowsOf(world, 'pos.payment.method', config['payment_method_ids'] as number[])

const openOf = (world: World, config: number): Row | undefined =>
  sessionsOf(world, config).find((session) => session['state'] !== 'closed')

/** What must be in the drawer: what was there, what was paid in cash, what was put in or taken out. */
function drawer(world: World, session: Row): number {
  const cash = ordersOf(world, session)
    .flatMap((order) => paymentsOf(world, order))
    .filter((payment) => isCash(world, world.db.row('pos.payment.method', number(payment, 'payment_method_id'))!))
  const moves = children(world, 'account.bank.statement.line', 'pos_session_id', session.id)
  const sum = [...cash, ...moves].reduce((all, row) => all + number(row, 'amount'), 0)
  return round(number(session, 'cash_register_balance_start') + sum)
}

const configOf = (world: World, session: Row): Row => world.db.row('pos.config', number(session, 'config_id'))!

export const pointOfSale: Record<string, Behaviour> = {
  'pos.payment.method': {
    computed: {
      is_cash_count: (world, row) =>
        world.db.row('account.journal', (row['journal_id'] || 0) as number)?.['type'] === 'cash',
    },
  },
  'pos.config': {
    computed: {
      current_session_id: (world, row) => openOf(world, row.id)?.id ?? false,
      cash_control: (world, row) => methodsOf(world, row).some((method) => isCash(world, method)),
      currency_id: (world) => world.db.row('res.company', 1)!['currency_id']!,
    },
  },
  'pos.session': {
    computed: {
      order_count: (world, row) => ordersOf(world, row).length,
      cash_register_balance_end: (world, row) => drawer(world, row),
      cash_register_difference: (world, row) =>
        round(number(row, 'cash_register_balance_end_real') - drawer(world, row)),
    },
  },
}

const isCash = (world: World, method: Row): boolean =>
  world.db.row('account.journal', (method['journal_id'] || 0) as number)?.['type'] === 'cash'

/** One open session per Point of Sale; asked again it is the same one. */
export function openUi(world: World, configs: readonly Row[]): unknown {
  for (const config of configs) {
    if (openOf(world, config.id)) continue
    const before = sessionsOf(world, config.id).at(-1)
    create(world, world.schema.get('pos.session')!, {
      name: '/',
      config_id: config.id,
      user_id: world.uid,
      state: 'opening_control',
      rescue: false,
      cash_register_balance_start: before?.['cash_register_balance_end_real'] ?? 0,
    })
  }
  return { type: 'ir.actions.act_url', url: `/pos/ui?config_id=${configs[0]?.id}&from_backend=True`, target: 'self' }
}

export function openingControl(world: World, [session]: readonly Row[], value: unknown, notes: unknown): null {
  if (!session || session['state'] !== 'opening_control') return null
  const cash = methodsOf(world, configOf(world, session)).some((method) => isCash(world, method))
  world.db.update('pos.session', session, {
    state: 'opened',
    start_at: world.db.stamp(),
    name: `POS/${String(next(world, 'pos.session')).padStart(5, '0')}`,
    // Without a drawer there is nothing to note it beside: it goes to the chatter.
    ...(cash ? { opening_notes: String(notes ?? ''), cash_register_balance_start: Number(value) } : {}),
  })
  return null
}

interface Told {
  uuid: string
  name: string
  session_id: number
  state: string
  lines: [number, number, Record<string, unknown>][]
  payment_ids: [number, number, Record<string, unknown>][]
  amount_total: number
  [field: string]: unknown
}

/** Those that are known by their `uuid` are left as they are, whatever they say now. */
export function syncFromUi(world: World, told: readonly Told[]): unknown {
  const ids = told.map((order) => {
    const [known] = world.db.where('pos.order', 'uuid', order.uuid)
    return known ?? take(world, order)
  })
  const orders = ids.map((id) => world.db.row('pos.order', id)!)
  return { 'pos.order': orders.map((row) => ({ ...row })), 'pos.order.line': [], 'pos.payment': [], 'pos.session': [] }
}

function take(world: World, { name, lines, payment_ids: payments, ...order }: Told): number {
  const session = sessionFor(world, order.session_id as number)
  const config = configOf(world, session)
  const values = { ...order, session_id: session.id, lines, payment_ids: payments, pos_reference: name }
  const row = create(world, world.schema.get('pos.order')!, { ...values, config_id: config.id })
  const paid = round(paymentsOf(world, row).reduce((all, payment) => all + number(payment, 'amount'), 0))
  const count = ordersOf(world, session).length
  const shown = `${String(config['name'])}/${String(count).padStart(4, '0')}`
  world.db.update('pos.order', row, { name: shown, amount_paid: paid, state: order.state })
  if (order.state !== 'draft') moveStock(world, config, row)
  return row.id
}

/** Orders for a closed session go to the one that is open now. */
function sessionFor(world: World, id: number): Row {
  const [session] = rowsOf(world, 'pos.session', [id])
  const state = session!['state']
  if (state !== 'closed' && state !== 'closing_control') return session!
  const open = sessionsOf(world, number(session!, 'config_id')).find((one) => !['closed', 'closing_control'].includes(String(one['state']))) // prettier-ignore
  if (open) return open
  throw userError('No open session available. Please open a new session to capture the order.')
}

function moveStock(world: World, config: Row, order: Row): void {
  const type = world.db.row('stock.picking.type', number(config, 'picking_type_id'))
  const warehouse = world.db.row('stock.warehouse', number(type!, 'warehouse_id'))!
  for (const line of linesOf(world, order))
    shift(world, number(line, 'product_id'), number(warehouse, 'lot_stock_id'), -number(line, 'qty'), 0)
}

export function cashInOut(
  world: World,
  [session]: readonly Row[],
  type: unknown,
  amount: unknown,
  reason: unknown,
  extras: unknown,
): null {
  const { translatedType } = extras as { translatedType: string }
  const cash = methodsOf(world, configOf(world, session!)).find((method) => isCash(world, method))
  if (!cash) throw userError('There is no cash payment method for this PoS Session')
  create(world, world.schema.get('account.bank.statement.line')!, {
    pos_session_id: session!.id,
    journal_id: cash['journal_id'],
    amount: (type === 'in' ? 1 : -1) * Number(amount),
    payment_ref: [session!['name'], translatedType, reason].join('-'),
  })
  return null
}

export function closingCash(world: World, [session]: readonly Row[], counted: unknown): unknown {
  const refusal = cannotClose(world, session!)
  if (refusal) return refusal
  world.db.update('pos.session', session!, { cash_register_balance_end_real: Number(counted) })
  return { successful: true }
}

export function closingControl(world: World, [session]: readonly Row[]): null {
  if (session!['state'] === 'closed') throw userError('This session is already closed.')
  world.db.update('pos.session', session!, { state: 'closing_control', stop_at: world.db.stamp() })
  return null
}

const ALREADY_CLOSED = [
  'The session has been already closed by another User. All sales completed in the meantime have been saved in a',
  "Rescue Session, which can be reviewed anytime and posted to Accounting from Point of Sale's dashboard.",
].join(' ')

function cannotClose(world: World, session: Row): unknown {
  if (session['state'] === 'closed')
    return {
      successful: false,
      type: 'alert',
      title: 'Session already closed',
      message: ALREADY_CLOSED,
      redirect: true,
    }
  if (ordersOf(world, session).some((order) => order['state'] === 'draft'))
    return { successful: false, message: 'You cannot close the POS when orders are still in draft', redirect: false }
  return null
}

/** Posts one entry for the session, dated today; refuses when what the lines come to is not what was paid. */
export function closeFromUi(world: World, [session]: readonly Row[]): unknown {
  const refusal = cannotClose(world, session!)
  if (refusal) return refusal
  const orders = ordersOf(world, session!)
  const owed = round(orders.reduce((all, order) => all + reckoned(world, order), 0))
  const paid = round(orders.reduce((all, order) => all + number(order, 'amount_paid'), 0))
  if (owed !== paid) return { open_order_ids: [], successful: false, message: 'Force Close Session', redirect: true }
  const entry = orders.length === 0 ? false : postEntry(world)
  for (const order of orders) world.db.update('pos.order', order, { state: 'done' })
  world.db.update('pos.session', session!, { state: 'closed', stop_at: world.db.stamp(), move_id: entry })
  return { successful: true }
}

const reckoned = (world: World, order: Row): number =>
  linesOf(world, order).reduce((all, line) => {
    const rates = taxRates(world, line['tax_ids'] as number[])
    return all + taxLine(number(line, 'price_unit'), number(line, 'qty'), number(line, 'discount'), rates).total
  }, 0)

function postEntry(world: World): number {
  const date = world.db.stamp().slice(0, 10)
  const series = `POSS/${date.slice(0, 4)}/${date.slice(5, 7)}`
  const name = `${series}/${String(next(world, series)).padStart(4, '0')}`
  return world.db.insert('account.move', { name, state: 'posted', move_type: 'entry', date, company_id: 1 }).id
}

/** A Point of Sale with a drawer and a card terminal of its own. */
export function addPointOfSale(
  world: World,
  name: string,
  warehouse: string,
  methods: readonly string[],
  debts: readonly string[] = [],
): number {
  const { db } = world
  const place = [...db.tables.get('stock.warehouse')!.rows.values()].find((row) => row['code'] === warehouse)
  if (!place) throw validationError(`no warehouse ${warehouse}`)
  const ids = methods.map((method) => {
    const type = method.toLowerCase() === 'cash' ? 'cash' : 'bank'
    const journal = db.insert('account.journal', {
      name: `${method} ${name}`,
      code: `T${db.tables.get('account.journal')!.nextId}`,
      type,
      company_id: 1,
    })
    const debt = debts.includes(method) ? { outstanding_account_id: liability(world) } : {}
    return db.insert('pos.payment.method', { name: method, journal_id: journal.id, active: true, ...debt }).id
  })
  const config = { name, company_id: 1, active: true, picking_type_id: place['out_type_id']!, payment_method_ids: ids }
  return db.insert('pos.config', config).id
}

const liability = ({ db }: World): number =>
  db.insert('account.account', { code: '212100', name: 'Gift cards', account_type: 'liability_current' }).id
