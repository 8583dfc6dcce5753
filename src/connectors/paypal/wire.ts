/** One exchange with PayPal: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { withoutCardNumbers } from '#canon/card-number.ts'
import { openExchange, passingFault, retryAfterMs, withPatience } from '../kit/exchange.ts'
import { quotable } from '../kit/quotable.ts'
import { BUCKET, RETRY_AFTER_DEFAULT_MS, TOKEN_MARGIN_MS } from './limits.ts'

export interface Exchange {
  method: 'GET' | 'POST' | 'PATCH'
  /** With its query. */
  path: string
  body?: unknown
  /** `PayPal-Request-Id`: the same over all attempts. */
  key?: string
  /** What it is for, to be shown: `reading the order`. */
  what: string
}

export interface Client {
  /** The answer's JSON; null when it is empty. Throws a Fault. */
  call(exchange: Exchange): Promise<unknown>
  /** The same yielding to everybody who is not patient: for feeds and upkeep. */
  patient: Client
  /** What the token may do; null before the first one. */
  scopes(): readonly string[] | null
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  clientId: string
  /** Resolved at every use: a rotated secret counts from then on. */
  clientSecret(): string
  requestTimeoutMs: number
}

interface Token {
  text: string
  untilMs: number
  scopes: string[]
}

export function openClient(options: ClientOptions, io: Io, budget: Budget): Client {
  let token: Promise<Token> | null = null

  const send = openExchange(
    {
      name: 'PayPal',
      codes: { noAnswer: 'paypal.no_answer', noJson: 'paypal.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs: options.requestTimeoutMs,
      mayBeEmpty: true,
    },
    io,
    budget,
  )

  async function newToken(patient: boolean): Promise<Token> {
    const secret = options.clientSecret()
    const basic = Buffer.from(`${options.clientId}:${secret}`).toString('base64')
    const request = {
      url: `${options.url}/v1/oauth2/token`,
      method: 'POST',
      headers: {
        'authorization': `Basic ${basic}`,
        'content-type': 'application/x-www-form-urlencoded',
        'accept': 'application/json',
      },
      body: 'grant_type=client_credentials',
    }
    const what = 'asking for a token'
    const {
      access_token: text,
      expires_in: seconds,
      scope,
    } = (await send({ what, patient, request, refusal: refusalOf(what, [secret, basic]) })) as {
      access_token?: unknown
      expires_in?: unknown
      scope?: unknown
    }
    if (typeof text !== 'string' || typeof seconds !== 'number')
      throw new Fault('unavailable', `PayPal's answer to ${what} has none.`, { code: 'paypal.unexpected_answer' })
    return { text, untilMs: io.now() + seconds * 1_000, scopes: typeof scope === 'string' ? scope.split(' ') : [] }
  }

  async function tokenFor(patient: boolean): Promise<Token> {
    const known = await token
    if (known && io.now() < known.untilMs - TOKEN_MARGIN_MS) return known
    const asked = newToken(patient)
    token = asked.catch(() => null) as Promise<Token>
    return asked
  }

  async function exchange(one: Exchange, patient: boolean, again = true): Promise<unknown> {
    const { method, path, body, key, what } = one
    const { text } = await tokenFor(patient)
    const request = {
      url: `${options.url}${path}`,
      method,
      headers: {
        authorization: `Bearer ${text}`,
        accept: 'application/json',
        ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'prefer': 'return=representation' }),
        ...(key === undefined ? {} : { 'paypal-request-id': key.slice(0, 108) }),
      },
      ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
    }
    try {
      return await send({ what, patient, request, refusal: refusalOf(what, [text]) })
    } catch (error) {
      // A token can be taken back before its time: one more try with a new one.
      const isStale = again && error instanceof Fault && error.kind === 'unauthorised' && error.code === 'paypal.token'
      if (!isStale) throw error
      token = null
      return exchange(one, patient, false)
    }
  }

  let scopes: readonly string[] | null = null
  return withPatience<Client>((patient) => ({
    async call(one) {
      const answer = await exchange(one, patient)
      scopes = (await token)?.scopes ?? scopes
      return answer
    },
    scopes: () => scopes,
  }))
}

const refusalOf = (what: string, secrets: readonly string[]) => (response: Response, text: string) =>
  faultOf(response, text, what, secrets)

function faultOf(response: Response, text: string, what: string, secrets: readonly string[]): Fault {
  const { status, headers } = response
  const { name, issue, debugId, message } = errorOf(text)
  // PayPal's people find the call by this.
  const found = debugId ? `, debug_id ${debugId}` : ''
  const said = `PayPal answered ${status}${issue || name ? ` (${issue || name})` : ''} to ${what}${found}.`
  const waitMs = retryAfterMs(headers)
  const isUnderWay = issue === 'PREVIOUS_REQUEST_IN_PROGRESS' || (status === 409 && name === 'RESOURCE_CONFLICT')
  if (isUnderWay && status !== 429)
    return new Fault('conflict', `${said} The same call is under way.`, {
      code: 'paypal.conflict',
      ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
    })
  const codes = { throttled: 'paypal.throttled', serverError: 'paypal.server_error' }
  const passing = passingFault(status, { said, codes, waitMs, defaultMs: RETRY_AFTER_DEFAULT_MS })
  if (passing) return passing
  if (status === 401) {
    const isToken = what !== 'asking for a token'
    const code = isToken ? 'paypal.token' : 'paypal.unauthorised'
    return new Fault('unauthorised', `${said} Check the client id and its secret.`, { code })
  }
  if (status === 403)
    return new Fault('unauthorised', `${said} Check what the app may do.`, { code: 'paypal.unauthorised' })
  const code = CODES[issue] ?? CODES[name] ?? 'paypal.refused'
  const words = quotable(withoutCardNumbers(message), secrets)
  return new Fault('rejected', words ? `${said} It says: ${words}` : said, { code })
}

/** Refusals that mean something of their own, by issue, else by name. */
const CODES: Readonly<Record<string, string>> = {
  RESOURCE_NOT_FOUND: 'paypal.not_found',
  INVALID_RESOURCE_ID: 'paypal.not_found',
  CAPTURE_FULLY_REFUNDED: 'paypal.beyond_captured',
  REFUND_AMOUNT_EXCEEDED: 'paypal.beyond_captured',
  MAX_CAPTURE_AMOUNT_EXCEEDED: 'paypal.beyond_captured',
  AUTHORIZATION_ALREADY_CAPTURED: 'paypal.not_capturable',
  AUTHORIZATION_VOIDED: 'paypal.not_capturable',
  AUTHORIZATION_EXPIRED: 'paypal.expired',
  REFUND_TIME_LIMIT_EXCEEDED: 'paypal.too_late',
  REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK: 'paypal.disputed',
  TRANSACTION_DISPUTED: 'paypal.disputed',
  REFUND_FAILED_INSUFFICIENT_FUNDS: 'paypal.no_funds',
  DUPLICATE_INVOICE_ID: 'paypal.invoice_twice',
  DECIMALS_NOT_SUPPORTED: 'paypal.amount_precision',
}

function errorOf(text: string): { name: string; issue: string; debugId: string; message: string } {
  const word = (value: unknown, pattern: RegExp) => (typeof value === 'string' && pattern.test(value) ? value : '')
  try {
    const told = JSON.parse(text) as Record<string, unknown>
    const detail = (Array.isArray(told['details']) ? told['details'][0] : undefined) as
      | Record<string, unknown>
      | undefined
    const words = [detail?.['description'], told['message'], told['error_description']]
    return {
      name: word(told['name'], /^[A-Z][A-Z0-9_]{1,80}$/),
      issue: word(detail?.['issue'], /^[A-Z][A-Z0-9_]{1,80}$/),
      debugId: word(told['debug_id'], /^[a-z0-9]{4,40}$/),
      message: words.find((one): one is string => typeof one === 'string') ?? '',
    }
  } catch {
    return { name: '', issue: '', debugId: '', message: '' }
  }
}
