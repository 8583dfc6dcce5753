/** The HTTP side of the simulated account: the key, pages, what it refuses, and in which words. */
import { countRequest, type ServerState, takeFailure } from '../../kit/simulator-server.ts'
import type { Account } from './index.ts'
import { buyShipment, createShipment, refundShipment, rerate, shipmentOf } from './shipments.ts'
import { newTracker } from './trackers.ts'
import { found, member, Refusal, type Row, type WebhookRow } from './state.ts'

export interface Call {
  account: Account
  id: string
  query: URLSearchParams
  body: Row
}
type Endpoint = (call: Call) => Row | null

/** Carriers the account has, by their names there. */
const CARRIERS: ReadonlySet<string> = new Set(['USPS', 'UPS', 'FedEx', 'DHLExpress', 'CanadaPost'])

const ROUTES: readonly [method: string, path: RegExp, endpoint: Endpoint][] = [
  ['GET', /^\/v2\/trackers$/, listTrackers],
  ['POST', /^\/v2\/trackers$/, createTracker],
  ['GET', /^\/v2\/trackers\/([^/]+)$/, ({ account, id }) => found(account.stored.trackers.get(id))],
  ['GET', /^\/v2\/shipments$/, (call) => page('shipments', [...call.account.stored.shipments.values()], call)],
  ['POST', /^\/v2\/shipments$/, createShipment],
  ['GET', /^\/v2\/shipments\/([^/]+)$/, ({ account, id }) => shipmentOf(account, id)],
  ['POST', /^\/v2\/shipments\/([^/]+)\/rerate$/, rerate],
  ['POST', /^\/v2\/shipments\/([^/]+)\/buy$/, buyShipment],
  ['POST', /^\/v2\/shipments\/([^/]+)\/refund$/, refundShipment],
  ['GET', /^\/v2\/events$/, (call) => page('events', [...call.account.stored.events.values()], call)],
  ['GET', /^\/v2\/events\/([^/]+)$/, ({ account, id }) => found(account.stored.events.get(id))],
  ['GET', /^\/v2\/webhooks$/, ({ account }) => ({ webhooks: [...account.stored.webhooks.values()] })],
  ['POST', /^\/v2\/webhooks$/, createWebhook],
  ['GET', /^\/v2\/webhooks\/([^/]+)$/, ({ account, id }) => found(account.stored.webhooks.get(id))],
  ['PATCH', /^\/v2\/webhooks\/([^/]+)$/, enableWebhook],
  ['DELETE', /^\/v2\/webhooks\/([^/]+)$/, deleteWebhook],
]

/** Newest first; `before_id` and `after_id` name one that was seen, which is not on the page again. */
function page(name: string, rows: readonly (Row & { id: string; created_at: string })[], { query }: Call): Row {
  const size = Number(query.get('page_size') ?? 20)
  if (!Number.isInteger(size) || size < 1 || size > 100)
    throw new Refusal(422, 'PARAMETER.INVALID', 'page_size must be between 1 and 100.')
  const since = Date.parse(query.get('start_datetime') ?? '1970-01-01T00:00:00Z')
  let all = rows.toReversed().filter((row) => Date.parse(row.created_at) >= since)
  const [before, after] = [query.get('before_id'), query.get('after_id')]
  const at = (id: string) => all.findIndex((row) => row.id === id)
  if (before !== null) all = all.slice(at(before) + 1)
  if (after !== null && at(after) >= 0) all = all.slice(0, at(after))
  return { [name]: all.slice(0, size), has_more: all.length > size }
}

function listTrackers(call: Call): Row {
  const [code, carrier] = [call.query.get('tracking_code'), call.query.get('carrier')]
  const rows = [...call.account.stored.trackers.values()].filter(
    (row) => (code === null || row.tracking_code === code) && (carrier === null || row.carrier === carrier),
  )
  return page('trackers', rows, call)
}

function createTracker({ account, body }: Call): Row {
  const { tracking_code: code, carrier: named } = member(body, 'tracker')
  if (typeof code !== 'string' || !/^[A-Z0-9]{6,40}$/.test(code))
    throw new Refusal(422, 'TRACKER.CREATE.ERROR', 'The tracking_code is not valid.')
  const carrier = typeof named === 'string' ? named : carrierOf(code)
  if (carrier === null || !CARRIERS.has(carrier))
    throw new Refusal(422, 'TRACKER.CREATE.ERROR', 'The carrier could not be found for this tracking_code.')
  const known = [...account.stored.trackers.values()].find(
    (row) => row.tracking_code === code && row.carrier === carrier,
  )
  if (known) return known
  const row = newTracker(account, code, carrier)
  account.stored.trackers.set(row.id, row)
  account.emit('tracker.created', row, {})
  return row
}

/** EasyPost finds the carrier by the number, where it can. */
const carrierOf = (code: string): string | null => (code.startsWith('1Z') ? 'UPS' : /^9\d+$/.test(code) ? 'USPS' : null)

function createWebhook({ account, body }: Call): Row {
  const { url, webhook_secret: secret } = member(body, 'webhook')
  if (typeof url !== 'string' || !/^https?:/.test(url))
    throw new Refusal(422, 'PARAMETER.INVALID', 'The url is not valid.')
  const hooks = account.stored.webhooks
  if ([...hooks.values()].some((one) => one.url === url))
    throw new Refusal(422, 'WEBHOOK.CREATE.DUPLICATE', 'There is a webhook with this url.')
  const row: WebhookRow = {
    id: account.id('hook'),
    object: 'Webhook',
    mode: account.options.mode ?? 'test',
    url,
    created_at: account.now(),
    disabled_at: null,
    custom_headers: [],
  }
  hooks.set(row.id, row)
  if (typeof secret === 'string') account.stored.secrets.set(row.id, secret)
  return row
}

function enableWebhook({ account, id, body }: Call): Row {
  const row = found(account.stored.webhooks.get(id))
  row.disabled_at = null
  const secret = body['webhook_secret']
  if (typeof secret === 'string') account.stored.secrets.set(id, secret)
  return row
}

function deleteWebhook({ account, id }: Call): null {
  found(account.stored.webhooks.get(id))
  account.stored.webhooks.delete(id)
  return null
}

export function openServer(account: Account, server: ServerState) {
  return async (request: Request): Promise<Response> => {
    server.requests += 1
    try {
      throttle(account, server)
      authorise(account, request)
      const fails = takeFailure(server)
      if (fails === 'before') return broken()
      const answer = await route(account, request)
      if (fails) return broken()
      return answer === null ? new Response('{}', { status: 200 }) : Response.json(answer)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const headers = error.status === 429 ? { 'retry-after': '1' } : undefined
      return Response.json({ error: error.error }, { status: error.status, ...(headers ? { headers } : {}) })
    }
  }
}

const broken = (): Response =>
  Response.json(
    { error: { code: 'INTERNAL_SERVER_ERROR', message: 'We have been notified.', errors: [] } },
    { status: 500 },
  )

function throttle({ options, nowMs }: Account, server: ServerState): void {
  if (countRequest(server, nowMs()) > (options.requestsPerSecond ?? 1_000))
    throw new Refusal(429, 'RATE_LIMITED', 'You have made too many requests.')
}

function authorise({ options }: Account, request: Request): void {
  const [scheme, value = ''] = (request.headers.get('authorization') ?? '').split(' ')
  if (scheme === 'Basic' && Buffer.from(value, 'base64').toString() === `${options.apiKey}:`) return
  throw new Refusal(401, 'APIKEY.INACTIVE', 'This API key is not active.')
}

async function route(account: Account, request: Request): Promise<Row | null> {
  const { pathname, searchParams } = new URL(request.url)
  for (const [method, path, endpoint] of ROUTES) {
    const match = method === request.method ? path.exec(pathname) : null
    if (!match) continue
    const body = method === 'GET' || method === 'DELETE' ? {} : jsonOf(await request.text())
    return endpoint({ account, id: decodeURIComponent(match[1] ?? ''), query: searchParams, body })
  }
  throw new Refusal(404, 'NOT_FOUND', 'The requested resource could not be found.')
}

function jsonOf(text: string): Row {
  try {
    return (text === '' ? {} : JSON.parse(text)) as Row
  } catch {
    throw new Refusal(400, 'BAD_REQUEST', 'The request could not be understood.')
  }
}
