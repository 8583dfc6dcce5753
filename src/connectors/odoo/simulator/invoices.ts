/** Invoices: drawn up from sales by the wizard, summed from their lines, posted with a number of their own. */
import { round, taxLine } from './arithmetic.ts'
import type { Row, Value } from './database.ts'
import { userError } from './failure.ts'
import { matchedOf, mustBalance, openOf, receivableOf } from './entries.ts'
import { linesOf, taxRates, toInvoice } from './sales.ts'
import { type Behaviour, next, type World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number

const itemsOf = (world: World, move: Row): Row[] =>
  world.db
    .where('account.move.line', 'move_id', move.id)
    .toSorted((a, b) => a - b)
    .map((id) => world.db.row('account.move.line', id)!)

/** A credit note counts in its own direction. */
const signOf = (move: Row): 1 | -1 => (move['move_type'] === 'out_refund' ? -1 : 1)

const sumOf =
  (...types: string[]) =>
  (world: World, move: Row): number =>
    round(
      itemsOf(world, move)
        .filter((item) => types.includes(item['display_type'] as string))
        .reduce((sum, item) => sum - number(item, 'amount_currency'), 0) * signOf(move),
    )

export const invoices: Record<string, Behaviour> = {
  'account.move': {
    defaults(_, values) {
      values['state'] ||= 'draft'
    },
    computed: {
      amount_untaxed: sumOf('product'),
      amount_tax: sumOf('tax'),
      amount_total: sumOf('product', 'tax'),
      amount_residual: (world, row) =>
        row['state'] === 'posted' && row['move_type'] !== 'entry'
          ? round(sumOf('product', 'tax')(world, row) - matchedOf(world, row))
          : 0,
      invoice_line_ids: (world, row) =>
        itemsOf(world, row)
          .filter((item) => item['display_type'] === 'product')
          .map(({ id }) => id),
    },
    writing(world, row, values) {
      // What follows from the lines is reckoned anew.
      if (!('invoice_line_ids' in values) || row['state'] !== 'draft') return
      for (const item of itemsOf(world, row))
        if (item['display_type'] === 'tax') world.db.remove('account.move.line', item)
    },
    written(world, row) {
      if (row['state'] === 'draft') addTaxes(world, row)
      balance(world, row)
    },
    display: (_, row) =>
      row['payment_reference']
        ? `${String(row['name'])} (${String(row['payment_reference'])})`
        : String(row['name'] || 'Draft Invoice'),
  },
  'account.move.line': {
    defaults(world, values) {
      const move = world.db.row('account.move', values['move_id'] as number)!
      if (move['move_type'] === 'entry') return void (values['display_type'] = 'product')
      const ids = (values['tax_ids'] ?? []) as number[]
      const of = (field: string, otherwise: number) => (values[field] ?? otherwise) as number
      const amounts = taxLine(of('price_unit', 0), of('quantity', 1), of('discount', 0), taxRates(world, ids))
      values['display_type'] ||= 'product'
      Object.assign(values, bookedOn(world, (values['product_id'] ?? 0) as number))
      values['sale_line'] = ((values['sale_line_ids'] ?? []) as number[])[0] ?? 0
      values['amount_currency'] = -signOf(move) * amounts.untaxed + 0
      values['price_subtotal'] = amounts.untaxed
      values['price_total'] = amounts.total
    },
    computed: {
      amount_residual: (_, row) => round(number(row, 'amount_currency') - openOf(row)),
      reconciled: (_, row) => openOf(row) !== 0 && openOf(row) === number(row, 'amount_currency'),
      balance: (_, row) => number(row, 'amount_currency'),
      debit: (_, row) => Math.max(0, number(row, 'amount_currency')),
      credit: (_, row) => Math.max(0, -number(row, 'amount_currency')) + 0,
    },
    written: (world, row) => balance(world, world.db.row('account.move', row['move_id'] as number)!),
  },
}

/** The income account of its product, where it has one of its own. */
function bookedOn({ db }: World, product: number): { account_id?: number } {
  const template = db.row('product.template', (db.row('product.product', product)?.['product_tmpl_id'] ?? 0) as number)
  const account = template?.['property_account_income_id'] as number | undefined
  return account ? { account_id: account } : {}
}

/** The taxes of a draft whose lines were written, each a line of its own; those that are there stay as they are. */
function addTaxes(world: World, move: Row): void {
  const items = itemsOf(world, move)
  if (items.some((item) => item['display_type'] === 'tax')) return
  const sums = new Map<number, number>()
  for (const item of items.filter((one) => one['display_type'] === 'product')) {
    const rates = taxRates(world, item['tax_ids'] as number[])
    const { taxes } = taxLine(number(item, 'price_unit'), number(item, 'quantity'), number(item, 'discount'), rates)
    for (const { id, amount } of taxes) sums.set(id, round((sums.get(id) ?? 0) + amount))
  }
  for (const [id, amount] of sums)
    world.db.insert('account.move.line', {
      move_id: move.id,
      name: world.db.row('account.tax', id)!['name']!,
      display_type: 'tax',
      tax_line_id: id,
      amount_currency: -signOf(move) * amount + 0,
    })
}

/** The customer's side follows the others. */
function balance(world: World, move: Row): void {
  const items = itemsOf(world, move)
  const receivable = items.find((item) => item['display_type'] === 'payment_term')
  if (!receivable) return
  const rest = round(
    items.reduce((sum, item) => (item === receivable ? sum : sum - number(item, 'amount_currency')), 0),
  )
  world.db.update('account.move.line', receivable, { amount_currency: rest })
}

/** `sale.advance.payment.inv.create_invoices`: one draft for each sale. */
export function drawInvoices(world: World, sales: readonly Row[]): unknown {
  const wanted = sales
    .map((sale) => ({
      sale,
      lines: linesOf(world, sale)
        .map((line) => ({ line, quantity: toInvoice(world, line) }))
        .filter(({ quantity }) => quantity !== 0),
    }))
    .filter(({ lines }) => lines.length > 0)
  if (wanted.length === 0) {
    throw userError(
      [
        'Cannot create an invoice. No items are available to invoice.',
        '',
        'To resolve this issue, please ensure that:',
        '   • The products have been delivered before attempting to invoice them.',
        '   • The invoicing policy of the product is configured correctly.',
      ].join('\n'),
    )
  }
  const ids = wanted.map(({ sale, lines }) => draw(world, sale, lines))
  return {
    id: 268,
    name: 'Invoices',
    type: 'ir.actions.act_window',
    xml_id: 'account.action_move_out_invoice_type',
    res_model: 'account.move',
    view_mode: 'form',
    res_id: ids[0],
    target: 'current',
    context: { default_move_type: 'out_invoice' },
  }
}

function draw(world: World, sale: Row, lines: readonly { line: Row; quantity: number }[]): number {
  const journal = [...world.db.tables.get('account.journal')!.rows.values()].find((row) => row['type'] === 'sale')!
  const move = world.db.insert('account.move', {
    state: 'draft',
    move_type: 'out_invoice',
    payment_state: 'not_paid',
    partner_id: sale['partner_invoice_id']!,
    partner_shipping_id: sale['partner_shipping_id']!,
    invoice_origin: sale['name']!,
    date: world.db.stamp().slice(0, 10),
    currency_id: sale['currency_id']!,
    journal_id: journal.id,
    company_id: 1,
  })
  const taxField = world.version >= 19 ? 'tax_ids' : 'tax_id'
  const taxes = new Map<number, number>()
  for (const { line, quantity } of lines) {
    const ids = line[taxField] as number[]
    const amounts = taxLine(number(line, 'price_unit'), quantity, number(line, 'discount'), taxRates(world, ids))
    world.db.insert('account.move.line', {
      move_id: move.id,
      name: line['name']!,
      display_type: 'product',
      product_id: line['product_id']!,
      quantity,
      price_unit: line['price_unit']!,
      discount: line['discount']!,
      tax_ids: ids,
      sale_line_ids: [line.id],
      sale_line: line.id,
      amount_currency: -amounts.untaxed + 0,
      price_subtotal: amounts.untaxed,
      price_total: amounts.total,
      ...bookedOn(world, line['product_id'] as number),
    })
    for (const { id, amount } of amounts.taxes) taxes.set(id, round((taxes.get(id) ?? 0) + amount))
  }
  for (const [id, amount] of taxes) {
    const name: Value = world.db.row('account.tax', id)!['name']!
    world.db.insert('account.move.line', {
      move_id: move.id,
      name,
      display_type: 'tax',
      tax_line_id: id,
      amount_currency: -amount + 0,
    })
  }
  world.db.insert('account.move.line', {
    move_id: move.id,
    display_type: 'payment_term',
    account_id: receivableOf(world),
    partner_id: move['partner_id']!,
  })
  balance(world, move)
  return move.id
}

/** Posts; a locked period does not refuse but moves the entry to today. */
export function post(world: World, moves: readonly Row[]): void {
  const today = world.db.stamp().slice(0, 10)
  const lock = world.db.row('res.company', 1)!['fiscalyear_lock_date']
  for (const move of moves) {
    if (move['state'] !== 'draft')
      throw userError(`The entry ${String(move['name'])} (id ${move.id}) must be in draft.`)
    const isEntry = move['move_type'] === 'entry'
    if (isEntry) mustBalance(world, move)
    const wanted = String((isEntry ? move['date'] : move['invoice_date']) || today)
    const date = lock && wanted <= String(lock) ? today : wanted
    const journal = world.db.row('account.journal', move['journal_id'] as number)!
    const series = `${signOf(move) < 0 ? 'R' : ''}${String(journal['code'])}/${date.slice(0, 4)}`
    world.db.update('account.move', move, {
      state: 'posted',
      ...(isEntry ? {} : { invoice_date: wanted }),
      date,
      name: move['name'] || `${series}/${String(next(world, series)).padStart(5, '0')}`,
    })
  }
}
