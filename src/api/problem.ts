/** What is answered when something is refused or fails: RFC 9457 with a cure. Never more than the caller may know. */
import type { Problem } from './contract.ts'

/** A refusal on its way out. Returned by operations, never thrown. */
export class Refusal {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly cure: string
  readonly headers: Readonly<Record<string, string>>
  /** Members of the problem beside the usual ones. */
  readonly more: Partial<Problem>

  constructor(
    status: number,
    code: string,
    words: { title: string; detail: string; cure: string },
    headers: Record<string, string> = {},
    more: Partial<Problem> = {},
  ) {
    this.status = status
    this.code = code
    this.title = words.title
    this.detail = words.detail
    this.cure = words.cure
    this.headers = headers
    this.more = more
  }
}

export const PROBLEM_TYPE = 'application/problem+json'

/** @param instance the path that was asked for. */
export function problemOf({ status, code, title, detail, cure, more }: Refusal, instance: string): Problem {
  return {
    type: `urn:crossdock:problem:${code}`,
    title,
    status,
    detail,
    instance: instance.slice(0, 300),
    cure,
    ...more,
  }
}

export const notFound = (what: string): Refusal =>
  new Refusal(404, 'not_found', {
    title: 'Not found',
    detail: `There is no ${what}.`,
    cure: 'Check the name; lists show what there is.',
  })

export const badParameter = (name: string, why: string): Refusal =>
  new Refusal(400, 'bad_parameter', {
    title: 'A parameter is not usable',
    detail: `${name}: ${why}`,
    cure: `Correct '${name}'; /api/openapi.json says what it may be.`,
  })

export const methodNotAllowed = (method: string, allowed: readonly string[]): Refusal =>
  new Refusal(
    405,
    'method_not_allowed',
    { title: 'Method not allowed', detail: `${method} means nothing here.`, cure: `Use ${allowed.join(' or ')}.` },
    { allow: allowed.join(', ') },
  )

export const tooLarge = (bytes: number): Refusal =>
  new Refusal(413, 'too_large', {
    title: 'Too large',
    detail: `More than ${bytes} bytes are not taken.`,
    cure: 'Send less at once.',
  })

export const unavailable = (afterSeconds: number): Refusal =>
  new Refusal(
    503,
    'unavailable',
    { title: 'Not available now', detail: 'The hub cannot reach its database.', cure: 'Send it again in a while.' },
    { 'retry-after': String(afterSeconds) },
  )

/** @param id under which the cause was logged. */
export const unexpected = (id: string): Refusal =>
  new Refusal(500, 'unexpected', {
    title: 'Something went wrong',
    detail: `It was logged as ${id}.`,
    cure: 'Try again; if it stays, look the number up in the log of the hub.',
  })
