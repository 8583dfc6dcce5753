/** One exchange with ShipBob: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { openExchange, passingFault, withPatience } from '../kit/exchange.ts'
import { cleaned } from '../kit/quotable.ts'
import { jsonOf } from '../kit/shape.ts'
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
  patient: Client
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
  const exchange = openExchange(
    {
      name: 'ShipBob',
      codes: { noAnswer: 'shipbob.no_answer', noJson: 'shipbob.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs: options.requestTimeoutMs,
      seen({ headers }) {
        const left = Number(headers.get('x-remaining-calls') ?? Number.NaN)
        // Their count is of a whole minute, ours of a smaller bucket: only theirs being emptier is news.
        return Number.isFinite(left) && left < 20 ? { level: Math.max(0, left) } : {}
      },
    },
    io,
    budget,
  )

  async function call({ method, path, query = {}, body, what }: Exchange, patient: boolean): Promise<unknown> {
    const values = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    const secret = options.token()
    const request = {
      url: `${options.url}/${API_VERSION}${path}${values.length > 0 ? `?${values.join('&')}` : ''}`,
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        shipbob_channel_id: String(options.channelId),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    return exchange({ what, patient, request, refusal: (response, text) => faultOf(response, text, what, secret) })
  }
  return withPatience<Client>((patient) => ({ call: (one) => call(one, patient) }))
}

function faultOf({ status, headers }: Response, text: string, what: string, secret: string): Fault {
  const said = `ShipBob answered ${status} to ${what}.`
  // The wait is said with 429 alone.
  const wait = Number(headers.get('x-retry-after') ?? headers.get('retry-after') ?? Number.NaN)
  const isSaid = status === 429 && Number.isFinite(wait)
  const passing = passingFault(status, {
    said,
    codes: { throttled: 'shipbob.throttled', serverError: 'shipbob.server_error' },
    waitMs: isSaid ? Math.max(0, Math.ceil(wait * 1_000)) : undefined,
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })
  if (passing) return passing
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check the token and its scopes.`, { code: 'shipbob.unauthorised' })
  const words = wordsOf(text, secret)
  const code = CODES[status] ?? 'shipbob.refused'
  return new Fault('rejected', words ? `${said} It says: ${words}` : said, { code })
}

const CODES: Readonly<Record<number, string>> = { 404: 'shipbob.not_found', 422: 'shipbob.unprocessable' }

/** `{ field: [sentence] }`, made fit to be shown: no secrets, no addresses, not endless. */
function wordsOf(text: string, secret: string): string {
  const all = jsonOf(text)
  if (typeof all !== 'object' || all === null) return ''
  const lists = Object.entries(all).flatMap(([field, said]) =>
    Array.isArray(said) ? [`${field}: ${said.filter((one) => typeof one === 'string').join(' ')}`] : [],
  )
  return cleaned(lists.join('; '), [secret]).slice(0, 200)
}
