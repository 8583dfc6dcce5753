/** What arrives from Square: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { receiptErrors } from '#canon/receipt-totals.ts'
import type { CatchUp, ObserveOrder, TakeReceipt } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { jsonOf } from '../kit/shape.ts'
import { listingMessages } from './listings.ts'
import { orderOf } from './orders.ts'
import { type ReceiptOptions, receiptOf } from './receipts.ts'
import { moment, shaped } from './shape.ts'
import { count, item, sale } from './shapes.ts'

export interface ReceiveOptions {
  merchantId: string
  /** Where the subscription sends to: it is signed with the body. */
  hookUrl: string
  /** The keys a signature may be made with. */
  keys(): readonly string[]
}

/** Verifies the signature over address and exact bytes. Throws `forged` or `malformed`. */
export function receive({ headers, body }: HookRequest, { merchantId, hookUrl, keys }: ReceiveOptions): Received {
  const signature = headers['x-square-hmacsha256-signature']
  if (!signature || !keys().some((key) => isSigned(body, hookUrl, signature, key))) {
    throw new Fault(
      'forged',
      'The signature of a webhook does not fit bytes and address. Check signatureKey and hub.publicUrl.',
    )
  }
  const told = head.safeParse(jsonOf(body))
  if (!told.success)
    throw new Fault('malformed', 'A signed webhook lacks its event id, its type or its seller.', {
      code: 'square.missing_member',
    })
  const { merchant_id: merchant, type, event_id: event } = told.data
  if (type === 'webhooks.test_notification') return { ignore: 'a test of the subscription' }
  // One app signs for every seller who authorised it: a genuine signature does not make it this seller's news.
  if (merchant !== merchantId)
    throw new Fault('forged', 'A webhook signed by this app names another seller. Check where it is subscribed.')
  return { key: event, topic: type }
}

const head = z.object({
  merchant_id: z.string(),
  type: z.string().min(1).max(100),
  event_id: z.string().min(1).max(200),
})

export function isSigned(body: Uint8Array, hookUrl: string, signature: string, key: string): boolean {
  const expected = createHmac('sha256', key).update(hookUrl).update(body).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export interface TranslateOptions extends ReceiptOptions {
  /** Name of the connection. */
  channel: string
  /** Which pool a location sells from. */
  pools: ReadonlyMap<string, string>
}

/** To `item/<channel>/<variation>`: what Square believes is in stock there. */
export interface SeeItem {
  type: 'item.seen'
  locationId: string
  pool: string
  available: number
  at: string
}

/** To `connection/<channel>`: nothing works until a person authorises the app again. */
export interface LoseConnection {
  type: 'connection.lost'
  reason: string
}

/** Pure. Topics we did not ask for translate to nothing. Throws `malformed`. */
export function translate(delivery: Delivery, options: TranslateOptions): Message[] {
  const translation = Object.hasOwn(TRANSLATIONS, delivery.topic) ? TRANSLATIONS[delivery.topic] : undefined
  return translation?.(delivery, options) ?? []
}

type Translation = (delivery: Delivery, options: TranslateOptions) => Message[]

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  'poll/order': ({ body, topic }, { channel, pools }) => {
    const order = orderOf(shaped(sale, body, topic), channel, pools.size > 1)
    const command: ObserveOrder = { type: 'order.observe', order }
    return [{ stream: streams.order(channel, order.externalId), command }]
  },
  'poll/receipt': ({ body, topic, receivedAt }, options) =>
    receiptMessages(shaped(sale, body, topic), receivedAt, options),
  'poll/caught-up': ({ body, topic }, { channel }) => {
    const { until } = shaped(z.object({ until: moment }), body, topic)
    const command: CatchUp = { type: 'channel.caughtUp', until }
    return [{ stream: streams.channel(channel), command }]
  },
  'poll/count': ({ body, topic }, options) => countMessages([shaped(count, body, topic)], options),
  'poll/item': ({ body, topic }, { channel, pools }) =>
    listingMessages(shaped(item, body, topic), channel, [...pools.keys()]),

  'inventory.count.updated': ({ body, topic }, options) =>
    countMessages(shaped(countEvent, body, topic).data.object.inventory_counts, options),
  'oauth.authorization.revoked': (_, { channel }) => [{ stream: `connection/${channel}`, command: LOST }],

  // These name an order, or hold a part of it, without a version where a till made it. The feeds read it whole; taking
  // parts from here would be a second version of the truth.
  'order.created': () => [],
  'order.updated': () => [],
  'order.fulfillment.updated': () => [],
  'payment.created': () => [],
  'payment.updated': () => [],
  'refund.created': () => [],
  'refund.updated': () => [],
  'catalog.version.updated': () => [],
}

const countEvent = z.object({ data: z.object({ object: z.object({ inventory_counts: z.array(count) }) }) })

function countMessages(counts: readonly z.infer<typeof count>[], { channel, pools }: TranslateOptions): Message[] {
  return counts.flatMap((one): Message[] => {
    const pool = pools.get(one.location_id)
    if (pool === undefined || one.state !== 'IN_STOCK') return []
    const { location_id: locationId, quantity: available, calculated_at: at } = one
    const command: SeeItem = { type: 'item.seen', locationId, pool, available, at }
    return [{ stream: `item/${channel}/${one.catalog_object_id}`, command }]
  })
}

function receiptMessages(whole: z.infer<typeof sale>, at: string, options: TranslateOptions): Message[] {
  const receipt = receiptOf(whole, options)
  if (!receipt) return []
  const [wrong] = receiptErrors(receipt)
  if (wrong)
    throw new Fault('malformed', `Sale ${receipt.txId} does not add up at ${wrong.pointer}: ${wrong.detail}`, {
      code: 'square.total_differs',
    })
  const command: TakeReceipt = { type: 'till.receipt', receipt, at }
  return [{ stream: streams.till(receipt.storeId, receipt.registerId), command }]
}

const LOST: LoseConnection = {
  type: 'connection.lost',
  reason: 'The seller withdrew the authorisation. Authorise the app again.',
}
