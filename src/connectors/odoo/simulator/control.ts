/** The control plane: what people in the shop do in Odoo itself, and what goes wrong around it. */
import { addPointOfSale } from './pos.ts'
import { type ShelfControl, shelfControl } from './catalogue-control.ts'
import type { Row } from './database.ts'
import { forgetReceipt, forgetSale } from './forget.ts'
import { skuOf } from './beliefs.ts'
import type { OdooSimulator, ShipOptions } from './options.ts'
import { finish, movesOf, stateOf, typeCode } from './pickings.ts'
import { quantAt, shift } from './quants.ts'
import { create, write } from './records.ts'
import { type ReceiptControl, receiptControl } from './receipts.ts'
import { reserveWaiting, settleCount } from './reservations.ts'
import { cancel } from './sales.ts'
import { type TransferControl, transferControl } from './transfers.ts'
import { addProduct, addTax, stockLocation } from './seed.ts'
import type { World } from './world.ts'

type Control = Pick<
  OdooSimulator,
  | 'addProduct' | 'addTax' | 'addCarrier' | 'addPricelist' | 'addTill' | keyof ShelfControl | keyof ReceiptControl | keyof TransferControl | 'changeProduct' | 'ship'
  | 'partners' | 'addSupplierOffer' | 'pack' | 'openDeliveries' | 'takeBack' | 'receive' | 'count'
  | 'tidy' | 'cancelInOdoo' | 'lockBooks' | 'forgetSale' | 'forgetReceipt' | 'lately'
> // prettier-ignore

const isOpen = (row: Row) => row['state'] !== 'done' && row['state'] !== 'cancel'

/** @param run runs work as one transaction of now. */
export function control(world: World, run: <T>(work: () => T) => T): Control {
  const { db } = world

  function productOf(sku: string): Row {
    const [id] = db.where('product.product', 'default_code', sku)
    if (id === undefined) throw new Error(`The simulated Odoo has no product ${sku}`)
    return db.row('product.product', id)!
  }

  function saleOf(order: number | string): Row {
    const id =
      typeof order === 'number'
        ? order
        : (db.where('sale.order', 'origin', order)[0] ?? db.where('sale.order', 'origin', `crossdock:${order}`)[0])
    const row = id === undefined ? undefined : db.row('sale.order', id)
    if (!row) throw new Error(`The simulated Odoo has no sale ${order}`)
    return row
  }

  /** Found by their open moves, oldest first: of all the deliveries there ever were, few are open. */
  function openAtAll(): Row[] {
    const ids = new Set<number>()
    for (const [product, moves] of db.tables.get('stock.move')!.indexes.get('open_for')!) {
      if (product === 0) continue
      for (const id of moves) ids.add(db.row('stock.move', id)!['picking_id'] as number)
    }
    return [...ids].sort((a, b) => a - b).flatMap((id) => db.row('stock.picking', id) ?? [])
  }

  const openPickings = (sale: Row): Row[] =>
    db
      .where('stock.picking', 'sale_id', sale.id)
      .toSorted((a, b) => a - b)
      .map((id) => db.row('stock.picking', id)!)
      .filter(
        (picking) => typeCode(world, picking) === 'outgoing' && !['done', 'cancel'].includes(stateOf(world, picking)),
      )

  function ship(order: number | string, { lines, tracking, carrier, final = false }: ShipOptions = {}): number | null {
    const picking = openPickings(saleOf(order)).find((each) =>
      movesOf(world, each).some((move) => shippable(move, lines) > 0),
    )
    if (!picking) return null
    const left = { ...lines }
    for (const move of movesOf(world, picking).filter(isOpen)) {
      const quantity = shippable(move, lines ? left : undefined)
      const sku = skuOf(world, move['product_id'] as number)
      if (lines) left[sku] = (left[sku] ?? 0) - quantity
      write(world, world.schema.get('stock.move')!, [move.id], { quantity, picked: quantity > 0 })
    }
    const found =
      carrier === undefined
        ? undefined
        : [...db.tables.get('delivery.carrier')!.rows.values()].find((row) => row['name'] === carrier)
    db.update('stock.picking', picking, {
      ...(tracking === undefined ? {} : { carrier_tracking_ref: tracking }),
      ...(carrier === undefined
        ? {}
        : { carrier_id: found?.id ?? db.insert('delivery.carrier', { name: carrier, active: true }).id }),
    })
    finish(world, picking, !final)
    return picking.id
  }

  /** No more than is reserved: a warehouse ships what it has. */
  function shippable(move: Row, lines: ShipOptions['lines']): number {
    if (!isOpen(move)) return 0
    const reserved = move['quantity'] as number
    return lines ? Math.max(0, Math.min(reserved, lines[skuOf(world, move['product_id'] as number)] ?? 0)) : reserved
  }

  function takeBack(order: number | string, lines: Readonly<Record<string, number>>): void {
    const sale = saleOf(order)
    const [from] = db.where('stock.picking', 'sale_id', sale.id).map((id) => db.row('stock.picking', id)!)
    const warehouse = db.row('stock.warehouse', sale['warehouse_id'] as number)!
    const picking = db.insert('stock.picking', {
      name: `${String(warehouse['code'])}/IN/${String(from!.id).padStart(5, '0')}`,
      origin: `Return of ${String(from!['name'])}`,
      sale_id: sale.id,
      picking_type_id: warehouse['in_type_id']!,
      location_id: from!['location_dest_id']!,
      location_dest_id: warehouse['lot_stock_id']!,
      date_done: db.stamp(),
    })
    for (const id of db.where('sale.order.line', 'order_id', sale.id)) {
      const line = db.row('sale.order.line', id)!
      const quantity = lines[skuOf(world, line['product_id'] as number)] ?? 0
      if (quantity <= 0) continue
      db.insert('stock.move', {
        name: line['name']!, product_id: line['product_id']!, product_uom_qty: quantity, quantity, picked: true, state: 'done',
        picking_id: picking.id, location_id: picking['location_id']!, location_dest_id: picking['location_dest_id']!,
        sale_line_id: id, date: db.stamp(),
      }) // prettier-ignore
      shift(world, line['product_id'] as number, warehouse['lot_stock_id'] as number, quantity, 0)
    }
  }

  function add(sku: string, warehouse: string, pieces: number): void {
    const [product, location] = [productOf(sku).id, stockLocation(world, warehouse)]
    shift(world, product, location, pieces, 0)
    reserveWaiting(world, product, location)
  }

  function count(sku: string, warehouse: string, quantity: number): void {
    const [product, location] = [productOf(sku).id, stockLocation(world, warehouse)]
    shift(world, product, location, quantity - ((quantAt(world, product, location)?.['quantity'] as number) ?? 0), 0)
    settleCount(world, product, location)
  }

  return {
    addProduct: (product) => run(() => addProduct(world, product)),
    addTax: (tax) => run(() => addTax(world, tax)),
    addPricelist: (name, discount) =>
      run(() => {
        const { currency_id: currency } = db.row('res.company', 1)!
        return db.insert('product.pricelist', { name, currency_id: currency!, active: true, discount }).id
      }),
    addTill: (name, { warehouse = 'WH', methods = ['Cash', 'Card'] } = {}) =>
      run(() => addPointOfSale(world, name, warehouse, methods)),
    addSupplierOffer: ({ supplier, ref, sku, price, article }) =>
      run(() => {
        const partner = create(world, world.schema.get('res.partner')!, { name: supplier, ...(ref ? { ref } : {}) })
        const { id: product_id } = productOf(sku)
        const own = { partner_id: partner.id, product_id, price, ...(article ? { product_code: article } : {}) }
        return create(world, world.schema.get('product.supplierinfo')!, own).id
      }),
    partners: () => [...db.tables.get('res.partner')!.rows.values()].map((row) => ({ ...row })),
    ...shelfControl(world, run, productOf),
    ...receiptControl(world, run, productOf),
    ...transferControl(world, run, productOf),
    addCarrier: (name) => run(() => db.insert('delivery.carrier', { name, active: true }).id),
    changeProduct: (sku, { name, price, active, sku: code }) =>
      run(() => {
        const product = productOf(sku)
        const template = db.row('product.template', product['product_tmpl_id'] as number)!
        const changed = {
          ...(name === undefined ? {} : { name }),
          ...(price === undefined ? {} : { list_price: price }),
        }
        db.update('product.template', template, changed)
        const own = {
          ...(active === undefined ? {} : { active }),
          ...(code === undefined ? {} : { default_code: code }),
        }
        db.update('product.product', product, own)
      }),
    ship: (order, options) => run(() => ship(order, options)),
    pack: (order) =>
      run(() => {
        for (const picking of openPickings(saleOf(order)))
          for (const move of movesOf(world, picking).filter(isOpen))
            write(world, world.schema.get('stock.move')!, [move.id], { picked: true })
      }),
    openDeliveries: () =>
      openAtAll()
        .filter((picking) => typeCode(world, picking) === 'outgoing')
        .map((picking) => ({
          id: picking.id,
          saleId: picking['sale_id'] as number,
          ref: String(db.row('sale.order', picking['sale_id'] as number)?.['origin'] || ''),
          lines: movesOf(world, picking)
            .filter(isOpen)
            .map((move) => ({
              sku: skuOf(world, move['product_id'] as number),
              quantity: move['product_uom_qty'] as number,
              reserved: move['quantity'] as number,
            })),
        })),
    takeBack: (order, lines) => run(() => takeBack(order, lines)),
    receive: (sku, warehouse, quantity) => run(() => add(sku, warehouse, quantity)),
    count: (sku, warehouse, quantity) => run(() => count(sku, warehouse, quantity)),
    tidy: () =>
      run(() => {
        // A Map may shrink while it is walked.
        for (const quant of db.tables.get('stock.quant')!.rows.values()) {
          if (quant['quantity'] === 0 && quant['reserved_quantity'] === 0) db.remove('stock.quant', quant)
        }
      }),
    cancelInOdoo: (order) =>
      run(() => {
        const sale = saleOf(order)
        db.update('sale.order', sale, { locked: false })
        world.context = { disable_cancel_warning: true }
        cancel(world, [sale])
      }),
    lockBooks: (date) =>
      run(() => db.update('res.company', db.row('res.company', 1)!, { fiscalyear_lock_date: date ?? false })),
    forgetSale: (origin) => run(() => forgetSale(world, saleOf(origin))),
    forgetReceipt: (id) => run(() => forgetReceipt(world, id)),
    lately: (tookMs, work) => db.transaction(world.io.now() - tookMs, work),
  }
}
