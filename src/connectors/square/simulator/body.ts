/** Reads what a request says, and refuses what Square refuses. */
import { type Account, Refusal, type Row } from './state.ts'

export const asRow = (value: unknown): Row =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Row) : {}

export function rowOf(body: Row, field: string): Row {
  const value = body[field]
  if (value === undefined || value === null) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Refusal(400, 'EXPECTED_OBJECT', `Expected an object value.`, field)
  return value as Row
}

export function textOf(body: Row, field: string): string | undefined {
  const value = body[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw new Refusal(400, 'EXPECTED_STRING', 'Expected a string value.', field)
  return value
}

export function needed(body: Row, field: string, lengthMax = Infinity): string {
  const value = textOf(body, field)
  if (value === undefined || value === '')
    throw new Refusal(400, 'MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', field)
  if (value.length > lengthMax)
    throw new Refusal(400, 'VALUE_TOO_LONG', `Field must not be greater than ${lengthMax} in length`, field)
  return value
}

export function textsOf(body: Row, field: string): string[] | undefined {
  const value = body[field]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw new Refusal(400, 'EXPECTED_ARRAY', 'Expected an array.', field)
  if (!value.every((one) => typeof one === 'string'))
    throw new Refusal(400, 'INVALID_ARRAY_VALUE', 'Expected strings.', field)
  return value as string[]
}

export function limitOf(value: unknown, standard: number, most: number, field = 'limit'): number {
  if (value === undefined || value === null) return standard
  const limit = Number(value)
  if (!Number.isInteger(limit)) throw new Refusal(400, 'EXPECTED_INTEGER', 'Expected an integer value.', field)
  if (limit < 1) throw new Refusal(400, 'VALUE_TOO_LOW', 'Must be at least 1.', field)
  return Math.min(limit, most)
}

export function timeOf(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null) return undefined
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (Number.isNaN(at)) throw new Refusal(400, 'INVALID_TIME', 'Time is not a valid RFC 3339 timestamp.', field)
  return new Date(at).toISOString()
}

export interface Range {
  from: string
  to: string
}

export function rangeOf(range: Row, field: string, ends: Range): Range {
  const from = timeOf(range['start_at'], `${field}.start_at`) ?? ends.from
  const to = timeOf(range['end_at'], `${field}.end_at`) ?? ends.to
  if (from > to) throw new Refusal(400, 'INVALID_TIME_RANGE', 'start_at is after end_at.', field)
  return { from, to }
}

export function location(account: Account, id: string, field: string): string {
  if (account.state.locations.has(id)) return id
  throw new Refusal(400, 'INVALID_LOCATION', `Location ${id} is not one of this seller's.`, field)
}

export const EPOCH = '1970-01-01T00:00:00.000Z'
