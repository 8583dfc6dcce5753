/**
 * Tells Amazon what left the warehouse. The package is named by our own number, and the order is read first: a package
 * that is there, or pieces that count as shipped already, are not confirmed again.
 */
import { crc32 } from 'node:zlib'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault, toFault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import type { Client } from './client.ts'
import { nodeOf, readOrder } from './orders.ts'

export interface ShipmentOptions {
  marketplaceId: string
  /** Amazon's code by the name of the carrier in the ERP. */
  carriers: Readonly<Record<string, string>>
  /** Amazon's clock: a shipment may not lie in the future. */
  nowMs(): number
}

export async function fulfilmentEnsure(
  client: Client,
  { ask, attempt }: Sent<'fulfilment.ensure'>,
  options: ShipmentOptions,
): Promise<Answer<'fulfilment.ensure'>> {
  const reference = referenceOf(ask.parcel.shipmentId)
  const order = await readOrder(client, ask.externalId)
  const node = order && nodeOf(order)
  if (!node) throw rejected('unknown_order', `Amazon has no order ${ask.orderName} any more.`)
  // Amazon ships it itself: the ERP's delivery is a booking, and nothing is left to tell.
  if (node.fulfillment?.fulfilledBy === 'AMAZON') return { fulfilmentId: null }
  if (node.packages?.some(({ packageReferenceId }) => packageReferenceId === reference))
    return { fulfilmentId: reference }
  const shipped = new Map(node.orderItems.map((item) => [item.orderItemId, item.fulfillment?.quantityFulfilled ?? 0]))
  const missing = ask.lines
    .map(({ lineId, quantity, cumulative }) => ({
      lineId,
      quantity: Math.min(quantity, cumulative - (shipped.get(lineId) ?? 0)),
    }))
    .filter(({ quantity }) => quantity > 0)
  if (missing.length === 0) return { fulfilmentId: null }
  if (node.fulfillment?.fulfillmentStatus === 'CANCELLED')
    throw rejected('not_fulfillable', `Order ${ask.orderName} is cancelled at Amazon: get the parcel back.`)
  await confirm(client, ask, { reference, lines: missing, attempt }, options)
  return { fulfilmentId: reference }
}

interface Package {
  reference: string
  lines: { lineId: string; quantity: number }[]
  attempt: number
}

async function confirm(
  client: Client,
  { externalId, orderName, parcel }: Ask<'fulfilment.ensure'>,
  { reference, lines, attempt }: Package,
  { marketplaceId, carriers, nowMs }: ShipmentOptions,
): Promise<void> {
  const { trackingNumber, carrier } = parcel
  if (!trackingNumber)
    throw rejected(
      'tracking_missing',
      `Amazon takes no parcel of order ${orderName} without a tracking number. Enter it on the delivery in the ERP.`,
    )
  const code = carrier ? carriers[carrier] : undefined
  const body = {
    marketplaceId,
    packageDetail: {
      packageReferenceId: reference,
      carrierCode: code ?? 'Other',
      ...(code ? {} : { carrierName: carrier ?? 'Other' }),
      trackingNumber,
      shipDate: new Date(nowMs()).toISOString(),
      orderItems: lines.map(({ lineId: orderItemId, quantity }) => ({ orderItemId, quantity })),
    },
  }
  try {
    await client.call('confirmShipment', z.unknown(), { path: { orderId: externalId }, body })
  } catch (error) {
    const fault = toFault(error)
    if (fault.code !== 'amazon.refused') throw error
    // The order may have changed since it was read (a buyer cancelled), so it is read once more; then it is final.
    throw new Fault(attempt <= 1 ? 'conflict' : 'rejected', `Order ${orderName}: ${fault.message}`, {
      code: 'amazon.shipment_refused',
    })
  }
}

/** Amazon takes only positive numbers here; the ERP's ids of deliveries are such, others are told apart by a digest. */
export const referenceOf = (shipmentId: string): string =>
  /^[1-9]\d{0,14}$/.test(shipmentId) ? shipmentId : String(1_000_000_000 + crc32(shipmentId))

const rejected = (code: string, message: string): Fault => new Fault('rejected', message, { code: `amazon.${code}` })
