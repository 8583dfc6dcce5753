/** Sale orders: defaults and quirks of creating, confirming, locking, cancelling; what their lines come to. */
import { round, taxLine, type LineAmounts, type TaxRate } from './arithmetic.ts'
import type { Row, Value } from './database.ts'
import { userError } from './failure.ts'
import { partsOf, wholeKits } from './boms.ts'
import {
  addMove,
  cancelMove,
  cancelPicking,
  customerLocation,
  deadlineOf,
  deliver,
  type Demand,
  reserve,
  stateOf,
  typeCode,
  unreserve,
} from './pickings.ts'
import { pickingName } from './quants.ts'
import { displayName } from './reading.ts'
import { type Behaviour, next, type World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number

export const linesOf = (world: World, sale: Row): Row[] =>
  world.db
    .where('sale.order.line', 'order_id', sale.id)
    .toSorted((a, b) => a - b)
    .map((id) => world.db.row('sale.order.line', id)!)

const pickingsOf = (world: World, sale: Row): Row[] =>
  world.db.where('stock.picking', 'sale_id', sale.id).map((id) => world.db.row('stock.picking', id)!)

const taxField = (world: World) => (world.version >= 19 ? 'tax_ids' : 'tax_id')

export const taxRates = (world: World, ids: readonly number[]): TaxRate[] =>
  ids.map((id) => {
    const row = world.db.row('account.tax', id)!
    return { id, amount: number(row, 'amount'), price_include: Boolean(row['price_include']) }
  })

export const amounts = (world: World, line: Row): LineAmounts =>
  taxLine(
    number(line, 'price_unit'),
    number(line, 'product_uom_qty'),
    number(line, 'discount'),
    taxRates(world, line[taxField(world)] as number[]),
  )

const total = (pick: (amounts: LineAmounts) => number) => (world: World, sale: Row) =>
  round(linesOf(world, sale).reduce((sum, line) => sum + pick(amounts(world, line)), 0))

const taxOf = ({ untaxed, total: all }: LineAmounts) => all - untaxed

export function invoiceLinesOf(world: World, line: Row): { row: Row; move: Row }[] {
  return world.db.where('account.move.line', 'sale_line', line.id).flatMap((id) => {
    const row = world.db.row('account.move.line', id)!
    const move = world.db.row('account.move', row['move_id'] as number)!
    return move['state'] === 'cancel' ? [] : [{ row, move }]
  })
}

/** Of a kit only the whole ones count. */
function delivered(world: World, line: Row): number {
  const parts = partsOf(world, number(line, 'product_id'))
  return parts ? wholeKits(parts, (part) => deliveredOf(world, line, part)) : deliveredOf(world, line)
}

const deliveredOf = (world: World, line: Row, product?: number): number =>
  world.db.where('stock.move', 'sale_line_id', line.id).reduce((sum, id) => {
    const move = world.db.row('stock.move', id)!
    if (move['state'] !== 'done' || (product !== undefined && move['product_id'] !== product)) return sum
    const back = world.db.row('stock.location', move['location_dest_id'] as number)?.['usage'] !== 'customer'
    if (back && !move['to_refund']) return sum
    return sum + (back ? -1 : 1) * number(move, 'quantity')
  }, 0)

/** A credit note takes off what it credits. */
const signOf = (move: Row): 1 | -1 => (move['move_type'] === 'out_refund' ? -1 : 1)

const invoiced = (world: World, line: Row): number =>
  invoiceLinesOf(world, line).reduce((sum, { row, move }) => sum + signOf(move) * number(row, 'quantity'), 0)

function templateOf(world: World, line: Row): Row | undefined {
  const product = world.db.row('product.product', line['product_id'] as number)
  return product && world.db.row('product.template', product['product_tmpl_id'] as number)
}

/** How much of the line can be billed now, by the product's policy. */
export function toInvoice(world: World, line: Row): number {
  const sale = world.db.row('sale.order', line['order_id'] as number)!
  if (sale['state'] !== 'sale') return 0
  const byDelivery = templateOf(world, line)?.['invoice_policy'] === 'delivery'
  return (byDelivery ? delivered(world, line) : number(line, 'product_uom_qty')) - invoiced(world, line)
}

function lineInvoiceStatus(world: World, line: Row): string {
  if (world.db.row('sale.order', line['order_id'] as number)!['state'] !== 'sale') return 'no'
  if (toInvoice(world, line) !== 0) return 'to invoice'
  return invoiced(world, line) >= number(line, 'product_uom_qty') ? 'invoiced' : 'no'
}

function invoiceStatus(world: World, sale: Row): string {
  const all = linesOf(world, sale).map((line) => lineInvoiceStatus(world, line))
  if (all.includes('to invoice')) return 'to invoice'
  return all.length > 0 && all.every((status) => status === 'invoiced') ? 'invoiced' : 'no'
}

function deliveryStatus(world: World, sale: Row): Value {
  const states = pickingsOf(world, sale)
    .map((picking) => stateOf(world, picking))
    .filter((state) => state !== 'cancel')
  if (states.length === 0) return false
  if (states.every((state) => state === 'done')) return 'full'
  return states.includes('done') ? 'partial' : 'pending'
}

function invoicesOf(world: World, sale: Row): number[] {
  const ids = linesOf(world, sale).flatMap((line) =>
    world.db
      .where('account.move.line', 'sale_line', line.id)
      .map((id) => world.db.row('account.move.line', id)!['move_id'] as number),
  )
  return [...new Set(ids)].sort((a, b) => a - b)
}

const PROTECTED = ['price_unit', 'product_id', 'product_uom_qty'] as const

export const sales: Record<string, Behaviour> = {
  'sale.order': {
    defaults(world, values) {
      values['name'] ||= `S${String(next(world, 'sale.order')).padStart(5, '0')}`
      values['state'] = 'draft'
      values['date_order'] ||= world.db.stamp()
      values['company_id'] ||= 1
      values['partner_invoice_id'] ||= values['partner_id']!
      values['partner_shipping_id'] ||= values['partner_id']!
      values['warehouse_id'] ||= Math.min(...world.db.tables.get('stock.warehouse')!.rows.keys())
      const list = world.db.row('product.pricelist', values['pricelist_id'] as number)
      values['currency_id'] = list?.['currency_id'] ?? world.db.row('res.company', 1)!['currency_id']!
    },
    writing(world, row, values) {
      if ('pricelist_id' in values && row['state'] === 'sale') {
        throw userError('You cannot change the pricelist of a confirmed order !')
      }
      if ('commitment_date' in values && row['state'] === 'sale') redate(world, row, values)
    },
    unlinking(_, row) {
      if (row['state'] === 'draft' || row['state'] === 'cancel') return
      throw userError('You can not delete a sent quotation or a confirmed sales order. You must first cancel it.')
    },
    computed: {
      amount_untaxed: total(({ untaxed }) => untaxed),
      amount_tax: total(taxOf),
      amount_total: total((line) => line.total),
      amount_invoiced: (world, row) => round(linesOf(world, row).reduce((sum, line) => sum + billed(world, line), 0)),
      amount_to_invoice: (world, row) =>
        round(linesOf(world, row).reduce((sum, line) => sum + amounts(world, line).total - billed(world, line), 0)),
      invoice_status: invoiceStatus,
      delivery_status: deliveryStatus,
      invoice_ids: invoicesOf,
    },
  },
  'sale.order.line': {
    defaults: lineDefaults,
    created(world, row) {
      if (world.db.row('sale.order', row['order_id'] as number)!['state'] === 'sale') adjust(world, row)
    },
    writing(world, row, values) {
      const sale = world.db.row('sale.order', row['order_id'] as number)!
      reprice(world, row, values)
      const less = (values['product_uom_qty'] as number) < number(row, 'product_uom_qty')
      if (less && sale['state'] === 'sale' && (values['product_uom_qty'] as number) < delivered(world, row)) {
        throw userError(
          'The ordered quantity of a sale order line cannot be decreased below the amount already delivered. Instead, create a return in your inventory.',
        )
      }
      const touched = PROTECTED.filter((field) => field in values)
      if (!sale['locked'] || touched.length === 0) return
      const labels = touched.map((field) => world.schema.get('sale.order.line')!.fields.get(field)!.label)
      throw userError(`It is forbidden to modify the following fields in a locked order:\n${labels.join('\n')}`)
    },
    written(world, row, before) {
      if (row['product_uom_qty'] === before['product_uom_qty']) return
      if (world.db.row('sale.order', row['order_id'] as number)!['state'] === 'sale') adjust(world, row)
    },
    unlinking(world, row) {
      if (world.db.row('sale.order', row['order_id'] as number)!['state'] !== 'sale') return
      throw userError(
        "Once a sales order is confirmed, you can't remove one of its lines (we need to track if something gets invoiced or delivered).\n                Set the quantity to 0 instead.",
      )
    },
    computed: {
      price_subtotal: (world, row) => amounts(world, row).untaxed,
      price_total: (world, row) => amounts(world, row).total,
      // With the binary noise a client has to live with.
      price_tax: (world, row) => taxOf(amounts(world, row)),
      qty_delivered: delivered,
      qty_invoiced: invoiced,
      qty_to_invoice: toInvoice,
      invoice_status: lineInvoiceStatus,
      qty_delivered_method: (world, row) => (templateOf(world, row)?.['type'] === 'service' ? 'manual' : 'stock_move'),
    },
    display: lineName,
  },
}

/** A quantity that is written without a price has the price list say one anew, until something of it is invoiced. */
function reprice(world: World, row: Row, values: Record<string, unknown>): void {
  const changed = 'product_uom_qty' in values && values['product_uom_qty'] !== row['product_uom_qty']
  if (!changed || 'price_unit' in values || invoiced(world, row) > 0) return
  const sale = world.db.row('sale.order', row['order_id'] as number)
  const list = world.db.row('product.pricelist', sale?.['pricelist_id'] as number)
  const price = number(templateOf(world, row)!, 'list_price') * (1 - (list ? number(list, 'discount') : 0) / 100)
  values['price_unit'] = round(price)
}

/** `S00001 - [MUG] Blue mug (shop:77)` */
function lineName(world: World, line: Row): string {
  const sale = world.db.row('sale.order', line['order_id'] as number)
  const partner = world.db.row('res.partner', sale?.['partner_id'] as number)
  const product = world.db.row('product.product', line['product_id'] as number)
  const what = product ? displayName(world, 'product.product', product) : String(line['name'])
  return `${String(sale?.['name'])} - ${what}${partner?.['ref'] ? ` (${String(partner['ref'])})` : ''}`
}

const billed = (world: World, line: Row): number =>
  invoiceLinesOf(world, line).reduce(
    (sum, { row, move }) => sum + (move['state'] === 'posted' ? signOf(move) * number(row, 'price_total') : 0),
    0,
  )

/**
 * What is not said is filled in, from the product and, for the discount, from the price list even when a price is
 * given.
 */
function lineDefaults(world: World, values: Record<string, Value>): void {
  const product = world.db.row('product.product', values['product_id'] as number)
  const template = product && world.db.row('product.template', product['product_tmpl_id'] as number)
  const sale = world.db.row('sale.order', values['order_id'] as number)
  values['sequence'] ??= 10
  values['product_uom_qty'] ??= 1
  values['price_unit'] ??= template ? number(template, 'list_price') : 0
  if (values['discount'] === undefined) {
    const list = world.db.row('product.pricelist', sale?.['pricelist_id'] as number)
    values['discount'] = list ? number(list, 'discount') : 0
  }
  values[taxField(world)] ??= (template?.['taxes_id'] as number[] | undefined) ?? []
  values['name'] ||= template ? String(template['name']) : ''
}

export function confirm(world: World, all: readonly Row[]): void {
  if (all.some((sale) => sale['state'] !== 'draft' && sale['state'] !== 'sent')) {
    throw userError('Some orders are not in a state requiring confirmation.')
  }
  for (const sale of all) {
    world.db.update('sale.order', sale, { state: 'sale', date_order: world.db.stamp() })
    const byWarehouse = Map.groupBy(linesOf(world, sale), (line) => warehouseOf(world, sale, line))
    for (const [warehouse, lines] of byWarehouse) {
      const demands = lines
        .flatMap((line) => demandOf(world, line, number(line, 'product_uom_qty')))
        .filter(({ quantity }) => quantity > 0)
      if (demands.length > 0) deliver(world, sale, warehouse, demands)
    }
  }
}

/** Deliveries follow the day that is written, or, where it is emptied, the day of the order: and only then. */
function redate(world: World, sale: Row, values: Record<string, unknown>): void {
  const dated = { ...sale, ...(values as Row) }
  for (const line of linesOf(world, sale))
    for (const id of world.db.where('stock.move', 'sale_line_id', line.id))
      world.db.update('stock.move', world.db.row('stock.move', id)!, { date_deadline: deadlineOf(dated, line) })
}

/** A line with the delivery route of another warehouse is taken from there. */
function warehouseOf(world: World, sale: Row, line: Row): Row {
  const { rows } = world.db.tables.get('stock.warehouse')!
  const routed = line['route_id']
    ? [...rows.values()].find((one) => one['delivery_route_id'] === line['route_id'])
    : null
  return routed ?? world.db.row('stock.warehouse', sale['warehouse_id'] as number)!
}

function demandOf(world: World, line: Row, quantity: number): Demand[] {
  const template = templateOf(world, line)
  if (!template || template['type'] !== 'consu') return []
  const product = number(line, 'product_id')
  const parts = partsOf(world, product) ?? [{ product, each: 1 }]
  return parts.map((part) => {
    return { saleLine: line.id, product: part.product, quantity: quantity * part.each, name: String(line['name']) }
  })
}

/** After a change of quantity on a confirmed order: the moves shrink, or there is more to deliver. */
function adjust(world: World, line: Row): void {
  for (const demand of demandOf(world, line, number(line, 'product_uom_qty'))) adjustPart(world, line, demand)
}

function adjustPart(world: World, line: Row, demand: Demand): void {
  const moves = world.db
    .where('stock.move', 'sale_line_id', line.id)
    .map((id) => world.db.row('stock.move', id)!)
    .filter((move) => move['product_id'] === demand.product)
  const customers = customerLocation(world)
  const planned = moves
    .filter((move) => move['state'] !== 'cancel')
    .reduce((sum, move) => sum + (move['location_id'] === customers ? -1 : 1) * number(move, 'product_uom_qty'), 0)
  const change = demand.quantity - planned
  if (change === 0) return
  const sale = world.db.row('sale.order', line['order_id'] as number)!
  if (change > 0) {
    const more = { ...demand, quantity: change }
    const warehouse = warehouseOf(world, sale, line)
    const open = pickingsOf(world, sale).find(
      (picking) =>
        picking['location_id'] === warehouse['lot_stock_id'] && !['done', 'cancel'].includes(stateOf(world, picking)),
    )
    if (open) addMove(world, open, more)
    else deliver(world, sale, warehouse, [more])
    return
  }
  let less = -change
  // Only what the line's route of the moment has planned.
  const from = warehouseOf(world, world.db.row('sale.order', line['order_id'] as number)!, line)['lot_stock_id']
  const open = moves.filter(
    (move) =>
      move['state'] !== 'done' &&
      move['state'] !== 'cancel' &&
      move['location_id'] === from &&
      move['date_deadline'] === deadlineOf(sale, line),
  )
  for (const move of open.toReversed()) {
    const cut = Math.min(less, number(move, 'product_uom_qty'))
    less -= cut
    if (cut === number(move, 'product_uom_qty')) cancelMove(world, move)
    else {
      unreserve(world, move)
      world.db.update('stock.move', move, { product_uom_qty: number(move, 'product_uom_qty') - cut })
      reserve(world, move)
    }
  }
  if (less > 0) sendBack(world, sale, { ...demand, quantity: less }, from as number)
}

/** What finds no delivery of its kind to be taken off is to come back, whether it has left or not. */
function sendBack(world: World, sale: Row, { saleLine, product, quantity, name }: Demand, to: number): void {
  const house = world.db.row('stock.warehouse', world.db.row('stock.location', to)!['warehouse_id'] as number)!
  const places = { location_id: customerLocation(world), location_dest_id: to }
  const picking = world.db.insert('stock.picking', {
    name: pickingName(world, `${String(house['code'])}/IN`), origin: sale['name']!, sale_id: sale.id,
    partner_id: sale['partner_shipping_id']!, picking_type_id: house['in_type_id']!, scheduled_date: world.db.stamp(), ...places,
  }) // prettier-ignore
  world.db.insert('stock.move', {
    name, product_id: product, product_uom_qty: quantity, quantity, picking_id: picking.id, sale_line_id: saleLine,
    state: 'assigned', reference: picking['name']!, to_refund: true, date: world.db.stamp(), ...places,
  }) // prettier-ignore
}

/** Cancels, or, in 18 and without the context flag, only says that it would like to ask first. */
export function cancel(world: World, all: readonly Row[]): unknown {
  if (all.some((sale) => sale['locked'])) {
    throw userError('You cannot cancel a locked order. Please unlock it first.')
  }
  const asks =
    world.version < 19 && !world.context['disable_cancel_warning'] && all.some((sale) => sale['state'] !== 'draft')
  if (asks) return cancelQuestion(world, all)
  for (const sale of all) {
    for (const picking of pickingsOf(world, sale)) {
      const state = stateOf(world, picking)
      if (typeCode(world, picking) === 'outgoing' && state !== 'done' && state !== 'cancel')
        cancelPicking(world, picking)
    }
    for (const id of invoicesOf(world, sale)) {
      const invoice = world.db.row('account.move', id)!
      if (invoice['state'] === 'draft') world.db.update('account.move', invoice, { state: 'cancel' })
    }
    world.db.update('sale.order', sale, { state: 'cancel' })
  }
  return true
}

const cancelQuestion = (world: World, all: readonly Row[]) => ({
  name: 'Cancel sales order',
  type: 'ir.actions.act_window',
  res_model: 'sale.order.cancel',
  view_mode: 'form',
  target: 'new',
  context: { ...world.context, default_order_id: all[0]?.id },
})
