/** One exchange with Signifyd: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { API_VERSION, BUCKET, RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Exchange {
  method: 'GET' | 'POST'
  /** After the version. */
  path: string
  body?: unknown
  /** What it is for, to be shown. */
  what: string
  /** That there is no such thing is an answer: null. */
  absent?: true
}

export interface Client {
  /** The answer's JSON. Throws a Fault. */
  call(exchange: Exchange): Promise<unknown>
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  /** Resolved at every use: a rotated key counts from then on. */
  teamKey(): string
  requestTimeoutMs: number
}

export function openClient(options: ClientOptions, io: Io, budget: Budget): Client {
  async function call({ method, path, body, what, absent }: Exchange): Promise<unknown> {
    const settle = await budget.draw({ bucket: BUCKET, price: 1, patient: false, what })
    const secret = options.teamKey()
    const request = new Request(`${options.url}/${API_VERSION}${path}`, {
      method,
      headers: {
        // The key is the name; there is no password.
        authorization: `Basic ${Buffer.from(`${secret}:`).toString('base64')}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect could carry the key to another host, so it is an answer like any other.
      redirect: 'manual',
      signal: options.requestTimeoutMs > 0 ? AbortSignal.timeout(options.requestTimeoutMs) : null,
    })
    let bill: { refused?: true } = {}
    try {
      const response = await answered(() => io.fetch(request))
      if (response.status === 429) bill = { refused: true }
      const text = await answered(() => response.text())
      if (response.status === 404 && absent) return null
      if (!response.ok) throw faultOf(response, text, what, secret)
      return parsed(text, what)
    } finally {
      settle(bill)
    }
  }
  return { call }
}

async function answered<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch {
    const message = 'Signifyd did not answer. Whether the work was done is not known.'
    throw new Fault('unavailable', message, { code: 'signifyd.no_answer' })
  }
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('unavailable', `The answer of Signifyd to ${what} is no JSON.`, {
      code: 'signifyd.unexpected_answer',
    })
  }
}

function faultOf({ status, headers }: Response, text: string, what: string, secret: string): Fault {
  const said = `Signifyd answered ${status} to ${what}.`
  if (status === 429) {
    const wait = Number(headers.get('retry-after') ?? Number.NaN)
    const retryAfterMs = Number.isFinite(wait) ? Math.max(0, Math.ceil(wait * 1_000)) : RETRY_AFTER_DEFAULT_MS
    return new Fault('throttled', `${said} Sending goes on after the wait.`, {
      code: 'signifyd.throttled',
      retryAfterMs,
    })
  }
  if (status >= 500 || status === 408) return new Fault('unavailable', said, { code: 'signifyd.server_error' })
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check teamKey.`, { code: 'signifyd.unauthorised' })
  const code = status === 404 ? 'signifyd.not_found' : 'signifyd.refused'
  const messages = wordsOf(text, secret)
  return new Fault('rejected', messages ? `${said} It says: ${messages}` : said, { code })
}

const refusal = z.object({ messages: z.array(z.string()) })

/** Its sentences, made fit to be shown: no secrets, no addresses, not endless. */
function wordsOf(text: string, secret: string): string {
  let all: unknown
  try {
    all = JSON.parse(text)
  } catch {
    return ''
  }
  const { messages = [] } = refusal.safeParse(all).data ?? {}
  return messages
    .join('; ')
    .replaceAll(secret || '\0', '***')
    .replace(/[^\s@"]+@[^\s@"]+/g, '***')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200)
}
