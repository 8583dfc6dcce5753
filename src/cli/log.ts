/** Structured logs: one JSON object a line on standard error, or plain words for a person at a terminal. */
import { pino } from 'pino'
import type { Log, LogLevel } from '../io.ts'

/** Names under which nothing readable may stand in a log line. */
const SECRET = /secret|token|password|api_?key|authorization|signature|hmac/i
const PERSONAL = /^(name|email|phone|address|street|city|zip|postcode|note)$/i

const LEVELS: Readonly<Record<LogLevel, number>> = { debug: 20, info: 30, warn: 40, error: 50 }

export const jsonLog = (): Log => {
  const logger = pino({ base: { service: 'crossdock' } }, pino.destination({ fd: 2, sync: false }))
  return (level, message, fields = {}) => logger[level](masked(fields), message)
}

/** @param from the lowest level shown. */
export const plainLog =
  (write: (line: string) => void, from: LogLevel = 'warn'): Log =>
  (level, message, fields = {}) => {
    if (LEVELS[level] < LEVELS[from]) return
    const shown = Object.entries(masked(fields)).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    write(`${level}: ${message}${shown.length > 0 ? ` (${shown.join(' ')})` : ''}`)
  }

function masked(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, SECRET.test(name) || PERSONAL.test(name) ? '•••' : value]),
  )
}
