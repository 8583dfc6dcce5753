/** One HTTP exchange with Amazon: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import { answered, guarded, passingFault, retryAfterMs } from '../kit/exchange.ts'
import { quotable as plainWords } from '../kit/quotable.ts'
import { RETRY_AFTER_MAX_MS, RETRY_AFTER_MIN_MS } from './limits.ts'

export interface Wire {
  /** Gives the answer, whatever its status; no answer at all is `unavailable`. */
  send(url: string, init: { method: string; headers?: Record<string, string>; body?: string }): Promise<Response>
  now(): number
  /** Amazon's clock less ours by the last answer, in milliseconds; null before the first. */
  skewMs(): number | null
}

/** @param requestTimeoutMs 0 waits for ever (the simulation answers or rejects). */
export function openWire({ requestTimeoutMs }: { requestTimeoutMs: number }, io: Io): Wire {
  let skewMs: number | null = null
  return {
    now: () => io.now(),
    skewMs: () => skewMs,
    async send(url, init) {
      const request = guarded(url, init, requestTimeoutMs)
      const response = await answered(() => io.fetch(request), 'Amazon did not answer.', NO_ANSWER)
      const at = Date.parse(response.headers.get('date') ?? '')
      if (!Number.isNaN(at)) skewMs = at - io.now()
      return response
    },
  }
}

const NO_ANSWER = 'amazon.no_answer'

/** The answer's text; an answer that breaks off counts as none. */
export const textOf = (response: Response): Promise<string> =>
  answered(() => response.text(), 'The answer of Amazon broke off.', NO_ANSWER)

/** The answer's bytes: documents may be compressed. */
export const bytesOf = (response: Response): Promise<Uint8Array> =>
  answered(async () => new Uint8Array(await response.arrayBuffer()), 'The answer of Amazon broke off.', NO_ANSWER)

export interface Refusal {
  what: string
  now: number
  /** Of the operation, in calls per second: how long one token takes. */
  rate?: number
  /** Amazon's own words, already fit to be shown. */
  said?: string
}

/** What a status that is no success means. The body is not quoted: error pages repeat what was sent. */
export function statusFault(response: Response, { what, now, rate = 1, said = '' }: Refusal): Fault {
  const { status } = response
  const sentence = `Amazon answered ${status} to ${what}.${said ? ` It says: ${said}` : ''}`
  const passing = passingFault(status, {
    said: sentence,
    codes: { throttled: 'amazon.throttled', serverError: 'amazon.server_error' },
    waitMs: retryAfterMs(response.headers, now),
    defaultMs: Math.min(RETRY_AFTER_MAX_MS, Math.max(RETRY_AFTER_MIN_MS, Math.ceil(1_000 / rate))),
  })
  if (passing) return passing
  if (status === 401 || status === 403) {
    const cure = 'Check that the seller still authorises the app and that it has the role.'
    return new Fault('unauthorised', `${sentence} ${cure}`, { code: 'amazon.unauthorised' })
  }
  if (status === 404) return new Fault('rejected', sentence, { code: 'amazon.not_found' })
  return new Fault('rejected', sentence, { code: 'amazon.refused' })
}

/** Words of Amazon made fit to be shown. */
export const quotable = (text: string, secrets: readonly string[] = []): string =>
  plainWords(text, secrets, [/\bAt[a-z]{2}\|\S+/g, /\bAWS4-HMAC\S*.*$/g])
