/** What arrives from the shop: `receive` proves who sent it and names it, `translate` says it in the hub's words. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { CatchUp, ObserveOrder } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { fault } from './faults.ts'
import { jsonOf } from './http.ts'
import { orderBody, type OrderBody, orderReading, type RefundBody } from './order-body.ts'
import { orderOf, type OrderOptions } from './order.ts'
import { type ProductOptions, productMessages, productNews } from './products.ts'
import { id, shaped } from './shape.ts'
import { DRAFTS } from './status.ts'

export interface ReceiveOptions {
  /** Home URL of the shop. */
  url: string
  /** The secrets a signature may be made with, newest first. */
  secrets(): string[]
}

/** Sent once when a webhook is made: a form, unsigned, without a topic. It must be answered 200 and says nothing. */
const PING = /^webhook_id=\d{1,19}$/

/**
 * Verifies the signature over the exact bytes. The shop's own delivery id is the same for everything one webhook tells
 * in one second, so a delivery is named by what it tells. Throws `forged` or `malformed`.
 */
export function receive({ headers, body }: HookRequest, { url, secrets }: ReceiveOptions): Received {
  const signature = headers['x-wc-webhook-signature']
  if (signature === undefined && PING.test(new TextDecoder().decode(body.subarray(0, 64)))) {
    return { ignore: 'The shop tried whether somebody listens.' }
  }
  if (!signature || !secrets().some((secret) => signed(body, signature, secret))) {
    throw new Fault(
      'forged',
      'The signature of a webhook does not fit its bytes. After a change of the secret, set previousWebhookSecret.',
    )
  }
  const topic = headers['x-wc-webhook-topic']
  if (!topic) throw fault('malformed', 'woocommerce.missing_header', 'A signed webhook lacks its topic.')
  const source = headers['x-wc-webhook-source'] ?? ''
  // A copy of the shop's database (a staging site) signs with the same secret: its orders are nobody's.
  if (URL.canParse(source) && new URL(source).host !== new URL(url).host) {
    throw new Fault(
      'forged',
      `A webhook signed with the shop's secret comes from another site. Delete the webhooks of the copy.`,
    )
  }
  const told = named.safeParse(jsonOf(new TextDecoder().decode(body)))
  if (!told.success)
    throw fault('malformed', 'woocommerce.malformed', `${shown(topic)}: the body is no thing with an id.`)
  const { id: resource, date_modified_gmt: gmt, date_modified: local } = told.data
  const digest = createHash('sha256').update(body).digest('hex').slice(0, 24)
  return { key: `${topic.slice(0, 60)}:${resource}:${(gmt ?? local ?? '').slice(0, 30)}:${digest}`, topic }
}

const named = z.object({ id, date_modified_gmt: z.string().nullish(), date_modified: z.string().nullish() })
const shown = (topic: string): string => (/^[a-z_.]{1,60}$/.test(topic) ? topic : 'a webhook')

/** WordPress decodes the five entities before it signs. */
const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#039;': "'",
  '&amp;': '&',
}
const decoded = (secret: string): string => secret.replace(/&(?:lt|gt|quot|#039|amp);/g, (entity) => ENTITIES[entity]!)

function signed(body: Uint8Array, signature: string, secret: string): boolean {
  const expected = createHmac('sha256', decoded(secret)).update(body).digest()
  const given = Buffer.from(signature, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

export type TranslateOptions = OrderOptions & ProductOptions

/** Pure. Topics we did not ask for translate to nothing. Throws `malformed`. */
export function translate(delivery: Delivery, options: TranslateOptions): Message[] {
  // The topic is a header, and headers are not signed: 'constructor' is no topic of ours.
  const translation = Object.hasOwn(TRANSLATIONS, delivery.topic) ? TRANSLATIONS[delivery.topic] : undefined
  return translation?.(delivery, options) ?? []
}

type Translation = (delivery: Delivery, options: TranslateOptions) => Message[]

function observed(
  body: OrderBody,
  refunds: readonly RefundBody[],
  receivedAt: string,
  options: TranslateOptions,
): Message[] {
  if (DRAFTS.has(body.status)) return []
  if (body.status === 'trash') return binned(body.id, receivedAt, options)
  const command: ObserveOrder = { type: 'order.observe', order: orderOf(body, refunds, options) }
  return [{ stream: streams.order(options.channel, String(body.id)), command }]
}

/** A webhook tells only the sums of refunds. With any, the feed reads the order with all it needs. */
const orderNews: Translation = ({ topic, body, receivedAt }, options) => {
  const order = shaped(orderBody, body, topic)
  return order.refunds.length > 0 && order.status !== 'trash' ? [] : observed(order, [], receivedAt, options)
}

/** Put in the trash by a person. The body holds no time of its own, so the time it arrived stands for it. */
const binned = (number: number, at: string, { channel }: TranslateOptions): Message[] => [
  {
    stream: streams.order(channel, String(number)),
    command: { type: 'order.cancel', reason: 'deleted', at } as { type: string },
  },
]

const TRANSLATIONS: Readonly<Record<string, Translation>> = {
  'order.created': orderNews,
  'order.updated': orderNews,
  'order.restored': orderNews,
  'order.deleted': ({ topic, body, receivedAt }, options) =>
    binned(shaped(z.object({ id }), body, topic).id, receivedAt, options),
  'poll/order': ({ topic, body, receivedAt }, options) => {
    const { order, refunds } = shaped(orderReading, body, topic)
    return observed(order, refunds, receivedAt, options)
  },
  'poll/caught-up': ({ topic, body }, { channel }) => {
    const { until } = shaped(z.object({ until: z.iso.datetime({ precision: 3 }) }), body, topic)
    const command: CatchUp = { type: 'channel.caughtUp', until }
    return [{ stream: `channel/${channel}`, command }]
  },

  'product.created': productNews,
  'product.updated': productNews,
  'product.restored': productNews,
  'product.deleted': ({ topic, body, receivedAt }, { channel }) => {
    const { id: product } = shaped(z.object({ id }), body, topic)
    return [
      {
        stream: `listing/${channel}/${product}`,
        command: { type: 'listing.deleted', at: receivedAt } as { type: string },
      },
    ]
  },
  'poll/product': productMessages,
}
