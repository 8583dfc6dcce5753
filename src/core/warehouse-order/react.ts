/** What an event of a warehouse order owes: work to the warehouse and the ERP, news to its parcels and its order. */
import { alarm, type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { referenceOf, type SentParcel, type WarehouseOrderState } from './state.ts'
import type { Clock, WarehouseOrderEvent } from './warehouse-order.ts'

/** Names of the alarms. */
export const ALARMS: Readonly<Record<Clock, string>> = { acknowledge: 'warehouse-acknowledge', ship: 'warehouse-ship' }

export function react(event: WarehouseOrderEvent, state: WarehouseOrderState, stream: string): (Intent | Note)[] {
  const { fulfiller, pool, orderRef, orderName } = state
  const { channel, externalId } = parseOrderRef(orderRef)!
  const toOrder = (command: { type: string; [member: string]: unknown }) =>
    note<{ type: string }>(streams.order(channel, externalId), command)
  const raise = (code: string, detail: string) => toOrder({ type: 'order.noteException', code, detail })
  const over = (...codes: string[]) => toOrder({ type: 'order.clearExceptions', codes })
  const set = (clock: Clock, at: string | null) =>
    alarm(stream, ALARMS[clock], at, { type: 'warehouseOrder.lookAtClock' })
  switch (event.type) {
    case 'warehouseOrder.asked':
      return [
        { type: 'warehouseOrder.ensure', to: fulfiller, ask: event.instruction },
        set('acknowledge', event.acknowledgeBy),
        set('ship', event.shipBy),
      ]
    case 'warehouseOrder.askRetried':
      return [
        { type: 'warehouseOrder.ensure', to: fulfiller, ask: event.instruction },
        set('acknowledge', event.acknowledgeBy),
        over('warehouse_failed'),
      ]
    case 'warehouseOrder.askFailed':
      return [raise('warehouse_failed', `Warehouse ${pool} may not have got the order: ${event.message}`)]
    case 'warehouseOrder.accepted':
      return [set('acknowledge', null), ...(state.late.includes('acknowledge') ? [over('warehouse_silent')] : [])]
    case 'warehouseOrder.refused':
      return [
        set('acknowledge', null),
        raise('warehouse_refused', `Warehouse ${pool} does not take the order: ${event.reason}`),
      ]
    case 'warehouseOrder.held':
      return [raise('warehouse_hold', `Warehouse ${pool} does not go on: ${event.reason}`)]
    case 'warehouseOrder.resumed':
      return [over('warehouse_hold')]
    case 'warehouseOrder.shorted': {
      const what = event.lines.map(({ sku, quantity }) => `${quantity} of ${sku}`).join(', ')
      const next = event.follows
        ? 'It sends them when it has them.'
        : 'Send them from elsewhere, or take them off the order.'
      return [raise('short_picked', `Warehouse ${pool} did not find ${what}. ${next}`)]
    }
    case 'warehouseOrder.parcelSent':
      return [booking(event, state), ...substituted(event, pool).map((detail) => raise('substituted', detail))]
    case 'warehouseOrder.bookRetried':
      return [booking(event.parcel, state), over('delivery_failed')]
    case 'warehouseOrder.packingDiffers':
      return [raise('packing_differs', event.detail)]
    case 'warehouseOrder.parcelRefused':
      return [
        raise(
          'parcel_refused',
          `Parcel ${event.shipmentId} of warehouse ${pool} was not booked, and the channel was not told: ${event.detail}`,
        ),
      ]
    case 'warehouseOrder.returned': {
      const { returnId: receiptId, lines, unknown } = event
      const request = { type: 'return.receive', receiptId, pool, lines }
      const strange = `${unknown.join(', ')} came back to warehouse ${pool} and was no part of the order.`
      return [
        ...(lines.length > 0 ? [toOrder({ type: 'order.askBack', request })] : []),
        ...(unknown.length > 0 ? [raise('return_refused', strange)] : []),
      ]
    }
    case 'warehouseOrder.bookFailed':
      return [
        raise(
          'delivery_failed',
          `The ERP did not book parcel ${event.shipmentId} of warehouse ${pool}: ${event.message}`,
        ),
      ]
    case 'warehouseOrder.booked': {
      const { lines, shipmentId: _, ...parcel } = event.parcel
      const left = lines.map(({ saleLineId, quantity }) => ({ saleLineId, quantity }))
      // Under the name that the ERP's own news of it will have. Of several only that news knows what is in which.
      const [delivery, ...others] = event.deliveries
      if (!delivery || others.length > 0) return []
      const command = { type: 'fulfilment.noteShipment', shipmentId: delivery.id, ...parcel, lines: left }
      return [note<{ type: string }>(streams.fulfilment(channel, externalId), command)]
    }
    case 'warehouseOrder.cancelAsked': {
      const ask = {
        reference: referenceOf(orderRef, pool),
        fulfillerOrderId: state.fulfillerOrderId,
        orderName,
        reason: event.reason,
      }
      return [{ type: 'warehouseOrder.cancel', to: fulfiller, ask }]
    }
    case 'warehouseOrder.cancelled': {
      const calm = [set('acknowledge', null), set('ship', null)]
      if (event.wanted)
        return [...calm, toOrder({ type: 'order.noteWarehouse', pool, outcome: 'cancelled', detail: '' })]
      const detail = `Warehouse ${pool} cancelled what had not left. Cancel the order in the channel, or send it from elsewhere.`
      return [...calm, raise('warehouse_cancelled', detail)]
    }
    case 'warehouseOrder.cancelRefused': {
      const outcome = event.failed ? 'failed' : 'kept'
      const detail = event.failed
        ? `Whether warehouse ${pool} cancelled it is not known: ${event.reason}`
        : `The order was cancelled in the channel. Warehouse ${pool} could not stop it any more (${event.reason}): arrange the return of those goods.`
      return [toOrder({ type: 'order.noteWarehouse', pool, outcome, detail })]
    }
    case 'warehouseOrder.late': {
      return event.clock === 'acknowledge'
        ? [
            raise(
              'warehouse_silent',
              `Warehouse ${pool} has not said that it has the order. ${event.owner} asks there.`,
            ),
          ]
        : [
            raise(
              'warehouse_late',
              `Warehouse ${pool} has not sent everything in its time. ${event.owner} asks there, and tells the customer.`,
            ),
          ]
    }
    case 'warehouseOrder.closed':
      return [
        set('ship', null),
        ...(isUnusual(state) ? [over('warehouse_late', 'warehouse_hold', 'short_picked')] : []),
      ]
    case 'warehouseOrder.taken':
    case 'warehouseOrder.packed':
      return []
  }
}

function booking(
  { shipmentId: key, shippedAt, trackingNumber, lines }: SentParcel,
  { orderRef, pool }: WarehouseOrderState,
): Intent {
  const left = lines.map(({ saleLineId, quantity }) => ({ saleLineId, quantity }))
  const ask = { orderRef, warehouse: pool, key, shippedAt, ...(trackingNumber ? { trackingNumber } : {}), lines: left }
  return { type: 'delivery.ensure', to: 'erp', ask }
}

const isUnusual = ({ late, onHold, lines }: WarehouseOrderState): boolean =>
  late.length > 0 || onHold !== null || lines.some(({ short }) => short > 0)

const substituted = ({ lines }: SentParcel, pool: string): string[] => {
  const swaps = lines.flatMap(({ sku, sent, quantity }) => (sent ? [`${quantity} of ${sent} instead of ${sku}`] : []))
  return swaps.length === 0
    ? []
    : [`Warehouse ${pool} sent ${swaps.join(', ')}, as the rules allow. Correct the count of both in the ERP.`]
}
