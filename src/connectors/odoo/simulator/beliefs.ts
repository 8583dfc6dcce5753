/** What the simulated Odoo believes, as plain data, for an auditor who trusts nobody's books. */
import type { Row, Value } from './database.ts'
import { matchedOf } from './entries.ts'
import type { DeliveryBelief, EntryBelief, OdooBeliefs, SaleBelief, StockBelief } from './options.ts'
import { movesOf, stateOf } from './pickings.ts'
import { value } from './reading.ts'
import { linesOf } from './sales.ts'
import { supplierOffers } from './suppliers.ts'
import { tills } from './till-beliefs.ts'
import type { World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number

export const skuOf = (world: World, product: number): string =>
  String(world.db.row('product.product', product)?.['default_code'] || '')

export function beliefs(world: World, calls: ReadonlyMap<string, number>): OdooBeliefs {
  const sales = [...world.db.tables.get('sale.order')!.rows.values()].map((sale) => saleBelief(world, sale))
  const refs = Map.groupBy(
    sales.filter(({ ref }) => ref !== ''),
    ({ ref }) => ref,
  )
  return {
    sales,
    stock: stock(world),
    ...tills(world),
    entries: entries(world),
    duplicates: [...refs].filter(([, same]) => same.length > 1).map(([ref]) => ref),
    partners: world.db.tables.get('res.partner')!.rows.size,
    supplierOffers: supplierOffers(world),
    calls: Object.fromEntries(calls),
  }
}

function saleBelief(world: World, sale: Row): SaleBelief {
  return {
    id: sale.id,
    name: String(sale['name']),
    ref: String(sale['origin'] || ''),
    orderName: String(sale['client_order_ref'] || ''),
    customer: String(world.db.row('res.partner', number(sale, 'partner_id'))?.['name'] || ''),
    pricelist: nameOf(world, 'product.pricelist', sale['pricelist_id']),
    paymentTerm: nameOf(world, 'account.payment.term', sale['payment_term_id']),
    ...(sale['commitment_date'] && { promised: String(sale['commitment_date']).slice(0, 10) }),
    ...(sale['picking_policy'] && { policy: String(sale['picking_policy']) }),
    state: String(sale['state']),
    locked: Boolean(sale['locked']),
    total: value(world, 'sale.order', sale, 'amount_total') as number,
    lines: linesOf(world, sale).map((line) => ({
      id: line.id,
      sku: skuOf(world, number(line, 'product_id')),
      quantity: number(line, 'product_uom_qty'),
      unitPrice: number(line, 'price_unit'),
    })),
    deliveries: world.db
      .where('stock.picking', 'sale_id', sale.id)
      .toSorted((a, b) => a - b)
      .map((id) => world.db.row('stock.picking', id)!)
      .filter((picking) => !picking['return_id'])
      .map((picking) => deliveryBelief(world, picking)),
    returns: world.db
      .where('stock.picking', 'sale_id', sale.id)
      .toSorted((a, b) => a - b)
      .map((id) => world.db.row('stock.picking', id)!)
      .filter((picking) => picking['return_id'])
      .map((picking) => deliveryBelief(world, picking)),
    credits: billsOf(world, sale)
      .flatMap((id) => world.db.where('account.move', 'reversed_entry_id', id))
      .map((id) => {
        const row = world.db.row('account.move', id)!
        const of = (field: string) => value(world, 'account.move', row, field) as number
        return {
          id,
          state: String(row['state']),
          total: of('amount_total'),
          tax: of('amount_tax'),
          ...paidOf(world, row),
        }
      }),
    ...bookedOn(world, String(sale['origin'] || '')),
    invoices: billsOf(world, sale).map((id) => {
      const row = world.db.row('account.move', id)!
      const of = (field: string) => value(world, 'account.move', row, field) as number
      const owed = -sumOf(amountsOn(world, id, 'liability_current'))
      return {
        id, state: String(row['state']), total: of('amount_total'), tax: of('amount_tax'),
        ...(owed === 0 ? {} : { owed }), ...paidOf(world, row),
      } // prettier-ignore
    }),
  }
}

const paidOf = (world: World, move: Row): { paid?: number } => {
  const paid = matchedOf(world, move)
  return paid === 0 ? {} : { paid }
}

/** What entries of the order took off what is owed for gift cards, and put where other payments wait, in all. */
function bookedOn(world: World, ref: string): Pick<SaleBelief, 'redeemed' | 'taken'> {
  const entries = [...world.db.tables.get('account.move')!.rows.values()].filter(
    (row) =>
      row['move_type'] === 'entry' && row['state'] === 'posted' && String(row['ref']).includes(`[${ref}:redeemed:`),
  )
  const bookedAs = (kind: string): number | null => {
    const all = entries.flatMap(({ id }) => amountsOn(world, id, kind))
    return all.length > 0 ? sumOf(all) : null
  }
  const [redeemed, taken] = [bookedAs('liability_current'), bookedAs('asset_current')]
  return { ...(redeemed !== null && { redeemed }), ...(taken !== null && { taken }) }
}

const amountsOn = ({ db }: World, move: number, kind: string): number[] =>
  db.where('account.move.line', 'move_id', move).flatMap((id) => {
    const item = db.row('account.move.line', id)!
    const account = db.row('account.account', (item['account_id'] || 0) as number)
    return account?.['account_type'] === kind ? [number(item, 'amount_currency')] : []
  })

function entries({ db }: World): EntryBelief[] {
  const rows = [...db.tables.get('account.move')!.rows.values()].filter((row) =>
    String(row['ref']).includes(':payout:'),
  )
  return rows.map(({ id, ref, state, date }) => ({
    ref: String(ref),
    state: String(state),
    date: String(date),
    lines: db.where('account.move.line', 'move_id', id).map((of) => {
      const item = db.row('account.move.line', of)!
      return [String(db.row('account.account', item['account_id'] as number)!['code']), number(item, 'amount_currency')]
    }),
  }))
}

const sumOf = (all: readonly number[]): number => all.reduce((sum, amount) => sum + amount, 0)

const billsOf = (world: World, sale: Row): number[] =>
  (value(world, 'sale.order', sale, 'invoice_ids') as number[]).filter(
    (id) => world.db.row('account.move', id)!['move_type'] === 'out_invoice',
  )

const nameOf = (world: World, model: string, id: Value | undefined): string =>
  String(world.db.row(model, id as number)?.['name'] ?? '')

function deliveryBelief(world: World, picking: Row): DeliveryBelief {
  return {
    id: picking.id,
    name: String(picking['name']),
    state: stateOf(world, picking),
    lines: movesOf(world, picking).map((move) => ({
      sku: skuOf(world, number(move, 'product_id')),
      saleLineId: number(move, 'sale_line_id'),
      quantity: number(move, 'quantity'),
      state: String(move['state']),
    })),
    tracking: (picking['carrier_tracking_ref'] || null) as string | null,
    carrierPrice: (picking['carrier_price'] as number | undefined) ?? 0,
    documents: world.db
      .where('ir.attachment', 'res_id', picking.id)
      .map((id) => world.db.row('ir.attachment', id)!)
      .flatMap((row) => (row['res_model'] === 'stock.picking' ? [String(row['url'])] : [])),
    street: String(world.db.row('res.partner', picking['partner_id'] as number)?.['street'] || ''),
  }
}

function stock(world: World): StockBelief[] {
  const quants = [...world.db.tables.get('stock.quant')!.rows.values()].filter(
    ({ location_id: at }) => world.db.row('stock.location', at as number)?.['usage'] === 'internal',
  )
  return quants.map((quant) => {
    const location = world.db.row('stock.location', number(quant, 'location_id'))
    const warehouse = world.db.row('stock.warehouse', (location?.['warehouse_id'] || 0) as number)
    const [onHand, reserved] = [number(quant, 'quantity'), number(quant, 'reserved_quantity')]
    return {
      sku: skuOf(world, number(quant, 'product_id')),
      warehouse: String(warehouse?.['code'] ?? ''),
      onHand,
      reserved,
      free: onHand - reserved,
    }
  })
}
