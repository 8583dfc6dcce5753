/**
 * Goods of an order on their way to leave from another warehouse: what is known of that, what ends it, and what is
 * remembered. `move.ts` says how it begins and what it owes.
 */
import type { Order } from '#canon/order.ts'
import type { Part } from '../route/route.ts'
import type { HandedPart } from './handover.ts'
import type { OrderEvent } from './order.ts'
import { headPool, poolOf } from './route.ts'
import { homeOfSku } from './seats.ts'
import type { OrderState } from './state.ts'

export interface MovedPieces {
  sku: string
  quantity: number
  from: string
}

/** `claiming`: being set aside there; `recalling`: whoever has them is asked to stop; `changing`: the ERP is asked. */
export interface Moving {
  to: string
  pieces: readonly MovedPieces[]
  /** What the claims are called. */
  request: string
  /** SKUs that are set aside. */
  granted: readonly string[]
  step: 'claiming' | 'recalling' | 'changing' | 'failed'
  /** As the ERP was told of it, so that a repeat carries no change that came since. */
  order?: Order
}

export type MoveEvent =
  | { type: 'order.moveAsked'; to: string; pieces: readonly MovedPieces[]; by: string; note: string }
  | { type: 'order.moveGranted'; to: string; sku: string }
  /** The warehouse of others that was told of them is asked to send nothing. */
  | { type: 'order.moveRecalled'; to: string; from: string; reason: string }
  /** The ERP is asked. */
  | {
      type: 'order.moveSent'
      to: string
      pieces: readonly MovedPieces[]
      order: Order
      warehouse: string
      sources: readonly { sku: string; warehouse: string }[]
    }
  | { type: 'order.moved'; to: string; pieces: readonly MovedPieces[]; handed?: readonly HandedPart[] }
  | { type: 'order.moveRefused'; to: string; skus: readonly string[]; code: string; reason: string }
  | { type: 'order.moveFailed'; to: string; message: string }

/** The case that a move was refused, and that it failed. */
export const MOVE_REFUSED = 'move_refused'
export const MOVE_FAILED = 'move_failed'

export const isOfMove = (event: OrderEvent): event is MoveEvent => event.type.startsWith('order.move')

/** Whether the invoice, or another change, has to wait for it. */
export const isMoving = ({ moving }: OrderState): boolean => moving !== undefined && moving.step !== 'failed'

const REFUSED_WHY: Readonly<Record<string, string>> = {
  short: 'there are not enough pieces there that nobody else was promised',
  unknown_sku: 'the ERP does not know the goods',
  shipped: 'pieces of it have left',
  picked: 'pieces of it are packed',
  invoiced: 'it is invoiced',
  gone: 'the sale is not there any more, or cancelled',
  other_goods: 'a line of the sale stands for other goods',
  handed_over: 'the warehouse that was told of it did not let it go',
  cancelled: 'the order was cancelled',
  changed: 'the order was changed meanwhile',
}

/** @param more what is to be known beside. */
export function moveRefused(to: string, skus: readonly string[], code: string, more = ''): OrderEvent[] {
  const why = REFUSED_WHY[code] ?? code
  const reason = `${skus.join(', ')} cannot leave from ${to}: ${why}. It leaves from where it was.${more}`
  return [{ type: 'order.moveRefused', to, skus, code, reason }]
}

/** The sale's own warehouse stays; each line that leaves from elsewhere says so. */
export function moveSent(state: OrderState, { to, pieces, order = state.order! }: Moving): OrderEvent {
  const warehouse = saleWarehouse(state)
  const parts = partsAfter(state, to, pieces)
  const sources = parts.filter(({ pool }) => pool !== warehouse).map(({ sku, pool }) => ({ sku, warehouse: pool }))
  return { type: 'order.moveSent', to, pieces, order, warehouse, sources }
}

export const saleWarehouse = (state: OrderState): string => state.edit?.warehouse ?? state.soldFrom ?? headPool(state)

function partsAfter(state: OrderState, to: string, pieces: readonly MovedPieces[]): Part[] {
  const moved = new Set(pieces.map(({ sku }) => sku))
  return state.holds
    .filter(({ quantity }) => quantity > 0)
    .map(({ sku }) => ({ sku, pool: moved.has(sku) ? to : poolOf(state, sku) }))
}

/** From the warehouse of others that was asked to stop: its part may leave from elsewhere, or is on its way. */
export function recalled(
  state: OrderState,
  pool: string,
  outcome: 'cancelled' | 'kept' | 'failed',
  detail: string,
): OrderEvent[] {
  const { moving } = state
  if (moving?.step !== 'recalling' || !moving.pieces.some(({ from }) => from === pool)) return []
  if (outcome === 'cancelled') return [{ type: 'order.warehouseCancelled', pool }, moveSent(state, moving)]
  const skus = moving.pieces.map(({ sku }) => sku)
  return moveRefused(moving.to, skus, 'handed_over', ` ${detail}`)
}

export const failMove = ({ moving }: OrderState, message: string): OrderEvent[] =>
  moving ? [{ type: 'order.moveFailed', to: moving.to, message }] : []

/** By a person: the ERP is asked again. */
export const retryMove = (state: OrderState): OrderEvent[] =>
  state.moving?.step === 'failed' && !state.cancel ? [moveSent(state, state.moving)] : []

/** The order is cancelled: what was set aside for a move goes back, unless the ERP has been asked and will answer. */
export const stopMove = ({ moving }: OrderState): OrderEvent[] =>
  moving && moving.step !== 'changing'
    ? moveRefused(moving.to, moving.pieces.map(({ sku }) => sku), 'cancelled') // prettier-ignore
    : []

/** Other goods are wanted than were asked for there, and the ERP has not been asked. */
export const changedWhileMoved = ({ moving }: OrderState, changes: readonly string[]): OrderEvent[] =>
  changes.includes('lines') && (moving?.step === 'claiming' || moving?.step === 'recalling')
    ? moveRefused(moving.to, moving.pieces.map(({ sku }) => sku), 'changed') // prettier-ignore
    : []

const without = (state: OrderState, ...codes: string[]): OrderState => ({
  ...state,
  exceptions: state.exceptions.filter(({ code }) => !codes.includes(code)),
})

export function evolveMove(before: OrderState, event: MoveEvent): OrderState {
  const { moving, ...idle } = before
  const state = without(idle, MOVE_REFUSED, MOVE_FAILED)
  switch (event.type) {
    case 'order.moveAsked': {
      const { to, pieces } = event
      if (state.stage === 'placed') return pinned(state, to, pieces)
      return { ...state, moving: { to, pieces, request: `${state.version}`, granted: [], step: 'claiming' } }
    }
    case 'order.moveGranted':
      return { ...state, moving: { ...moving!, granted: [...moving!.granted, event.sku] } }
    case 'order.moveRecalled':
      return { ...state, moving: { ...moving!, step: 'recalling' } }
    case 'order.moveSent':
      return { ...state, soldFrom: event.warehouse, moving: { ...moving!, order: event.order, step: 'changing' } }
    case 'order.moved': {
      const parts = partsAfter(state, event.to, event.pieces).filter(({ sku, pool }) => pool !== homeOfSku(state, sku))
      const { plan = 0, demand = [] } = state.route ?? {}
      const told = event.handed?.map(({ pool, fulfiller }) => ({ pool, fulfiller, cancelled: false })) ?? []
      const handed = told.length > 0 ? { handed: [...(state.handed ?? []), ...told] } : {}
      return { ...state, ...handed, route: { plan, demand, parts, settled: true } }
    }
    case 'order.moveRefused': {
      const { skus, code, reason: detail, to } = event
      const pins = state.route?.pins?.filter((one) => one.pool !== to || !skus.includes(one.sku))
      const route = state.route && pins ? { route: { ...state.route, pins } } : {}
      if (code === 'cancelled') return { ...state, ...route }
      return { ...state, ...route, exceptions: [...state.exceptions, { code: MOVE_REFUSED, detail }] }
    }
    case 'order.moveFailed': {
      const detail = `Nobody knows whether the ERP has its delivery leave from ${event.to}: ${event.message}`
      const exceptions = [...state.exceptions, { code: MOVE_FAILED, detail }]
      return { ...state, exceptions, moving: { ...moving!, step: 'failed' } }
    }
  }
}

/** The order's route finds them there: another plan is due. */
function pinned(state: OrderState, to: string, pieces: readonly MovedPieces[]): OrderState {
  const { plan = 0, parts = [], pins = [] } = state.route ?? {}
  const others = pins.filter(({ sku }) => !pieces.some((one) => one.sku === sku))
  const wanted = [...others, ...pieces.map(({ sku }) => ({ sku, pool: to }))]
  return { ...state, route: { plan, parts, demand: null, settled: false, pins: wanted } }
}
