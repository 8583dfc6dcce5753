/** What happens to reservations when what lies somewhere changes by itself: goods arrive, or somebody counts. */
import type { Row } from './database.ts'
import { movesOf, reserve, typeCode, unreserve } from './pickings.ts'
import { quantAt, shift } from './quants.ts'
import type { World } from './world.ts'

/** After a count: more than is there cannot be reserved. What was found goes to nobody who waits, unlike a receipt. */
export function settleCount(world: World, product: number, location: number): void {
  const quant = quantAt(world, product, location)
  const over = quant ? (quant['reserved_quantity'] as number) - Math.max(0, quant['quantity'] as number) : 0
  if (over > 0) takeFromLatest(world, product, location, over)
}

const waitingAt = (world: World, product: number, location: number): Row[] =>
  world.db
    .where('stock.move', 'open_for', product)
    .map((id) => world.db.row('stock.move', id)!)
    .filter((move) => move['location_id'] === location)

/** After a receipt: what is free goes to those who wait, oldest first. */
export function reserveWaiting(world: World, product: number, location: number): void {
  const waiting = waitingAt(world, product, location).filter((move) => move['state'] !== 'assigned')
  for (const move of waiting.toSorted((a, b) => a.id - b.id)) reserve(world, move)
}

/** What came in with these transfers goes to those who wait for it there; a delivery to customers gives to nobody. */
export function reserveArrived(world: World, pickings: readonly Row[]): void {
  for (const picking of pickings) {
    const transit = world.db.row('stock.location', picking['location_dest_id'] as number)?.['usage'] === 'transit'
    if (!transit && typeCode(world, picking) === 'outgoing') continue
    for (const move of movesOf(world, picking)) {
      if (move['state'] !== 'done') continue
      reserveWaiting(world, move['product_id'] as number, move['location_dest_id'] as number)
    }
  }
}

/** The delivery that is planned last loses its pieces first; what was picked already is left alone. */
function takeFromLatest(world: World, product: number, location: number, pieces: number): void {
  const planned = (move: Row) =>
    String(world.db.row('stock.picking', move['picking_id'] as number)?.['scheduled_date'] || move['date'])
  const losers = waitingAt(world, product, location)
    .filter((move) => !move['picked'] && (move['quantity'] as number) > 0)
    .toSorted((a, b) => planned(b).localeCompare(planned(a)) || b.id - a.id)
  let over = pieces
  for (const move of losers) {
    if (over <= 0) return
    const quantity = move['quantity'] as number
    const taken = Math.min(over, quantity)
    over -= taken
    if (taken === quantity) unreserve(world, move)
    else {
      shift(world, product, location, 0, -taken)
      world.db.update('stock.move', move, { quantity: quantity - taken, state: 'partially_available' })
    }
  }
}
