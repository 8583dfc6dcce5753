/**
 * Parcels. A parcel with all of the order is told as the order's own tracking (OR23), and then the order is shipped
 * (OR24). One with a part of it is a shipment of its own (ST01), where the marketplace takes those. What is shipped
 * already is looked at first, so that a parcel told twice is noted once.
 */
import { Fault } from '../../fault.ts'
import type { Answer, Ask, Parcel } from '#core/intents.ts'
import { z } from 'zod'
import type { Sent } from '../kit/connector.ts'
import type { Observed } from '../kit/shadow.ts'
import { readOrder } from './accept.ts'
import type { SeenOrder } from './shape.ts'
import { shapedAnswer, type Wire } from './wire.ts'

type FulfilmentAsk = Ask<'fulfilment.ensure'>

export interface FulfilmentOptions {
  /** The marketplace's code of a carrier, by the ERP's name of it. */
  carriers: Readonly<Record<string, string>>
  partialShipments: boolean
}

const SHIPPED: ReadonlySet<string> = new Set(['SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED'])
/** Lines that still go out with the order. */
const OPEN_LINES: ReadonlySet<string> = new Set(['SHIPPING'])

export async function fulfilmentEnsure(
  wire: Wire,
  { ask }: Sent<'fulfilment.ensure'>,
  options: FulfilmentOptions,
): Promise<Answer<'fulfilment.ensure'>> {
  const order = await readOrder(wire, ask.externalId)
  if (!order) {
    throw new Fault('rejected', 'The marketplace has no such order. The parcel is on its way; nothing can be noted.', {
      code: 'mirakl.unknown_order',
    })
  }
  if (SHIPPED.has(order.order_state)) return { fulfilmentId: ask.externalId }
  if (order.order_state !== 'SHIPPING') {
    throw new Fault(
      'rejected',
      `The order is '${order.order_state}' over there and takes no parcel. Look at it there.`,
      {
        code: 'mirakl.not_shippable',
      },
    )
  }
  if (isWhole(order, ask)) return shipWhole(wire, order, ask, options)
  if (options.partialShipments) return shipPart(wire, ask, options)
  throw new Fault(
    'rejected',
    'The parcel holds a part of the order, and this marketplace takes orders whole. Enter the tracking number there by hand when the last parcel leaves.',
    { code: 'mirakl.partial_shipment' },
  )
}

/** Everything that still goes out is in this parcel; once nothing does, it was noted as a part. */
function isWhole({ order_lines }: SeenOrder, ask: FulfilmentAsk): boolean {
  const open = order_lines.filter(({ order_line_state }) => OPEN_LINES.has(order_line_state))
  if (open.length === 0) return false
  return open.every(({ order_line_id, quantity, cancelations, refunds }) => {
    const off = [...(cancelations ?? []), ...(refunds ?? [])].reduce((all, one) => all + (one.quantity ?? 0), 0)
    const parcel = ask.lines.find(({ lineId }) => lineId === order_line_id)
    return parcel !== undefined && parcel.quantity >= quantity - off
  })
}

/** A registered carrier goes by its code; any other by its name, with the address where its parcel is followed. */
function trackingOf({ carrier, trackingNumber, trackingUrl }: Parcel, carriers: FulfilmentOptions['carriers']) {
  const code = carrier === undefined ? undefined : carriers[carrier]
  const number = trackingNumber ? { tracking_number: trackingNumber } : {}
  return code
    ? { carrier: { carrier_code: code, ...number }, url: undefined }
    : { carrier: { carrier_name: carrier ?? 'Other', ...number }, url: trackingUrl }
}

async function shipWhole(
  wire: Wire,
  order: SeenOrder,
  ask: FulfilmentAsk,
  { carriers }: FulfilmentOptions,
): Promise<Answer<'fulfilment.ensure'>> {
  const path = `/api/orders/${encodeURIComponent(ask.externalId)}`
  const { carrier, url } = trackingOf(ask.parcel, carriers)
  const { trackingNumber } = ask.parcel
  if (trackingNumber && order.shipping_tracking !== trackingNumber) {
    const body = { ...carrier, ...(url ? { carrier_url: url } : {}) }
    await wire.call({ operation: 'OR23', method: 'PUT', path: `${path}/tracking`, body })
  }
  await wire.call({ operation: 'OR24', method: 'PUT', path: `${path}/ship` })
  return { fulfilmentId: ask.externalId }
}

const shipment = z.object({
  id: z.string(),
  status: z.string(),
  shipment_lines: z.array(z.object({ order_line_id: z.string().nullish(), quantity: z.int() })).nullish(),
  tracking: z.object({ tracking_number: z.string().nullish() }).nullish(),
})
type Shipment = z.infer<typeof shipment>
const shipments = z.object({ data: z.array(shipment) })
const created = z.object({
  shipment_success: z.array(z.object({ id: z.string() })),
  shipment_errors: z.array(z.object({ message: z.string().nullish() })),
})

/** More parcels than this nobody makes of one order. */
const SHIPMENTS_READ = 100

async function readShipments(wire: Wire, externalId: string): Promise<Shipment[]> {
  const query = { order_id: externalId, limit: SHIPMENTS_READ }
  const answer = await wire.call({ operation: 'ST11', path: '/api/shipments', query })
  return shapedAnswer(shipments, answer, 'ST11').data
}

const shippedOf = (all: readonly Shipment[], lineId: string): number =>
  all
    .flatMap(({ shipment_lines }) => shipment_lines ?? [])
    .filter(({ order_line_id }) => order_line_id === lineId)
    .reduce((sum, { quantity }) => sum + quantity, 0)

async function shipPart(
  wire: Wire,
  ask: FulfilmentAsk,
  { carriers }: FulfilmentOptions,
): Promise<Answer<'fulfilment.ensure'>> {
  const before = await readShipments(wire, ask.externalId)
  if (ask.lines.every(({ lineId, cumulative }) => shippedOf(before, lineId) >= cumulative)) {
    const number = ask.parcel.trackingNumber
    const mine = before.find(({ tracking }) => number !== undefined && tracking?.tracking_number === number)
    return { fulfilmentId: mine?.id ?? null }
  }
  const { carrier, url } = trackingOf(ask.parcel, carriers)
  const body = {
    shipments: [
      {
        order_id: ask.externalId,
        shipped: true,
        shipment_lines: ask.lines.map(({ lineId, quantity }) => ({ order_line_id: lineId, quantity })),
        tracking: { ...carrier, ...(url ? { tracking_url: url } : {}) },
      },
    ],
  }
  const answer = await wire.call({ operation: 'ST01', method: 'POST', path: '/api/shipments', body })
  const { shipment_success: done } = shapedAnswer(created, answer, 'ST01')
  if (done[0]) return { fulfilmentId: done[0].id }
  throw new Fault('rejected', 'The marketplace refused the shipment. Compare the parcel with the order over there.', {
    code: 'mirakl.shipment_refused',
  })
}

/** The parcel is known there once its pieces are shipped. */
export async function observeFulfilment(
  wire: Wire,
  { ask }: Sent<'fulfilment.ensure'>,
): Promise<Observed<'fulfilment.ensure'> | null> {
  const order = await readOrder(wire, ask.externalId)
  if (!order) return null
  const whole = SHIPPED.has(order.order_state)
  const parts = whole ? [] : await readShipments(wire, ask.externalId)
  if (!whole && ask.lines.some(({ lineId, cumulative }) => shippedOf(parts, lineId) < cumulative)) return null
  const number = ask.parcel.trackingNumber ?? ''
  const known = [order.shipping_tracking, ...parts.map(({ tracking }) => tracking?.tracking_number)]
  return {
    answer: { fulfilmentId: ask.externalId },
    ours: { tracking: 'told' },
    theirs: { tracking: number === '' || known.includes(number) ? 'told' : 'not told' },
  }
}
