/** The HTTP side of the simulated account: tokens, paths, what it refuses, and in which words. */
import { countRequest, type ServerState, takeFailure } from '../../kit/simulator-server.ts'
import type { Account } from './index.ts'
import { cancel, createDelivery, createQuote, found, listDeliveries } from './orders.ts'
import { invalid, Refusal, type Row } from './state.ts'

export interface Call {
  account: Account
  id: string
  query: URLSearchParams
  body: Row
}

const ROUTES: readonly [method: string, path: RegExp, endpoint: (call: Call) => Row][] = [
  ['POST', /^\/delivery_quotes$/, ({ account, body }) => createQuote(account, body)],
  ['GET', /^\/deliveries$/, ({ account, query }) => listDeliveries(account, query)],
  ['POST', /^\/deliveries$/, ({ account, body }) => createDelivery(account, body)],
  ['GET', /^\/deliveries\/([^/]+)$/, ({ account, id }) => found(account, id)],
  ['POST', /^\/deliveries\/([^/]+)\/cancel$/, ({ account, id }) => cancel(account, id)],
]

export function openServer(account: Account, server: ServerState) {
  return async (request: Request): Promise<Response> => {
    server.requests += 1
    const { pathname } = new URL(request.url)
    try {
      if (countRequest(server, account.nowMs()) > (account.options.requestsPerSecond ?? 1_000))
        throw new Refusal(429, 'customer_limited', 'Your account’s limits have been exceeded.')
      if (pathname === '/oauth/v2/token') return await token(account, request)
      authorise(account, request)
      const fails = takeFailure(server)
      if (fails === 'before') return broken()
      const answer = await route(account, request, pathname)
      return fails ? broken() : Response.json(answer)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      return Response.json(error.error, { status: error.status })
    }
  }
}

const broken = (): Response =>
  Response.json({ code: 'internal_server_error', message: 'We have experienced a problem.' }, { status: 500 })

async function token({ options, stored, id, nowMs }: Account, request: Request): Promise<Response> {
  const form = new URLSearchParams(await request.text())
  const refuse = (error: string) => Response.json({ error, error_description: error }, { status: 401 })
  if (form.get('grant_type') !== 'client_credentials') return refuse('invalid_request')
  if (form.get('client_id') !== options.clientId || form.get('client_secret') !== options.clientSecret)
    return refuse('invalid_client')
  if (form.get('scope') !== 'eats.deliveries') return refuse('invalid_scope')
  const text = id('token')
  const seconds = options.tokenSeconds ?? 2_592_000
  stored.tokens.set(text, nowMs() + seconds * 1_000)
  return Response.json({ access_token: text, expires_in: seconds, token_type: 'Bearer', scope: 'eats.deliveries' })
}

function authorise({ stored, nowMs }: Account, request: Request): void {
  const [scheme, text = ''] = (request.headers.get('authorization') ?? '').split(' ')
  if (scheme === 'Bearer' && (stored.tokens.get(text) ?? 0) > nowMs()) return
  throw new Refusal(401, 'unauthorized', 'Invalid OAuth 2.0 credentials provided.')
}

async function route(account: Account, request: Request, pathname: string): Promise<Row> {
  const [, customer = '', rest = ''] = /^\/v1\/customers\/([^/]+)(\/.*)$/.exec(pathname) ?? []
  if (customer !== account.options.customerId) throw new Refusal(404, 'customer_not_found', 'Customer does not exist.')
  for (const [method, path, endpoint] of ROUTES) {
    const match = method === request.method ? path.exec(rest) : null
    if (!match) continue
    const body = method === 'GET' ? {} : jsonOf(await request.text())
    const { searchParams: query } = new URL(request.url)
    return endpoint({ account, id: decodeURIComponent(match[1] ?? ''), query, body })
  }
  throw new Refusal(404, 'delivery_not_found', 'The requested delivery does not exist.')
}

function jsonOf(text: string): Row {
  try {
    return (text === '' ? {} : JSON.parse(text)) as Row
  } catch {
    throw invalid({ param_details: 'no JSON' })
  }
}
