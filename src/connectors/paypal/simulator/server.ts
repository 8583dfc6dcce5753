/** The HTTP side of the simulated account: tokens, request ids as they really are, pages, and what servers say. */
import { countRequest, type ServerState, takeFailure } from '../../kit/simulator-server.ts'
import { sharedCertificate } from './certificate.ts'
import { type Account, type Amount, invalid, missing, Refusal, type Row, type WebhookRow } from './state.ts'
import {
  authorizationOf, authorizationView, captureAuthorization, captureOf, captureView, orderOf, orderView, refundCapture,
  refundOf, voidAuthorization,
} from './trade.ts' // prettier-ignore

interface Call {
  account: Account
  id: string
  query: URLSearchParams
  body: Row
}
type Endpoint = (call: Call) => Row | null

const DAY_MS = 86_400_000
const BASE = 'https://api-m.sandbox.paypal.com'

const ROUTES: readonly [method: string, path: RegExp, status: number, endpoint: Endpoint][] = [
  ['GET', /^\/v2\/checkout\/orders\/([^/]+)$/, 200, ({ account, id }) => orderView(account, orderOf(account, id))],
  [
    'GET',
    /^\/v2\/payments\/authorizations\/([^/]+)$/,
    200,
    ({ account, id }) => authorizationView(account, authorizationOf(account, id)),
  ],
  [
    'POST',
    /^\/v2\/payments\/authorizations\/([^/]+)\/capture$/,
    201,
    ({ account, id, body }) =>
      captureView(account, captureAuthorization(account, id, amountIn(body), body['final_capture'] === true)),
  ],
  [
    'POST',
    /^\/v2\/payments\/authorizations\/([^/]+)\/void$/,
    200,
    ({ account, id }) => authorizationView(account, voidAuthorization(account, id)),
  ],
  [
    'GET',
    /^\/v2\/payments\/captures\/([^/]+)$/,
    200,
    ({ account, id }) => captureView(account, captureOf(account, id)),
  ],
  [
    'POST',
    /^\/v2\/payments\/captures\/([^/]+)\/refund$/,
    201,
    ({ account, id, body }) => refundCapture(account, id, { amount: amountIn(body), custom_id: customId(body) }),
  ],
  ['GET', /^\/v2\/payments\/refunds\/([^/]+)$/, 200, ({ account, id }) => refundOf(account, id)],
  ['GET', /^\/v1\/customer\/disputes$/, 200, listDisputes],
  ['GET', /^\/v1\/customer\/disputes\/([^/]+)$/, 200, ({ account, id }) => account.stored.disputes.get(id) ?? gone()],
  ['GET', /^\/v1\/reporting\/transactions$/, 200, searchTransactions],
  ['GET', /^\/v1\/notifications\/webhooks-events$/, 200, listEvents],
  [
    'GET',
    /^\/v1\/notifications\/webhooks$/,
    200,
    ({ account }) => ({ webhooks: [...account.stored.webhooks.values()] }),
  ],
  ['POST', /^\/v1\/notifications\/webhooks$/, 201, createWebhook],
  ['PATCH', /^\/v1\/notifications\/webhooks\/([^/]+)$/, 200, patchWebhook],
]

function gone(): never {
  throw missing()
}

function amountIn(body: Row): Amount | undefined {
  const amount = body['amount'] as Partial<Amount> | undefined
  if (amount === undefined) return undefined
  const { currency_code: currency, value } = amount
  if (typeof value !== 'string' || !/^\d{1,30}(\.\d+)?$/.test(value))
    throw invalid(
      '/amount/value',
      'INVALID_PARAMETER_SYNTAX',
      'The value of a field does not conform to the expected format.',
    )
  if (/\.\d{3,}$/.test(value))
    throw invalid(
      '/amount/value',
      'DECIMAL_PRECISION',
      'If the currency supports decimals, only two decimal place precision is supported.',
    )
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw invalid(
      '/amount/currency_code',
      'INVALID_CURRENCY_CODE',
      'Currency code is invalid or is not currently supported.',
    )
  return { currency_code: currency, value }
}

function customId(body: Row): string | undefined {
  const value = body['custom_id']
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.length > 0 && value.length <= 127) return value
  throw invalid('/custom_id', 'INVALID_STRING_LENGTH', 'The value of a field is either too short or too long.')
}

const pageSize = (query: URLSearchParams, most: number, usual: number): number => {
  const size = Number(query.get('page_size') ?? usual)
  if (Number.isInteger(size) && size >= 1 && size <= most) return size
  throw invalid('page_size', 'INVALID_PARAMETER_VALUE', 'The value of a field is invalid.')
}

/** Opaque to the caller, as PayPal's is. */
const nextLink = (path: string, query: URLSearchParams, token: number): Row => {
  const next = new URLSearchParams(query)
  next.set('next_page_token', String(token))
  return { href: `${BASE}${path}?${next.toString()}`, rel: 'next', method: 'GET' }
}

function listDisputes({ account, query }: Call): Row {
  const [size, from] = [pageSize(query, 50, 10), Number(query.get('next_page_token') ?? 0)]
  const since = Date.parse(query.get('update_time_after') ?? '1970-01-01T00:00:00Z')
  const all = [...account.stored.disputes.values()].filter((one) => Date.parse(one.update_time) > since)
  const items = all.slice(from, from + size).map((one) => {
    const { dispute_id, create_time, update_time, reason, status, dispute_amount, dispute_life_cycle_stage } = one
    return { dispute_id, create_time, update_time, reason, status, dispute_amount, dispute_life_cycle_stage }
  })
  const self = { href: `${BASE}/v1/customer/disputes`, rel: 'self', method: 'GET' }
  const next = all.length > from + size ? [nextLink('/v1/customer/disputes', query, from + size)] : []
  return { items, links: [self, ...next] }
}

function listEvents({ account, query }: Call): Row {
  const [size, from] = [pageSize(query, 300, 10), Number(query.get('next_page_token') ?? 0)]
  const oldest = Math.max(Date.parse(query.get('start_time') ?? ''), account.io.now() - 30 * DAY_MS)
  const newest = Date.parse(query.get('end_time') ?? '')
  const at = (one: { create_time: string }) => Date.parse(one.create_time)
  const all = account.stored.events
    .filter((one) => at(one) >= Math.floor(oldest / 1_000) * 1_000 && at(one) <= newest)
    .toReversed()
  const events = all.slice(from, from + size)
  const links = all.length > from + size ? [nextLink('/v1/notifications/webhooks-events', query, from + size)] : []
  return { events, count: events.length, links }
}

function searchTransactions({ account, query }: Call): Row {
  const [from, to] = [Date.parse(query.get('start_date') ?? ''), Date.parse(query.get('end_date') ?? '')]
  if (Number.isNaN(from) || Number.isNaN(to) || to - from > 31 * DAY_MS)
    throw new Refusal(400, 'INVALID_REQUEST', 'Date range is greater than 31 days', [
      { issue: 'Date range is greater than 31 days' },
    ])
  const [size, page] = [pageSize(query, 500, 100), Number(query.get('page') ?? 1)]
  const refreshed = account.io.now() - (account.options.searchLagMs ?? 3 * 3_600_000)
  const all = account.stored.transactions.filter(({ at }) => at >= from && at <= Math.min(to, refreshed))
  const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
  return {
    transaction_details: all.slice((page - 1) * size, page * size).map(({ id, code, at, amount }) => ({
      transaction_info: {
        transaction_id: id,
        transaction_event_code: code,
        transaction_initiation_date: time(at),
        transaction_updated_date: time(at),
        transaction_amount: code.startsWith('T11') ? { ...amount, value: `-${amount.value}` } : amount,
        transaction_status: 'S',
      },
    })),
    account_number: 'XZXSPECPDZHZU',
    start_date: time(from),
    end_date: time(to),
    last_refreshed_datetime: time(refreshed),
    page,
    total_items: all.length,
    total_pages: Math.max(1, Math.ceil(all.length / size)),
    links: [{ href: `${BASE}/v1/reporting/transactions`, rel: 'self', method: 'GET' }],
  }
}

function createWebhook({ account, body }: Call): Row {
  const { url, event_types: types } = body
  const isTaken = typeof url === 'string' && (url.startsWith('https://') || account.options.plainHooks === true)
  if (!isTaken) throw invalid('url', 'INVALID_PARAMETER_VALUE', 'Not a valid webhook URL')
  if ([...account.stored.webhooks.values()].some((one) => one.url === url))
    throw new Refusal(400, 'WEBHOOK_URL_ALREADY_EXISTS', 'Webhook URL already exists.')
  const row: WebhookRow = { id: account.id(), url, event_types: types as WebhookRow['event_types'], links: [] }
  account.stored.webhooks.set(row.id, row)
  return row
}

function patchWebhook({ account, id, body }: Call): Row {
  const row = account.stored.webhooks.get(id) ?? gone()
  for (const { op, path, value } of body as unknown as { op: string; path: string; value: unknown }[])
    if (op === 'replace' && path === '/event_types') row.event_types = value as WebhookRow['event_types']
  return row
}

export function openServer(account: Account, state: ServerState): (request: Request) => Promise<Response> {
  const { io, options, stored } = account

  function tokenAnswer(request: Request): Row {
    const basic = Buffer.from(`${options.clientId}:${options.clientSecret}`).toString('base64')
    if (request.headers.get('authorization') !== `Basic ${basic}`) throw denied()
    const token = `A21${account.id(40)}`
    stored.tokens.set(token, io.now() + 32_400_000)
    return {
      scope: SCOPE,
      access_token: token,
      token_type: 'Bearer',
      app_id: 'APP-80W284485P519543T',
      expires_in: 32_400,
    }
  }

  function admit(request: Request): void {
    if (countRequest(state, io.now()) > (options.requestsPerSecond ?? Infinity))
      throw new Refusal(429, 'RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.')
    const token = request.headers.get('authorization')?.replace(/^Bearer /, '') ?? ''
    if ((stored.tokens.get(token) ?? 0) <= io.now()) throw denied()
  }

  function work(request: Request, url: URL, text: string): { status: number; body: string } {
    const route = ROUTES.find(([verb, path]) => verb === request.method && path.test(url.pathname))
    if (!route) throw missing()
    const movesMoney = request.method === 'POST' && url.pathname.startsWith('/v2/payments/')
    const fails = movesMoney ? takeFailure(state) : null
    const broken = () => new Refusal(500, 'INTERNAL_SERVER_ERROR', 'An internal server error has occurred.')
    if (fails === 'before') throw broken()
    const key = movesMoney ? request.headers.get('paypal-request-id') : null
    const before = key === null ? undefined : stored.keys.get(key)
    // The answer of the first call is given again, for 45 days, whatever is asked under the key.
    const isKept = before !== undefined && io.now() - before.at < 45 * DAY_MS
    const body = text === '' ? {} : (JSON.parse(text) as Row)
    const id = decodeURIComponent(route[1].exec(url.pathname)?.[1] ?? '')
    const answer = isKept
      ? before
      : { status: route[2], body: JSON.stringify(route[3]({ account, id, query: url.searchParams, body })) }
    if (key !== null && !isKept) stored.keys.set(key, { at: io.now(), ...answer })
    if (fails) throw broken()
    return answer
  }

  return async (request) => {
    state.requests += 1
    const url = new URL(request.url)
    const debugId = account.id(13).toLowerCase()
    const headers = { 'content-type': 'application/json', 'paypal-debug-id': debugId }
    try {
      if (url.pathname.startsWith('/v1/notifications/certs/'))
        return new Response(sharedCertificate().bundle, { headers: { 'content-type': 'application/x-pem-file' } })
      if (url.pathname === '/v1/oauth2/token') return Response.json(tokenAnswer(request), { headers })
      admit(request)
      const { status, body } = work(request, url, await request.text())
      return new Response(body, { status, headers })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return Response.json({ ...error.body, debug_id: debugId }, { status: error.status, headers })
    }
  }
}

const SCOPE =
  'https://uri.paypal.com/services/payments/payment/authcapture https://uri.paypal.com/services/reporting/search/read ' +
  'https://uri.paypal.com/services/disputes/read-seller https://uri.paypal.com/services/applications/webhooks'

const denied = (): Refusal =>
  new Refusal(
    401,
    'AUTHENTICATION_FAILURE',
    'Authentication failed due to missing authorization header, or invalid credentials.',
  )
