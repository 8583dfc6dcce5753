/** Webhooks of EasyPost: verified on the exact bytes, named by their event, and turned into news of parcels. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ParcelCommand } from '#core/parcel/parcel.ts'
import { streams } from '#core/streams.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Delivery, HookRequest, Message, Received } from '../kit/connector.ts'
import { jsonOf } from '../kit/shape.ts'
import { seenOf } from './seen.ts'
import { event, shaped, tracker } from './shape.ts'

export interface ReceiveOptions {
  /** Resolved at every use: a secret that was added counts from then on. */
  secrets(): readonly string[]
}

/** Throws `forged` or `malformed`. */
export function receive({ headers, body }: HookRequest, { secrets }: ReceiveOptions): Received {
  if (!isSigned(body, headers['x-hmac-signature'] ?? '', secrets()))
    throw new Fault('forged', 'The signature of a webhook does not fit its bytes. Check webhookSecrets.')
  const told = event.safeParse(jsonOf(body))
  if (!told.success) {
    const message = 'A signed webhook lacks its id or its description.'
    throw new Fault('malformed', message, { code: 'easypost.missing_member' })
  }
  const { id, description } = told.data
  return isOfTracker(description) ? { key: id, topic: description } : { ignore: `${description}: nothing to us` }
}

const isOfTracker = (description: string): boolean => /^tracker\.(created|updated)$/.test(description)

/** `hmac-sha256-hex=`, hex HMAC-SHA256 of the body under the secret in normal form KD. There is no time in it. */
export function isSigned(body: Uint8Array, header: string, secrets: readonly string[]): boolean {
  const hex = /^hmac-sha256-hex=([0-9a-f]{64})$/.exec(header)?.[1]
  if (hex === undefined) return false
  const given = Buffer.from(hex, 'hex')
  return secrets.some((secret) => timingSafeEqual(signature(body, secret), given))
}

const signature = (body: Uint8Array, secret: string): Buffer =>
  createHmac('sha256', Buffer.from(secret.normalize('NFKD'), 'utf8'))
    .update(body)
    .digest()

/** Pure. Throws `malformed`. @param connection its name. */
export function translate({ topic, body }: Delivery, connection: string): Message[] {
  const isPolled = topic === 'poll/tracker'
  if (!isPolled && !isOfTracker(topic)) return []
  const one = isPolled ? shaped(tracker, body, topic) : shaped(z.object({ result: tracker }), body, topic).result
  const seen = seenOf(one)
  if (seen.scans.length === 0) return []
  const command: ParcelCommand = { type: 'parcel.observe', seen }
  return [{ stream: streams.parcel(connection, one.tracking_code), command }]
}
