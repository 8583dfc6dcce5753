/** Webhooks of Uber Direct: verified on the exact bytes, stored without anybody's name, turned into news of parcels. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { LabelCommand } from '#core/parcel/label.ts'
import type { ParcelCommand } from '#core/parcel/parcel.ts'
import { labelStream, streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery as Arrived, HookRequest, Message, Received } from '../kit/connector.ts'
import { jsonOf } from '../kit/shape.ts'
import { originalOf, seenOf, wasPickedUp } from './seen.ts'
import { type Delivery, delivery, event, shaped, stored } from './shape.ts'

export interface ReceiveOptions {
  /** Resolved at every use: a key that was added counts from then on. */
  keys(): readonly string[]
}

const KINDS: ReadonlySet<string> = new Set(['event.delivery_status', 'event.delivery_return'])
const told = z.object({ data: delivery })

/** Throws `forged` or `malformed`. */
export function receive({ headers, body }: HookRequest, { keys }: ReceiveOptions): Received {
  // Both names have been documented for the same signature.
  const signature = headers['x-uber-signature'] ?? headers['x-postmates-signature'] ?? ''
  if (!isSigned(body, signature, keys()))
    throw new Fault('forged', 'The signature of a webhook does not fit its bytes. Check webhookKeys.')
  const news = jsonOf(body)
  const { kind, id } = shaped(event, news, 'a webhook')
  if (!KINDS.has(kind)) return { ignore: `${kind}: nothing to us` }
  const { data } = shaped(told, news, kind)
  const key = id ?? createHash('sha256').update(body).digest('hex')
  return { key, topic: kind, body: Buffer.from(JSON.stringify({ data: stored(data) })) }
}

/** Hex HMAC-SHA256 of the body. There is no time in it. */
export function isSigned(body: Uint8Array, signature: string, keys: readonly string[]): boolean {
  if (!/^[0-9a-f]{64}$/.test(signature)) return false
  const given = Buffer.from(signature, 'hex')
  return keys.some((key) => timingSafeEqual(given, createHmac('sha256', key).update(body).digest()))
}

/** Pure. Throws `malformed`. @param connection its name. */
export function translate({ topic, body }: Arrived, connection: string): Message[] {
  if (topic === 'poll/delivery') return messagesOf(shaped(delivery, body, topic), connection)
  return KINDS.has(topic) ? messagesOf(shaped(told, body, topic).data, connection) : []
}

function messagesOf(one: Delivery, connection: string): Message[] {
  const command: ParcelCommand = { type: 'parcel.observe', seen: seenOf(one) }
  return [{ stream: streams.parcel(connection, originalOf(one) ?? one.id), command }, ...calledOff(one)]
}

/** Nobody had the goods: they stand where they stood, and somebody else has to fetch them. */
function calledOff(one: Delivery): Message[] {
  const reference = one.external_id ?? ''
  const stream = labelStream(reference)
  if (one.status !== 'canceled' || wasPickedUp(one) || originalOf(one) || stream === null) return []
  const reason = `Uber ended the delivery${one.undeliverable_reason ? ` (${one.undeliverable_reason})` : ''}.`
  const command: LabelCommand = { type: 'label.ended', reference, reason }
  return [{ stream, command }]
}
