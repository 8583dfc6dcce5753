/**
 * One HTTP exchange with a marketplace: paid from the operation's own budget, signed with the shop's key. What went
 * wrong becomes a Fault of the right kind, and neither the key nor a word of theirs about a customer gets in there.
 */
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Io } from '../../io.ts'
import type { Budget } from '../kit/budget.ts'
import { jsonOf } from '../kit/shape.ts'
import { answered, guarded, passingFault, retryAfterMs } from '../kit/exchange.ts'
import { BUDGETS, type Operation, RETRY_AFTER_DEFAULT_MS } from './limits.ts'

export interface Call {
  operation: Operation
  method?: 'GET' | 'POST' | 'PUT'
  path: string
  query?: Readonly<Record<string, string | number | undefined>>
  /** Sent as JSON, or as it is when it is a form. */
  body?: unknown
}

export interface Answer {
  status: number
  /** undefined when there is none, or it is no JSON. */
  json: unknown
  text: string
  /** By the marketplace's own clock. */
  atMs: number
  /** Their codes of what they refused; none when it was done. */
  refused: readonly string[]
}

export interface Wire {
  /**
   * Throws `unavailable`, `throttled`, `unauthorised`, or `rejected` for what is refused with a status that is not in
   * `expected`.
   */
  call(call: Call, expected?: readonly number[]): Promise<Answer>
  /** The same, behind everybody who is in a hurry: for feeds, readers and upkeep. */
  patient: Pick<Wire, 'call'>
  now(): number
}

export interface WireOptions {
  url: string
  shopKey(): string
  shopId: number | undefined
  requestTimeoutMs: number
}

export function openWire({ url, shopKey, shopId, requestTimeoutMs }: WireOptions, io: Io, budget: Budget): Wire {
  const base = url.replace(/\/+$/, '')

  async function exchange({ method = 'GET', path, query = {}, body }: Call): Promise<Response> {
    const target = new URL(`${base}${path}`)
    for (const [name, value] of Object.entries({ ...query, shop_id: shopId }))
      if (value !== undefined) target.searchParams.set(name, String(value))
    const form = body instanceof FormData
    const headers = {
      authorization: shopKey(),
      accept: 'application/json',
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
    }
    const content = body === undefined ? null : form ? body : JSON.stringify(body)
    const request = guarded(target, { method, headers, body: content }, requestTimeoutMs)
    return answered(() => io.fetch(request), 'The marketplace did not answer.', NO_ANSWER)
  }

  async function call(asked: Call, expected: readonly number[], patient: boolean): Promise<Answer> {
    const { operation } = asked
    const bill = await budget.draw({ bucket: operation, price: 1, patient, what: `the call ${operation}` })
    let refused = false
    try {
      const response = await exchange(asked)
      refused = response.status === 429
      const text = await answered(() => response.text(), 'The marketplace broke off its answer.', NO_ANSWER)
      return answerOf(asked, response, text, expected, io.now())
    } finally {
      // Where one call is all there is, none is left: known better than the bucket can, which has to fear other calls.
      bill({ ...(refused ? { refused } : {}), ...(BUDGETS[operation]!.burst === 1 ? { level: 0 } : {}) })
    }
  }

  return {
    now: () => io.now(),
    call: (asked, expected = []) => call(asked, expected, false),
    patient: { call: (asked, expected = []) => call(asked, expected, true) },
  }
}

const NO_ANSWER = 'mirakl.no_answer'

function answerOf(
  { operation }: Call,
  response: Response,
  text: string,
  expected: readonly number[],
  now: number,
): Answer {
  const { status, headers } = response
  const json = jsonOf(text)
  const said = `The marketplace answered ${status} to ${operation}.`
  const done = status >= 200 && status < 300
  if (!done && !expected.includes(status)) throw faultOf(status, said, retryAfterMs(headers, now), codesOf(json))
  const atMs = Date.parse(headers.get('date') ?? '')
  return { status, json, text, atMs: Number.isNaN(atMs) ? now : atMs, refused: done ? [] : codesOf(json) }
}

function faultOf(status: number, said: string, waitMs: number | undefined, codes: readonly string[]): Fault {
  const passing = passingFault(status, {
    said,
    codes: { throttled: 'mirakl.throttled', serverError: 'mirakl.server_error' },
    waitMs,
    defaultMs: RETRY_AFTER_DEFAULT_MS,
  })
  if (passing) return passing
  if (status === 401)
    return new Fault('unauthorised', `${said} Check the shop's API key.`, { code: 'mirakl.unauthorised' })
  if (status === 403) {
    return new Fault('unauthorised', `${said} The key may not do this: check the shop's state and the user's role.`, {
      code: 'mirakl.forbidden',
    })
  }
  if (status === 404) return new Fault('rejected', `${said} It is not there (any more).`, { code: 'mirakl.not_found' })
  const why = codes.length > 0 ? ` It says: ${codes.join(', ')}.` : ''
  return new Fault('rejected', `${said}${why} Look at it in the marketplace's back office.`, { code: 'mirakl.refused' })
}

/** What the vendor documents for the operations used here. Nothing else of an error is repeated: it may quote us. */
const KNOWN_CODES = new Set([
  'ORDER_FULFILLED_UNAUTHORIZED', 'ORDER_INVALID_STATE', 'ORDER_LINE_ACCEPTANCE_DECISION_MISSING',
  'ORDER_LINE_DUPLICATE_ID', 'ORDER_LINE_NOT_FOUND', 'ORDER_LINE_NULL_ELEMENT', 'ORDER_NOT_FOUND',
  'ORDER_PARTIAL_ACCEPTANCE_DISABLED', 'REFUND_AMOUNT_TOO_HIGH', 'REFUND_REASON_NOT_FOUND', 'VALIDATION_ERROR',
]) // prettier-ignore

const errorBody = z.object({ errors: z.array(z.object({ code: z.string() })).optional(), code: z.string().optional() })

function codesOf(json: unknown): string[] {
  const body = errorBody.safeParse(json).data
  const codes = [body?.code, ...(body?.errors ?? []).map(({ code }) => code)]
  return [...new Set(codes.filter((code) => code !== undefined && KNOWN_CODES.has(code)))] as string[]
}

/** Reads an answer by its schema. A 200 of another shape is no answer to go by: it is asked again. */
export function shapedAnswer<T>(schema: z.ZodType<T>, { json }: Answer, operation: Operation): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path.join('.') || 'the body'
  const message = `The answer to ${operation} is not as it must be: ${path}. A newer release of the hub may be needed.`
  throw new Fault('unavailable', message, { code: 'mirakl.unexpected_answer' })
}
