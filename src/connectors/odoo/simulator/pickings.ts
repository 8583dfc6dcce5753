/** Deliveries: reserving, partial reservation, validating with and without a backorder, cancelling. */
import type { Row, Value } from './database.ts'
import { userError } from './failure.ts'
import { freeAt, isStocked, pickingName, shift } from './quants.ts'
import { type Behaviour, type World } from './world.ts'

const OPEN = new Set(['draft', 'waiting', 'confirmed', 'partially_available', 'assigned'])
const isOpen = (move: Row) => OPEN.has(move['state'] as string)
const number = (row: Row, field: string): number => row[field] as number

export const movesOf = (world: World, picking: Row): Row[] =>
  world.db
    .where('stock.move', 'picking_id', picking.id)
    .toSorted((a, b) => a - b)
    .map((id) => world.db.row('stock.move', id)!)

export const typeCode = (world: World, picking: Row): Value =>
  world.db.row('stock.picking.type', picking['picking_type_id'] as number)?.['code'] ?? false

/** What the moves say: done when all that is not cancelled is done. */
export function stateOf(world: World, picking: Row): string {
  const states = movesOf(world, picking).map((move) => move['state'] as string)
  if (states.length === 0) return 'draft'
  const alive = states.filter((state) => state !== 'cancel')
  if (alive.length === 0) return 'cancel'
  if (alive.every((state) => state === 'done')) return 'done'
  return alive.some((state) => state === 'assigned' || state === 'partially_available') ? 'assigned' : 'confirmed'
}

export const pickings: Record<string, Behaviour> = {
  'stock.picking': {
    computed: {
      state: stateOf,
      picking_type_code: typeCode,
      // One detail row for each move that has something; the simulator keeps no lots, so they need no table.
      move_line_ids: (world, row) =>
        movesOf(world, row)
          .filter((move) => number(move, 'quantity') > 0)
          .map(({ id }) => id),
    },
  },
  'stock.move': {
    computed: { product_qty: (_, row) => row['product_uom_qty']! },
    written(world, row, before) {
      if (row['state'] === 'done' || row['state'] === 'cancel') return
      const more = number(row, 'quantity') - (before['quantity'] as number)
      if (more === 0) return
      if (row['origin_returned_move_id']) return
      shift(world, number(row, 'product_id'), number(row, 'location_id'), 0, more)
      world.db.update('stock.move', row, { state: reservedState(row) })
      touch(world, row)
    },
  },
  'stock.warehouse': {},
  'stock.picking.type': {
    display: (world, row) => {
      const warehouse = world.db.row('stock.warehouse', row['warehouse_id'] as number)
      return `${String(warehouse?.['name'])}: ${String(row['name'])}`
    },
  },
}

function reservedState(move: Row): string {
  const quantity = number(move, 'quantity')
  if (quantity >= number(move, 'product_uom_qty')) return 'assigned'
  return quantity > 0 ? 'partially_available' : 'confirmed'
}

/** A delivery moves with its moves. */
function touch(world: World, move: Row): void {
  const picking = world.db.row('stock.picking', move['picking_id'] as number)
  if (picking) world.db.update('stock.picking', picking, {})
}

export interface Demand {
  saleLine: number
  product: number
  quantity: number
  name: string
}

/** A delivery from a warehouse's stock to the customer, reserved at once as far as there is something. */
export function deliver(world: World, sale: Row, warehouse: Row, demands: readonly Demand[], backorderOf?: Row): Row {
  const type = world.db.row('stock.picking.type', warehouse['out_type_id'] as number)!
  const customers = customerLocation(world)
  const reference = sale['client_order_ref'] ? ` - ${String(sale['client_order_ref'])}` : ''
  const picking = world.db.insert('stock.picking', {
    name: pickingName(world, `${String(warehouse['code'])}/OUT`),
    origin: `${String(sale['name'])}${reference}`,
    sale_id: sale.id,
    partner_id: sale['partner_shipping_id']!,
    picking_type_id: type.id,
    location_id: warehouse['lot_stock_id']!,
    location_dest_id: customers,
    scheduled_date: world.db.stamp(),
    carrier_id: sale['carrier_id']!,
    ...(backorderOf ? { backorder_id: backorderOf.id } : {}),
  })
  for (const demand of demands) addMove(world, picking, demand)
  return picking
}

/** @param reserved whether it takes what there is at once. */
export function addMove(
  world: World,
  picking: Row,
  { saleLine, product, quantity, name }: Demand,
  reserved = true,
): Row {
  const move = world.db.insert('stock.move', {
    name,
    product_id: product,
    product_uom_qty: quantity,
    picking_id: picking.id,
    location_id: picking['location_id']!,
    location_dest_id: picking['location_dest_id']!,
    sale_line_id: saleLine,
    state: 'confirmed',
    origin: picking['origin'] ?? false,
    reference: picking['name']!,
    date: world.db.stamp(),
    open_for: product,
  })
  if (reserved) reserve(world, move)
  return move
}

const customerLocation = (world: World): number =>
  [...world.db.tables.get('stock.location')!.rows.values()].find((row) => row['usage'] === 'customer')!.id

/** Takes what is free, never more. */
export function reserve(world: World, move: Row): void {
  const product = number(move, 'product_id')
  const wanted = number(move, 'product_uom_qty') - number(move, 'quantity')
  // What is not counted is always there.
  const free = isStocked(world, product) ? freeAt(world, product, number(move, 'location_id')) : wanted
  const taken = Math.min(wanted, free)
  if (taken > 0) {
    shift(world, product, number(move, 'location_id'), 0, taken)
    world.db.update('stock.move', move, { quantity: number(move, 'quantity') + taken })
  }
  world.db.update('stock.move', move, { state: reservedState(move) })
}

export function unreserve(world: World, move: Row): void {
  if (!move['origin_returned_move_id'])
    shift(world, number(move, 'product_id'), number(move, 'location_id'), 0, -number(move, 'quantity'))
  world.db.update('stock.move', move, { quantity: 0, picked: false, state: 'confirmed' })
}

export function cancelPicking(world: World, picking: Row): void {
  const moves = movesOf(world, picking)
  if (moves.some((move) => move['state'] === 'done')) {
    throw userError(
      "You cannot cancel a stock move that has been set to 'Done'. Create a return in order to reverse the moves which took place.",
    )
  }
  for (const move of moves) cancelMove(world, move)
}

export function cancelMove(world: World, move: Row): void {
  if (!isOpen(move)) return
  unreserve(world, move)
  world.db.update('stock.move', move, { state: 'cancel', open_for: 0 })
  touch(world, move)
}

/** `button_validate`: true when it is done, or what Odoo wants to know first. */
export function validate(world: World, all: readonly Row[]): unknown {
  const todo = all.filter((picking) => stateOf(world, picking) !== 'done')
  for (const picking of todo) takeAsPicked(world, picking)
  const partial = todo.filter((picking) => movesOf(world, picking).some((move) => isOpen(move) && rest(move) > 0))
  const drop = new Set((world.context['picking_ids_not_to_backorder'] as number[] | undefined) ?? [])
  if (partial.length > 0 && !world.context['skip_backorder']) return backorderQuestion(world, todo, partial)
  for (const picking of todo) finish(world, picking, !drop.has(picking.id))
  return true
}

/** When nobody said what was picked, everything reserved was. */
function takeAsPicked(world: World, picking: Row): void {
  const moves = movesOf(world, picking).filter(isOpen)
  if (moves.length > 0 && moves.every((move) => number(move, 'quantity') === 0)) {
    throw userError(
      'You cannot validate a transfer if no quantities are reserved. To force the transfer, encode quantities.',
    )
  }
  if (moves.some((move) => move['picked'])) return
  for (const move of moves) world.db.update('stock.move', move, { picked: number(move, 'quantity') > 0 })
}

const done = (move: Row): number => (move['picked'] ? number(move, 'quantity') : 0)
const rest = (move: Row): number => Math.max(0, number(move, 'product_uom_qty') - done(move))

/** Makes the moves true and leaves the rest to a backorder, or drops it. */
export function finish(world: World, picking: Row, backorder: boolean): void {
  const left: Row[] = []
  for (const move of movesOf(world, picking).filter(isOpen)) {
    const [quantity, missing] = [done(move), rest(move)]
    // Without a backorder a move keeps its demand and stays short of it; one of which nothing was done is cancelled.
    if (missing > 0 && (backorder || quantity === 0)) left.push(splitOff(world, move, missing))
    if (quantity > 0) finishMove(world, move, quantity)
  }
  world.db.update('stock.picking', picking, { date_done: world.db.stamp() })
  touchSale(world, picking)
  if (!backorder) for (const move of left) cancelMove(world, move)
  if (!backorder || left.length === 0) return
  const { id: _, write_date: _w, create_date: _c, ...same } = picking
  const next = world.db.insert('stock.picking', {
    ...same,
    name: pickingName(world, String(picking['name']).slice(0, String(picking['name']).lastIndexOf('/'))),
    backorder_id: picking.id,
    date_done: false,
    carrier_tracking_ref: false,
  })
  for (const move of left) {
    world.db.update('stock.move', move, { picking_id: next.id, reference: next['name']! })
    reserve(world, move)
  }
}

/** The part that is not done yet: the move itself when nothing of it is, a new one otherwise. */
function splitOff(world: World, move: Row, quantity: number): Row {
  unreserveRest(world, move)
  if (done(move) === 0) {
    unreserve(world, move)
    return move
  }
  world.db.update('stock.move', move, { product_uom_qty: done(move) })
  const { id: _, write_date: _w, create_date: _c, ...same } = move
  return world.db.insert('stock.move', {
    ...same,
    product_uom_qty: quantity,
    quantity: 0,
    picked: false,
    state: 'confirmed',
  })
}

function unreserveRest(world: World, move: Row): void {
  if (move['picked'] || number(move, 'quantity') === 0) return
  unreserve(world, move)
}

/** What is with customers is nobody's stock. */
const isOurs = (world: World, location: number): boolean =>
  ['internal', 'transit'].includes(world.db.row('stock.location', location)?.['usage'] as string)

function finishMove(world: World, move: Row, quantity: number): void {
  const product = number(move, 'product_id')
  const [from, to] = [number(move, 'location_id'), number(move, 'location_dest_id')]
  if (isOurs(world, from)) shift(world, product, from, -quantity, -quantity)
  if (isOurs(world, to)) shift(world, product, to, quantity, 0)
  world.db.update('stock.move', move, { state: 'done', date: world.db.stamp(), open_for: 0 })
}

function touchSale(world: World, picking: Row): void {
  const sale = world.db.row('sale.order', picking['sale_id'] as number)
  if (!sale) return
  world.db.update('sale.order', sale, {})
  for (const id of world.db.where('sale.order.line', 'order_id', sale.id)) {
    world.db.update('sale.order.line', world.db.row('sale.order.line', id)!, {})
  }
}

function backorderQuestion(world: World, todo: readonly Row[], partial: readonly Row[]) {
  return {
    name: 'Create Backorder?',
    type: 'ir.actions.act_window',
    view_mode: 'form',
    res_model: 'stock.backorder.confirmation',
    views: [[978, 'form']],
    view_id: 978,
    target: 'new',
    context: {
      ...world.context,
      button_validate_picking_ids: todo.map(({ id }) => id),
      default_show_transfers: false,
      default_pick_ids: partial.map(({ id }) => [4, id]),
    },
  }
}
