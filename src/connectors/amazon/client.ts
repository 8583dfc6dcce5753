/**
 * A small client for the selling-partner API. It draws each call from the bucket of its operation beforehand; without
 * enough it makes no call and says `throttled` with the wait.
 */
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Bill, Budget } from '../kit/budget.ts'
import { jsonOf } from '../kit/shape.ts'
import type { Grant, Tokens } from './auth.ts'
import { linesOf } from './lines.ts'
import { type Operation, type OperationName, OPERATIONS } from './limits.ts'
import { bytesOf, quotable, statusFault, textOf, type Wire } from './wire.ts'

export interface Ask {
  path?: Readonly<Record<string, string>>
  /** Members that are undefined are left out. */
  query?: Readonly<Record<string, string | undefined>>
  body?: unknown
  /** Yields to everybody who is not: feeds, upkeep and readers. */
  patient?: boolean
}

export interface Client {
  /** Throws a Fault for everything but an answer of the promised shape. `at` is Amazon's clock, where it told it. */
  call<T>(name: OperationName, answer: z.ZodType<T>, ask: Ask): Promise<{ data: T; at: string | null }>
  /** Puts a document behind its presigned URL. */
  upload(url: string, text: string, contentType: string): Promise<void>
  /** A document by its presigned URL, unpacked. */
  download(document: Packed): Promise<string>
  /** The same line by line, while it comes in. */
  lines(document: Packed): AsyncIterable<string>
}

interface Packed {
  url: string
  compressionAlgorithm?: string | undefined
}

export interface ClientOptions {
  /** Base URL without a trailing slash. */
  url: string
  /** Values never to be repeated in a message. */
  secrets(): string[]
}

const errorList = z.object({
  errors: z.array(z.object({ code: z.string(), message: z.string().nullish(), details: z.string().nullish() })),
})

export function openClient({ url, secrets }: ClientOptions, tokens: Tokens, wire: Wire, budget: Budget): Client {
  async function exchange(name: OperationName, ask: Ask, token: string): Promise<{ response: Response; text: string }> {
    const operation: Operation = OPERATIONS[name]
    const settle = await budget.draw({ bucket: name, price: 1, patient: ask.patient ?? false, what: name })
    const bill: Bill = { refused: false }
    try {
      const response = await wire.send(`${url}${filled(operation.path, ask.path)}${queryOf(ask.query)}`, {
        method: operation.method,
        headers: {
          'accept': 'application/json',
          'user-agent': 'Crossdock (Language=TypeScript)',
          'x-amz-access-token': token,
          ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
      })
      const text = await textOf(response)
      Object.assign(bill, billOf(response, operation))
      return { response, text }
    } finally {
      settle(bill)
    }
  }

  async function fetched({ url }: Packed): Promise<Response> {
    const response = await wire.send(url, { method: 'GET' })
    if (response.status === 200) return response
    throw statusFault(response, { what: 'the download of a document', now: wire.now() })
  }

  const faultOf = (response: Response, text: string, name: OperationName): Fault => {
    const errors = errorList.safeParse(jsonOf(text)).data?.errors ?? []
    const words = errors.map(({ code, message, details }) => [code, message, details].filter(Boolean).join(': '))
    const said = quotable(words.join(' '), [...secrets(), ...tokens.known()])
    return statusFault(response, { what: name, now: wire.now(), rate: OPERATIONS[name].rate, said })
  }

  return {
    async call(name, answer, ask) {
      const operation: Operation = OPERATIONS[name]
      const grant: Grant = operation.grantless ? 'grantless' : 'seller'
      const token = await tokens.current(grant)
      let { response, text } = await exchange(name, ask, token)
      // A token that ended early is refused like a missing permission: one more try with another one tells them apart.
      if (response.status === 401 || response.status === 403)
        ({ response, text } = await exchange(name, ask, await tokens.renew(grant, token)))
      if (response.status < 200 || response.status > 299) throw faultOf(response, text, name)
      const parsed = answer.safeParse(text === '' ? null : jsonOf(text))
      if (parsed.success) return { data: parsed.data, at: momentOf(response) }
      const path = parsed.error.issues[0]?.path.join('.') || 'the body'
      throw new Fault('unavailable', `Amazon's answer to ${name} is not as it must be at ${path}.`, {
        code: 'amazon.unexpected_answer',
      })
    },

    async upload(to, text, contentType) {
      const response = await wire.send(to, { method: 'PUT', headers: { 'content-type': contentType }, body: text })
      if (response.status !== 200) throw statusFault(response, { what: 'a document', now: wire.now() })
    },

    async download(document) {
      const response = await fetched(document)
      return unpacked(await bytesOf(response), document.compressionAlgorithm === 'GZIP')
    },

    async *lines(document) {
      yield* linesOf(await fetched(document), document.compressionAlgorithm === 'GZIP')
    },
  }
}

function unpacked(bytes: Uint8Array, gzip: boolean): string {
  try {
    return new TextDecoder().decode(gzip ? gunzipSync(bytes) : bytes)
  } catch {
    throw new Fault('unavailable', 'A document of Amazon could not be unpacked.', { code: 'amazon.unexpected_answer' })
  }
}

/** The header says the rate that holds for this seller; how much the bucket holds it never says. */
function billOf({ status, headers }: Response, { burst }: Operation): Bill {
  const perSecond = Number(headers.get('x-amzn-ratelimit-limit') ?? Number.NaN)
  const limit = Number.isFinite(perSecond) && perSecond > 0 ? { limit: { burst, perSecond } } : {}
  if (status !== 429) return limit
  // Amazon names no wait: its bucket was empty. Whoever does name one counts otherwise.
  return { ...limit, refused: true, ...(headers.has('retry-after') ? {} : { level: 0 }) }
}

const filled = (path: string, values: Ask['path'] = {}): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''))

function queryOf(query: Ask['query'] = {}): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
}

function momentOf({ headers }: Response): string | null {
  const at = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}
