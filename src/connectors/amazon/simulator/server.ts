/** The HTTP side of the simulated marketplace: tokens, a bucket per operation, documents, and what servers say. */
import { createHash } from 'node:crypto'
import { GRANTLESS_SCOPE, type Operation, OPERATIONS } from '../limits.ts'
import { type Answer, refuse, SIMULATED } from './operations.ts'
import { answerQueue } from './sqs.ts'
import type { World } from './state.ts'
import { packed } from './trade.ts'

export interface Server {
  fetch(request: Request): Promise<Response>
}

const HOUR_S = 3_600

/** @param tick does what is due before a request is answered. */
export function openServer(world: World, tick: () => void): Server {
  const { state, io } = world

  return {
    async fetch(request) {
      state.counts.requests += 1
      tick()
      const { pathname } = new URL(request.url)
      if (request.headers.has('x-amz-target')) return answerQueue(world, request)
      if (pathname === '/auth/o2/token') return giveToken(world, await request.text())
      if (pathname.startsWith('/presigned/')) return giveDocument(world, request)
      const found = operationOf(request.method, pathname)
      if (!found) return reply(world, refuse(404, 'NotFound', 'There is no such operation.'), null)
      const { name, path } = found
      const operation: Operation = OPERATIONS[name]
      const refusal = tokenRefusal(world, request, operation)
      if (refusal) return reply(world, refusal, operation)
      if (!draw(world, name, operation)) {
        state.counts.throttled += 1
        return reply(
          world,
          refuse(429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.'),
          operation,
        )
      }
      const url = new URL(request.url)
      const body = bodyOf(await request.text())
      if (body === null) return reply(world, refuse(400, 'InvalidInput', 'The body is not JSON.'), operation)
      const asked = { path, query: url.searchParams, body, origin: url.origin }
      return reply(world, SIMULATED[name]!(world, asked), operation)
    },
  }

  function reply({ next }: World, { status, body }: Answer, operation: Operation | null): Response {
    const headers: Record<string, string> = {
      'date': new Date(io.now()).toUTCString(),
      'x-amzn-requestid': `request-${next()}`,
      ...(operation ? { 'x-amzn-ratelimit-limit': String(rateOf(world, operation).rate) } : {}),
    }
    if (body === undefined) return new Response(null, { status, headers })
    return new Response(JSON.stringify(body), { status, headers: { ...headers, 'content-type': 'application/json' } })
  }
}

type Name = keyof typeof OPERATIONS

/** Paths with their names filled in, tried one after the other. */
const ROUTES = (Object.entries(OPERATIONS) as [Name, Operation][])
  .filter(([name]) => Object.hasOwn(SIMULATED, name))
  .map(([name, { method, path }]) => {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, one]) => one!)
    return { name, method, names, pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '([^/]+)')}$`) }
  })

function operationOf(method: string, pathname: string): { name: Name; path: Record<string, string> } | null {
  for (const { name, method: wanted, names, pattern } of ROUTES) {
    const match = wanted === method ? pattern.exec(pathname) : null
    if (!match) continue
    return { name, path: Object.fromEntries(names.map((one, index) => [one, decodeURIComponent(match[index + 1]!)])) }
  }
  return null
}

const rateOf = ({ options }: World, operation: Operation): { rate: number; burst: number } => {
  const [name] = (Object.entries(OPERATIONS) as [string, Operation][]).find(([, one]) => one === operation) ?? ['']
  return options.rates?.[name] ?? operation
}

/** One token, if there is one. */
function draw(world: World, name: string, operation: Operation): boolean {
  const { state, io } = world
  const { rate, burst } = rateOf(world, operation)
  const { level, at } = state.buckets.get(name) ?? { level: burst, at: io.now() }
  const now = Math.min(burst, level + ((io.now() - at) / 1_000) * rate)
  const enough = now >= 1 - 1e-9
  state.buckets.set(name, { level: enough ? now - 1 : now, at: io.now() })
  return enough
}

/** Amazon says the same of a token that is missing, over, or of the wrong kind. */
function tokenRefusal({ state, io }: World, request: Request, { grantless }: Operation): Answer | null {
  const token = state.tokens.get(request.headers.get('x-amz-access-token') ?? '')
  const message = 'Access to requested resource is denied.'
  if (!token) return refuse(403, 'Unauthorized', message, 'Access token is missing in the request header.')
  if (token.until <= io.now()) return refuse(403, 'Unauthorized', message, 'The access token you provided has expired.')
  return (token.grant === 'grantless') === (grantless ?? false) ? null : refuse(403, 'Unauthorized', message)
}

function giveToken({ state, io, options, next }: World, text: string): Response {
  const given = new URLSearchParams(text)
  const { clientSecret, refreshToken, authorised } = state.credentials
  const said = (status: number, body: object): Response =>
    Response.json(body, { status, headers: { date: new Date(io.now()).toUTCString() } })
  if (given.get('client_id') !== options.clientId || given.get('client_secret') !== clientSecret)
    return said(401, { error: 'invalid_client', error_description: 'Client authentication failed' })
  const kind = given.get('grant_type')
  const isSeller = kind === 'refresh_token'
  if (isSeller && (given.get('refresh_token') !== refreshToken || !authorised))
    return said(400, { error: 'invalid_grant', error_description: 'The request has an invalid grant parameter' })
  if (!isSeller && (kind !== 'client_credentials' || given.get('scope') !== GRANTLESS_SCOPE))
    return said(400, { error: 'invalid_scope', error_description: 'The request has an invalid scope' })
  const value = `Atza|${createHash('sha256').update(`${options.sellerId} ${next()}`).digest('hex')}`
  const lives = options.tokenLifeSeconds ?? HOUR_S
  state.tokens.set(value, { until: io.now() + lives * 1_000, grant: isSeller ? 'seller' : 'grantless' })
  return said(200, {
    access_token: value, token_type: 'bearer', expires_in: lives, ...(isSeller ? { refresh_token: refreshToken } : {}),
  }) // prettier-ignore
}

async function giveDocument({ state, io }: World, request: Request): Promise<Response> {
  const url = new URL(request.url)
  const document = state.documents.get(decodeURIComponent(url.pathname.slice('/presigned/'.length)))
  // The store of documents speaks XML, and refuses the token of the API.
  if (!document || Number(url.searchParams.get('until')) < io.now())
    return new Response('<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>', {
      status: 403,
    })
  if (request.method === 'PUT') {
    document.text = await request.text()
    return new Response(null, { status: 200 })
  }
  if (request.method !== 'GET') return new Response('<Error><Code>MethodNotAllowed</Code></Error>', { status: 405 })
  const headers = { 'content-type': `text/plain;charset=${document.charset ?? 'utf-8'}` }
  return new Response(new Uint8Array(packed(document)), { status: 200, headers })
}

function bodyOf(text: string): Record<string, unknown> | null {
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}
