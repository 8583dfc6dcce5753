/**
 * What was read from Amazon, in the hub's words: pure. Amazon sends no webhooks; everything comes by feeds, and each
 * notification of the queue is stored as it came, beside what was read because of it.
 */
import type { ObserveListing, SeeChannelStock } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import type { Delivery, Message } from '../kit/connector.ts'
import { listingRow, listingOf } from './listing-row.ts'
import { orderNode } from './order-node.ts'
import { cancellationIsAsked, orderOf, type OrderOptions } from './order.ts'
import { refusedMessages, settledMessages, settlementMessages } from './settled.ts'
import { instantOf, shaped } from './shape.ts'

export interface TranslateOptions extends OrderOptions {
  /** Which pool a fulfilment channel sells from. */
  pools: ReadonlyMap<string, string>
}

/** Pure. Topics we do not know translate to nothing. Throws `malformed`. */
export function translate(delivery: Delivery, options: TranslateOptions): Message[] {
  const translation = Object.hasOwn(TRANSLATIONS, delivery.topic) ? TRANSLATIONS[delivery.topic] : undefined
  return translation?.(delivery, options) ?? []
}

type Translation = (delivery: Delivery, options: TranslateOptions) => Message[]

const order: Translation = ({ body, topic }, options) => {
  const node = shaped(orderNode, body, topic)
  const stream = streams.order(options.channel, node.orderId)
  const observed = { stream, command: { type: 'order.observe', order: orderOf(node, options) } }
  if (!cancellationIsAsked(node)) return [observed]
  const detail = 'The buyer asks for a cancellation. Cancel the order at Amazon, or ship it: nobody else decides.'
  return [observed, { stream, command: { type: 'order.noteException', code: 'cancel_asked', detail } as const }]
}

const listing: Translation = ({ body, topic }, { channel }) => {
  const row = shaped(listingRow, body, topic)
  const command: ObserveListing = { type: 'product.observeListing', listing: listingOf(row, channel) }
  return [{ stream: streams.product(row.sku), command }]
}

/** What an offer shows now, after the queue told that something about it changed. */
const shown = z.object({ sku: z.string().min(1), code: z.string(), quantity: z.int(), at: z.string() })

const stock: Translation = ({ body, topic }, { channel, pools }) => {
  const { sku, code, quantity, at } = shaped(shown, body, topic)
  const pool = pools.get(code)
  if (pool === undefined) return []
  const command: SeeChannelStock = { type: 'stock.seen', channel, available: quantity, at: instantOf(at, 'at') }
  return [{ stream: streams.stock(pool, sku), command }]
}

const quantityChange = z.object({
  EventTime: z.string(),
  Payload: z.object({ FulfillmentChannelCode: z.string(), Sku: z.string().trim().min(1), Quantity: z.int() }),
})

const quantityNews: Translation = ({ body, topic, receivedAt }, options) => {
  const { EventTime, Payload } = shaped(quantityChange, body, topic)
  const { Sku: sku, FulfillmentChannelCode: code, Quantity: quantity } = Payload
  return stock({ topic, body: { sku, code, quantity, at: EventTime }, receivedAt }, options)
}

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  'poll/order': order,
  'poll/listing': listing,
  'poll/stock': stock,
  'poll/settlement': ({ body }, { channel }) => settlementMessages(body, channel),
  'poll/settled-orders': ({ body }, { channel }) => settledMessages(body, channel),
  'poll/settlement-refused': ({ body }, { channel }) => refusedMessages(body, channel),
  'poll/caught-up': ({ body, topic }, { channel }) => {
    const { until } = shaped(z.object({ until: z.string() }), body, topic)
    const command = { type: 'channel.caughtUp', until: instantOf(until, 'until') }
    return [{ stream: streams.channel(channel), command }]
  },
  'queue/LISTINGS_ITEM_MFN_QUANTITY_CHANGE': quantityNews,

  // What these tell of is read anew and comes as a reading of its own; the notification is kept for people.
  'queue/ORDER_CHANGE': () => [],
  'queue/LISTINGS_ITEM_ISSUES_CHANGE': () => [],
  'queue/LISTINGS_ITEM_STATUS_CHANGE': () => [],
  'queue/REPORT_PROCESSING_FINISHED': () => [],
  'queue/FBA_INVENTORY_AVAILABILITY_CHANGES': () => [],
}
