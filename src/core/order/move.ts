/**
 * A person has goods of an order leave from another warehouse. They are set aside there first. While the order is here
 * its route does that; once the ERP has the sale, a warehouse of others that was told is asked to stop, then the ERP
 * has its deliveries follow, and only then are the pieces let go where they were. What cannot be moved stays where it
 * is.
 */
import { note, type Note, refused, type Refused } from '../decider.ts'
import type { Done, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { poolsOf } from '../pools.ts'
import type { ClaimAnswer, ClaimCommand } from '../stock/claims.ts'
import type { HoldCommand } from '../stock/stock.ts'
import { streams } from '../streams.ts'
import { isBeingEdited } from './edit.ts'
import { handedParts, handoverNotes } from './handover.ts'
import { type MovedPieces, type MoveEvent, moveRefused, moveSent, type Moving } from './moving.ts'
import type { OrderEvent } from './order.ts'
import { poolOf } from './route.ts'
import { isScattered } from './seats.ts'
import type { OrderState } from './state.ts'

export type MoveCommand =
  /**
   * By a person: these SKUs, or all that are elsewhere, leave from `to`. `part`: something has to stay, so that there
   * are two deliveries.
   */
  | { type: 'order.reroute'; to: string; skus?: readonly string[]; part?: boolean; by: string; note: string }
  /** From its route: that warehouse has not got them. */
  | { type: 'order.noteMove'; to: string; skus: readonly string[]; reason: 'short' | 'unknown_sku' }
  | ClaimAnswer

/** Refusals in order of precedence. */
export type MoveRefusal =
  | 'order_closed'
  | 'by_channel'
  | 'pool_unknown'
  | 'move_open'
  | 'still_asking'
  | 'everything_left'
  | 'invoiced'
  | 'being_changed'
  | 'sku_not_in_order'
  | 'divided_by_channel'
  | 'home_let_go'
  | 'nothing_stays'
  | 'handed_over'
// prettier-ignore
const refuse = (code: MoveRefusal, reason: string): Refused => refused(code, reason)

export const isMoveCommand = (command: { type: string }): command is MoveCommand =>
  ['order.reroute', 'order.noteMove', 'claim.granted', 'claim.refused'].includes(command.type)

export function respondToMove(
  state: OrderState,
  command: MoveCommand,
  policy: Policy,
): readonly OrderEvent[] | Refused {
  switch (command.type) {
    case 'order.reroute':
      return reroute(state, command, policy)
    case 'order.noteMove':
      return moveRefused(command.to, command.skus, command.reason)
    case 'claim.granted':
    case 'claim.refused': {
      const { pool: to, sku, request } = command
      const { moving } = state
      // Let go meanwhile: the pool has heard of that, or will.
      if (!moving || moving.step !== 'claiming' || moving.to !== to || moving.request !== request) return []
      const all = moving.pieces.map((one) => one.sku)
      if (command.type === 'claim.refused')
        return moveRefused(to, all, command.reason, ` It is ${sku} that is missing.`)
      const granted = [...moving.granted, sku]
      const events: OrderEvent[] = [{ type: 'order.moveGranted', to, sku }]
      return moving.pieces.every((one) => granted.includes(one.sku)) ? [...events, afterGrant(state, moving)] : events
    }
  }
}

type Reroute = Extract<MoveCommand, { type: 'order.reroute' }>

function reroute(state: OrderState, command: Reroute, policy: Policy): readonly OrderEvent[] | Refused {
  const { to, by } = command
  const why = closedTo(state, to, policy)
  if (why) return why
  const open = state.holds.filter(({ quantity }) => quantity > 0)
  const unknown = command.skus?.find((sku) => !open.some((one) => one.sku === sku))
  if (unknown !== undefined) return refuse('sku_not_in_order', `Nothing of ${unknown} is wanted in this order.`)
  const pieces = open
    .filter(({ sku }) => (command.skus?.includes(sku) ?? true) && poolOf(state, sku) !== to)
    .map(({ sku, quantity }) => ({ sku, quantity, from: poolOf(state, sku) }))
  if (pieces.length === 0) return []
  const stays = open.some(({ sku }) => !pieces.some((one) => one.sku === sku) && poolOf(state, sku) !== to)
  if (command.part && !stays) return refuse('nothing_stays', 'All of it would leave from there: that is no split.')
  const cannot = state.stage === 'placed' ? cannotHere(state, to) : cannotThere(state, to, pieces, policy)
  return cannot ?? [{ type: 'order.moveAsked', to, pieces, by, note: command.note }]
}

/** Whatever the goods: an order in such a state is not moved. */
function closedTo(state: OrderState, to: string, policy: Policy): Refused | null {
  const { stage, cancel, order, moving, holds, releaseFailed, shipped, invoice, edit } = state
  if (cancel || (stage !== 'placed' && stage !== 'releasing' && stage !== 'confirmed'))
    return refuse('order_closed', 'The order is cancelled, or done.')
  if (order?.fulfilledBy === 'channel') return refuse('by_channel', 'The channel sends this order from its own place.')
  if (!poolsOf(policy).includes(to)) return refuse('pool_unknown', `No policy names the warehouse '${to}'.`)
  if (moving) return refuse('move_open', `Goods of it are being moved to ${moving.to}.`)
  if (stage === 'releasing' || releaseFailed)
    return refuse('still_asking', 'The ERP has been asked for the sale and has not confirmed it.')
  if (stage === 'placed' && holds.some(({ outcome, quantity }) => outcome === 'asked' && quantity > 0))
    return refuse('still_asking', 'Its stock is still being asked for.')
  if (shipped === 'all') return refuse('everything_left', 'All of it has left.')
  if (invoice !== 'none') return refuse('invoiced', 'It is invoiced.')
  if (isBeingEdited(state) || edit?.failed)
    return refuse('being_changed', 'A change of the order is on its way to the ERP, or failed there.')
  return null
}

/** Its route finds the goods, and knows one home. */
function cannotHere(state: OrderState, to: string): Refused | null {
  if (isScattered(state)) return refuse('divided_by_channel', 'The channel has divided it among its own places.')
  if (to === state.pool)
    return refuse('home_let_go', `${to} has let it go for another warehouse. It can go back once the ERP has the sale.`)
  return null
}

/** A warehouse of others is told of its part as a whole, and once. */
function cannotThere(
  { handed = [], ...state }: OrderState,
  to: string,
  pieces: readonly MovedPieces[],
  policy: Policy,
): Refused | null {
  const fulfilledBy = policy.warehouses?.[to]?.fulfilledBy
  if (fulfilledBy !== undefined && handed.some(({ pool }) => pool === to))
    return refuse('handed_over', `${to} was told of this order before, and is told once.`)
  const told = handed.filter((one) => !one.cancelled && pieces.some(({ from }) => from === one.pool))
  if (told.length > 1) return refuse('handed_over', 'Several warehouses of others have it: move one part at a time.')
  const kept = state.holds.find(
    ({ sku, quantity }) =>
      quantity > 0 && told.some(({ pool }) => pool === poolOf(state, sku)) && !pieces.some((one) => one.sku === sku),
  )
  if (!kept) return null
  return refuse('handed_over', `${told[0]!.pool} was told of its part as a whole: move ${kept.sku} as well.`)
}

function afterGrant(state: OrderState, moving: Moving): OrderEvent {
  const { to, pieces } = moving
  const told = state.handed?.find(({ pool, cancelled }) => !cancelled && pieces.some(({ from }) => from === pool))
  return told
    ? { type: 'order.moveRecalled', to, from: told.pool, reason: `Sent from ${to} instead.` }
    : moveSent(state, moving)
}

type Changed = Extract<Done, { intent: 'sale.change' }>

/** The ERP has moved its deliveries, or says why not. */
export function endMove(state: OrderState, { ask, answer }: Changed, policy: Policy): OrderEvent[] {
  const { moving } = state
  if (!moving) return []
  const { to, pieces } = moving
  const skus = pieces.map(({ sku }) => sku)
  if (answer.outcome !== 'changed') {
    const stopped = pieces.find(({ from }) => state.handed?.some((one) => one.pool === from && one.cancelled))
    const more = stopped ? ` ${stopped.from} was told to send nothing: tell it again, or cancel the order.` : ''
    return moveRefused(to, skus, answer.outcome, more)
  }
  const handed = state.cancel ? [] : handedParts(ask, answer, policy).filter(({ pool }) => pool === to)
  return [{ type: 'order.moved', to, pieces, ...(handed.length > 0 ? { handed } : {}) }]
}

const refOf = (orderRef: string): string => `${orderRef}+move`

export function reactToMove(event: MoveEvent, state: OrderState): (Intent | Note)[] {
  const { channel, externalId } = state.order!
  const owner = streams.order(channel, externalId)
  const [orderRef, ref] = [`${channel}:${externalId}`, refOf(`${channel}:${externalId}`)]
  const toStock = (pool: string, sku: string, command: ClaimCommand | HoldCommand): Note =>
    note(streams.stock(pool, sku), command as { type: string })
  switch (event.type) {
    case 'order.moveAsked': {
      const { moving } = state
      if (!moving) return []
      const { to, request } = moving
      const ask = { type: 'stock.claim' as const, ref, owner, request, patience: 'withdraw' as const }
      return event.pieces.map(({ sku, quantity }) => toStock(to, sku, { ...ask, quantity }))
    }
    case 'order.moveRecalled': {
      const command = { type: 'warehouseOrder.cancel', reason: event.reason }
      return [note(streams.warehouseOrder(channel, externalId, event.from), command)]
    }
    case 'order.moveSent': {
      const { order, warehouse, sources, pieces } = event
      const moved = pieces.map(({ sku }) => sku)
      const ask = { order, orderRef, warehouse, sources: [...sources], removed: [], moved }
      return [{ type: 'sale.change', to: 'erp', ask }]
    }
    case 'order.moved':
      return [
        ...event.pieces.flatMap(({ sku, quantity, from }) => [
          toStock(event.to, sku, { type: 'stock.confirmHold', orderRef: ref, quantity }),
          toStock(from, sku, { type: 'stock.release', orderRef }),
        ]),
        ...handoverNotes(state.order!, event.handed),
      ]
    case 'order.moveRefused':
      return event.skus.map((sku) => toStock(event.to, sku, { type: 'stock.unclaim', ref, quantity: null }))
    default:
      return []
  }
}
