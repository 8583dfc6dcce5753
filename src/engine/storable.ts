/**
 * What arrives may hold characters no database text can: NUL, and halves of surrogate pairs. Here they become U+FFFD.
 */
import type { Json } from '#canon/json.ts'
import { Fault } from '../fault.ts'

/**
 * Only escapes can bring them in: a NUL byte is no JSON, and bytes that are no UTF-8 were replaced when they were read.
 */
const SUSPECT = /\\u(?:0000|[dD][89a-fA-F])/

/** The body of a message as JSON that every column can hold. Throws `malformed`, without quoting the body. */
export function storableJson(text: string): Json {
  let body: Json
  try {
    body = JSON.parse(text) as Json
  } catch {
    throw new Fault('malformed', 'The body is not JSON.', { code: 'not_json' })
  }
  return SUSPECT.test(text) ? cleaned(body) : body
}

const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

function cleaned(value: Json): Json {
  if (typeof value === 'string') return clean(value)
  if (Array.isArray(value)) return value.map(cleaned)
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([key, member]) => [clean(key), cleaned(member ?? null)] as const)
  return Object.fromEntries(members)
}
