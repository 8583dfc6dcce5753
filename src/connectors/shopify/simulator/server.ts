/** The HTTP side of the simulated shop: tokens by client credentials, the GraphQL endpoint, and what servers say. */
import { createHash } from 'node:crypto'
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { Engine } from './engine.ts'
import type { ShopOptions } from './state.ts'

/** Plain data, to be kept and taken up again. */
export interface ServerState {
  /** Until when each holds. */
  tokens: Map<string, number>
  installed: boolean
  issued: number
  requests: number
}

export interface Server {
  state: ServerState
  fetch(request: Request): Promise<Response>
  /** All tokens are refused from now on; new ones can be had. */
  revokeTokens(): void
  /** As above, and none is given any more. */
  uninstall(): void
  install(): void
  requests(): number
}

export interface ServerOptions {
  options: ShopOptions
  io: SimulatorIo
  engine: Engine
  scopes(): readonly string[]
  /** Does what is due before a request is answered. */
  tick(): void
  /** What an earlier server remembered; it is taken over, not copied. */
  before?: ServerState | undefined
}

const DAY_S = 86_399

const newState = (): ServerState => ({ tokens: new Map(), installed: true, issued: 0, requests: 0 })

export function openServer({ options, io, engine, scopes, tick, before = newState() }: ServerOptions): Server {
  const state = before
  const { tokens } = state

  const reply = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
    new Response(JSON.stringify(body), {
      status,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'date': new Date(io.now()).toUTCString(),
        'x-request-id': `sim-${state.requests}`,
        ...headers,
      },
    })

  async function token(request: Request): Promise<Response> {
    const given = await credentials(request)
    if (given['grant_type'] !== 'client_credentials') return reply(400, { error: 'unsupported_grant_type' })
    const genuine = given['client_id'] === options.clientId && given['client_secret'] === options.clientSecret
    if (!genuine || !state.installed)
      return reply(400, { error: 'invalid_client', error_description: 'Client authentication failed.' })
    state.issued += 1
    const value = `shpat_${createHash('sha256').update(`${options.shop} ${state.issued}`).digest('hex').slice(0, 32)}`
    const lives = options.tokenLifeSeconds ?? DAY_S
    tokens.set(value, io.now() + lives * 1_000)
    return reply(200, { access_token: value, scope: scopes().join(','), expires_in: lives })
  }

  function authorised(request: Request): boolean {
    const value = request.headers.get('x-shopify-access-token') ?? ''
    const until = tokens.get(value)
    if (until !== undefined && until > io.now()) return true
    tokens.delete(value)
    return false
  }

  async function graphql(request: Request, version: string): Promise<Response> {
    if (!authorised(request)) {
      return reply(401, { errors: '[API] Invalid API key or access token (unrecognized login or wrong password)' })
    }
    const body = parsed(await request.text())
    if (typeof body?.['query'] !== 'string')
      return reply(400, { errors: { query: 'Required parameter missing or invalid' } })
    const variables = (body['variables'] ?? {}) as Record<string, unknown>
    return reply(200, engine.run({ query: body['query'], variables }), { 'x-shopify-api-version': version })
  }

  return {
    state,
    requests: () => state.requests,
    revokeTokens: () => tokens.clear(),
    uninstall() {
      state.installed = false
      tokens.clear()
    },
    install: () => void (state.installed = true),
    async fetch(request) {
      state.requests += 1
      tick()
      const { pathname } = new URL(request.url)
      if (request.method !== 'POST') return reply(404, { errors: 'Not Found' })
      if (pathname === '/admin/oauth/access_token') return token(request)
      const version = /^\/admin\/api\/(\d{4}-\d{2}|unstable)\/graphql\.json$/.exec(pathname)?.[1]
      return version ? graphql(request, version) : reply(404, { errors: 'Not Found' })
    },
  }
}

async function credentials(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text()
  const isForm = request.headers.get('content-type')?.includes('application/x-www-form-urlencoded')
  return isForm ? Object.fromEntries(new URLSearchParams(text)) : (parsed(text) ?? {})
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
