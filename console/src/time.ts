/** Moments and spans for people: relative in the text, absolute on hover, in the browser's time zone. */
import { signal } from '@preact/signals'

/** The present, moved on in steps: what shows "3 minutes ago" is drawn again when it changes. */
export const now = signal(Date.now())

const STEP_MS = 5_000

export function startClock(): void {
  setInterval(() => (now.value = Date.now()), STEP_MS)
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const absolute = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'long' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
const shortDay = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `3 min ago`, `20 sec ago`, `just now`, `in 2 hr` */
export function ago(instant: string, from: number): string {
  const passedMs = Date.parse(instant) - from
  for (const [unit, unitMs] of UNITS) {
    if (Math.abs(passedMs) >= unitMs) return relative.format(Math.trunc(passedMs / unitMs), unit).replace('.', '')
  }
  if (Math.abs(passedMs) < 10_000) return 'just now'
  // In steps of ten: seconds that tick draw the eye.
  return relative.format(Math.trunc(passedMs / 10_000) * 10, 'second').replace('.', '')
}

export const exact = (instant: string): string => absolute.format(new Date(instant))
export const hourMinute = (moment: number): string => minutes.format(moment)
export const today = (moment: number): string => day.format(moment)

/** `14:02:31`, or with the day when it is not the one of `from`. */
export function timeOf(instant: string, from: number): string {
  const moment = new Date(instant)
  const same = moment.toDateString() === new Date(from).toDateString()
  return same ? clock.format(moment) : `${shortDay.format(moment)}, ${clock.format(moment)}`
}

/** A span in the largest unit that says enough: `38 ms`, `1.2 s`, `4 min`, `3 h 20 min`, `2 days`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`
  const all = Math.round(ms / 60_000)
  if (all < 60) return `${all} min`
  if (all < 48 * 60) return all % 60 ? `${Math.floor(all / 60)} h ${all % 60} min` : `${all / 60} h`
  return `${Math.round(all / 60 / 24)} days`
}
