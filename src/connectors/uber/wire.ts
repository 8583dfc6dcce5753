/** One exchange with Uber: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault, type FaultKind } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { openExchange, passingFault, retryAfterMs, withPatience } from '../kit/exchange.ts'
import { API_VERSION, BUCKET, RETRY_AFTER_DEFAULT_MS } from './limits.ts'
import { openTokens, type Token } from './token.ts'

export interface Exchange {
  method: 'GET' | 'POST'
  /** Behind the organization, with its query. */
  path: string
  body?: object
  /** What it is for, to be shown: `listing deliveries`. */
  what: string
}

export interface Client {
  /** The answer's JSON. Throws a Fault. */
  call(exchange: Exchange): Promise<unknown>
  /** The same yielding to everybody who is not patient: for feeds. */
  patient: Client
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  authUrl: string
  customerId: string
  clientId: string
  /** Resolved at every use: a rotated secret counts from then on. */
  clientSecret(): string
  requestTimeoutMs: number
}

export function openClient(options: ClientOptions, io: Io, budget: Budget): Client {
  const { url, authUrl, customerId, clientId, clientSecret, requestTimeoutMs } = options
  const send = openExchange(
    {
      name: 'Uber',
      codes: { noAnswer: 'uber.no_answer', noJson: 'uber.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs,
    },
    io,
    budget,
  )

  function askForToken(patient: boolean): Promise<unknown> {
    const what = 'asking for a token'
    const form = { client_id: clientId, client_secret: clientSecret(), grant_type: 'client_credentials' }
    const request = {
      url: authUrl,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, scope: 'eats.deliveries' }).toString(),
    }
    return send({ what, patient, request, refusal: ({ status, headers }) => tokenFault(status, headers, what) })
  }
  const tokens = openTokens(askForToken, () => io.now())

  const asked = ({ method, path, body, what }: Exchange, patient: boolean, { text }: Token): Promise<unknown> =>
    send({
      what,
      patient,
      request: {
        url: `${url}/${API_VERSION}/customers/${customerId}${path}`,
        method,
        headers: { authorization: `Bearer ${text}`, ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      },
      refusal: (response, said) => faultOf(response, said, what),
    })

  async function call(exchange: Exchange, patient: boolean): Promise<unknown> {
    const token = await tokens.get(patient)
    try {
      return await asked(exchange, patient, token)
    } catch (error) {
      // A token can be taken back before its time: one more try with a new one.
      if (!(error instanceof Fault) || error.code !== 'uber.token') throw error
      tokens.drop(token)
      return asked(exchange, patient, await tokens.get(patient))
    }
  }
  return withPatience<Client>((patient) => ({ call: (one) => call(one, patient) }))
}

const passing = (status: number, headers: Headers, said: string): Fault | null =>
  passingFault(status, {
    said,
    codes: { throttled: 'uber.throttled', serverError: 'uber.server_error' },
    waitMs: retryAfterMs(headers),
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })

/** What is refused there names the application, never an order: nothing of it is quoted. */
function tokenFault(status: number, headers: Headers, what: string): Fault {
  const said = `Uber answered ${status} to ${what}.`
  const cure = 'Check clientId, its secret and its scope.'
  return passing(status, headers, said) ?? new Fault('unauthorised', `${said} ${cure}`, { code: 'uber.unauthorised' })
}

/** What their codes mean here. Without a code of its own here, a refusal is `uber.refused`. */
const REFUSALS: Readonly<Record<string, readonly [kind: FaultKind, code: string]>> = {
  couriers_busy: ['rejected', 'uber.no_courier'],
  robo_couriers_busy: ['rejected', 'uber.no_courier'],
  address_undeliverable_limited_couriers: ['rejected', 'uber.no_courier'],
  address_undeliverable: ['rejected', 'uber.too_far'],
  unknown_location: ['rejected', 'uber.address_refused'],
  expired_quote: ['conflict', 'uber.quote_gone'],
  used_quote: ['conflict', 'uber.quote_gone'],
  mismatched_price_quote: ['conflict', 'uber.quote_gone'],
  duplicate_delivery: ['rejected', 'uber.duplicate'],
  noncancelable_delivery: ['rejected', 'uber.not_cancelled'],
  delivery_not_found: ['rejected', 'uber.not_found'],
  customer_suspended: ['rejected', 'uber.suspended'],
  missing_payment: ['rejected', 'uber.suspended'],
  customer_blocked: ['unauthorised', 'uber.blocked'],
  customer_not_found: ['unauthorised', 'uber.blocked'],
}

/** An answer of these is final, whatever stands in it. */
const BY_STATUS: Readonly<Record<number, readonly [kind: FaultKind, code: string]>> = {
  401: ['unauthorised', 'uber.token'],
  402: ['rejected', 'uber.suspended'],
  403: ['unauthorised', 'uber.blocked'],
  404: ['rejected', 'uber.not_found'],
}

function faultOf({ status, headers }: Response, text: string, what: string): Fault {
  const { code, wrong, deliveryId } = errorOf(text)
  // Their sentences repeat addresses and numbers; the code and the names of members say as much.
  const detail = [code, ...wrong].filter((one) => one !== '').join(', ')
  const said = `Uber answered ${status}${detail ? ` (${detail})` : ''} to ${what}.`
  const known =
    status === 429 || status === 408 ? undefined : Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined
  const soon = known ? null : passing(status, headers, said)
  if (soon) return soon
  const [kind, ours] = known ?? BY_STATUS[status] ?? ['rejected', 'uber.refused']
  return new Fault(kind, said, { code: ours, ...(deliveryId ? { cause: { deliveryId } } : {}) })
}

/** `wrong`: names of the members that are not as they must be. */
function errorOf(text: string): { code: string; wrong: string[]; deliveryId: string } {
  try {
    const { code, metadata } = JSON.parse(text) as { code?: unknown; metadata?: Record<string, unknown> }
    const isName = (name: string) => /^[a-z_]{3,40}$/.test(name) && name !== 'delivery_id' && name !== 'param_details'
    const id = metadata?.['delivery_id']
    return {
      code: typeof code === 'string' && /^[a-z][a-z_]{2,60}$/.test(code) ? code : '',
      wrong: Object.keys(metadata ?? {}).filter(isName).slice(0, 5), // prettier-ignore
      deliveryId: typeof id === 'string' && /^[A-Za-z0-9_-]{1,200}$/.test(id) ? id : '',
    }
  } catch {
    return { code: '', wrong: [], deliveryId: '' }
  }
}
