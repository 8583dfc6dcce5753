/**
 * The shape of every command that may stand in a message, so that an edited one can be refused with the field and the
 * reason before anybody decides it. Answers of other systems are not among them: nobody edits what somebody else said.
 */
import { shipment } from '#canon/goods.ts'
import { order, party } from '#canon/order.ts'
import { instant, moneySchema, quantity, sku } from '#canon/primitives.ts'
import { channelListing, erpProduct } from '#canon/product.ts'
import { z } from 'zod'

const text = z.string().max(2_000)
const orderRef = z.string().regex(/^[^:]+:.+$/, 'must be <channel>:<id of the order>')
const change = z.int()
const outcome = z.enum(['asked', 'reserved', 'short', 'unknown_sku'])
const line = z.object({ lineId: z.string(), quantity, saleLineId: z.string().nullable() })

const SHAPES: Readonly<Record<string, z.ZodRawShape>> = {
  'order.observe': { order },
  'order.cancel': { reason: text, at: instant },
  'order.retry': {},
  'order.lookAtClock': {},
  'order.decideAcceptance': { accepted: z.array(z.string()) },
  'order.noteHold': { sku, outcome },
  'order.noteShipped': { complete: z.boolean(), announced: z.boolean(), date: z.string() },
  'order.noteException': { code: z.string().regex(/^\w+$/), detail: text },
  'stock.know': { stocked: z.boolean() },
  'stock.bind': {
    channel: z.string(),
    place: z.object({ inventoryItemId: z.string().min(1), locationId: z.string().min(1) }).nullable(),
  },
  'stock.resume': {},
  'stock.hold': { orderRef, channel: z.string(), change, sold: quantity, restocked: quantity },
  'stock.confirmHold': { orderRef, quantity },
  'stock.release': { orderRef },
  'stock.nudge': { free: z.int() },
  'stock.seen': { channel: z.string(), available: z.int(), at: instant },
  'fulfilment.open': { channel: z.string(), externalId: z.string(), orderName: z.string(), lines: z.array(line) },
  'fulfilment.noteShipment': shipment.shape,
  'fulfilment.stop': {},
  'fulfilment.retry': {},
  'customer.record': { channel: z.string(), party, at: instant },
  'customer.retry': {},
  'product.observe': { product: erpProduct },
  'product.observeListing': { listing: channelListing },
  'offer.retry': {},
  'product.offer': { channels: z.array(z.string()) },
  'product.observePrices': { prices: z.record(z.string(), moneySchema.nullable()), at: instant },
  'item.bind': { sku, variantId: z.string(), productId: z.string() },
  'item.seen': { locationId: z.string(), available: z.int(), at: instant },
  'listing.observe': { skus: z.array(sku), at: instant },
  'listing.deleted': { at: instant },
  'connection.lost': { reason: text },
  'connection.restored': {},
}

export interface ShapeProblem {
  /** The member, from the outside in: `order.lines.0.quantity`. */
  field: string
  reason: string
}

/** @returns the first thing that is wrong with the command; null when it may be decided. */
export function commandProblem(command: unknown): ShapeProblem | null {
  const type = (command as { type?: unknown } | null)?.type
  if (typeof type !== 'string') return { field: 'type', reason: 'is missing: a command begins with its type' }
  if (!Object.hasOwn(SHAPES, type))
    return { field: 'type', reason: `'${type.slice(0, 60)}' is no command people may edit` }
  const parsed = z.object({ type: z.string(), ...SHAPES[type] }).safeParse(command)
  const issue = parsed.error?.issues[0]
  return issue ? { field: issue.path.join('.') || 'body', reason: issue.message } : null
}
