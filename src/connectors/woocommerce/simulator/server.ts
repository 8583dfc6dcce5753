/** The HTTP side: who asks, which route, what goes wrong, and every answer with the shop's own time. */
import { API_ROOT } from '../limits.ts'
import { pathOf, refusal } from './auth.ts'
import { type Failure, failure } from './failure.ts'
import { asPhp } from './hooks.ts'
import type { Reply, Route } from './routes.ts'
import type { Mishap, Woo } from './state.ts'

const STORE_ROOT = '/wp-json/wc/store/v1'

export interface Tables {
  rest: readonly Route[]
  store: readonly Route[]
}

export async function answer(woo: Woo, tables: Tables, request: Request): Promise<Response> {
  woo.requests += 1
  const mishap = woo.mishaps.shift()
  if (mishap && !mishap.done) return spoiled(woo, mishap)
  const reply = await work(woo, tables, request)
  return mishap ? spoiled(woo, mishap) : respond(woo, reply)
}

async function work(woo: Woo, { rest, store }: Tables, request: Request): Promise<Reply> {
  const url = new URL(request.url)
  const path = pathOf(woo, url)
  if (path.startsWith(`${STORE_ROOT}/`)) return routed(store, path.slice(STORE_ROOT.length), url, request)
  if (!path.startsWith(`${API_ROOT}/`)) return noRoute()
  const refused = refusal(woo, request, url)
  return refused ?? routed(rest, path.slice(API_ROOT.length), url, request)
}

const noRoute = (): Failure => failure(404, 'rest_no_route', 'No route was found matching the URL and request method.')

async function routed(routes: readonly Route[], path: string, url: URL, request: Request): Promise<Reply> {
  for (const route of routes) {
    const match = route.path.exec(path)
    const handle = match && route[request.method as 'GET']
    if (!match || !handle) continue
    const input = await inputOf(request)
    if (!input)
      return failure(400, 'rest_invalid_json', 'Invalid JSON body passed.', {
        json_error_code: 4,
        json_error_message: 'Syntax error',
      })
    const done = handle({ ids: match.slice(1).map(Number), url, input, headers: request.headers })
    return 'status' in done ? done : { status: 200, ...done }
  }
  return noRoute()
}

/** @returns null when there is a body that is no JSON. */
async function inputOf(request: Request): Promise<Record<string, unknown> | null> {
  const text = await request.text()
  if (text === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

const dateOf = ({ io }: Woo): Record<string, string> => ({ date: new Date(io.now()).toUTCString() })

const respond = (woo: Woo, { status, body, headers = {} }: Reply): Response =>
  new Response(asPhp(body), {
    status,
    headers: { 'content-type': 'application/json; charset=UTF-8', ...dateOf(woo), ...headers },
  })

const spoiled = (woo: Woo, { status, body, headers }: Mishap): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/html; charset=UTF-8', ...dateOf(woo), ...headers } })
