/** What an event of an order owes: notes to its stock, its customer and its parcels, and work to the ERP. */
import type { Order } from '#canon/order.ts'
import { type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { LookAtOrder, ReturnCommand } from '../return/return.ts'
import type { HoldCommand } from '../stock/stock.ts'
import { conversionNotes } from '../reservation/reservation.ts'
import { streams } from '../streams.ts'
import { leftIntent } from './by-channel.ts'
import { isOfAcceptance, reactToAcceptance } from './accept.ts'
import { isOfCollecting, reactToCollecting } from './collect.ts'
import { offered, sendInstead } from './exchange.ts'
import { isOfHold, reactToHold } from './holds.ts'
import { cancelWork, handoverNotes, retryNotes } from './handover.ts'
import { isOfEdit, reactToEdit } from './edit.ts'
import { reactToMove } from './move.ts'
import { leftTogether, reactToMerge } from './merge.ts'
import { isOfMove } from './moving.ts'
import type { Move } from './demand.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'
import { paymentNotes } from './payment.ts'
import { type BackRequest, isOfMoney, purseOf } from './purse.ts'
import { isOfRedemption, reactToRedemption } from './redeemed.ts'
import { isOfScreening, reactToScreening } from './screening.ts'
import { poolOf, routeNotes, stopRoute } from './route.ts'
import { foundNotes, missingNotes } from './settled.ts'
import { seatsAt } from './seats.ts'
import { isOfMerge } from './together.ts'

export function react(event: OrderEvent, state: OrderState): (Intent | Note)[] {
  const { order } = state
  if (event.type === 'order.settled') return missingNotes(event)
  if (!order) return []
  const { channel, externalId } = order
  const orderRef = `${channel}:${externalId}`
  if (isOfAcceptance(event)) return reactToAcceptance(event, state)
  if (isOfCollecting(event)) return reactToCollecting(event)
  if (isOfHold(event)) return reactToHold(event, state)
  if (isOfScreening(event)) return reactToScreening(event, state)
  if (isOfEdit(event)) return reactToEdit(event, state)
  if (isOfMove(event)) return reactToMove(event, state)
  if (isOfMerge(event)) return reactToMerge(event, state)
  if (isOfRedemption(event)) return reactToRedemption(event, state)
  const toStock = (sku: string, command: HoldCommand) => note(streams.stock(poolOf(state, sku), sku), command)
  switch (event.type) {
    case 'order.placed':
      return [
        ...holdNotes(event.moves, state, orderRef),
        ...customerNote(order),
        ...conversionNotes(order.tags, orderRef),
        ...returnNote(state),
        ...paymentNotes(state),
        ...foundNotes(state),
      ]
    case 'order.changed':
      return [
        ...holdNotes(event.moves, state, orderRef),
        ...(event.changes.includes('payment') ? paymentNotes(state) : []),
        ...(event.changes.includes('customer') ? customerNote(order) : []),
        ...(event.changes.includes('cancellation') && state.sale ? [stopNote(order)] : []),
        ...(event.changes.includes('refunds') ? returnNote(state) : []),
      ]
    case 'order.paymentNoted':
      return event.first ? paymentNotes({ ...state, payments: [event.payment] }) : []
    case 'order.released': {
      const { order: ordered, pool: warehouse, sources, promise } = event
      const elsewhere = sources?.map(({ sku, pool }) => ({ sku, warehouse: pool }))
      const ask = {
        order: ordered,
        orderRef,
        warehouse,
        ...(elsewhere ? { sources: elsewhere } : {}),
        ...(promise && { promise }),
      }
      return [{ type: 'sale.ensure', to: 'erp', ask }]
    }
    case 'order.routeAsked':
    case 'order.routed':
      return routeNotes(event, state)
    case 'order.confirmed':
      return [
        ...event.held.map(({ sku, quantity }) => toStock(sku, { type: 'stock.confirmHold', orderRef, quantity })),
        note(streams.fulfilment(channel, externalId), {
          type: 'fulfilment.open',
          channel,
          externalId,
          orderName: order.name,
          lines: order.lines
            .filter(({ requiresShipping, quantity }) => requiresShipping && quantity > 0)
            .map(({ id, quantity }) => ({
              lineId: id,
              quantity,
              saleLineId: event.lines.find(({ lineId }) => lineId === id)?.saleLineId ?? null,
            })),
        }),
        ...handoverNotes(order, event.handed),
        ...(order.cancelledAt === null ? [] : [stopNote(order)]),
      ]
    case 'order.announceRetried':
      return [note(streams.fulfilment(channel, externalId), { type: 'fulfilment.retry' })]
    case 'order.resent':
      return [note(streams.fulfilment(channel, externalId), { type: 'fulfilment.resend' })]
    case 'order.cancelRequested':
      return cancelWork(state, event.reason)
    case 'order.warehouseCancelled':
      return state.cancel && state.handed?.every(({ cancelled }) => cancelled)
        ? cancelWork(state, state.cancel.reason)
        : []
    case 'order.warehousesRetried':
      return retryNotes(state)
    case 'order.cancelRefused':
      // Our books never knew of a sale: what was held in case there was one has left.
      return state.sale || event.outcome === 'failed'
        ? []
        : state.holds.map(({ sku }) => toStock(sku, { type: 'stock.release', orderRef }))
    case 'order.cancelled':
      return [
        ...state.holds.flatMap(({ sku }) =>
          seatsAt(state, sku).map((pool) => note(streams.stock(pool, sku), { type: 'stock.release', orderRef })),
        ),
        ...state.holds.flatMap(({ sku }) =>
          seatsAt(state, sku).includes(poolOf(state, sku)) ? [] : [toStock(sku, { type: 'stock.release', orderRef })],
        ),
        ...stopRoute(state),
        ...returnNote(state),
      ]
    case 'order.completed':
      // Of a change that was made over there by hand nobody said what is reserved for it.
      return state.edit ? state.holds.map(({ sku }) => toStock(sku, { type: 'stock.release', orderRef })) : []
    case 'order.shipped':
      return leftTogether(state)
    case 'order.invoiced':
      return returnNote(state)
    case 'order.backAsked':
      return [...returnNote(state, true), ...backNotes(event.request, order, state)]
    case 'order.returnsRetried':
      return [
        note(streams.returns(channel, externalId), { type: 'return.retry', purse: purseOf(order, state.payments) }),
      ]
    case 'order.leftChannel':
      return [leftIntent(event, state)]
    case 'order.invoiceRequested': {
      const { total, totalTax } = event.order
      const ask = { orderRef, saleId: event.saleId, total, totalTax, date: event.date, complete: true }
      return [{ type: 'invoice.ensure', to: 'erp', ask }]
    }
    default:
      return []
  }
}

/** Every move is told, even after a cancellation: what the channel put back it can sell again. */
function holdNotes(moves: readonly Move[], state: OrderState, orderRef: string): Note[] {
  const { channel = '', placedAt, updatedAt: changedAt } = state.order ?? {}
  return moves.map(
    ({ sku, pool = state.pool, ...move }) =>
    note<HoldCommand>(streams.stock(pool, sku), {
      type: 'stock.hold', orderRef, channel, ...move, ...(placedAt && { placedAt, changedAt }),
    }), // prettier-ignore
  )
}

/** What its return has to know; nothing while nothing was given back and nobody asks. */
function returnNote(state: OrderState, always = false): Note[] {
  const { order, sale, invoice, billed, stage } = state
  if (!order || (!always && !order.refunds?.length && !order.lostRefunds?.length)) return []
  const { channel, externalId, name: orderName, currency, taxesIncluded, refunds = [], lostRefunds } = order
  const posted = typeof invoice === 'object' && billed
  const command: LookAtOrder = {
    type: 'return.look',
    refunds,
    ...(lostRefunds ? { lost: lostRefunds } : {}),
    facts: {
      orderName,
      currency,
      taxesIncluded,
      pool: state.pool,
      wanted: order.lines
        .filter(({ requiresShipping }) => requiresShipping)
        .map(({ id, quantity }) => ({ lineId: id, quantity })),
      saleId: sale?.saleId ?? null,
      invoice: posted ? { invoiceId: invoice.invoiceId, total: billed.total, included: billed.refunds } : null,
      billing: stage === 'cancelled' ? 'closed' : 'later',
    },
  }
  return [note(streams.returns(channel, externalId), command)]
}

/** Goods are compared with what had left, money with what was paid. */
function backNotes(request: BackRequest, order: Order, { payments }: OrderState): Note[] {
  const { channel, externalId } = order
  const stream = streams.returns(channel, externalId)
  if (isOfMoney(request)) return [note<ReturnCommand>(stream, { ...request, purse: purseOf(order, payments) })]
  if (request.type === 'exchange.send') return [sendInstead(request, order)]
  if (request.type === 'return.atTill')
    return [note<ReturnCommand>(stream, { ...request, purse: purseOf(order, payments) })]
  if (request.type === 'return.tillVoided' || request.type === 'exchange.paid')
    return [note<ReturnCommand>(stream, request)]
  return [
    note<ReturnCommand>(stream, request.type === 'return.ask' ? offered(request, order, payments) : request),
    note(streams.fulfilment(channel, externalId), { type: 'fulfilment.tellLeft' }),
  ]
}

/** A channel takes no parcels for an order it has cancelled. */
const stopNote = ({ channel, externalId }: Order): Note =>
  note(streams.fulfilment(channel, externalId), { type: 'fulfilment.stop' })

function customerNote({ channel, customer, shippingAddress, billingAddress, updatedAt }: Order): Note[] {
  if (!customer) return []
  const name = customer.name ?? shippingAddress?.name
  const addresses = [billingAddress, shippingAddress].filter((one) => one !== null)
  return [
    note(streams.customer(customer.key), {
      type: 'customer.record',
      channel,
      party: { ...customer, name },
      ...(addresses.length > 0 ? { addresses } : {}),
      at: updatedAt,
    }),
  ]
}
