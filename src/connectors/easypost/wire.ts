/** One exchange with EasyPost: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
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
  async function exchange({ method, path, body, what }: Exchange, patient: boolean): Promise<unknown> {
    const settle = await budget.draw({ bucket: BUCKET, price: 1, patient, what })
    const request = new Request(`${url}/${API_VERSION}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${apiKey()}:`).toString('base64')}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      // A redirect could carry the key to another host, so it is an answer like any other.
      redirect: 'manual',
      signal: requestTimeoutMs > 0 ? AbortSignal.timeout(requestTimeoutMs) : null,
    })
    let refused = false
    try {
      const response = await answered(() => io.fetch(request))
      refused = response.status === 429
      const text = await answered(() => response.text())
      if (!response.ok) throw faultOf(response, text, what)
      return parsed(text, what)
    } finally {
      settle(refused ? { refused: true } : {})
    }
  }
  const patient = { call: (one: Exchange) => exchange(one, true) } as Client
  patient.patient = patient
  return { call: (one) => exchange(one, false), patient }
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    const message = 'EasyPost did not answer. Whether the work was done is not known.'
    throw new Fault('unavailable', message, { code: 'easypost.no_answer' })
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const message = `The answer of EasyPost to ${what} is no JSON.`
    throw new Fault('unavailable', message, { code: 'easypost.unexpected_answer' })
  }
}

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
  const wait = Number(headers.get('retry-after') || Number.NaN)
  const waitMs = Number.isFinite(wait) ? Math.max(0, Math.ceil(wait * 1_000)) : undefined
  if (status === 429) {
    const retryAfterMs = waitMs ?? RETRY_AFTER_DEFAULT_MS
    return new Fault('throttled', `${said} Sending goes on after the wait.`, {
      code: 'easypost.throttled',
      retryAfterMs,
    })
  }
  const patience = waitMs === undefined ? {} : { retryAfterMs: waitMs }
  if (status >= 500 || status === 408)
    return new Fault('unavailable', said, { code: 'easypost.server_error', ...patience })
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
