/** Outgoing webhooks signed by the Standard Webhooks scheme, v1: HMAC-SHA256 over id, time and the exact body. */
import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/**
 * @param secret `whsec_` and base64, as the scheme writes it; any other text counts as its bytes.
 * @param atMs the moment of this attempt; receivers refuse old ones.
 */
export function signedHeaders(secret: string, id: string, atMs: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000))
  const key = secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret)
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
