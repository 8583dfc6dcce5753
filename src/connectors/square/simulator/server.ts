/** The HTTP side of the simulated account: the token, the version, the paths, the rate, and what servers say. */
import { createHash } from 'node:crypto'
import { countRequest } from '../../kit/simulator-server.ts'
import * as accounts from './endpoints-account.ts'
import * as catalog from './endpoints-catalog.ts'
import * as sales from './endpoints-sales.ts'
import * as stocks from './endpoints-stock.ts'
import { asRow } from './body.ts'
import type { Hooks } from './hooks.ts'
import { type Account, Refusal, type Row } from './state.ts'
import type { Stock } from './stock.ts'

export interface Call {
  account: Account
  hooks: Hooks
  stock: Stock
  /** The last part of the path that is a name. */
  id: string
  query: Readonly<Record<string, string | undefined>>
  body: Row
  scopes: readonly string[]
  /** Does it once per key: a repeat with the same content gets the first answer, another content is refused. */
  keyed(key: string | undefined, work: () => Row): Row
}

export type Endpoint = (call: Call) => Row

/** Plain data, to be kept and taken up again. */
export interface ServerState {
  token: string
  scopes: readonly string[]
  keys: Map<string, { digest: string; answer: Row; at: number }>
  requests: number
  replays: number
  /** Requests of the current second. */
  window: { second: number; count: number }
}

export interface ServerParts {
  account: Account
  hooks: Hooks
  stock: Stock
  state: ServerState
}

type Route = [method: string, path: RegExp, endpoint: Endpoint, scope: string | null, query?: readonly string[]]

const LIST = [
  'cursor',
  'limit',
  'location_id',
  'sort_order',
  'sort_field',
  'begin_time',
  'end_time',
  'updated_at_begin_time',
  'updated_at_end_time',
]

const ROUTES: readonly Route[] = [
  ['POST', /^\/oauth2\/token\/status$/, accounts.tokenStatus, null],
  ['GET', /^\/v2\/merchants\/([^/]+)$/, accounts.getMerchant, 'MERCHANT_PROFILE_READ'],
  ['GET', /^\/v2\/locations$/, accounts.listLocations, 'MERCHANT_PROFILE_READ'],
  ['POST', /^\/v2\/orders\/search$/, sales.searchOrders, 'ORDERS_READ'],
  ['POST', /^\/v2\/orders\/batch-retrieve$/, sales.retrieveOrders, 'ORDERS_READ'],
  ['GET', /^\/v2\/orders\/([^/]+)$/, sales.retrieveOrder, 'ORDERS_READ'],
  ['PUT', /^\/v2\/orders\/([^/]+)$/, sales.updateOrder, 'ORDERS_WRITE'],
  [
    'GET',
    /^\/v2\/payments$/,
    sales.listPayments,
    'PAYMENTS_READ',
    [...LIST, 'is_offline_payment', 'offline_begin_time', 'offline_end_time', 'total', 'last_4', 'card_brand'],
  ],
  ['GET', /^\/v2\/payments\/([^/]+)$/, sales.getPayment, 'PAYMENTS_READ'],
  ['GET', /^\/v2\/refunds$/, sales.listRefunds, 'PAYMENTS_READ', [...LIST, 'status', 'source_type']],
  ['POST', /^\/v2\/refunds$/, sales.refundPayment, 'PAYMENTS_WRITE'],
  ['GET', /^\/v2\/refunds\/([^/]+)$/, sales.getRefund, 'PAYMENTS_READ'],
  ['POST', /^\/v2\/events$/, sales.searchEvents, null],
  ['PUT', /^\/v2\/events\/enable$/, sales.enableEvents, null],
  ['POST', /^\/v2\/inventory\/changes\/batch-create$/, stocks.changeInventory, 'INVENTORY_WRITE'],
  ['POST', /^\/v2\/inventory\/changes\/batch-retrieve$/, stocks.retrieveChanges, 'INVENTORY_READ'],
  ['POST', /^\/v2\/inventory\/counts\/batch-retrieve$/, stocks.retrieveCounts, 'INVENTORY_READ'],
  ['GET', /^\/v2\/inventory\/([^/]+)$/, stocks.getCount, 'INVENTORY_READ', ['location_ids', 'cursor']],
  ['POST', /^\/v2\/catalog\/search$/, catalog.searchCatalog, 'ITEMS_READ'],
  ['POST', /^\/v2\/catalog\/batch-retrieve$/, catalog.retrieveCatalog, 'ITEMS_READ'],
  ['POST', /^\/v2\/catalog\/batch-upsert$/, catalog.upsertCatalog, 'ITEMS_WRITE'],
  [
    'GET',
    /^\/v2\/webhooks\/subscriptions$/,
    accounts.listSubscriptions,
    null,
    ['cursor', 'include_disabled', 'limit', 'sort_order'],
  ],
  ['POST', /^\/v2\/webhooks\/subscriptions$/, accounts.createSubscription, null],
  ['GET', /^\/v2\/webhooks\/subscriptions\/([^/]+)$/, accounts.getSubscription, null],
  ['PUT', /^\/v2\/webhooks\/subscriptions\/([^/]+)$/, accounts.updateSubscription, null],
  ['DELETE', /^\/v2\/webhooks\/subscriptions\/([^/]+)$/, accounts.deleteSubscription, null],
]

const DAY_MS = 86_400_000

export function openServer({ account, hooks, stock, state }: ServerParts): (request: Request) => Promise<Response> {
  const { io, options } = account

  function keyed(key: string | undefined, body: Row, work: () => Row): Row {
    if (key === undefined) return work()
    const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex')
    const known = state.keys.get(key)
    if (known && io.now() - known.at <= (options.keyLifeMs ?? DAY_MS)) {
      if (known.digest !== digest)
        throw new Refusal(
          400,
          'IDEMPOTENCY_KEY_REUSED',
          'The idempotency key was used with other content.',
          'idempotency_key',
        )
      state.replays += 1
      return known.answer
    }
    const answer = structuredClone(work())
    state.keys.set(key, { digest, answer, at: io.now() })
    return answer
  }

  function admit(request: Request): void {
    if (countRequest(state, io.now()) > (options.requestsPerSecond ?? Infinity))
      throw new Refusal(429, 'RATE_LIMITED', 'Your request rate is too high. Please try again later.')
    const version = request.headers.get('square-version')
    if (version !== null && !/^\d{4}-\d{2}-\d{2}$/.test(version))
      throw new Refusal(400, 'INVALID_SQUARE_VERSION_FORMAT', `The version ${version} is not a date.`)
    if (request.headers.get('authorization') !== `Bearer ${state.token}`)
      throw new Refusal(401, 'UNAUTHORIZED', 'This request could not be authorized.')
  }

  async function answer(request: Request): Promise<Row> {
    const { pathname, searchParams } = new URL(request.url)
    admit(request)
    const matching = ROUTES.filter(([, path]) => path.test(pathname))
    const route = matching.find(([method]) => method === request.method)
    if (!route)
      throw matching.length > 0
        ? new Refusal(405, 'METHOD_NOT_ALLOWED', 'Method not allowed.')
        : new Refusal(404, 'NOT_FOUND', 'Resource not found.')
    const [, path, endpoint, scope, allowed = []] = route
    if (scope !== null && !state.scopes.includes(scope))
      throw new Refusal(
        403,
        'INSUFFICIENT_SCOPES',
        `The merchant must authorize your application for the following scopes: ${scope}`,
      )
    const query = Object.fromEntries(searchParams)
    const odd = Object.keys(query).find((name) => !allowed.includes(name))
    if (odd !== undefined) throw new Refusal(400, 'UNKNOWN_QUERY_PARAMETER', `Unknown query parameter: ${odd}`, odd)
    const body = await bodyOf(request)
    const id = decodeURIComponent(path.exec(pathname)?.[1] ?? '')
    const { scopes } = state
    return endpoint({ account, hooks, stock, id, query, body, scopes, keyed: (key, work) => keyed(key, body, work) })
  }

  return async (request) => {
    state.requests += 1
    const headers = {
      'content-type': 'application/json',
      'date': new Date(io.now()).toUTCString(),
      'square-version': request.headers.get('square-version') ?? '2025-08-20',
    }
    try {
      return new Response(JSON.stringify(await answer(request)), { status: 200, headers })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return new Response(JSON.stringify({ errors: error.errors }), { status: error.status, headers })
    }
  }
}

async function bodyOf(request: Request): Promise<Row> {
  if (request.method === 'GET' || request.method === 'DELETE') return {}
  const text = await request.text()
  if (text === '') return {}
  try {
    return asRow(JSON.parse(text))
  } catch {
    throw new Refusal(400, 'EXPECTED_JSON_BODY', 'The request body is no JSON.')
  }
}
