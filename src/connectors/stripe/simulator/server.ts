/** The HTTP side of the simulated account: the key, forms, idempotency as it really is, pages, and what servers say. */
import { countRequest, type ServerState, takeFailure } from '../../kit/simulator-server.ts'
import { listed, parseForm, record, text, type Values } from './form.ts'
import { newIntent } from './objects.ts'
import { type Account, type EndpointRow, invalid, Refusal, type Row } from './state.ts'
import { cancelIntent, captureIntent, chargeOf, confirm, intentOf, refundCharge, refundOf } from './trade.ts'

interface Call {
  account: Account
  id: string
  values: Values
}
type Endpoint = (call: Call) => Row
type Rows = Iterable<Row & { id: string; created: number }>

const KEY_KEPT_MS = 24 * 3_600_000

const whole = (value: string | Values | undefined, name: string): number | undefined => {
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^\d{1,12}$/.test(value)) return Number(value)
  throw invalid(`Invalid integer: ${String(value)}`, 'parameter_invalid_integer', name)
}

/** Newest first, `starting_after` a name, `created[gte]` a moment. */
function page(rows: Rows, { values }: Call, url: string, fits: (row: Row) => boolean = () => true): Row {
  const limit = Math.min(100, whole(values['limit'], 'limit') ?? 10)
  const { created, starting_after: after } = values
  const since = typeof created === 'object' ? Number(created['gte'] ?? 0) : 0
  const all = [...rows].toReversed().filter((row) => row.created >= since && fits(row)) // prettier-ignore
  const at = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && at === 0)
    throw invalid(`No such object: '${String(after)}'`, 'resource_missing', 'starting_after')
  return { object: 'list', data: all.slice(at, at + limit), has_more: all.length > at + limit, url }
}

const ROUTES: readonly [method: string, path: RegExp, endpoint: Endpoint][] = [
  ['GET', /^\/v1\/balance$/, ({ account }) => balance(account)],
  ['GET', /^\/v1\/payment_intents$/, (call) => page(call.account.stored.intents.values(), call, '/v1/payment_intents')],
  ['POST', /^\/v1\/payment_intents$/, createIntent],
  ['GET', /^\/v1\/payment_intents\/([^/]+)$/, ({ account, id }) => intentOf(account, id)],
  [
    'POST',
    /^\/v1\/payment_intents\/([^/]+)\/capture$/,
    ({ account, id, values }) => {
      const { metadata } = intentOf(account, id)
      const amount = whole(values['amount_to_capture'], 'amount_to_capture')
      const row = captureIntent(account, id, amount, values['final_capture'] !== 'false')
      Object.assign(metadata, record(values['metadata']))
      return row
    },
  ],
  [
    'POST',
    /^\/v1\/payment_intents\/([^/]+)\/cancel$/,
    ({ account, id, values }) => cancelIntent(account, id, text(values['cancellation_reason']) ?? null),
  ],
  ['GET', /^\/v1\/charges$/, (call) => page(call.account.stored.charges.values(), call, '/v1/charges')],
  ['GET', /^\/v1\/charges\/([^/]+)$/, ({ account, id }) => chargeOf(account, id)],
  ['GET', /^\/v1\/refunds$/, listRefunds],
  ['POST', /^\/v1\/refunds$/, createRefund],
  ['GET', /^\/v1\/refunds\/([^/]+)$/, ({ account, id }) => refundOf(account, id)],
  ['GET', /^\/v1\/disputes$/, (call) => page(call.account.stored.disputes.values(), call, '/v1/disputes')],
  [
    'GET',
    /^\/v1\/radar\/early_fraud_warnings$/,
    (call) => page(call.account.stored.warnings.values(), call, '/v1/radar/early_fraud_warnings'),
  ],
  ['GET', /^\/v1\/events$/, listEvents],
  [
    'GET',
    /^\/v1\/webhook_endpoints$/,
    (call) => page(call.account.stored.endpoints.values(), call, '/v1/webhook_endpoints'),
  ],
  ['POST', /^\/v1\/webhook_endpoints$/, createEndpoint],
  ['POST', /^\/v1\/webhook_endpoints\/([^/]+)$/, updateEndpoint],
]

function balance({ options }: Account): Row {
  const money = [{ amount: 0, currency: 'usd', source_types: { card: 0 } }]
  return { object: 'balance', available: money, livemode: options.livemode ?? false, pending: money }
}

function createIntent({ account, values }: Call): Row {
  const amount = whole(values['amount'], 'amount')
  const currency = text(values['currency'])?.toLowerCase()
  if (!amount || !currency) throw invalid('Missing required param: amount.', 'parameter_missing', 'amount')
  const capture = values['capture_method'] === 'manual' ? 'manual' : 'automatic'
  const intent = newIntent(account, { amount, currency, capture, metadata: record(values['metadata']) })
  return values['confirm'] === 'true' ? confirm(account, intent) : intent
}

function listRefunds(call: Call): Row {
  const { payment_intent: intent, charge } = call.values
  const fits = (row: Row) =>
    (intent === undefined || row['payment_intent'] === intent) && (charge === undefined || row['charge'] === charge)
  return page(call.account.stored.refunds.values(), call, '/v1/refunds', fits)
}

function createRefund({ account, values }: Call): Row {
  const intent = text(values['payment_intent'])
  const chargeId = intent === undefined ? text(values['charge']) : intentOf(account, intent).latest_charge
  if (!chargeId) throw invalid('One of the following params should be provided: charge or payment_intent.')
  const reason = text(values['reason']) ?? null
  if (reason !== null && !['duplicate', 'fraudulent', 'requested_by_customer'].includes(reason))
    throw invalid('Invalid reason.', undefined, 'reason')
  const amount = whole(values['amount'], 'amount')
  return refundCharge(account, {
    charge: chargeOf(account, chargeId),
    amount,
    metadata: record(values['metadata']),
    reason,
  })
}

function listEvents(call: Call): Row {
  const types = listed(call.values['types'])
  if (types.length > 20) throw invalid('At most 20 types.', undefined, 'types')
  const oldest = call.account.now() - 30 * 86_400
  const fits = (row: Row) =>
    (types.length === 0 || types.includes(String(row['type']))) && Number(row['created']) >= oldest
  return page(call.account.stored.events.values(), call, '/v1/events', fits)
}

function createEndpoint({ account, values }: Call): Row {
  const url = text(values['url'])
  if (!url) throw invalid('Missing required param: url.', 'parameter_missing', 'url')
  const row: EndpointRow = {
    id: account.id('we'),
    object: 'webhook_endpoint',
    api_version: text(values['api_version']) ?? null,
    application: null,
    created: account.now(),
    description: null,
    enabled_events: listed(values['enabled_events']),
    livemode: account.options.livemode ?? false,
    metadata: {},
    status: 'enabled',
    url,
  }
  const secret = `whsec_${account.id('secret')}`
  account.stored.endpoints.set(row.id, row)
  account.stored.secrets.set(row.id, [secret])
  // It is told at creation and never again.
  return { ...row, secret }
}

function updateEndpoint({ account, id, values }: Call): Row {
  const row = account.stored.endpoints.get(id)
  if (!row)
    throw new Refusal(404, 'invalid_request_error', `No such webhook endpoint: '${id}'`, { code: 'resource_missing' })
  if (values['enabled_events'] !== undefined) row.enabled_events = listed(values['enabled_events'])
  if (values['disabled'] !== undefined) row.status = values['disabled'] === 'true' ? 'disabled' : 'enabled'
  return row
}

export function openServer(account: Account, state: ServerState): (request: Request) => Promise<Response> {
  const { io, options, stored } = account

  function admit(request: Request): void {
    const many = countRequest(state, io.now())
    const authorization = request.headers.get('authorization') ?? ''
    const basic = `Basic ${Buffer.from(`${options.secretKey}:`).toString('base64')}`
    if (authorization !== `Bearer ${options.secretKey}` && authorization !== basic)
      throw new Refusal(401, 'invalid_request_error', 'Invalid API Key provided.')
    if (many > (options.requestsPerSecond ?? Infinity))
      throw new Refusal(429, 'invalid_request_error', 'Too many requests.', { code: 'rate_limit' })
  }

  function work(method: string, pathname: string, values: Values): Row {
    const route = ROUTES.find(([verb, path]) => verb === method && path.test(pathname))
    if (!route) throw new Refusal(404, 'invalid_request_error', `Unrecognized request URL (${method}: ${pathname}).`)
    const fails = method === 'POST' ? takeFailure(state) : null
    const broken = () => new Refusal(500, 'api_error', 'An unknown error occurred.')
    if (fails === 'before') throw broken()
    const done = route[2]({ account, id: decodeURIComponent(route[1].exec(pathname)?.[1] ?? ''), values })
    if (fails) throw broken()
    return structuredClone(done)
  }

  /** Once execution began the answer is kept for a day, that of a 500 as well; what fails validation is not. */
  function keyed(
    key: string | null,
    request: string,
    run: () => Row,
  ): { status: number; body: string; replayed?: true } {
    const before = key === null ? undefined : stored.keys.get(key)
    if (before && io.now() - before.at < KEY_KEPT_MS) {
      if (before.request !== request)
        throw new Refusal(
          400,
          'idempotency_error',
          'Keys for idempotent requests can only be used with the same parameters.',
        )
      return { status: before.status, body: before.body, replayed: true }
    }
    let answer: { status: number; body: string }
    try {
      answer = { status: 200, body: JSON.stringify(run()) }
    } catch (error) {
      if (!(error instanceof Refusal) || error.status < 500) throw error
      answer = { status: error.status, body: JSON.stringify({ error: error.error }) }
    }
    if (key !== null) stored.keys.set(key, { at: io.now(), request, ...answer })
    return answer
  }

  return async (request) => {
    state.requests += 1
    const headers = new Headers({
      'content-type': 'application/json',
      'date': new Date(io.now()).toUTCString(),
      'request-id': account.id('req'),
      'stripe-version': request.headers.get('stripe-version') ?? '2026-10-28.endive',
    })
    try {
      admit(request)
      const { pathname, search } = new URL(request.url)
      const form = request.method === 'GET' ? search.slice(1) : await request.text()
      const key = request.method === 'POST' ? request.headers.get('idempotency-key') : null
      const run = () => work(request.method, pathname, parseForm(form))
      const { status, body, replayed } = keyed(key, `${pathname} ${form}`, run)
      if (replayed) headers.set('idempotent-replayed', 'true')
      return new Response(body, { status, headers })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return new Response(JSON.stringify({ error: error.error }), { status: error.status, headers })
    }
  }
}
