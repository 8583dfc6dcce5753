/** What PostgreSQL and the line to it say when something fails, sorted into what the store's callers act upon. */

/** SQLSTATEs of what passes by itself, besides `08…` (connection) and `53…` (resources, also a full disk). */
const PASSING = new Set([
  '40001', // serialization failure
  '40P01', // deadlock: this one was the victim
  '55P03', // a lock was not to be had in time
  '57P01', // the server stops
  '57P02', // the server has crashed
  '57P03', // the server starts
  '57P05', // the session idled too long
  '25P03', // the transaction idled too long: the process was suspended or cut off
  '25006', // read-only: the server was demoted to a standby
  '26000', // a prepared statement is gone: a pooler in between changed the server connection
])

const BROKEN_LINE = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
])

/** Messages of the driver that carry no code. */
const BROKEN_LINE_MESSAGES = [
  'Connection terminated',
  'Query read timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
]

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

/** A plan that was prepared before a migration changed its columns. Goes away with the connection. */
export const isStalePlan = (error: unknown): boolean =>
  codeOf(error) === '0A000' && error instanceof Error && error.message.includes('cached plan')

/**
 * Whether the same work may be tried again later and can then succeed. When the line broke during a commit the work may
 * have been done: only work that may be done twice should be repeated.
 */
export function isRetryable(error: unknown): boolean {
  const code = codeOf(error)
  if (PASSING.has(code) || BROKEN_LINE.has(code) || /^(08|53)...$/.test(code) || isStalePlan(error)) return true
  if (!(error instanceof Error)) return false
  return (
    BROKEN_LINE_MESSAGES.some((start) => error.message.startsWith(start)) ||
    (error.cause !== undefined && isRetryable(error.cause))
  )
}

/**
 * Whether the data itself is what the database will not take: a character no text can hold, a name too long for an
 * index, a broken check. Trying again changes nothing; leaving the row out does.
 */
export const isDataError = (error: unknown): boolean => /^(22|54)...$|^23(?!505)...$/.test(codeOf(error))

/** Whether a unique constraint (or primary key, or unique index) refused the row; any, or the one named. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  codeOf(error) === '23505' &&
  (constraint === undefined || (error as { constraint?: unknown }).constraint === constraint)
