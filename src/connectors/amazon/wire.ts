/** One HTTP exchange with Amazon: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
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
      const signal = requestTimeoutMs > 0 ? AbortSignal.timeout(requestTimeoutMs) : null
      // A redirect could carry the access token to another host, so it is an answer like any other.
      const request = new Request(url, { ...init, redirect: 'manual', signal })
      try {
        const response = await io.fetch(request)
        const at = Date.parse(response.headers.get('date') ?? '')
        if (!Number.isNaN(at)) skewMs = at - io.now()
        return response
      } catch {
        throw noAnswer('Amazon did not answer.')
      }
    },
  }
}

const noAnswer = (what: string): Fault =>
  new Fault('unavailable', `${what} Whether the work was done is not known.`, { code: 'amazon.no_answer' })

/** The answer's text; an answer that breaks off counts as none. */
export async function textOf(response: Response): Promise<string> {
  try {
    return await response.text()
  } catch {
    throw noAnswer('The answer of Amazon broke off.')
  }
}

/** The answer's bytes: documents may be compressed. */
export async function bytesOf(response: Response): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer())
  } catch {
    throw noAnswer('The answer of Amazon broke off.')
  }
}

/** The text as JSON, or undefined when it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

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
  if (status === 429) {
    const tokenMs = Math.min(RETRY_AFTER_MAX_MS, Math.max(RETRY_AFTER_MIN_MS, Math.ceil(1_000 / rate)))
    const retryAfterMs = retryAfter(response.headers, now) ?? tokenMs
    return new Fault('throttled', `${sentence} Sending goes on after the wait.`, {
      code: 'amazon.throttled', retryAfterMs,
    }) // prettier-ignore
  }
  if (status >= 500 || status === 408) {
    const wait = retryAfter(response.headers, now)
    const details = { code: 'amazon.server_error', ...(wait === undefined ? {} : { retryAfterMs: wait }) }
    return new Fault('unavailable', sentence, details)
  }
  if (status === 401 || status === 403) {
    const cure = 'Check that the seller still authorises the app and that it has the role.'
    return new Fault('unauthorised', `${sentence} ${cure}`, { code: 'amazon.unauthorised' })
  }
  if (status === 404) return new Fault('rejected', sentence, { code: 'amazon.not_found' })
  return new Fault('rejected', sentence, { code: 'amazon.refused' })
}

/** `Retry-After` in milliseconds: seconds or a date. Amazon rarely says it. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')
  if (!text) return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1_000))
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** Words of Amazon made fit to be shown: one line, no secrets, no addresses, not endless. */
export function quotable(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '***')
  clean = clean
    .replace(/[^\s@"]+@[^\s@"]+/g, '***')
    .replace(/\bAt[a-z]{2}\|\S+/g, '***')
    .replace(/\bAWS4-HMAC\S*.*$/g, '***')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean
}
