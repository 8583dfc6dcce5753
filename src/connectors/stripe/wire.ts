/** One exchange with Stripe: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { withoutCardNumbers } from '../kit/card-number.ts'
import { encodeForm, type FormValue } from './form.ts'
import { BUCKET, RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Exchange {
  method: 'GET' | 'POST'
  /** From `/v1`, without the query. */
  path: string
  /** The query of a GET, the form of a POST. */
  values?: Readonly<Record<string, FormValue>>
  /** Of a POST: the same over all attempts. */
  key?: string
  /** What it is for, to be shown: `listing refunds`. */
  what: string
}

export interface Client {
  /** The answer's JSON. Throws a Fault. */
  call(exchange: Exchange): Promise<unknown>
  /** The same yielding to everybody who is not patient: for feeds and upkeep. */
  patient: Client
  /** Their clock less ours in milliseconds, never more than it really is; null before the first answer. */
  skewMs(): number | null
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  apiVersion: string
  /** Resolved at every use: a rotated key counts from then on. */
  secretKey(): string
  requestTimeoutMs: number
}

export function openClient(options: ClientOptions, io: Io, budget: Budget): Client {
  let skewMs: number | null = null

  async function exchange({ method, path, values = {}, key, what }: Exchange, patient: boolean): Promise<unknown> {
    const settle = await budget.draw({ bucket: BUCKET, price: 1, patient, what })
    const form = encodeForm(values)
    const query = method === 'GET' && form !== '' ? `?${form}` : ''
    const secret = options.secretKey()
    const request = new Request(`${options.url}${path}${query}`, {
      method,
      headers: {
        'authorization': `Bearer ${secret}`,
        'stripe-version': options.apiVersion,
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(key === undefined ? {} : { 'idempotency-key': key.slice(0, 255) }),
      },
      ...(method === 'POST' ? { body: form } : {}),
      // A redirect could carry the key to another host, so it is an answer like any other.
      redirect: 'manual',
      signal: options.requestTimeoutMs > 0 ? AbortSignal.timeout(options.requestTimeoutMs) : null,
    })
    let refused = false
    try {
      const response = await answered(() => io.fetch(request))
      const at = Date.parse(response.headers.get('date') ?? '')
      if (!Number.isNaN(at)) skewMs = at - io.now()
      refused = response.status === 429
      const text = await answered(() => response.text())
      if (!response.ok) throw faultOf(response, text, what, secret)
      return parsed(text, what)
    } finally {
      settle(refused ? { refused: true } : {})
    }
  }

  const client = (patient: boolean): Omit<Client, 'patient'> => ({
    call: (one) => exchange(one, patient),
    skewMs: () => skewMs,
  })
  const slow = client(true) as Client
  slow.patient = slow
  return { ...client(false), patient: slow }
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    throw new Fault('unavailable', 'Stripe did not answer. Whether the work was done is not known.', {
      code: 'stripe.no_answer',
    })
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('unavailable', `The answer of Stripe to ${what} is no JSON.`, { code: 'stripe.unexpected_answer' })
  }
}

const STORED_ERROR_WAIT_MS = 3_600_000

function faultOf(response: Response, text: string, what: string, secret: string): Fault {
  const { status, headers } = response
  const { type, code, message } = errorOf(text)
  const said = `Stripe answered ${status}${code ? ` (${code})` : ''} to ${what}.`
  const wait = Number(headers.get('retry-after') || Number.NaN)
  const waitMs = Number.isFinite(wait) ? Math.max(0, Math.ceil(wait * 1_000)) : undefined
  if (status === 429)
    return new Fault('throttled', `${said} Sending goes on after the wait.`, {
      code: 'stripe.throttled',
      retryAfterMs: waitMs ?? RETRY_AFTER_DEFAULT_MS,
    })
  if (status >= 500 && headers.get('idempotent-replayed') === 'true') {
    // Under the same key it says the same for a day, and under another one the work could be done twice.
    const words = `${said} It repeats an earlier failure of its own: whether the work was done shows later.`
    return new Fault('unavailable', words, { code: 'stripe.stored_error', retryAfterMs: STORED_ERROR_WAIT_MS })
  }
  const patience = waitMs === undefined ? {} : { retryAfterMs: waitMs }
  if (status >= 500 || status === 408)
    return new Fault('unavailable', said, { code: 'stripe.server_error', ...patience })
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check the key and what it may do.`, { code: 'stripe.unauthorised' })
  if (status === 409)
    return new Fault('conflict', `${said} The same call is under way.`, { code: 'stripe.conflict', ...patience })
  const words = quotable(message, secret)
  const named = type === 'idempotency_error' ? 'stripe.key_reused' : (CODES[code] ?? 'stripe.refused')
  return new Fault('rejected', words ? `${said} It says: ${words}` : said, { code: named })
}

/** Refusals that mean something of their own. */
const CODES: Readonly<Record<string, string>> = {
  resource_missing: 'stripe.not_found',
  charge_already_refunded: 'stripe.beyond_captured',
  payment_intent_unexpected_state: 'stripe.not_capturable',
  charge_already_captured: 'stripe.not_capturable',
  amount_too_large: 'stripe.beyond_captured',
}

function errorOf(text: string): { type: string; code: string; message: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { type?: unknown; code?: unknown; message?: unknown } }
    const word = (value: unknown) => (typeof value === 'string' && /^[a-z][a-z0-9_]{1,80}$/.test(value) ? value : '')
    const message = typeof error?.message === 'string' ? error.message : ''
    return { type: word(error?.type), code: word(error?.code), message }
  } catch {
    return { type: '', code: '', message: '' }
  }
}

/** Words of Stripe made fit to be shown: one line, no secrets, no addresses, not endless. */
function quotable(words: string, secret: string): string {
  const clean = withoutCardNumbers(secret === '' ? words : words.replaceAll(secret, '***'))
    .replace(/[^\s@"]+@[^\s@"]+/g, '***')
    .replace(/\b[sr]k_(live|test)_\S+/g, '***')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean
}
