/** One exchange with Square: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault, type FaultKind } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
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

  async function exchange({ method, path, body, what }: Exchange, patient: boolean): Promise<unknown> {
    const settle = await budget.draw({ bucket: BUCKET, price: 1, patient, what })
    const request = new Request(`${options.url}${path}`, {
      method,
      headers: {
        'authorization': `Bearer ${options.accessToken()}`,
        'square-version': options.apiVersion,
        'accept': 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect could carry the token to another host, so it is an answer like any other.
      redirect: 'manual',
      signal: options.requestTimeoutMs > 0 ? AbortSignal.timeout(options.requestTimeoutMs) : null,
    })
    let refused = false
    try {
      const response = await answered(() => io.fetch(request))
      learn(response)
      refused = response.status === 429
      const text = await answered(() => response.text())
      if (!response.ok) throw faultOf(response, text, { what, secret: options.accessToken(), now: io.now() })
      return parsed(text, what)
    } finally {
      settle(refused ? { refused: true } : {})
    }
  }

  /** The header counts whole seconds, so their clock is at least that. */
  function learn(response: Response): void {
    const at = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(at)) return
    const seen = at - io.now()
    // A later answer in the same second says less; one that says much less means that a clock was set.
    skewMs = skewMs === null || seen > skewMs || skewMs - seen > 2_000 ? seen : skewMs
  }

  const client = (patient: boolean): Omit<Client, 'patient'> => ({
    call: (one) => exchange(one, patient),
    skewMs: () => skewMs,
    async clock() {
      if (skewMs === null)
        await exchange({ method: 'GET', path: '/v2/merchants/me', what: 'asking for its clock' }, patient)
      return io.now() + (skewMs ?? 0)
    },
  })
  const slow = client(true) as Client
  slow.patient = slow
  return { ...client(false), patient: slow }
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    throw new Fault('unavailable', 'Square did not answer. Whether the work was done is not known.', {
      code: 'square.no_answer',
    })
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('unavailable', `The answer of Square to ${what} is no JSON.`, { code: 'square.unexpected_answer' })
  }
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
  const wait = retryAfter(response.headers, now)
  const patience = wait === undefined ? {} : { retryAfterMs: wait }
  if (status === 429)
    return new Fault('throttled', `${said} Sending goes on after the wait.`, {
      code: 'square.throttled',
      retryAfterMs: wait ?? RETRY_AFTER_DEFAULT_MS,
    })
  if (status >= 500 || status === 408)
    return new Fault('unavailable', said, { code: 'square.server_error', ...patience })
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} ${CURES[status]}`, { code: 'square.unauthorised' })
  const kind: FaultKind = status === 409 || code === 'VERSION_MISMATCH' ? 'conflict' : 'rejected'
  const words = quotable(detail, secret)
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

/** `Retry-After` in milliseconds: seconds or a date. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')
  if (!text) return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1_000))
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** Words of Square made fit to be shown: one line, no secrets, no addresses, not endless. */
function quotable(words: string, secret: string): string {
  const clean = (secret === '' ? words : words.replaceAll(secret, '***'))
    .replace(/[^\s@"]+@[^\s@"]+/g, '***')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean
}
