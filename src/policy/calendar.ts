/**
 * The calendar at work: is it before the cut-off of this warehouse, when does this store close next, is this window
 * open.
 */
import type { CalendarInput } from './schedule.ts'
import { dayOf, type Timetable, timetableOf } from './timetable.ts'

export type MomentKind = 'cut-off' | 'closing' | 'opening'

/** Where the day stands: `none` when it has no such moment. Moments in milliseconds since 1970 UTC. */
export interface Standing {
  state: 'before' | 'after' | 'none'
  /** Today's moment: the next one when `before`, the last one when `after`. */
  todayMs: number | null
  nextMs: number | null
}

export interface Calendar {
  /** Of a connection, warehouse or store, as its own clock sees the day. null: the calendar has none of that kind. */
  standing(kind: MomentKind, of: string, nowMs: number): Standing | null
  /** Throws for a window the calendar does not have; the configuration was checked for that. */
  isOpen(window: string, nowMs: number): boolean
  moments: readonly {
    name: string
    kind: MomentKind
    of: string
    timeZone: string
    nextMs(nowMs: number): number | null
  }[]
  windows: readonly { name: string; isOpen(nowMs: number): boolean }[]
}

interface Moment {
  name: string
  kind: MomentKind
  of: string
  timeZone: string
  table: Timetable
}

export function calendarOf(input: CalendarInput): Calendar {
  const moments: Moment[] = Object.entries(input.moments).map(([name, { of, kind, at, timeZone, notOn }]) => {
    const zone = timeZone ?? input.timeZone
    return { name, kind, of, timeZone: zone, table: without(timetableOf(at, zone), new Set(notOn), zone) }
  })
  const windows = Object.entries(input.windows).map(([name, { opens, closes, timeZone = input.timeZone }]) => {
    const [opening, closing] = [timetableOf(opens, timeZone), timetableOf(closes, timeZone)]
    // Opened later than closed. At a moment of both it is open: one span follows the other.
    const isOpen = (ms: number) => (opening.last(ms) ?? -Infinity) >= (closing.last(ms) ?? -Infinity)
    return { name, isOpen }
  })
  return {
    standing(kind, of, nowMs) {
      const mine = moments.filter((one) => one.kind === kind && one.of === of)
      return mine.length === 0 ? null : standingOf(mine, nowMs)
    },
    isOpen(name, nowMs) {
      const window = windows.find((one) => one.name === name)
      if (!window) throw new Error(`The calendar has no window '${name}'.`)
      return window.isOpen(nowMs)
    },
    moments: moments.map(({ table, ...rest }) => ({ ...rest, nextMs: table.after })),
    windows,
  }
}

/** Several moments of one kind on a day: the next one still ahead counts. */
function standingOf(moments: readonly Moment[], nowMs: number): Standing {
  const next = earliest(moments.map(({ table }) => table.after(nowMs)))
  const today = ({ timeZone }: Moment, ms: number | null) =>
    ms !== null && dayOf(ms, timeZone) === dayOf(nowMs, timeZone) ? ms : null
  const ahead = earliest(moments.map((one) => today(one, one.table.after(nowMs))))
  if (ahead !== null) return { state: 'before', todayMs: ahead, nextMs: next }
  const passed = moments.flatMap((one) => today(one, one.table.last(nowMs)) ?? [])
  const last = passed.length > 0 ? Math.max(...passed) : null
  return { state: last === null ? 'none' : 'after', todayMs: last, nextMs: next }
}

const earliest = (all: readonly (number | null)[]): number | null => {
  const there = all.filter((ms) => ms !== null)
  return there.length > 0 ? Math.min(...there) : null
}

function without(table: Timetable, days: ReadonlySet<string>, zone: string): Timetable {
  const isOff = (ms: number) => days.has(dayOf(ms, zone))
  return {
    text: table.text,
    after(ms) {
      let at = table.after(ms)
      while (at !== null && isOff(at)) at = table.after(at)
      return at
    },
    last(ms) {
      let at = table.last(ms)
      while (at !== null && isOff(at)) at = table.last(at - 1)
      return at
    },
  }
}
