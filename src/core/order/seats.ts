/**
 * Where the pieces of an order lie, for a channel that sells from several places. Each location sells from a pool of
 * its own, so each has a ledger, an allotment and a bound of its own; the channel says which of them a sale took from.
 */
import type { Order } from '#canon/order.ts'
import type { ChannelPolicy } from '../policy.ts'
import type { OrderState } from './state.ts'

/** Pieces of one SKU that are held in one pool since the channel took them there. */
export interface Seat {
  sku: string
  pool: string
  quantity: number
}

/** Null for a place that sells from no pool of ours. */
export const poolAt = ({ locations }: ChannelPolicy, locationId: string): string | null =>
  locations.find((one) => one.locationId === locationId)?.pool ?? null

/** Undefined when the channel does not say where. */
export function seatsOf(order: Order, channel: ChannelPolicy): Seat[] | undefined {
  if (order.fulfilledBy === 'channel' || !order.lines.some(({ shelves }) => shelves)) return undefined
  const seats = new Map<string, Seat>()
  for (const { sku, shelves = [], requiresShipping, giftCard } of order.lines) {
    if (sku === null || !requiresShipping || giftCard) continue
    for (const { locationId, quantity } of shelves) {
      const pool = poolAt(channel, locationId)
      if (pool === null || quantity === 0) continue
      const name = `${pool}/${sku}`
      seats.set(name, { sku, pool, quantity: quantity + (seats.get(name)?.quantity ?? 0) })
    }
  }
  return [...seats.values()].sort((a, b) => b.quantity - a.quantity || (a.pool < b.pool ? -1 : 1))
}

/** The pool with most pieces. */
export function mainPool(seats: readonly Seat[] | undefined): string | undefined {
  const pieces = new Map<string, number>()
  for (const { pool, quantity } of seats ?? []) pieces.set(pool, (pieces.get(pool) ?? 0) + quantity)
  return [...pieces].sort(([a, many], [b, others]) => others - many || (a < b ? -1 : 1))[0]?.[0]
}

type Homes = Pick<OrderState, 'pool' | 'seats'>

/** Holds the SKU from the first moment. Of several seats the largest comes first. */
export const homeOfSku = ({ pool, seats }: Homes, sku: string): string =>
  seats?.find((seat) => seat.sku === sku)?.pool ?? pool

/** Every pool that may hold pieces of the SKU in the order's own name. */
export const seatsAt = (state: Homes, sku: string): string[] => [
  ...new Set([
    state.pool,
    homeOfSku(state, sku),
    ...(state.seats ?? []).filter((seat) => seat.sku === sku).map(({ pool }) => pool),
  ]),
]

/** Whether it lies in other pools than its own. */
export const isScattered = ({ pool, seats }: Homes): boolean => seats?.some((seat) => seat.pool !== pool) ?? false

export interface SeatTrouble {
  /** Places of the channel that no pool sells from. */
  unknown: string[]
  /** SKUs whose pieces lie in several pools: a SKU of one order leaves from one of them. */
  split: string[]
  /** SKUs of which some pieces have no place yet. */
  unseated: string[]
}

export function seatTrouble(order: Order, channel: ChannelPolicy): SeatTrouble {
  const seats = seatsOf(order, channel) ?? []
  const lines = order.lines.filter(({ shelves, quantity }) => shelves && quantity > 0)
  const places = lines.flatMap(({ shelves = [] }) => shelves.filter(({ quantity }) => quantity > 0))
  const unseated = lines.filter(
    ({ shelves = [], quantity }) => shelves.reduce((all, shelf) => all + shelf.quantity, 0) < quantity,
  )
  return {
    unknown: [...new Set(places.map(({ locationId }) => locationId))].filter((id) => poolAt(channel, id) === null),
    split: [...new Set(seats.map(({ sku }) => sku))].filter(
      (sku) => seats.filter((seat) => seat.sku === sku).length > 1,
    ),
    unseated: [...new Set(unseated.flatMap(({ sku }) => sku ?? []))],
  }
}
