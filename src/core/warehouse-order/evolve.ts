/** How a warehouse order's state follows from what happened. */
import { evolvePacking } from './packing.ts'
import type { KnownParcel, SentParcel, WarehouseOrderState } from './state.ts'
import type { WarehouseOrderEvent } from './warehouse-order.ts'

type State = WarehouseOrderState

export function evolve(before: State, event: WarehouseOrderEvent): State {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'warehouseOrder.asked': {
      const { fulfiller, instruction, acknowledgeBy, shipBy } = event
      const { orderRef, orderName, pool } = instruction
      const lines = instruction.lines.map(({ lineId, saleLineId, sku, quantity }) => ({
        lineId,
        saleLineId,
        sku,
        quantity,
        shipped: 0,
        short: 0,
      }))
      return {
        ...state,
        step: 'asked',
        fulfiller,
        instruction,
        orderRef,
        orderName,
        pool,
        lines,
        acknowledgeBy,
        shipBy,
      }
    }
    case 'warehouseOrder.askRetried':
      return { ...state, step: 'asked', acknowledgeBy: event.acknowledgeBy, late: [] }
    case 'warehouseOrder.taken':
      return { ...state, fulfillerOrderId: event.fulfillerOrderId }
    case 'warehouseOrder.askFailed':
      return { ...state, step: 'failed' }
    case 'warehouseOrder.accepted':
      return { ...state, step: 'accepted', newsAt: event.at }
    case 'warehouseOrder.refused':
      return { ...state, step: 'refused', newsAt: event.at }
    case 'warehouseOrder.held':
      return { ...state, step: 'accepted', onHold: event.reason, newsAt: event.at }
    case 'warehouseOrder.resumed':
      return { ...state, step: 'accepted', onHold: null, newsAt: event.at }
    case 'warehouseOrder.shorted': {
      const lines = state.lines.map((line) => {
        const short = event.lines.find(({ lineId }) => lineId === line.lineId)
        return short ? { ...line, short: line.short + short.quantity } : line
      })
      return { ...state, lines, heard: [...state.heard, event.key] }
    }
    case 'warehouseOrder.parcelSent': {
      const { type: _, ...parcel } = event
      return withParcel(state, parcel)
    }
    case 'warehouseOrder.packed':
    case 'warehouseOrder.packingDiffers':
      return evolvePacking(state, event)
    case 'warehouseOrder.returned':
      return { ...state, heard: [...state.heard, event.returnId] }
    case 'warehouseOrder.parcelRefused':
      return { ...state, heard: [...state.heard, event.shipmentId] }
    case 'warehouseOrder.bookRetried':
      return mapParcel(state, event.parcel.shipmentId, { failed: null, version: state.version })
    case 'warehouseOrder.booked':
      return mapParcel(state, event.parcel.shipmentId, { failed: null, booked: true })
    case 'warehouseOrder.bookFailed':
      return mapParcel(state, event.shipmentId, { failed: event.code })
    case 'warehouseOrder.cancelAsked':
      return { ...state, cancel: 'asked' }
    case 'warehouseOrder.cancelled':
      return {
        ...state,
        step: 'cancelled',
        cancel: event.wanted ? 'asked' : state.cancel,
        instruction: null,
        newsAt: event.at,
      }
    case 'warehouseOrder.cancelRefused':
      return { ...state, cancel: event.failed ? 'failed' : 'refused' }
    case 'warehouseOrder.late':
      return { ...state, late: [...state.late, event.clock] }
    case 'warehouseOrder.closed':
      return { ...state, step: 'closed', instruction: null }
  }
}

/** A parcel that left shows that the warehouse had taken it on, whatever it said. */
function withParcel(state: State, parcel: SentParcel): State {
  const lines = state.lines.map((line) => {
    const sent = parcel.lines.reduce((all, { lineId, quantity }) => all + (lineId === line.lineId ? quantity : 0), 0)
    return { ...line, shipped: line.shipped + sent }
  })
  const known: KnownParcel = { ...parcel, booked: false, failed: null, version: state.version }
  return { ...state, step: 'accepted', lines, parcels: [...state.parcels, known] }
}

const mapParcel = (state: State, id: string, change: Partial<KnownParcel>): State => ({
  ...state,
  parcels: state.parcels.map((parcel) => (parcel.shipmentId === id ? { ...parcel, ...change } : parcel)),
})
