/** One exchange with Signifyd: what went wrong becomes a Fault of the right kind, and no secret gets in there. */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { openExchange, passingFault, retryAfterMs } from '../kit/exchange.ts'
import { cleaned } from '../kit/quotable.ts'
import { jsonOf } from '../kit/shape.ts'
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
  const exchange = openExchange(
    {
      name: 'Signifyd',
      codes: { noAnswer: 'signifyd.no_answer', noJson: 'signifyd.unexpected_answer' },
      bucket: BUCKET,
      requestTimeoutMs: options.requestTimeoutMs,
    },
    io,
    budget,
  )
  return {
    async call({ method, path, body, what, absent }) {
      const secret = options.teamKey()
      const request = {
        url: `${options.url}/${API_VERSION}${path}`,
        method,
        headers: {
          // The key is the name; there is no password.
          authorization: `Basic ${Buffer.from(`${secret}:`).toString('base64')}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }
      const refusal = (response: Response, text: string) =>
        response.status === 404 && absent ? null : faultOf(response, text, what, secret)
      return exchange({ what, patient: false, request, refusal })
    },
  }
}

function faultOf({ status, headers }: Response, text: string, what: string, secret: string): Fault {
  const said = `Signifyd answered ${status} to ${what}.`
  const passing = passingFault(status, {
    said,
    codes: { throttled: 'signifyd.throttled', serverError: 'signifyd.server_error' },
    // The wait is said with 429 alone.
    waitMs: status === 429 ? retryAfterMs(headers) : undefined,
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })
  if (passing) return passing
  if (status === 401 || status === 403)
    return new Fault('unauthorised', `${said} Check teamKey.`, { code: 'signifyd.unauthorised' })
  const code = status === 404 ? 'signifyd.not_found' : 'signifyd.refused'
  const messages = wordsOf(text, secret)
  return new Fault('rejected', messages ? `${said} It says: ${messages}` : said, { code })
}

const refusal = z.object({ messages: z.array(z.string()) })

/** Its sentences, made fit to be shown: no secrets, no addresses, not endless. */
function wordsOf(text: string, secret: string): string {
  const { messages = [] } = refusal.safeParse(jsonOf(text)).data ?? {}
  return cleaned(messages.join('; '), [secret]).slice(0, 200)
}
