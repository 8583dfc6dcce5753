/** Who may ask: Basic over https, OAuth 1.0a over http, with the words of each refusal. */
import { timingSafeEqual } from 'node:crypto'
import { OAUTH_WINDOW_MS } from '../limits.ts'
import { baseString, signatureOf } from '../oauth.ts'
import { type Failure, failure } from './failure.ts'
import type { ApiKey, Woo } from './state.ts'

const refused = (message: string): Failure => failure(401, 'woocommerce_rest_authentication_error', message)

/** @returns null when the request may go on. */
export function refusal(woo: Woo, request: Request, url: URL): Failure | null {
  const found = woo.options.url.startsWith('https:') ? byBasic(woo, request, url) : byOauth(woo, request, url)
  if ('status' in found) return found
  const writes = request.method !== 'GET' && request.method !== 'HEAD'
  if (writes && found.permissions === 'read') return refused('The API key provided does not have write permissions.')
  if (!writes && found.permissions === 'write') return refused('The API key provided does not have read permissions.')
  return null
}

/** Nobody said who they are: that looks like a missing permission. */
const stranger = ({ method }: Request): Failure =>
  method === 'GET'
    ? failure(401, 'woocommerce_rest_cannot_view', 'Sorry, you cannot list resources.')
    : failure(401, 'woocommerce_rest_cannot_create', 'Sorry, you are not allowed to create resources.')

function byBasic(woo: Woo, request: Request, { searchParams }: URL): ApiKey | Failure {
  const header = request.headers.get('authorization') ?? ''
  const [, encoded = ''] = /^Basic (.+)$/.exec(header) ?? []
  const [name = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const key = searchParams.get('consumer_key') ?? name
  const secret = searchParams.get('consumer_secret') ?? rest.join(':')
  if (!key || !secret) return stranger(request)
  const known = woo.keys.find((one) => one.key === key)
  if (!known) return stranger(request)
  return same(known.secret, secret) ? known : refused('Consumer secret is invalid.')
}

const NEEDED = [
  'oauth_consumer_key',
  'oauth_timestamp',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
] as const

function byOauth(woo: Woo, request: Request, url: URL): ApiKey | Failure {
  const given = Object.fromEntries(url.searchParams)
  const missing = NEEDED.filter((name) => !given[name])
  if (missing.length === NEEDED.length) return stranger(request)
  if (missing.length > 0) {
    const message = `Missing OAuth parameter${missing.length > 1 ? 's' : ''} ${missing.join(', ')}`
    return failure(401, 'woocommerce_rest_authentication_missing_parameter', message)
  }
  const known = woo.keys.find(({ key }) => key === given['oauth_consumer_key'])
  if (!known) return refused('Consumer key is invalid.')
  const { oauth_signature: signature = '', ...signed } = given
  const algorithm = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256' }[given['oauth_signature_method']!] as
    | 'sha1'
    | 'sha256'
    | undefined
  if (!algorithm) return refused('Invalid signature - signature method is invalid.')
  const home = `${woo.options.url}${pathOf(woo, url)}`
  if (!same(signatureOf(baseString(request.method, home, signed), known.secret, algorithm), signature))
    return refused('Invalid signature - provided signature does not match.')
  return once(woo, Number(given['oauth_timestamp']), given['oauth_nonce']!) ?? known
}

/** The path below the home URL: the shop signs with its own address, whatever the request called it. */
export function pathOf({ options }: Woo, { pathname }: URL): string {
  const base = new URL(options.url).pathname.replace(/\/$/, '')
  return base !== '' && pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : pathname
}

function once({ nonces, io }: Woo, timestamp: number, nonce: string): Failure | null {
  const now = io.now() / 1_000
  const window = OAUTH_WINDOW_MS / 1_000
  if (!(timestamp >= now - window && timestamp <= now + window)) return refused('Invalid timestamp.')
  // They stand in the order in which they came: the first that still counts ends it.
  for (const [known, at] of nonces) {
    if (at >= now - window) break
    nonces.delete(known)
  }
  if (nonces.has(nonce)) return refused('Invalid nonce - nonce has already been used.')
  nonces.set(nonce, timestamp)
  return null
}

function same(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)]
  return one.length === other.length && timingSafeEqual(one, other)
}
