/**
 * The life of an order: placed in a channel, checked, released to the ERP, confirmed there, shipped, invoiced; or
 * cancelled at any of these points. News of it may come in any order, late, twice or never: `order.observe` carries the
 * whole order as the channel has it, and what has to happen follows from what was done so far.
 */
import type { Order } from '#canon/order.ts'
import type { CancelOrder, ObserveOrder } from '../commands.ts'
import { type Context, type Decider, type Decision, refused } from '../decider.ts'
import type { Done, Failed } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { type AcceptanceCommand, type AcceptanceEvent, acceptanceEnd, acceptanceStep, decidedByHand } from './accept.ts'
import { homeOf, invoicesLater, type Left, leftAgain } from './by-channel.ts'
import { cancelEvents, settleCancel } from './cancel.ts'
import { collectStep, notePieces, type NotePieces, type OrderCollectEvent } from './collect.ts'
import { asItWas, demandOf, type Demand, keptMoves, type Move, movesBetween } from './demand.ts'
import type { BackRequest } from './purse.ts'
import type { Part } from '../route/route.ts'
import { type EditEvent, endEdit, failEdit } from './edit.ts'
import { endMove, isMoveCommand, type MoveCommand, respondToMove } from './move.ts'
import { isMergeCommand, type MergeCommand, respondToMerge } from './merge.ts'
import { changedWhileMoved, failMove, type MoveEvent, retryMove } from './moving.ts'
import { evolve } from './evolve.ts'
import { follow, invoiceRequest, released } from './follow.ts'
import { noteParcel, type NoteParcel, type OrderParcelEvent } from './parcels.ts'
import { type NotePayment, notePayment, type OrderPaymentEvent } from './payment.ts'
import { typedCardEvents } from './typed-card.ts'
import { type HoldCommand, type HoldEvent, isHoldCommand, respondToPerson } from './holds.ts'
import {
  type HandedPart, handover, type HandoverCommand, type HandoverEvent, handoverEvents, retriesWarehouses,
} from './handover.ts' // prettier-ignore
import { type NotePromise, notePromise, type PromiseEvent } from './promises.ts'
import { react } from './react.ts'
import {
  type OrderRedemptionEvent, redemptionEnded, redemptionsAgain, redemptionSteps, withRedeemed,
} from './redeemed.ts' // prettier-ignore
import { takingSteps } from './takings.ts'
import {
  noteScreening, type NoteScreening, screeningDone, type ScreeningEvent, screeningFailed, screeningRetry,
} from './screening.ts' // prettier-ignore
import { noteRoute, type OrderRouteEvent, poolOf } from './route.ts'
import { homeOfSku, mainPool, poolAt, type Seat, seatsOf } from './seats.ts'
import { noteSettled, type NoteSettled, type OrderSettledEvent } from './settled.ts'
import { changesBetween, supersedes } from './snapshot.ts'
import { type Hold, initial, type OrderState, type Priced } from './state.ts'
import { type MergeEvent, mergeSteps } from './together.ts'
import { judge, type Obstacle } from './validation.ts'

export type OrderCommand =
  | ObserveOrder
  | CancelOrder
  /** From a stock stream: what became of the hold on one SKU. */
  | { type: 'order.noteHold'; sku: string; pool?: string; outcome: Hold['outcome'] }
  /** From its route: which pools have set its goods aside. */
  | { type: 'order.noteRoute'; plan: number; parts: readonly Part[] }
  /** From the fulfilment stream. `announced`: the channel knows of every parcel. */
  | { type: 'order.noteShipped'; complete: boolean; announced: boolean; date: string }
  /** From the fulfilment stream, or an operator's reading: something a person has to see. */
  | { type: 'order.noteException'; code: string; detail: string }
  /** By a person: goods are to come back, or are back. */
  | { type: 'order.askBack'; request: BackRequest }
  /** By a person: try again what failed. */
  | { type: 'order.retry' }
  /** By a person: tell the channel of all parcels again, whatever it said. */
  | { type: 'order.resend' }
  | NotePayment
  | NoteSettled
  | NoteParcel
  | NotePromise
  | NotePieces
  | MoveCommand
  | MergeCommand
  | AcceptanceCommand
  | HoldCommand
  | HandoverCommand
  | NoteScreening
  | Done
  | Failed

export type OrderEvent =
  | OrderRouteEvent
  | OrderPaymentEvent
  | OrderSettledEvent
  | OrderParcelEvent
  | PromiseEvent
  | OrderCollectEvent
  | HandoverEvent
  | EditEvent
  | MoveEvent
  | MergeEvent
  | ({ type: 'order.placed'; order: Order; pool: string; demand: readonly Demand[]; moves: readonly Move[] } & Seats)
  | ({
      type: 'order.changed'
      order: Order
      changes: readonly string[]
      demand: readonly Demand[] | null
      moves: readonly Move[]
    } & Seats)
  | { type: 'order.holdNoted'; sku: string; outcome: Hold['outcome'] }
  | { type: 'order.heldBack'; exceptions: readonly Obstacle[] }
  | {
      type: 'order.released'
      order: Order
      /** Serves all of it, or most of it. */
      pool: string
      /** What comes from elsewhere. */
      sources?: readonly Part[]
      /** When goods that are not here yet come, and whether the rest waits for them. */
      promise?: { date: string; whole: boolean }
    }
  | {
      type: 'order.confirmed'
      saleId: string
      saleName: string
      lines: readonly { lineId: string; saleLineId: string }[]
      /** What the ERP reserves: the demand of the order as it was released, whatever became of it since. */
      held: readonly Demand[]
      /** What the ERP says it costs, where that is its business. */
      priced?: Priced
      /** What warehouses of others send. */
      handed?: readonly HandedPart[]
      at: string
    }
  | { type: 'order.releaseFailed'; code: string; message: string }
  | { type: 'order.cancelRequested'; reason: string; at: string }
  | { type: 'order.cancelled'; reason: string; at: string }
  | { type: 'order.cancelRefused'; outcome: 'partly_shipped' | 'shipped' | 'failed'; detail: string }
  | { type: 'order.exceptionRaised'; code: string; detail: string }
  | { type: 'order.shipped'; complete: boolean; announced: boolean; date: string }
  | { type: 'order.invoiceRequested'; order: Order; saleId: string; date: string }
  | { type: 'order.invoiced'; invoiceId: string; number: string }
  | { type: 'order.announceRetried' }
  | { type: 'order.resent' }
  | { type: 'order.returnsRetried' }
  | { type: 'order.backAsked'; request: BackRequest }
  | { type: 'order.completed' }
  /** From the goods that lie with it. `key` names these pieces for good. */
  | { type: 'order.leftChannel'; key: string; at: string; lines: readonly Left[] }
  | { type: 'order.leftBooked'; key: string; deliveries: readonly { id: string; name: string }[] }
  | AcceptanceEvent
  | HoldEvent
  | OrderRedemptionEvent
  | ScreeningEvent

/** Only where the channel sells from several places, and when they changed. */
interface Seats {
  seats?: readonly Seat[]
}

/** Refusals in order of precedence. */
export type OrderRefusal =
  | 'order_unknown'
  | 'channel_unknown'
  | 'held_back'
  | 'nothing_to_retry'
  | 'nothing_to_resend'
  | 'nothing_to_accept'
// prettier-ignore
const refuse = (code: OrderRefusal, reason: string) => refused(code, reason)

function decide(state: OrderState, command: OrderCommand, policy: Policy, context: Context): Decision<OrderEvent> {
  const first = respond(state, command, policy, context)
  if ('refused' in first) return first
  const events = [...first]
  let now = first.reduce(evolve, state)
  for (let next = acceptanceStep(now, policy, context); next; next = acceptanceStep(now, policy, context)) {
    events.push(next)
    now = evolve(now, next)
  }
  const next = follow(now, policy, context)
  const after = next.reduce(evolve, now)
  const money = collectStep(after, policy)
  const booked = [...redemptionSteps(after, policy), ...takingSteps(after, policy)]
  const apart = mergeSteps(after, events)
  return [...events, ...next, ...(money ? [money] : []), ...booked, ...apart]
}

/** The direct answer to a command. What follows from the new state is `follow`'s business. */
function respond(state: OrderState, command: OrderCommand, policy: Policy, context: Context): Decision<OrderEvent> {
  if (command.type === 'order.observe') {
    const seen = observe(state, command.order, policy, context)
    return 'refused' in seen ? seen : [...seen, ...typedCardEvents(state, command)]
  }
  if (command.type === 'order.cancel') return cancelEvents(state, command.reason, command.at, context)
  if (command.type === 'order.notePayment') return notePayment(state, command, policy)
  if (command.type === 'order.noteSettled') return noteSettled(state, command)
  if (state.stage === 'absent') return refuse('order_unknown', 'The order has not been seen yet.')
  if (isHoldCommand(command)) return respondToPerson(state, command, policy, context)
  if (isMoveCommand(command)) return respondToMove(state, command, policy)
  if (isMergeCommand(command)) return respondToMerge(state, command, policy, context)
  switch (command.type) {
    case 'order.noteHold': {
      const hold = state.holds.find(({ sku }) => sku === command.sku)
      if (!hold || hold.outcome === command.outcome) return []
      const home = homeOfSku(state, command.sku)
      // It has been let go there: what was said of it is old news.
      if (hold.outcome === 'reserved' && poolOf(state, command.sku) !== home) return []
      if (state.seats && command.pool !== undefined && command.pool !== home) return []
      return [{ type: 'order.holdNoted', sku: command.sku, outcome: command.outcome }]
    }
    case 'order.notePromise':
      return notePromise(state, command)
    case 'order.noteRoute':
      return noteRoute(state, command.plan, command.parts)
    case 'order.noteShipped':
      return noteShipped(state, command)
    case 'order.noteParcel':
      return noteParcel(state, command)
    case 'order.notePieces':
      return notePieces(state, command)
    case 'order.noteException':
      return [{ type: 'order.exceptionRaised', code: command.code, detail: command.detail }]
    case 'order.noteWarehouse':
    case 'order.clearExceptions':
      return handoverEvents(state, command)
    case 'order.askBack':
      return [{ type: 'order.backAsked', request: command.request }]
    case 'order.retry':
      return retry(state, policy, context)
    case 'order.resend':
      if (state.shipped === 'none' || state.cancel)
        return refuse('nothing_to_resend', 'Nothing of it has left that the channel could be told of.')
      return [{ type: 'order.resent' }]
    case 'order.lookAtClock':
      return []
    case 'order.noteScreening':
      return noteScreening(state, command)
    case 'order.decideAcceptance': {
      const decided = decidedByHand(state, command.accepted)
      return decided ?? refuse('nothing_to_accept', 'The channel does not wait for an answer to this order.')
    }
    case 'done':
      return done(state, command, policy, context)
    case 'failed':
      return failed(state, command)
  }
}

function observe(state: OrderState, told: Order, policy: Policy, context: Context): Decision<OrderEvent> {
  const channel = policy.channels[told.channel]
  if (!channel) return refuse('channel_unknown', `No policy names the channel '${told.channel}'.`)
  const at = (locationId: string) => poolAt(channel, locationId)
  if (state.order === null) {
    const order = told
    const held = context.restored && order.cancelledAt ? asItWas(order) : order
    const [demand, moves, seats] = [demandOf(held), movesBetween(null, held, at), seatsOf(held, channel)]
    const pool = mainPool(seats) ?? homeOf(order, channel)
    const placed: OrderEvent[] = [{ type: 'order.placed', order, pool, demand, moves, ...(seats && { seats }) }]
    if (state.cancel) return [...placed, { type: 'order.cancelled', reason: state.cancel.reason, at: state.cancel.at }]
    if (!order.cancelledAt) return placed
    return [...placed, ...cancelEvents(state, order.cancelReason ?? 'other', context.at, context)]
  }
  if (!supersedes(told, state.order)) return []
  const order = withRedeemed(told, state.order)
  const changes = changesBetween(state.order, order)
  const demand = changes.includes('lines') ? demandOf(order) : null
  const atErp = state.stage !== 'placed' || state.releaseFailed
  const asked = atErp || (state.route !== undefined && state.seats !== undefined)
  const moved = movesBetween(state.order, order, at)
  const seats = asked ? undefined : seatsOf(order, channel)
  const moves = asked
    ? keptMoves(moved, (sku) => homeOfSku(state, sku))
    : // What had no place was counted at home, which may be another pool now.
      moved.map((move) => (seats ? { pool: state.pool, ...move } : move))
  const events: OrderEvent[] = [
    { type: 'order.changed', order, changes, demand, moves, ...(seats && { seats }) },
    ...changedWhileMoved(state, changes),
  ]
  if (!order.cancelledAt) return events
  const cancel = cancelEvents(events.reduce(evolve, state), order.cancelReason ?? 'other', context.at, context)
  return 'refused' in cancel ? cancel : [...events, ...cancel]
}

function noteShipped(
  state: OrderState,
  { complete, announced, date }: { complete: boolean; announced: boolean; date: string },
): OrderEvent[] {
  const shipped = complete ? 'all' : 'part'
  if (state.shipped === shipped && state.announced === announced) {
    const { order, sale } = state
    return complete && order && sale && invoicesLater(state) ? [invoiceRequest(state, order, sale.saleId, date)] : []
  }
  return [{ type: 'order.shipped', complete, announced, date }]
}

const RETURNS_FAILED = ['return_failed', 'credit_failed', 'refund_unknown']

function retry(state: OrderState, policy: Policy, context: Context): Decision<OrderEvent> {
  const codes = state.exceptions.map(({ code }) => code)
  if (state.cancel && !state.cancel.done && codes.includes('cancel_failed')) {
    return [{ type: 'order.cancelRequested', reason: state.cancel.reason, at: context.at }]
  }
  if (state.acceptance?.step === 'failed' && !state.cancel) return [{ type: 'order.acceptanceRetried' }]
  if (state.releaseFailed && state.order && !state.cancel) return releaseAgain(state, state.order, policy)
  // Several may have failed: whoever asks means all.
  const events: OrderEvent[] = screeningRetry(state, context)
  if (codes.includes('fulfilment_failed')) events.push({ type: 'order.announceRetried' })
  if (codes.includes('invoice_failed') && state.order && state.sale && !state.cancel)
    events.push(invoiceRequest(state, state.order, state.sale.saleId, context.at.slice(0, 10)))
  if (codes.includes('channel_delivery_failed')) events.unshift(...leftAgain(state))
  if (RETURNS_FAILED.some((code) => codes.includes(code))) events.push({ type: 'order.returnsRetried' })
  if (retriesWarehouses(codes)) events.push({ type: 'order.warehousesRetried' })
  events.push(...redemptionsAgain(state, policy))
  if (state.edit?.failed && !state.cancel) events.push({ type: 'order.changeRetried' })
  events.push(...retryMove(state))
  if (events.length > 0) return events
  return refuse('nothing_to_retry', 'Nothing of this order has failed.')
}

/** Much may have changed since it was released the first time: it has to pass the same checks again. */
function releaseAgain(state: OrderState, order: Order, policy: Policy): Decision<OrderEvent> {
  const channel = policy.channels[order.channel]
  const found = channel ? judge(state, order, channel, policy) : []
  if (found.length === 0) return [released(state, order, channel)]
  return refuse('held_back', found.map(({ detail }) => detail).join(' '))
}

function done(state: OrderState, command: Done, policy: Policy, context: Context): Decision<OrderEvent> {
  switch (command.intent) {
    case 'sale.ensure': {
      if (state.sale) return []
      const { saleId, saleName, lines, total, totalTax } = command.answer
      const { order } = command.ask
      const priced = order.terms?.pricing === 'erp' && totalTax ? { priced: { total, totalTax } } : {}
      const held = demandOf(order)
      const { handed, raise } = handover(state, command, policy)
      return [
        { type: 'order.confirmed', saleId, saleName, lines, held, ...priced, ...handed, at: context.at },
        ...raise,
      ]
    }
    case 'sale.change':
      return state.moving?.step === 'changing' ? endMove(state, command, policy) : endEdit(state, command)
    case 'sale.cancel':
      return settleCancel(state, command.answer.outcome, context.at)
    case 'invoice.ensure':
      if (typeof state.invoice === 'object') return []
      return [{ type: 'order.invoiced', invoiceId: command.answer.invoiceId, number: command.answer.number }]
    case 'delivery.ensure':
      return [{ type: 'order.leftBooked', key: command.ask.key, deliveries: command.answer.deliveries }]
    case 'redemption.ensure':
      return redemptionEnded(state, command)
    case 'order.accept':
      return acceptanceEnd(state, command)
    case 'screening.ensure':
      return screeningDone(state, command)
    default:
      return []
  }
}

function failed(state: OrderState, end: Failed): OrderEvent[] {
  const { intent, fault, version } = end
  switch (intent) {
    case 'redemption.ensure':
      return redemptionEnded(state, end)
    case 'order.accept':
      return acceptanceEnd(state, end)
    case 'screening.ensure':
      return screeningFailed(state, version, fault.message)
    case 'sale.ensure':
      return state.sale ? [] : [{ type: 'order.releaseFailed', code: fault.code, message: fault.message }]
    case 'sale.change':
      return state.moving?.step === 'changing' ? failMove(state, fault.message) : failEdit(state, fault.message)
    case 'sale.cancel':
      return [{ type: 'order.cancelRefused', outcome: 'failed', detail: fault.message }]
    case 'invoice.ensure':
      return [{ type: 'order.exceptionRaised', code: 'invoice_failed', detail: fault.message }]
    case 'delivery.ensure':
      return [{ type: 'order.exceptionRaised', code: 'channel_delivery_failed', detail: fault.message }]
    default:
      return []
  }
}

export const order: Decider<OrderState, OrderCommand, OrderEvent, Policy> = { initial, decide, evolve, react }
