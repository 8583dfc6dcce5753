/** Routes, checks, answers: what the table of operations says, done for every request in the same way. */
import { EXPOSITION_TYPE } from '#insight/exposition.ts'
import { isPassing } from '#insight/readiness.ts'
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Knock } from './access.ts'
import { openApi } from './openapi.ts'
import { typedCard } from './typed-card.ts'
import type { House, Operation } from './operation.ts'
import { Reply } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import type { Pages } from './pages.ts'
import {
  badParameter, methodNotAllowed, notFound, PROBLEM_TYPE, problemOf, Refusal, tooLarge, unavailable, unexpected,
} from './problem.ts' // prettier-ignore

const BODY_BYTES_MAX = 64 * 1024

/** Nothing is loaded from elsewhere, nothing may frame us, nobody guesses types. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

export function createApp(house: House, pages: Pages | null): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    for (const [name, value] of Object.entries(SAFE_HEADERS)) c.res.headers.set(name, value)
  })
  app.use(async (c, next) => {
    const { path, method } = c.req
    const refusal = house.access.refuses(knockOf(c), { open: isOpen(path, method), signed: isSigned(path, method) })
    return refusal ? refuse(c, refusal) : next()
  })
  for (const [path, operations] of byPath()) {
    app.all(routeOf(path), async (c) => {
      const one = operations.find(({ method }) => method === (c.req.method === 'HEAD' ? 'GET' : c.req.method))
      if (one) return perform(c, one, house)
      const allowed = operations.map(({ method }) => method)
      return refuse(c, methodNotAllowed(c.req.method, allowed))
    })
  }
  app.get('/api/openapi.json', (c) => c.json(openApi(house.version)))
  app.all('/api/openapi.json', (c) => refuse(c, methodNotAllowed(c.req.method, ['GET'])))
  app.get(METRICS, async (c) =>
    c.body(await house.metrics.read(), 200, { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' }),
  )
  app.all(METRICS, (c) => refuse(c, methodNotAllowed(c.req.method, ['GET'])))
  app.notFound((c) => elsewhere(c, pages))
  app.onError((error, c) => refuse(c, failureOf(error, c.req.path, house)))
  return app
}

function byPath(): Map<string, Operation[]> {
  const paths = new Map<string, Operation[]>()
  for (const one of OPERATIONS) paths.set(one.path, [...(paths.get(one.path) ?? []), one])
  return paths
}

/** `{name}` as the router writes it. */
const routeOf = (path: string): string => path.replace(/\{\+(\w+)\}/g, ':$1{.+}').replace(/\{(\w+)\}/g, ':$1')

const isSigned = (path: string, method: string): boolean =>
  OPERATIONS.some((one) => one.signed && one.method === method && patternOf(one.path).test(path))

/** An open place with parameters in it. */
const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`)

/** Where collectors look; no part of what the console sees. */
const METRICS = '/metrics'

/** Pages are for everybody: the one that asks for the token among them. */
function isOpen(path: string, method: string): boolean {
  if (path === METRICS) return false
  if (path !== '/api' && !path.startsWith('/api/')) return true
  return OPERATIONS.some(
    (one) => one.open && patternOf(one.path).test(path) && (one.method === method || method === 'HEAD'),
  )
}

const knockOf = (c: Context): Knock => ({ method: c.req.method, header: (name) => c.req.header(name) })

async function perform(c: Context, one: Operation, house: House): Promise<Response> {
  const params = paramsOf(c, one)
  if (params instanceof Refusal) return refuse(c, params)
  const body = await bodyOf(c, one)
  if (body instanceof Refusal) return refuse(c, body)
  const bytes = one.raw ? await readBytes(c.req.raw, one.raw.bytesMax) : NO_BYTES
  if (bytes instanceof Refusal) return refuse(c, bytes)
  const answer = await one.handle({ params, body, bytes, header: (name) => c.req.header(name) }, house)
  if (answer instanceof Refusal) return refuse(c, answer)
  if (answer instanceof Response) return c.req.method === 'HEAD' ? headOf(answer) : answer
  const {
    answer: value,
    status,
    headers,
  } = answer instanceof Reply ? answer : new Reply(answer, { status: one.status ?? 200 })
  const all = { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers }
  return new Response(JSON.stringify(value), { status, headers: all })
}

/** Nobody will read the body: whoever writes it has to know. */
async function headOf({ status, headers, body }: Response): Promise<Response> {
  await body?.cancel()
  return new Response(null, { status, headers })
}

function paramsOf(c: Context, { params: schema }: Operation): unknown {
  const query = new URL(c.req.url).searchParams
  const given = { ...Object.fromEntries(query), ...c.req.param() } as Record<string, string>
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name))
      return badParameter(name.slice(0, 60), `is not known here. Known are: ${names.join(', ') || 'none'}.`)
    // What cannot be stored cannot be asked for.
    if (value.includes('\0')) return badParameter(name, 'holds a character that cannot be stored.')
  }
  return schema ? checked(schema, given) : {}
}

function checked(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  return badParameter(issue?.path.join('.') || 'body', issue?.message ?? 'has the wrong shape.')
}

async function bodyOf(c: Context, { body: schema }: Operation): Promise<unknown> {
  if (!schema) return undefined
  const text = await readText(c.req.raw)
  if (text instanceof Refusal) return text
  if (text !== '' && !/^application\/json\b/i.test(c.req.header('content-type') ?? '')) return NOT_JSON
  try {
    const said: unknown = text === '' ? {} : JSON.parse(text)
    return typedCard(said) ?? checked(schema, said)
  } catch {
    return badParameter('body', 'is not JSON.')
  }
}

const NOT_JSON = new Refusal(415, 'not_json', {
  title: 'Not JSON',
  detail: 'The body is of another type than application/json.',
  cure: 'Send JSON, and say so in Content-Type.',
})

async function readText(request: Request): Promise<string | Refusal> {
  const bytes = await readBytes(request, BODY_BYTES_MAX)
  return bytes instanceof Refusal ? bytes : Buffer.from(bytes).toString('utf8')
}

const NO_BYTES = new Uint8Array()

async function readBytes({ body }: Request, bytesMax: number): Promise<Uint8Array | Refusal> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > bytesMax) return tooLarge(bytesMax)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

async function elsewhere(c: Context, pages: Pages | null): Promise<Response> {
  const { path, method } = c.req
  if (path.startsWith('/api') || path.startsWith('/hooks')) return refuse(c, notFound('such address'))
  if (method !== 'GET' && method !== 'HEAD') return refuse(c, methodNotAllowed(method, ['GET']))
  return pages?.serve(c.req.raw) ?? refuse(c, NO_PAGE)
}

const NO_PAGE = new Refusal(404, 'not_found', {
  title: 'Not found',
  detail: 'There is no such page.',
  cure: 'Open / for the console; when that is missing too, it has not been built: npm start does that.',
})

function refuse(c: Context, refusal: Refusal): Response {
  const headers = { 'content-type': PROBLEM_TYPE, 'cache-control': 'no-store', ...refusal.headers }
  return new Response(JSON.stringify(problemOf(refusal, c.req.path)), { status: refusal.status, headers })
}

/** What nobody foresaw: logged in full under a number, answered with the number alone. */
export function failureOf(error: unknown, path: string, { engine: { io } }: House): Refusal {
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  if (isPassing(error)) {
    io.log('warn', 'a request could not be answered now', { path, reason })
    return unavailable(5)
  }
  const id = io.id().slice(0, 12)
  io.log('error', 'a request failed', { id, path, reason })
  return unexpected(id)
}
