/** Outgoing webhooks signed by the Standard Webhooks scheme: HMAC-SHA256 over `id.timestamp.body`. */
import { createHmac } from 'node:crypto'

export interface ToSign {
  /** Stable over repeats. */
  id: string
  /** Seconds since 1970-01-01 UTC. */
  seconds: number
  body: string
  /** `whsec_` and base64, or any text. */
  secret: string
}

/** As the header `webhook-signature` has it. */
export function signatureOf({ id, seconds, body, secret }: ToSign): string {
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret)
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
}

export const signedHeaders = (signed: ToSign): Record<string, string> => ({
  'webhook-id': signed.id,
  'webhook-timestamp': String(signed.seconds),
  'webhook-signature': signatureOf(signed),
})

/** A redirect is not followed: the signature is for whoever was configured. */
export const signedRequest = (url: string, signed: ToSign, signal: AbortSignal): Request =>
  new Request(url, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: {
      'content-type': 'application/json',
      ...signedHeaders(signed),
    },
    body: signed.body,
  })
