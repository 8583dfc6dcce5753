/** One HTTP exchange with Shopify: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
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
      const signal = requestTimeoutMs > 0 ? AbortSignal.timeout(requestTimeoutMs) : null
      // A redirect could carry the access token to another host, so it is an answer like any other.
      const request = new Request(`${url}${path}`, { method: 'POST', headers, body, redirect: 'manual', signal })
      try {
        return await io.fetch(request)
      } catch {
        throw new Fault('unavailable', 'Shopify did not answer. Whether the work was done is not known.', {
          code: 'shopify.no_answer',
        })
      }
    },
  }
}

/** The answer's text; an answer that breaks off counts as none. */
export async function textOf(response: Response): Promise<string> {
  try {
    return await response.text()
  } catch {
    throw new Fault('unavailable', 'The answer of Shopify broke off. Whether the work was done is not known.', {
      code: 'shopify.no_answer',
    })
  }
}

/** What a status other than 200 means. The body is not quoted: error pages repeat what was sent. */
export function statusFault(response: Response, what: string, now: number): Fault {
  const { status } = response
  const said = `Shopify answered ${status} to ${what}.`
  // 430 is Shopify's own: too many suspicious requests.
  if (status === 429 || status === 430) {
    const retryAfterMs = retryAfter(response.headers, now) ?? RETRY_AFTER_DEFAULT_MS
    return new Fault('throttled', `${said} Sending goes on after the wait.`, {
      code: 'shopify.throttled',
      retryAfterMs,
    })
  }
  if (status >= 500 || status === 408) {
    const wait = retryAfter(response.headers, now)
    return new Fault('unavailable', said, {
      code: 'shopify.server_error',
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    })
  }
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

/** `Retry-After` in milliseconds: seconds (Shopify sends `2.0`) or a date. */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const text = headers.get('retry-after')
  if (!text) return undefined
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds * 1_000))
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** Words of Shopify made fit to be shown: one line, no secrets, no addresses, not endless. */
export function quotable(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) if (secret !== '') clean = clean.replaceAll(secret, '***')
  clean = clean
    .replace(/[^\s@"]+@[^\s@"]+/g, '***')
    .replace(/shp[a-z]+_\w+/g, '***')
    .replace(/\s+/g, ' ')
    .trim()
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean
}
