/**
 * Moments that come again: every so often, or by cron in a time zone. Pure: from a moment to the next or the last one.
 *
 * A cron pattern speaks of what the clock on the wall shows. Where that jumps forward, a time the day does not have
 * counts as the next moment that exists; where it is put back, a time that comes twice counts once, the first time.
 */
import { isTimeZone } from '#canon/day.ts'
import { Cron } from 'croner'

/** `after` and `last` take and give milliseconds since 1970 UTC; null when there is none. */
export interface Timetable {
  /** As it was written, with its zone: equal texts, equal moments. */
  text: string
  /** The first moment later than `ms`. */
  after(ms: number): number | null
  /** The latest moment that is not later than `ms`. */
  last(ms: number): number | null
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: MINUTE, h: HOUR, d: DAY }
/** More often than this the looking would cost more than the work. */
const SHORTEST_MS = 5_000

/**
 * @param plan `every 15m` (seconds, minutes, hours, days), or a cron pattern of five parts, or `@daily` and its kind.
 * @param timeZone an IANA name; only cron asks for it. Throws in plain words when either means nothing.
 */
export function timetableOf(plan: string, timeZone: string): Timetable {
  const every = /^every\s+(\d+)\s*([smhd])$/.exec(plan.trim())
  return every ? interval(plan.trim(), Number(every[1]) * UNITS[every[2]!]!) : byCron(plan.trim(), timeZone)
}

/** What is wrong with a plan, in plain words; null when nothing is. */
export function planProblem(plan: string): string | null {
  try {
    timetableOf(plan, 'UTC')
    return null
  } catch (error) {
    return (error as Error).message
  }
}

function interval(text: string, everyMs: number): Timetable {
  if (everyMs < SHORTEST_MS) throw new Error(`'${text}' is too often: every 5s is the most.`)
  const last = (ms: number) => Math.floor(ms / everyMs) * everyMs
  return { text, last, after: (ms) => last(ms) + everyMs }
}

function byCron(pattern: string, timeZone: string): Timetable {
  const cron = parsed(pattern)
  if (!isTimeZone(timeZone)) throw new Error(`No time zone is called '${timeZone}'. It looks like Europe/Berlin.`)
  // The library counts in UTC, which has no jumps; what it gives is read as the clock on the wall.
  const after = (ms: number): number | null => {
    for (let wall = wallOf(ms, timeZone); ;) {
      const next = cron.nextRun(new Date(wall))
      if (!next) return null
      const at = momentOf(next.getTime(), timeZone)
      if (at > ms) return at
      wall = next.getTime()
    }
  }
  return { text: `${pattern} ${timeZone}`, after, last: (ms) => lastOf(after, ms) }
}

function parsed(pattern: string): Cron {
  let cron: Cron
  try {
    cron = new Cron(pattern, { paused: true, timezone: 'UTC', mode: '5-part' })
  } catch (error) {
    const said = (error as Error).message.replace(/^CronPattern: /, '')
    throw new Error(
      `'${pattern}' is no schedule: ${said} Write 'every 15m', or cron: 'minute hour day month weekday'.`,
      {
        cause: error,
      },
    )
  }
  if (!cron.nextRun(new Date(0))) throw new Error(`'${pattern}' never comes: no month has that day.`)
  return cron
}

/** Looks ahead from further and further back, since patterns only count forward. */
function lastOf(after: (ms: number) => number | null, ms: number): number | null {
  for (const span of [HOUR, DAY, 8 * DAY, 32 * DAY, 367 * DAY, 3_000 * DAY]) {
    let found: number | null = null
    for (let at = after(ms - span); at !== null && at <= ms; at = after(at)) found = at
    if (found !== null) return found
  }
  return null
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const fresh = new Intl.DateTimeFormat('en-US', {
    timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
    hour: 'numeric', minute: 'numeric', second: 'numeric',
  }) // prettier-ignore
  formats.set(timeZone, fresh)
  return fresh
}

/** What the clock on the wall shows at a moment, written as if it were UTC. */
export function wallOf(ms: number, timeZone: string): number {
  const part: Record<string, number> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(ms)) part[type] = Number(value)
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((ms % 1_000) + 1_000) % 1_000)
}

/** No zone has ever jumped by more, nor twice within it. */
const AROUND_MS = 36 * HOUR

/** The first moment at which the clock shows it; for a time that was jumped over, the moment of the jump. */
export function momentOf(wall: number, timeZone: string): number {
  const offsetAt = (ms: number) => wallOf(ms, timeZone) - ms
  const before = wall - offsetAt(wall - AROUND_MS)
  const later = wall - offsetAt(wall + AROUND_MS)
  const fitting = [before, later].filter((ms) => wallOf(ms, timeZone) === wall)
  if (fitting.length > 0) return Math.min(...fitting)
  let [low, high] = [Math.min(before, later), Math.max(before, later)]
  const old = offsetAt(low)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle) === old) low = middle
    else high = middle
  }
  return high
}

/** The day a moment falls on, where the clock hangs: `2026-11-21`. */
export const dayOf = (ms: number, timeZone: string): string => new Date(wallOf(ms, timeZone)).toISOString().slice(0, 10)
