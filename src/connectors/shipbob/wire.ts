/** One exchange with ShipBob: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { API_VERSION, BUCKET, RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Exchange {
  method: 'GET' | 'POST'
  /** After the version: `/order`. */
  path: string
  query?: Readonly<Record<string, string | number>>
  body?: unknown
  /** What it is for, to be shown. */
  what: string
}

export interface Client {
  /** The answer's JSON. Throws a Fault. */
  call(exchange: Exchange): Promise<unknown>
  /** The same yielding to everybody who is not patient: for feeds and upkeep. */
  patient: { call: Client['call'] }
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  channelId: number
  /** Resolved at every use: a rotated token counts from then on. */
  token(): string
  requestTimeoutMs: number
}

export function openClient(options: ClientOptions, io: Io, budget: Budget): Client {
  async function exchange({ method, path, query = {}, body, what }: Exchange, patient: boolean): Promise<unknown> {
    const settle = await budget.draw({ bucket: BUCKET, price: 1, patient, what })
    const values = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    const secret = options.token()
    const request = new Request(
      `${options.url}/${API_VERSION}${path}${values.length > 0 ? `?${values.join('&')}` : ''}`,
      {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          shipbob_channel_id: String(options.channelId),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // A redirect could carry the token to another host, so it is an answer like any other.
        redirect: 'manual',
        signal: options.requestTimeoutMs > 0 ? AbortSignal.timeout(options.requestTimeoutMs) : null,
      },
    )
    let bill: { refused?: true; level?: number } = {}
    try {
      const response = await answered(() => io.fetch(request))
      const left = Number(response.headers.get('x-remaining-calls') ?? Number.NaN)
      // Their count is of a whole minute, ours of a smaller bucket: only theirs being emptier is news.
      if (response.status === 429) bill = { refused: true }
      else if (Number.isFinite(left) && left < 20) bill = { level: Math.max(0, left) }
      const text = await answered(() => response.text())
      if (!response.ok) throw faultOf(response, text, what, secret)
      return parsed(text, what)
    } finally {
      settle(bill)
    }
  }
  return { call: (one) => exchange(one, false), patient: { call: (one) => exchange(one, true) } }
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    const message = 'ShipBob did not answer. Whether the work was done is not known.'
    throw new Fault('unavailable', message, { code: 'shipbob.no_answer' })
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('unavailable', `The answer of ShipBob to ${what} is no JSON.`, {
      code: 'shipbob.unexpected_answer',
    })
  }
}

function faultOf({ status, headers }: Response, text: string, what: string, secret: string): Fault {
  const said = `ShipBob answered ${status} to ${what}.`
  if (status === 429) {
    const wait = Number(headers.get('x-retry-after') ?? headers.get('retry-after') ?? Number.NaN)
    const retryAfterMs = Number.isFinite(wait) ? Math.max(0, Math.ceil(wait * 1_000)) : RETRY_AFTER_DEFAULT_MS
    return new Fault('throttled', `${said} Sending goes on after the wait.`, {
      code: 'shipbob.throttled',
      retryAfterMs,
    })
  }
  if (status >= 500 || status === 408) return new Fault('unavailable', said, { code: 'shipbob.server_error' })
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check the token and its scopes.`, { code: 'shipbob.unauthorised' })
  const words = wordsOf(text, secret)
  const code = CODES[status] ?? 'shipbob.refused'
  return new Fault('rejected', words ? `${said} It says: ${words}` : said, { code })
}

const CODES: Readonly<Record<number, string>> = { 404: 'shipbob.not_found', 422: 'shipbob.unprocessable' }

/** `{ field: [sentence] }`, made fit to be shown: no secrets, no addresses, not endless. */
function wordsOf(text: string, secret: string): string {
  let all: unknown
  try {
    all = JSON.parse(text)
  } catch {
    return ''
  }
  if (typeof all !== 'object' || all === null) return ''
  const lists = Object.entries(all).flatMap(([field, said]) =>
    Array.isArray(said) ? [`${field}: ${said.filter((one) => typeof one === 'string').join(' ')}`] : [],
  )
  const clean = lists
    .join('; ')
    .replaceAll(secret || '\0', '***')
    .replace(/[^\s@"]+@[^\s@"]+/g, '***')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.slice(0, 200)
}
