/**
 * The hours in which bulk work may go to a system: large transfers at night, so that nobody who works there feels them.
 * Orders and stock are never held. Times are of the named zone's wall clock, summer time and all: an hour that does not
 * exist on a day is left out, one that comes twice counts twice.
 */
import { z } from 'zod'
import { BULK_PRIORITY } from './priorities.ts'

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
type Day = (typeof DAYS)[number]
const DAY_MINUTES = 24 * 60
const WEEK_MINUTES = 7 * DAY_MINUTES

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "must be a time of day in quotes, such as '22:30'")

const openHours = z.strictObject({
  from: clockTime.describe('When it begins, by the wall clock of the zone.'),
  to: clockTime.describe('When it ends; earlier than it begins means: on the next day.'),
  days: z.array(z.enum(DAYS)).min(1).default([...DAYS]).describe('On which days it begins.'),
}) // prettier-ignore

export const transferWindow = z
  .strictObject({
    timeZone: z.string().refine(isZone, 'is no time zone; take a name such as Europe/Berlin').describe('Whose wall clock counts.'),
    open: z.array(openHours).min(1).max(50).describe('When bulk work may go on.'),
    priority: z.int().min(BULK_PRIORITY).max(9).default(BULK_PRIORITY)
      .describe('Work of this priority and less urgent counts as bulk: 6 invoices, 7 customers and feeds of products.'),
  })
  .superRefine(({ open }, context) => {
    for (const [index, hours] of open.entries()) {
      if (hours.from === hours.to) {
        const message = 'is unbounded: it begins when it ends. Leave the window out when bulk work may go on at any time.'
        context.addIssue({ code: 'custom', path: ['open', index, 'to'], message })
      }
      const other = open.slice(0, index).findIndex((one) => overlap(one, hours))
      if (other >= 0) {
        const message = `overlaps with number ${other + 1} of the list. Make one of the two, or let one end before.`
        context.addIssue({ code: 'custom', path: ['open', index], message })
      }
    }
  }) // prettier-ignore
export type TransferWindow = z.infer<typeof transferWindow>
type OpenHours = z.infer<typeof openHours>

/** By connection. */
export type Windows = Readonly<Record<string, TransferWindow>>

/** Whether work of this priority has to wait now. */
export const isHeld = (window: TransferWindow, priority: number, nowMs: number): boolean =>
  priority >= window.priority && !isOpen(window, nowMs)

export function isOpen({ timeZone, open }: TransferWindow, nowMs: number): boolean {
  const minute = weekMinute(timeZone, nowMs)
  return open.some((hours) => stretches(hours).some(([from, to]) => minute >= from && minute < to))
}

/** Minutes of the week, from Sunday midnight; one that runs over the end of the week is two. */
function stretches({ from, to, days }: OpenHours): [number, number][] {
  const [start, end] = [minutesOf(from), minutesOf(to)]
  return days.flatMap((day): [number, number][] => {
    const begins = DAYS.indexOf(day) * DAY_MINUTES + start
    const ends = begins - start + end + (end <= start ? DAY_MINUTES : 0)
    return ends <= WEEK_MINUTES
      ? [[begins, ends]]
      : [
          [begins, WEEK_MINUTES],
          [0, ends - WEEK_MINUTES],
        ]
  })
}

const overlap = (one: OpenHours, other: OpenHours): boolean =>
  stretches(one).some(([from, to]) => stretches(other).some(([begins, ends]) => begins < to && from < ends))

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const fresh = new Intl.DateTimeFormat('en-US', { timeZone, ...parts })
  formats.set(timeZone, fresh)
  return fresh
}

function weekMinute(timeZone: string, nowMs: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(nowMs)
      .map(({ type, value }) => [type, value]),
  )
  const day = DAYS.indexOf((parts.get('weekday') ?? '').toLowerCase() as Day)
  return day * DAY_MINUTES + Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
}

function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && formatOf(name) !== undefined
  } catch {
    return false
  }
}
