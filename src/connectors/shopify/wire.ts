/** One HTTP exchange with Shopify: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import { answered, guarded, passingFault, retryAfterMs } from '../kit/exchange.ts'
import { quotable as plainWords } from '../kit/quotable.ts'
import { RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Wire {
  /** POSTs text and gives the answer, whatever its status; no answer at all is `unavailable`. */
  post(path: string, headers: Record<string, string>, body: string): Promise<Response>
  now(): number
}

export interface WireOptions {
  /** Base URL without a trailing slash. */
  url: string
  /** Gives up after this long; 0 waits for ever (the simulation answers or rejects). */
  requestTimeoutMs: number
}

export function openWire({ url, requestTimeoutMs }: WireOptions, io: Io): Wire {
  return {
    now: () => io.now(),
    async post(path, headers, body) {
      const request = guarded(`${url}${path}`, { method: 'POST', headers, body }, requestTimeoutMs)
      return answered(() => io.fetch(request), 'Shopify did not answer.', NO_ANSWER)
    },
  }
}

const NO_ANSWER = 'shopify.no_answer'

/** The answer's text; an answer that breaks off counts as none. */
export const textOf = (response: Response): Promise<string> =>
  answered(() => response.text(), 'The answer of Shopify broke off.', NO_ANSWER)

/** What a status other than 200 means. The body is not quoted: error pages repeat what was sent. */
export function statusFault(response: Response, what: string, now: number): Fault {
  const { status } = response
  const said = `Shopify answered ${status} to ${what}.`
  // 430 is Shopify's own: too many suspicious requests.
  const passing = passingFault(status === 430 ? 429 : status, {
    said,
    codes: { throttled: 'shopify.throttled', serverError: 'shopify.server_error' },
    waitMs: retryAfterMs(response.headers, now),
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })
  if (passing) return passing
  if (status === 401 || status === 402 || status === 403 || status === 423) {
    return new Fault('unauthorised', `${said} ${STATUS_CURES[status]}`, { code: 'shopify.unauthorised' })
  }
  return new Fault('rejected', `${said} Check the shop's domain and the API version in the configuration.`, {
    code: 'shopify.refused',
  })
}

const STATUS_CURES = {
  401: 'Check client id and secret, and that the app is still installed.',
  402: 'The shop is frozen until its bill is paid.',
  403: 'The app may not do this; check its permissions.',
  423: 'The shop is locked; its owner has to talk to Shopify.',
} as const

/** Words of Shopify made fit to be shown. */
export const quotable = (text: string, secrets: readonly string[] = []): string =>
  plainWords(text, secrets, [/shp[a-z]+_\w+/g])
