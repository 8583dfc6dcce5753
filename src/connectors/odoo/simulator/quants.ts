/** Stock: what lies where, what of it is reserved, and what products say about that. */
import type { Row, Value } from './database.ts'
import { partsOf, wholeKits } from './boms.ts'
import { userError } from './failure.ts'
import { create } from './records.ts'
import { type Behaviour, next, type World } from './world.ts'

const number = (row: Row, field: string): number => row[field] as number

export function quantAt(world: World, product: number, location: number): Row | undefined {
  for (const id of world.db.where('stock.quant', 'product_id', product)) {
    const row = world.db.row('stock.quant', id)!
    if (row['location_id'] === location) return row
  }
  return undefined
}

/** Adds to what lies there and to what of it is reserved; either may be negative. */
export function shift(world: World, product: number, location: number, quantity: number, reserved: number): void {
  if ((quantity === 0 && reserved === 0) || !isStocked(world, product)) return
  const quant =
    quantAt(world, product, location) ?? world.db.insert('stock.quant', { product_id: product, location_id: location })
  world.db.update('stock.quant', quant, {
    quantity: number(quant, 'quantity') + quantity,
    reserved_quantity: Math.max(0, number(quant, 'reserved_quantity') + reserved),
  })
}

/** Consumables and services are not counted. */
export function isStocked(world: World, product: number): boolean {
  const row = world.db.row('product.product', product)
  return (
    row !== undefined && world.db.row('product.template', row['product_tmpl_id'] as number)?.['is_storable'] === true
  )
}

export function freeAt(world: World, product: number, location: number): number {
  const quant = quantAt(world, product, location)
  return quant ? Math.max(0, number(quant, 'quantity') - number(quant, 'reserved_quantity')) : 0
}

/** Locations the context speaks of: `warehouse_id`, `location`, or all. `warehouse` is ignored, as since Odoo 17. */
function locations(world: World): ReadonlySet<number> | null {
  const asked = world.context['warehouse_id']
  if (asked) {
    const houses = new Set((Array.isArray(asked) ? asked : [asked]).map(Number))
    // Whatever lies inside it: Odoo does not ask what kind of place it is.
    const places = [...world.db.tables.get('stock.location')!.rows.values()]
    return new Set(places.flatMap((row) => (houses.has(row['warehouse_id'] as number) ? [row.id] : [])))
  }
  const place = world.context['location']
  if (place === undefined) return null
  return new Set((Array.isArray(place) ? place : [place]).map(Number))
}

function sumQuants(world: World, product: Row, of: (quant: Row) => number): number {
  const inside = locations(world)
  let sum = 0
  for (const id of world.db.where('stock.quant', 'product_id', product.id)) {
    const quant = world.db.row('stock.quant', id)!
    const location = quant['location_id'] as number
    const counts = inside ? inside.has(location) : world.db.row('stock.location', location)?.['usage'] === 'internal'
    if (counts) sum += of(quant)
  }
  return sum
}

/** What is still to leave these places, or to come to them; what only moves about among them is neither. */
function sumOpen(world: World, product: Row, way: 'out' | 'in'): number {
  const inside = locations(world)
  const here = (id: number) => (inside ? inside.has(id) : world.db.row('stock.location', id)?.['usage'] === 'internal')
  let sum = 0
  for (const id of world.db.where('stock.move', 'open_for', product.id)) {
    const move = world.db.row('stock.move', id)!
    const [from, to] = [here(number(move, 'location_id')), here(number(move, 'location_dest_id'))]
    if (way === 'out' ? from && !to : to && !from) sum += number(move, 'product_uom_qty')
  }
  return sum
}

const onHand = (world: World, row: Row) => sumQuants(world, row, (quant) => number(quant, 'quantity'))
const outgoing = (world: World, row: Row) => sumOpen(world, row, 'out')
const incoming = (world: World, row: Row) => sumOpen(world, row, 'in')

/** A kit has what its parts would allow. */
const ofKit =
  (pieces: (world: World, row: Row) => number) =>
  (world: World, row: Row): Value => {
    const parts = partsOf(world, row.id)?.filter(({ product }) => isStocked(world, product))
    return parts
      ? wholeKits(parts, (part) => pieces(world, world.db.row('product.product', part)!))
      : pieces(world, row)
  }

const ofTemplate =
  (field: string) =>
  (world: World, row: Row): Value =>
    world.db.row('product.template', row['product_tmpl_id'] as number)![field]!

export const products: Record<string, Behaviour> = {
  'product.category': { display: (_, row) => String(row['complete_name']) },
  'product.template': {
    defaults(_, values) {
      values['type'] ||= 'consu'
      values['invoice_policy'] ||= 'order'
      values['active'] ??= true
      values['uom_id'] ||= 1
    },
    written(world, row, before) {
      // Variants carry their own copy of the reference; everything else they look up here, and their stamp moves along.
      const code = row['default_code'] === before['default_code'] ? {} : { default_code: row['default_code']! }
      for (const id of world.db.where('product.product', 'product_tmpl_id', row.id)) {
        world.db.update('product.product', world.db.row('product.product', id)!, code)
      }
    },
  },
  'product.product': {
    defaults(world, values) {
      values['active'] ??= true
      const own = [
        'name',
        'type',
        'is_storable',
        'list_price',
        'invoice_policy',
        'taxes_id',
        'categ_id',
        'property_account_income_id',
        'uom_id',
      ]
      if (values['product_tmpl_id'] !== undefined) return
      const template: Record<string, unknown> = { default_code: values['default_code'] ?? false }
      for (const field of own) {
        const given = values[field]
        delete values[field]
        if (given === undefined) continue
        template[field] = field === 'taxes_id' ? [[6, 0, given]] : given
      }
      values['product_tmpl_id'] = create(world, world.schema.get('product.template')!, template).id
    },
    computed: {
      name: ofTemplate('name'),
      type: ofTemplate('type'),
      is_storable: ofTemplate('is_storable'),
      list_price: ofTemplate('list_price'),
      lst_price: ofTemplate('list_price'),
      invoice_policy: ofTemplate('invoice_policy'),
      property_account_income_id: ofTemplate('property_account_income_id'),
      taxes_id: ofTemplate('taxes_id'),
      categ_id: ofTemplate('categ_id'),
      uom_id: ofTemplate('uom_id'),
      is_kits: (world, row) => partsOf(world, row.id) !== null,
      qty_available: ofKit(onHand),
      free_qty: ofKit((world, row) =>
        sumQuants(world, row, (quant) => number(quant, 'quantity') - number(quant, 'reserved_quantity')),
      ),
      outgoing_qty: ofKit(outgoing),
      incoming_qty: ofKit(incoming),
      virtual_available: (world, row) => onHand(world, row) + incoming(world, row) - outgoing(world, row),
    },
    display: (world, row) => {
      const name = String(ofTemplate('name')(world, row))
      return row['default_code'] ? `[${String(row['default_code'])}] ${name}` : name
    },
  },
  'stock.quant': {
    computed: {
      available_quantity: (_, row) => number(row, 'quantity') - number(row, 'reserved_quantity'),
      warehouse_id: (world, row) =>
        world.db.row('stock.location', row['location_id'] as number)?.['warehouse_id'] ?? false,
    },
  },
  'stock.location': { display: (_, row) => String(row['complete_name'] || row['name']) },
}

/** `stock.quant.create` in inventory mode answers the quant that is there already. */
export function countQuant(world: World, values: Readonly<Record<string, unknown>>): number {
  if (!world.context['inventory_mode']) throw userError('Quant’s creation is restricted, you can’t do this operation.')
  const [product, location] = [Number(values['product_id']), Number(values['location_id'])]
  const quant =
    quantAt(world, product, location) ?? world.db.insert('stock.quant', { product_id: product, location_id: location })
  world.db.update('stock.quant', quant, {
    inventory_quantity: Number(values['inventory_quantity'] ?? 0),
    inventory_quantity_set: true,
  })
  return quant.id
}

/** Makes the counted quantities true, each with a done move. */
export function applyInventory(world: World, quants: readonly Row[]): void {
  for (const quant of quants) {
    if (!quant['inventory_quantity_set']) continue
    const difference = number(quant, 'inventory_quantity') - number(quant, 'quantity')
    const name = String(world.context['inventory_name'] ?? 'Product Quantity Updated')
    world.db.insert('stock.move', {
      name,
      reference: name,
      product_id: quant['product_id']!,
      product_uom_qty: Math.abs(difference),
      quantity: Math.abs(difference),
      picked: true,
      state: 'done',
      is_inventory: true,
      date: world.db.stamp(),
    })
    world.db.update('stock.quant', quant, {
      quantity: number(quant, 'inventory_quantity'),
      inventory_quantity: 0,
      inventory_quantity_set: false,
    })
  }
}

/** `WH/OUT/00001` */
export const pickingName = (world: World, prefix: string): string =>
  `${prefix}/${String(next(world, prefix)).padStart(5, '0')}`
