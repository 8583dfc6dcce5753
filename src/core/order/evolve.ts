/** What is remembered of each event of an order. */
import { evolveAcceptance, isOfAcceptance } from './accept.ts'
import { evolveCollecting, isOfCollecting } from './collect.ts'
import { evolveHold, isOfHold } from './holds.ts'
import { evolveHandover } from './handover.ts'
import { evolveEdit, isOfEdit, noteEdit } from './edit.ts'
import { evolveMove, isOfMove } from './moving.ts'
import { evolveLeft, leavingOf } from './by-channel.ts'
import { askedFor, type OrderState } from './state.ts'
import type { OrderEvent } from './order.ts'
import { evolveParcel } from './parcels.ts'
import { evolvePayment, keptOnRelease } from './payment.ts'
import { evolvePromise } from './promises.ts'
import { evolveRedemption, isOfRedemption } from './redeemed.ts'
import { evolveScreening, isOfScreening } from './screening.ts'
import { evolveRoute, unsettled } from './route.ts'
import { evolveSettled } from './settled.ts'
import { evolveMerge, isOfMerge } from './together.ts'
import { homeOfSku, mainPool, type Seat } from './seats.ts'

export function evolve(before: OrderState, event: OrderEvent): OrderState {
  const state = { ...before, version: before.version + 1 }
  if (isOfAcceptance(event)) return evolveAcceptance(state, event)
  if (isOfCollecting(event)) return evolveCollecting(state, event)
  if (isOfHold(event)) return evolveHold(state, event)
  if (isOfScreening(event)) return evolveScreening(state, event)
  if (isOfEdit(event)) return evolveEdit(state, event)
  if (isOfMove(event)) return evolveMove(state, event)
  if (isOfMerge(event)) return evolveMerge(state, event)
  if (isOfRedemption(event)) return evolveRedemption(state, event)
  switch (event.type) {
    case 'order.placed':
      return {
        ...state, stage: 'placed', order: event.order, pool: event.pool, holds: askedFor(event.demand, []), ...seated(event),
      } // prettier-ignore
    case 'order.changed': {
      const known = event.order.cancelledAt ? without(state, 'cancelled_by_clock') : state
      const edit = noteEdit(before, event)
      const now = reseated({ ...known, order: event.order, ...(edit && { edit }) }, event)
      return event.demand ? { ...unsettled(now), holds: askedFor(event.demand, now.holds) } : now
    }
    case 'order.holdNoted': {
      const { sku, outcome } = event
      return { ...state, holds: state.holds.map((hold) => (hold.sku === sku ? { ...hold, outcome } : hold)) }
    }
    case 'order.paymentNoted':
      return evolvePayment(state, event)
    case 'order.settled':
      return evolveSettled(state, event)
    case 'order.parcelNoted':
      return evolveParcel(state, event)
    case 'order.promiseNoted':
      return evolvePromise(state, event)
    case 'order.routeAsked':
    case 'order.routed':
      return evolveRoute(state, event)
    case 'order.warehouseCancelled':
    case 'order.warehousesRetried':
    case 'order.exceptionsCleared':
      return evolveHandover(state, event)
    case 'order.heldBack':
      return { ...state, exceptions: event.exceptions }
    case 'order.released':
      return { ...state, stage: 'releasing', exceptions: keptOnRelease(state.exceptions), releaseFailed: false }
    case 'order.confirmed': {
      const { saleId, saleName } = event
      const known = { ...without(state, 'release_failed'), sale: { saleId, saleName } }
      const priced = event.priced ? { priced: event.priced } : {}
      const handed = event.handed?.map(({ pool, fulfiller }) => ({ pool, fulfiller, cancelled: false }))
      const leaving = leavingOf(state, event.lines)
      return {
        ...known,
        ...priced,
        ...leaving,
        ...(handed ? { handed } : {}),
        stage: 'confirmed',
        releaseFailed: false,
      }
    }
    case 'order.releaseFailed':
      return { ...raised(state, 'release_failed', event.message), stage: 'placed', releaseFailed: true }
    case 'order.cancelRequested':
      return { ...without(state, 'cancel_failed'), cancel: { reason: event.reason, at: event.at, done: false } }
    case 'order.cancelled': {
      const cancel = { reason: event.reason, at: event.at, done: true }
      return {
        ...state,
        stage: state.order ? 'cancelled' : 'absent',
        cancel,
        ...(state.promises && { promises: [] }),
        exceptions: state.exceptions.filter(({ code }) => code === 'cancelled_by_clock'),
      }
    }
    case 'order.cancelRefused': {
      if (event.outcome === 'failed') return raised(state, 'cancel_failed', event.detail)
      const refusedState = raised(without(state, 'cancel_failed'), 'cancelled_after_shipment', event.detail)
      return { ...refusedState, cancel: state.cancel && { ...state.cancel, done: true } }
    }
    case 'order.exceptionRaised':
      return raised(state, event.code, event.detail)
    case 'order.shipped': {
      // Every parcel is announced, so none of them has failed any more.
      const told = event.announced ? without(state, 'fulfilment_failed') : state
      return { ...told, shipped: event.complete ? 'all' : 'part', announced: event.announced }
    }
    case 'order.invoiceRequested':
      return {
        ...without(state, 'invoice_failed'),
        invoice: 'asked',
        billed: { total: event.order.total, refunds: (event.order.refunds ?? []).map(({ id }) => id) },
      }
    case 'order.invoiced':
      return { ...without(state, 'invoice_failed'), invoice: { number: event.number, invoiceId: event.invoiceId } }
    case 'order.leftChannel':
    case 'order.leftBooked':
      return evolveLeft(without(state, 'channel_delivery_failed'), event)
    case 'order.announceRetried':
      return without(state, 'fulfilment_failed')
    case 'order.returnsRetried':
      return ['return_failed', 'credit_failed', 'refund_unknown'].reduce(without, state)
    case 'order.backAsked':
    case 'order.resent':
      return state
    case 'order.completed':
      return { ...state, stage: 'completed' }
  }
}

const seated = ({ seats }: { seats?: readonly Seat[] }) => (seats ? { seats } : {})

/** A SKU whose home is another one now has to be heard of anew. */
function reseated(state: OrderState, { seats }: { seats?: readonly Seat[] }): OrderState {
  if (!seats) return state
  const next = { ...state, seats, pool: mainPool(seats) ?? state.pool }
  const stays = (sku: string) => homeOfSku(next, sku) === homeOfSku(state, sku)
  const holds = state.holds.map((hold) => (stays(hold.sku) ? hold : { ...hold, outcome: 'asked' as const }))
  return { ...next, holds }
}

const raised = (state: OrderState, code: string, detail: string): OrderState => ({
  ...state,
  exceptions: [...state.exceptions.filter((one) => one.code !== code), { code, detail }],
})

const without = (state: OrderState, code: string): OrderState => ({
  ...state,
  exceptions: state.exceptions.filter((one) => one.code !== code),
})
