/** What arrives from Shopify: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { CatchUp, ObserveOrder } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { draftFromBody } from './order-body.ts'
import { instantOf, orderOf, type OrderDraft } from './order-draft.ts'
import { draftFromNode } from './order-node.ts'
import { listingMessages, productFromBody, productFromNode } from './products.ts'
import { disputeMessages, paymentMessages, payoutMessages } from './payments.ts'
import { id, shaped } from './shape.ts'

export interface ReceiveOptions {
  shop: string
  /** The secrets a signature may be made with, newest first. */
  secrets(): string[]
}

/**
 * Verifies the signature over the exact bytes and names the delivery by topic and event. Throws `forged` or
 * `malformed`.
 */
export function receive(request: HookRequest, { shop, secrets }: ReceiveOptions): Received {
  const { headers, body } = request
  const signature = headers['x-shopify-hmac-sha256']
  if (!signature || !secrets().some((secret) => signed(body, signature, secret))) {
    throw new Fault(
      'forged',
      'The signature of a webhook does not fit its bytes. After a rotation, set previousClientSecret.',
    )
  }
  const topic = headers['x-shopify-topic']
  const event = headers['x-shopify-event-id'] || headers['x-shopify-webhook-id']
  const from = headers['x-shopify-shop-domain']
  if (!topic || !event || !from) {
    throw new Fault('malformed', 'A signed webhook lacks its topic, its event id or its shop domain.', {
      code: 'shopify.missing_header',
    })
  }
  // One app signs for every shop it is installed in: a genuine signature does not make it this shop's news.
  if (from.toLowerCase() !== shop) {
    throw new Fault(
      'forged',
      `A webhook signed by this app names another shop than ${shop}. Check where it is subscribed.`,
    )
  }
  // One event may be told of several things (levels of several items); a repeat always has the same bytes.
  return { key: `${topic}:${event}:${crc32(body).toString(16).padStart(8, '0')}`, topic }
}

function signed(body: Uint8Array, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', secret).update(body).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export interface TranslateOptions {
  /** Name of the connection. */
  channel: string
  /** Which pool a location sells from. */
  pools: ReadonlyMap<string, string>
  /** The shop's own payments are told of too. */
  payments?: boolean
}

/** Its orders have to say where they are taken from. */
export const sellsFromSeveral = ({ pools }: Pick<TranslateOptions, 'pools'>): boolean => pools.size > 1

/**
 * To `item/<channel>/<inventoryItemId>`: what the channel can sell there. The body names no SKU; the item's stream
 * knows it.
 */
export interface SeeItem {
  type: 'item.seen'
  locationId: string
  pool: string
  available: number
  at: string
}

/** To `connection/<channel>`: the app was removed from the shop; nothing works until a person installs it again. */
export interface LoseConnection {
  type: 'connection.lost'
  reason: string
}

/** Pure. Topics we did not ask for translate to nothing. Throws `malformed`. */
export function translate(delivery: Delivery, options: TranslateOptions): Message[] {
  // The topic is a header, and headers are not signed: 'constructor' is no topic of ours.
  const translation = Object.hasOwn(TRANSLATIONS, delivery.topic) ? TRANSLATIONS[delivery.topic] : undefined
  return translation?.(delivery, options) ?? []
}

type Translation = (delivery: Delivery, options: TranslateOptions) => Message[]

function observed(draft: OrderDraft, channel: string): Message[] {
  const command: ObserveOrder = { type: 'order.observe', order: orderOf(draft, channel) }
  return [{ stream: streams.order(channel, draft.id), command }]
}

/** The body does not say which place serves the order: of a shop with several the feed brings it, whole. */
const orderNews: Translation = ({ topic, body }, options) =>
  sellsFromSeveral(options) ? [] : observed(draftFromBody(body, topic), options.channel)

const productNews: Translation = ({ topic, body }, { channel }) =>
  listingMessages(productFromBody(body, topic), channel)

const inventoryLevel = z.object({
  inventory_item_id: id,
  location_id: id,
  /** null when the item is not counted. */
  available: z.int().nullable(),
  updated_at: z.string(),
})

const inventoryNews: Translation = ({ topic, body }, { channel, pools }) => {
  const level = shaped(inventoryLevel, body, topic)
  const pool = pools.get(level.location_id)
  if (level.available === null || pool === undefined) return []
  const at = instantOf(level.updated_at, 'updated_at')
  const command: SeeItem = { type: 'item.seen', locationId: level.location_id, pool, available: level.available, at }
  return [{ stream: `item/${channel}/${level.inventory_item_id}`, command }]
}

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  'orders/create': orderNews,
  'orders/updated': orderNews,
  'orders/paid': orderNews,
  'orders/cancelled': orderNews,
  'orders/fulfilled': orderNews,
  'orders/partially_fulfilled': orderNews,
  'poll/order': ({ body }, { channel, payments }) => {
    const draft = draftFromNode(body)
    return [...observed(draft, channel), ...(payments ? paymentMessages(draft, channel) : [])]
  },
  'poll/payout': ({ body }, { channel }) => payoutMessages(body, channel),
  'poll/dispute': ({ body, receivedAt }, { channel }) => disputeMessages(body, channel, receivedAt),
  'poll/caught-up': ({ topic, body }, { channel }) => {
    const { until } = shaped(z.object({ until: z.iso.datetime({ precision: 3 }) }), body, topic)
    const command: CatchUp = { type: 'channel.caughtUp', until }
    return [{ stream: `channel/${channel}`, command }]
  },

  // These three hold a part of the order, or only what was edited. The whole order follows as orders/updated, and the
  // order feed reads it if that gets lost, so taking parts from here would be a second version of the truth.
  'orders/edited': () => [],
  'fulfillments/create': () => [],
  'fulfillments/update': () => [],
  'refunds/create': () => [],

  'inventory_levels/update': inventoryNews,

  'products/create': productNews,
  'products/update': productNews,
  'products/delete': ({ topic, body, receivedAt }, { channel }) => {
    const { id: productId } = shaped(z.object({ id }), body, topic)
    return [{ stream: `listing/${channel}/${productId}`, command: deleted(receivedAt) }]
  },
  'poll/product': ({ body }, { channel }) => listingMessages(productFromNode(body), channel),

  'app/uninstalled': (_, { channel }) => [{ stream: `connection/${channel}`, command: lost() }],
}

/** The body holds no time of its own, so the time it arrived stands for it. */
const deleted = (at: string) => ({ type: 'listing.deleted' as const, at })
const lost = (): LoseConnection => ({
  type: 'connection.lost',
  reason: 'The app was removed from the shop. Install it again.',
})
