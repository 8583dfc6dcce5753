/**
 * OAuth 1.0a without a token ("one-legged"), as WooCommerce wants it over plain http: every request is signed with a
 * nonce and a time of its own, over the shop's home URL. A signature counts once: whoever repeats a request signs it
 * anew.
 */
import { createHmac } from 'node:crypto'

export interface Signing {
  key: string
  secret: string
  method: string
  /** Home URL and path, without the query. */
  url: string
  query: Readonly<Record<string, string>>
  nonce: string
  nowMs: number
}

/** The query with the signature. */
export function signedQuery(signing: Signing): Record<string, string> {
  const parameters: Record<string, string> = {
    ...signing.query,
    oauth_consumer_key: signing.key,
    oauth_nonce: signing.nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(Math.floor(signing.nowMs / 1_000)),
  }
  const base = baseString(signing.method, signing.url, parameters)
  return { ...parameters, oauth_signature: signatureOf(base, signing.secret, 'sha256') }
}

/** What is signed (RFC 5849, 3.4.1): the parameters sorted by name as bytes. */
export function baseString(method: string, url: string, parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(parameters)
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => `${escaped(name)}=${escaped(parameters[name]!)}`)
  return [method.toUpperCase(), escaped(url), escaped(pairs.join('&'))].join('&')
}

/** There is no token, so the key ends with the ampersand that would stand before its secret. */
export const signatureOf = (base: string, secret: string, algorithm: 'sha1' | 'sha256'): string =>
  createHmac(algorithm, `${secret}&`).update(base).digest('base64')

/** Percent-encoding of RFC 3986: `encodeURIComponent` leaves five characters too many. */
export const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
