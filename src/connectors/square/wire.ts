/** One exchange with Square: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault, type FaultKind } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { openExchange, passingFault, retryAfterMs, withPatience } from '../kit/exchange.ts'
import { quotable } from '../kit/quotable.ts'
import { BUCKET, RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Exchange {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** With its query, from `/v2`. */
  path: string
  body?: unknown
  /** What it is for, to be shown: `listing payments`. */
  what: string
}

export interface Client {
  /** The answer's JSON. Throws a Fault. */
  call(exchange: Exchange): Promise<unknown>
  /** The same yielding to everybody who is not patient: for feeds and upkeep. */
  patient: Client
  /** Their clock less ours in milliseconds, never more than it really is; null before the first answer. */
  skewMs(): number | null
  /** Their clock now; asks first when nobody has asked them anything yet. Never ahead of it. */
  clock(): Promise<number>
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  apiVersion: string
  /** Resolved at every use: a rotated token counts from then on. */
  accessToken(): string
  requestTimeoutMs: number
}

export function openClient(options: ClientOptions, io: Io, budget: Budget): Client {
  let skewMs: number | null = null

  const exchange = openExchange(
    {
      name: 'Square',
      codes: { noAnswer: 'square.no_answer', noJson: 'square.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs: options.requestTimeoutMs,
      seen: learn,
    },
    io,
    budget,
  )

  const call = async ({ method, path, body, what }: Exchange, patient: boolean): Promise<unknown> =>
    exchange({
      what,
      patient,
      request: {
        url: `${options.url}${path}`,
        method,
        headers: {
          'authorization': `Bearer ${options.accessToken()}`,
          'square-version': options.apiVersion,
          'accept': 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      refusal: (response, text) => faultOf(response, text, { what, secret: options.accessToken(), now: io.now() }),
    })

  /** The header counts whole seconds, so their clock is at least that. */
  function learn(response: Response): void {
    const at = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(at)) return
    const seen = at - io.now()
    // A later answer in the same second says less; one that says much less means that a clock was set.
    skewMs = skewMs === null || seen > skewMs || skewMs - seen > 2_000 ? seen : skewMs
  }

  return withPatience<Client>((patient) => ({
    call: (one) => call(one, patient),
    skewMs: () => skewMs,
    async clock() {
      if (skewMs === null)
        await call({ method: 'GET', path: '/v2/merchants/me', what: 'asking for its clock' }, patient)
      return io.now() + (skewMs ?? 0)
    },
  }))
}

interface Said {
  what: string
  secret: string
  now: number
}

function faultOf(response: Response, text: string, { what, secret, now }: Said): Fault {
  const { status } = response
  const { code, detail } = firstError(text)
  const said = `Square answered ${status}${code ? ` (${code})` : ''} to ${what}.`
  const passing = passingFault(status, {
    said,
    codes: { throttled: 'square.throttled', serverError: 'square.server_error' },
    waitMs: retryAfterMs(response.headers, now),
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })
  if (passing) return passing
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} ${CURES[status]}`, { code: 'square.unauthorised' })
  const kind: FaultKind = status === 409 || code === 'VERSION_MISMATCH' ? 'conflict' : 'rejected'
  const words = quotable(detail, [secret])
  return new Fault(kind, words ? `${said} It says: ${words}` : said, {
    code: kind === 'conflict' ? 'square.conflict' : (CODES[code] ?? 'square.refused'),
  })
}

const CURES = {
  401: 'Check the access token; it may have ended or been revoked.',
  403: 'The token lacks a permission; `crossdock doctor` names it.',
} as const

/** Refusals that mean something of their own. */
const CODES: Readonly<Record<string, string>> = {
  NOT_FOUND: 'square.not_found',
  IDEMPOTENCY_KEY_REUSED: 'square.key_reused',
}

function firstError(text: string): { code: string; detail: string } {
  try {
    const { errors } = JSON.parse(text) as { errors?: { code?: unknown; detail?: unknown }[] }
    const { code, detail } = errors?.[0] ?? {}
    const isWord = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,80}$/.test(code)
    return { code: isWord ? code : '', detail: typeof detail === 'string' ? detail : '' }
  } catch {
    return { code: '', detail: '' }
  }
}
