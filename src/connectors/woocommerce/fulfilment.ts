/**
 * Tells the shop what left the warehouse: WooCommerce has no parcels, so one is a member of the order's meta data under
 * our key, a note (mailed to the customer, if wanted), and `completed` once nothing is left to send. The order is read
 * first: what stands there already is not done again.
 */
import type { Json } from '#canon/json.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import type { Sent } from '../kit/connector.ts'
import { fault } from './faults.ts'
import type { Client } from './http.ts'
import { PER_PAGE_MAX } from './limits.ts'
import { orderBody, type OrderBody, type RefundBody, refundBody } from './order-body.ts'
import { linesOf } from './order-lines.ts'
import { parcelKey, parcelsOf, parcelValue } from './parcels.ts'
import { shaped } from './shape.ts'

type Parcel = Ask<'fulfilment.ensure'>

export interface FulfilmentOptions {
  channel: string
  notifyCustomers: boolean
  virtualSkus: ReadonlySet<string>
}

export async function fulfilmentEnsure(
  client: Client,
  { ask }: Sent<'fulfilment.ensure'>,
  options: FulfilmentOptions,
): Promise<Answer<'fulfilment.ensure'>> {
  const { shipmentId } = ask.parcel
  const order = await readOrder(client, ask)
  const known = parcelsOf(order).some(({ id }) => id === shipmentId)
  if (!known && OFF.has(order.status)) {
    throw fault(
      'rejected',
      'woocommerce.not_fulfillable',
      `Order ${ask.orderName} is '${order.status}' in the shop, and goods of it were shipped. Look at both.`,
    )
  }
  const completed = COMPLETES.has(order.status) && (await isComplete(client, order, ask, options))
  if (!known || completed) {
    const body: Json = {
      ...(known ? {} : { meta_data: [{ key: parcelKey(shipmentId), value: parcelValue(ask) }] }),
      ...(completed ? { status: 'completed' } : {}),
    }
    await client.call({
      method: 'PUT',
      path: `/orders/${order.id}`,
      body,
      what: `to note a parcel on order ${ask.orderName}`,
    })
  }
  await ensureNote(client, order.id, ask, { looks: known, mailed: options.notifyCustomers })
  return { fulfilmentId: shipmentId }
}

/** In these an order takes no parcels. */
const OFF: ReadonlySet<string> = new Set(['cancelled', 'refunded', 'trash', 'failed'])
/** From these an order becomes completed; a status of the shop's own is left to the shop. */
const COMPLETES: ReadonlySet<string> = new Set(['processing', 'on-hold', 'pending'])

export async function readOrder(
  client: Client,
  { externalId, orderName }: Pick<Parcel, 'externalId' | 'orderName'>,
): Promise<OrderBody> {
  if (!/^\d{1,15}$/.test(externalId))
    throw fault('rejected', 'woocommerce.unknown_order', `The shop has no order ${orderName}.`)
  const { body } = await client.call({ method: 'GET', path: `/orders/${externalId}`, what: `order ${orderName}` })
  return shaped(orderBody, body, 'order')
}

/** Whether with this parcel everything has left that is wanted and goes into parcels. */
async function isComplete(
  client: Client,
  order: OrderBody,
  { parcel, lines }: Parcel,
  options: FulfilmentOptions,
): Promise<boolean> {
  const gone = new Map<string, number>()
  for (const { id, lines: parts } of parcelsOf(order)) {
    if (id === parcel.shipmentId) continue
    for (const { lineId, quantity } of parts) gone.set(lineId, (gone.get(lineId) ?? 0) + quantity)
  }
  for (const { lineId, quantity, cumulative } of lines)
    gone.set(lineId, Math.max(cumulative, (gone.get(lineId) ?? 0) + quantity))
  const wanted = linesOf(order, await refundsOf(client, order), options).filter(
    ({ requiresShipping }) => requiresShipping,
  )
  return wanted.every(({ id, quantity }) => (gone.get(id) ?? 0) >= quantity)
}

async function refundsOf(client: Client, { id, refunds }: OrderBody): Promise<RefundBody[]> {
  if (refunds.length === 0) return []
  const query = { per_page: PER_PAGE_MAX }
  const { body } = await client.call({
    method: 'GET',
    path: `/orders/${id}/refunds`,
    query,
    what: 'the refunds of an order',
  })
  return shaped(z.array(refundBody), body, 'refunds')
}

const notes = z.array(z.object({ note: z.string() }))

/** @param looks whether an earlier attempt may have left it: then it is looked for by the parcel's name. */
async function ensureNote(
  client: Client,
  orderId: number,
  ask: Parcel,
  { looks, mailed }: { looks: boolean; mailed: boolean },
): Promise<void> {
  const path = `/orders/${orderId}/notes`
  const text = noteOf(ask)
  if (looks) {
    const { body } = await client.call({ method: 'GET', path, what: `the notes of order ${ask.orderName}` })
    const name = nameOf(ask)
    if (shaped(notes, body, 'notes').some(({ note }) => note.startsWith(name))) return
  }
  await client.call({
    method: 'POST',
    path,
    body: { note: text, customer_note: mailed },
    what: `to add a note to order ${ask.orderName}`,
  })
}

const nameOf = ({ parcel: { shipmentId } }: Parcel): string => `Parcel ${shipmentId} is on its way.`

function noteOf(ask: Parcel): string {
  const { carrier, trackingNumber, trackingUrl } = ask.parcel
  const followed = [carrier, trackingNumber].filter(Boolean).join(' ')
  return [nameOf(ask), followed ? `${followed}.` : '', trackingUrl ?? ''].filter(Boolean).join(' ')
}
