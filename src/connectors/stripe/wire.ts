/** One exchange with Stripe: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { withoutCardNumbers } from '#canon/card-number.ts'
import { openExchange, passingFault, retryAfterMs, withPatience } from '../kit/exchange.ts'
import { quotable } from '../kit/quotable.ts'
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
  const exchange = openExchange(
    {
      name: 'Stripe',
      codes: { noAnswer: 'stripe.no_answer', noJson: 'stripe.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs: options.requestTimeoutMs,
      seen({ headers }) {
        const at = Date.parse(headers.get('date') ?? '')
        if (!Number.isNaN(at)) skewMs = at - io.now()
      },
    },
    io,
    budget,
  )

  async function call({ method, path, values = {}, key, what }: Exchange, patient: boolean): Promise<unknown> {
    const form = encodeForm(values)
    const secret = options.secretKey()
    const request = {
      url: `${options.url}${path}${method === 'GET' && form !== '' ? `?${form}` : ''}`,
      method,
      headers: {
        'authorization': `Bearer ${secret}`,
        'stripe-version': options.apiVersion,
        ...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(key === undefined ? {} : { 'idempotency-key': key.slice(0, 255) }),
      },
      ...(method === 'POST' ? { body: form } : {}),
    }
    return exchange({ what, patient, request, refusal: (response, text) => faultOf(response, text, what, secret) })
  }

  return withPatience<Client>((patient) => ({ call: (one) => call(one, patient), skewMs: () => skewMs }))
}

const STORED_ERROR_WAIT_MS = 3_600_000

function faultOf(response: Response, text: string, what: string, secret: string): Fault {
  const { status, headers } = response
  const { type, code, message } = errorOf(text)
  const said = `Stripe answered ${status}${code ? ` (${code})` : ''} to ${what}.`
  const waitMs = retryAfterMs(headers)
  if (status >= 500 && headers.get('idempotent-replayed') === 'true') {
    // Under the same key it says the same for a day, and under another one the work could be done twice.
    const words = `${said} It repeats an earlier failure of its own: whether the work was done shows later.`
    return new Fault('unavailable', words, { code: 'stripe.stored_error', retryAfterMs: STORED_ERROR_WAIT_MS })
  }
  const codes = { throttled: 'stripe.throttled', serverError: 'stripe.server_error' }
  const passing = passingFault(status, { said, codes, waitMs, defaultMs: RETRY_AFTER_DEFAULT_MS })
  if (passing) return passing
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check the key and what it may do.`, { code: 'stripe.unauthorised' })
  if (status === 409)
    return new Fault('conflict', `${said} The same call is under way.`, {
      code: 'stripe.conflict',
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    })
  const words = quotable(withoutCardNumbers(message), [secret], [/\b[sr]k_(live|test)_\S+/g])
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
