/**
 * How values cross the wire between PostgreSQL and the hub: whole numbers as numbers, times as ISO text in UTC with
 * milliseconds, dates as text, JSON as objects, bytes as Buffers. `numeric` stays text: cast a sum to int8 to add it
 * up.
 */
import { assert } from '#canon/assert.ts'
import pg from 'pg'

type Parse = (text: string) => unknown

/** `2026-11-21 05:30:00.12+00` as `2026-11-21T05:30:00.120Z`; what is finer than a millisecond is cut off. */
export function instantOf(text: string): string {
  const utc = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?\+00(?::00)?$/.exec(text)
  if (utc) return `${utc[1]}T${utc[2]}.${(utc[3] ?? '').slice(0, 3).padEnd(3, '0')}Z`
  const ms = Date.parse(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))
  assert(Number.isSafeInteger(ms), `the database gave '${text}' for a moment, which has no place on our clock`)
  return new Date(ms).toISOString()
}

/** An int8 as a number; one that a number cannot hold exactly is a bug in what was counted. */
export function wholeNumberOf(text: string): number {
  const value = Number(text)
  assert(Number.isSafeInteger(value), `the database gave ${text}, which a number cannot hold exactly`)
  return value
}

const asText: Parse = (text) => text
const TEXT_LIST = 1009 as Parameters<typeof pg.types.getTypeParser>[0]
const texts = pg.types.getTypeParser(TEXT_LIST, 'text') as (text: string) => (string | null)[]
const listOf =
  (parse: Parse): Parse =>
  (text) =>
    texts(text).map((item) => (item === null ? null : parse(item)))

/** By type oid: see `select oid, typname from pg_type`. The second of each pair is the type's array. */
const PARSERS = new Map<number, Parse>([
  [20, wholeNumberOf],
  [1016, listOf(wholeNumberOf)],
  [1184, instantOf],
  [1185, listOf(instantOf)],
  [1114, asText],
  [1115, listOf(asText)],
  [1082, asText],
  [1182, listOf(asText)],
  [1186, asText],
  [1187, listOf(asText)],
  [1700, asText],
  [1231, listOf(asText)],
])

export const wireTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parse {
    const own = format === 'binary' ? undefined : PARSERS.get(oid)
    return own ?? (pg.types.getTypeParser(oid, format ?? 'text') as Parse)
  },
}
