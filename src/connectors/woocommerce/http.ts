/**
 * One call to the shop's REST API: Basic over https, a fresh OAuth signature over http, and what went wrong as a Fault.
 * It never repeats anything.
 */
import type { Json } from '#canon/json.ts'
import type { Io } from '../../io.ts'
import { answered, guarded } from '../kit/exchange.ts'
import { fault, statusFault } from './faults.ts'
import { API_ROOT } from './limits.ts'
import { escaped, signedQuery } from './oauth.ts'

export interface Asked {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the API's root: `/orders`. */
  path: string
  query?: Readonly<Record<string, string | number>>
  body?: Json
  /** For a person: what is asked, as in "the shop refused …". */
  what: string
}

export interface Answered {
  body: unknown
  /** What the shop's own clock said when it answered; null when it did not say. */
  dateMs: number | null
}

export interface Client {
  call(asked: Asked): Promise<Answered>
  /** The shop's clock less ours, in milliseconds, by the last answer; null before one. */
  skewMs(): number | null
}

export interface ClientOptions {
  /** Home URL without a trailing slash. */
  url: string
  consumerKey: string
  /** Resolved at every use: a new one counts from then on. */
  consumerSecret(): string
  requestTimeoutMs: number
}

export function openClient({ url, consumerKey, consumerSecret, requestTimeoutMs }: ClientOptions, io: Io): Client {
  const secure = url.startsWith('https:')
  let skew: number | null = null

  function requestOf({ method, path, query = {}, body }: Asked): Request {
    const target = `${url}${API_ROOT}${path}`
    const plain = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]))
    const secret = consumerSecret()
    const signed = secure
      ? plain
      : signedQuery({ key: consumerKey, secret, method, url: target, query: plain, nonce: io.id(), nowMs: io.now() })
    const text = Object.entries(signed).map(([name, value]) => `${escaped(name)}=${escaped(value)}`).join('&') // prettier-ignore
    const basic = Buffer.from(`${consumerKey}:${secret}`).toString('base64')
    const init = {
      method,
      headers: {
        accept: 'application/json',
        ...(secure ? { authorization: `Basic ${basic}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }
    return guarded(text ? `${target}?${text}` : target, init, requestTimeoutMs)
  }

  async function exchange(asked: Asked): Promise<{ response: Response; text: string }> {
    const request = requestOf(asked)
    const whole = async () => {
      const response = await io.fetch(request)
      return { response, text: await response.text() }
    }
    return answered(whole, `The shop did not answer ${asked.what}.`, 'woocommerce.no_answer')
  }

  return {
    skewMs: () => skew,
    async call(asked) {
      const { response, text } = await exchange(asked)
      const dateMs = dateOf(response.headers)
      if (dateMs !== null) skew = dateMs - io.now()
      const body = jsonOf(text)
      const { status, headers } = response
      if (status < 200 || status >= 300) {
        const secrets = [consumerSecret(), consumerKey]
        throw statusFault({ status, headers, body, what: asked.what, now: io.now(), secrets })
      }
      if (body !== undefined) return { body, dateMs }
      throw fault(
        'unavailable',
        'woocommerce.not_json',
        `The shop answered ${asked.what} with something else than JSON. Whether the work was done is not known.`,
      )
    },
  }
}

function dateOf(headers: Headers): number | null {
  const at = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? null : at
}

/** The text as JSON, or undefined when it is none: warnings of PHP before it make it none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
