/** What arrives from ShipBob: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Json } from '#canon/json.ts'
import type { CountStock } from '#core/stock/counts.ts'
import { streams, warehouseStream } from '#core/streams.ts'
import type { WarehouseOrderCommand } from '#core/warehouse-order/warehouse-order.ts'
import type { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { SIGNATURE_TOLERANCE_MS } from './limits.ts'
import { counted, type GoodsBack, goodsBack, type Order, order, type Shipment, shaped, shipment } from './shape.ts'

/** Verifies the signature over the exact bytes (Standard Webhooks). Throws `forged` or `malformed`. */
export function receive({ headers, body, receivedAt }: HookRequest, secrets: readonly string[]): Received {
  const { 'webhook-id': id = '', 'webhook-timestamp': at = '', 'webhook-signature': given = '' } = headers
  const topic = headers['x-webhook-topic'] ?? ''
  if (!/^\d{1,12}$/.test(at) || Math.abs(Date.parse(receivedAt) - Number(at) * 1_000) > SIGNATURE_TOLERANCE_MS)
    throw new Fault('forged', 'A webhook was signed too long ago, or without a time. Check the clock of this machine.')
  if (!isSigned(`${id}.${at}.`, body, given, secrets))
    throw new Fault('forged', 'The signature of a webhook does not fit its bytes. Check webhookSecrets.')
  if (!/^[\w.:-]{1,200}$/.test(id) || !/^[\w.]{1,100}$/.test(topic))
    throw new Fault('malformed', 'A signed webhook lacks its id or its topic.', { code: 'shipbob.missing_member' })
  return { key: id, topic }
}

/** One signature for each secret in force, as `v1,<base64>` with blanks between. */
function isSigned(head: string, body: Uint8Array, header: string, secrets: readonly string[]): boolean {
  const given = header
    .split(' ')
    .flatMap((part) => (part.startsWith('v1,') ? [Buffer.from(part.slice(3), 'base64')] : []))
  return secrets.some((secret) => {
    const expected = createHmac('sha256', keyOf(secret)).update(head).update(body).digest()
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected))
  })
}

export const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)

/** Pure. Topics we did not ask for translate to nothing. Throws `malformed`. */
export function translate({ topic, body }: Delivery): Message[] {
  if (topic === 'poll/inventory') return countNews(shaped(counted, body, topic))
  if (topic === 'poll/order') return orderNews(shaped(order, body, topic))
  if (topic.startsWith('return.') || topic === 'poll/return') return returnNews(shaped(goodsBack, body, topic))
  if (!topic.startsWith('order.')) return []
  // Some topics bring the whole order, some one shipment of it, which says nothing of the others.
  if (isWhole(body)) return orderNews(shaped(order, body, topic))
  const one = shaped(shipment, body, topic)
  return isHeld(one) || one.status === 'Completed' ? shipmentNews(one, one.reference_id) : []
}

function countNews({ warehouse, at, counts }: z.infer<typeof counted>): Message[] {
  return counts.map(({ sku, onHand }) => {
    const command: CountStock = { type: 'stock.count', by: 'ShipBob', onHand, at }
    return { stream: streams.stock(warehouse, sku), command }
  })
}

const isWhole = (body: Json): boolean => typeof body === 'object' && body !== null && 'shipments' in body

function to(reference: string | null | undefined, ...commands: WarehouseOrderCommand[]): Message[] {
  const stream = warehouseStream(reference ?? '')
  return stream === null ? [] : commands.map((command) => ({ stream, command }))
}

const isHeld = ({ status }: Shipment): boolean => status === 'OnHold' || status === 'Exception'

function orderNews({ id, reference_id: reference, status, created_date, shipments }: Order): Message[] {
  const all = shipments ?? []
  const at = all
    .flatMap((one) => one.last_update_at ?? [])
    .reduce((last, one) => (one > last ? one : last), created_date)
  const head = { type: 'warehouseOrder.noteNews', at, fulfillerOrderId: String(id) } as const
  const live = all.filter((one) => one.status !== 'Cancelled')
  if (status === 'Cancelled' || (all.length > 0 && live.length === 0))
    return to(reference, { ...head, news: 'cancelled' })
  const gone = all
    .filter((one) => one.status === 'Cancelled')
    .flatMap((one) => shortOf(reference, one, 'cancelled', piecesOf(one)))
  const held = live.some(isHeld)
  const news: Message[] =
    status === 'ImportReview'
      ? to(reference, { ...head, news: 'on_hold', reason: 'ImportReview' })
      : held
        ? []
        : to(reference, { ...head, news: 'accepted' })
  return [...news, ...live.flatMap((one) => shipmentNews(one, reference ?? one.reference_id)), ...gone]
}

function shipmentNews(one: Shipment, reference: string | null | undefined): Message[] {
  const at = one.last_update_at ?? one.created_date ?? '1970-01-01T00:00:00.000Z'
  if (isHeld(one)) {
    const names = (one.status_details ?? []).flatMap(({ name }) => name ?? []).join(', ')
    const reason = `${one.status}${names ? `: ${names}` : ''}`.slice(0, 200)
    const missing = (one.products ?? []).flatMap(({ sku, inventory_items: items }) => {
      const short = Math.max(
        0,
        ...(items ?? []).map((each) => each.quantity - (each.quantity_committed ?? each.quantity)),
      )
      return sku && short > 0 ? [{ sku, quantity: short }] : []
    })
    const short = one.status === 'Exception' ? shortOf(reference, one, 'short', missing) : []
    return [...to(reference, { type: 'warehouseOrder.noteNews', news: 'on_hold', at, reason }), ...short]
  }
  if (one.status !== 'Completed') return []
  const { tracking_number: number, tracking_url: url, carrier, shipping_date: left } = one.tracking ?? {}
  return to(reference, {
    type: 'warehouseOrder.noteParcel',
    shipmentId: `sb-${one.id}`,
    shippedAt: one.actual_fulfillment_date ?? left ?? at,
    ...(number ? { trackingNumber: number } : {}),
    ...(url ? { trackingUrl: url } : {}),
    ...(carrier ? { carrier } : {}),
    lines: piecesOf(one),
  })
}

/** What waits for goods follows; what was cancelled does not. */
const shortOf = (
  reference: string | null | undefined,
  { id }: Shipment,
  what: 'short' | 'cancelled',
  lines: { sku: string; quantity: number }[],
): Message[] =>
  lines.length === 0
    ? []
    : to(reference, { type: 'warehouseOrder.noteShort', key: `sb-${id}-${what}`, lines, follows: what === 'short' })

/** Of a bundle each part is told: there are as many bundles as of its scarcest part. */
const piecesOf = ({ products }: Shipment): { sku: string; quantity: number }[] =>
  (products ?? []).flatMap(({ sku, inventory_items: items }) => {
    const quantity = items && items.length > 0 ? Math.min(...items.map((one) => one.quantity)) : 0
    return quantity > 0 ? [{ sku: sku || 'unknown', quantity }] : []
  })

/** Goods that are back and looked at. What was thrown away or put aside is not sold again. */
function returnNews({ id, status, store_order_id: of, reference_id: named, inventory }: GoodsBack): Message[] {
  if (status?.toLowerCase() !== 'completed') return []
  const lines = (inventory ?? []).flatMap(({ sku, action_taken: actions }) =>
    (actions ?? []).flatMap(({ action, quantity_processed: quantity }) =>
      sku && quantity > 0
        ? [
            {
              sku,
              quantity,
              disposition: action?.toLowerCase() === 'restock' ? ('sellable' as const) : ('damaged' as const),
            },
          ]
        : [],
    ),
  )
  const reference = warehouseStream(of ?? '') ? of : named
  return lines.length === 0 ? [] : to(reference, { type: 'warehouseOrder.noteReturn', returnId: `sb-${id}`, lines })
}
