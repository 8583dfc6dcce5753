/** One exchange with EasyPost: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { openExchange, passingFault, retryAfterMs, withPatience } from '../kit/exchange.ts'
import { API_VERSION, BUCKET, RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Exchange {
  method: 'GET' | 'POST' | 'PATCH'
  /** Behind the version, with its query. */
  path: string
  body?: object
  /** What it is for, to be shown: `listing trackers`. */
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
  /** Resolved at every use: a rotated key counts from then on. */
  apiKey(): string
  requestTimeoutMs: number
}

export function openClient({ url, apiKey, requestTimeoutMs }: ClientOptions, io: Io, budget: Budget): Client {
  const exchange = openExchange(
    {
      name: 'EasyPost',
      codes: { noAnswer: 'easypost.no_answer', noJson: 'easypost.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs,
    },
    io,
    budget,
  )
  const call = async ({ method, path, body, what }: Exchange, patient: boolean): Promise<unknown> =>
    exchange({
      what,
      patient,
      request: {
        url: `${url}/${API_VERSION}${path}`,
        method,
        headers: {
          authorization: `Basic ${Buffer.from(`${apiKey()}:`).toString('base64')}`,
          ...(body ? { 'content-type': 'application/json' } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      },
      refusal: (response, text) => faultOf(response, text, what),
    })
  return withPatience<Client>((patient) => ({ call: (one) => call(one, patient) }))
}

/** 422 like a refusal, and none: a carrier did not answer EasyPost, or the same label is being bought right now. */
const UNDECIDED = /\.(NO_RESPONSE|TIMED_OUT|IN_PROGRESS)$|^ADDRESS\.VERIFY\.(UPSTREAM_)?UNAVAILABLE$/

/** How their codes begin, and ours. */
const REFUSALS = [
  ['ADDRESS.', 'easypost.address_refused'],
  ['SHIPMENT.POSTAGE.EXISTS', 'easypost.label_exists'],
  ['SHIPMENT.REFUND.', 'easypost.not_given_back'],
  ['SHIPMENT.', 'easypost.not_sold'],
] as const

function faultOf({ status, headers }: Response, text: string, what: string): Fault {
  const code = codeOf(text)
  // Their sentences repeat names and addresses; the code says as much.
  const said = `EasyPost answered ${status}${code ? ` (${code})` : ''} to ${what}.`
  const passing = passingFault(status, {
    said,
    codes: { throttled: 'easypost.throttled', serverError: 'easypost.server_error' },
    waitMs: retryAfterMs(headers),
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })
  if (passing) return passing
  if (UNDECIDED.test(code))
    return new Fault('unavailable', `${said} It may have been done all the same.`, { code: 'easypost.carrier_silent' })
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check the key.`, { code: 'easypost.unauthorised' })
  if (status === 404) return new Fault('rejected', said, { code: 'easypost.not_found' })
  if (status === 402)
    return new Fault('rejected', `${said} Fill the account up, then retry.`, { code: 'easypost.no_funds' })
  const known = REFUSALS.find(([start]) => code.startsWith(start))
  if (known) return new Fault('rejected', said, { code: known[1] })
  if (code.startsWith('TRACKER.')) return new Fault('rejected', said, { code: 'easypost.not_followed' })
  return new Fault('rejected', said, { code: 'easypost.refused' })
}

function codeOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: unknown } }
    return typeof error?.code === 'string' && /^[A-Z][A-Z0-9_.]{1,80}$/.test(error.code) ? error.code : ''
  } catch {
    return ''
  }
}
