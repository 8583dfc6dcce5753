/**
 * When things happen, as a retailer writes it: when a connection's feeds and upkeep run, how long it may be silent, and
 * the calendar of cut-offs, closing times and windows. Plain data; what it means is in timetable.ts and calendar.ts.
 */
import { isTimeZone } from '#canon/day.ts'
import { z } from 'zod'
import { planProblem } from './timetable.ts'

export const zone = z.string().refine(isTimeZone, {
  error: ({ input }) => `No time zone is called '${String(input)}'. It looks like Europe/Berlin.`,
})

export const plan = z.string().refine((text) => planProblem(text) === null, {
  error: ({ input }) => planProblem(String(input)) ?? 'is no schedule',
})

const name = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower-case letters, digits and dashes')
const day = z.iso.date()

/** What becomes of moments at which nobody was there to run: none of them, one run for all, or each its own. */
export const CATCH_UP = ['skip', 'once', 'each'] as const
export type CatchUp = (typeof CATCH_UP)[number]

export const taskSchedule = z.strictObject({
  timeZone: zone.default('UTC').describe('IANA time zone the times are told in, e.g. Europe/Berlin.'),
  tasks: z
    .record(z.string(), plan)
    .default({})
    .describe(
      "When a feed or upkeep of the connection runs, by its name: cron ('0 3 * * *') or 'every 10m'. What is not named runs as usual.",
    ),
  catchUp: z
    .enum(CATCH_UP)
    .default('once')
    .describe('Runs that were missed: skip them, make one run for all, or one for each.'),
  runsMax: z.int().min(1).max(1_000).default(100).describe('With each: at most so many, the latest ones.'),
  window: z.string().optional().describe('Runs start only while this window of the calendar is open.'),
})
export type TaskSchedule = z.infer<typeof taskSchedule>

export const watch = z.strictObject({
  silentAfterMinutes: z
    .int()
    .min(1)
    .max(44_640)
    .describe('A connection that was silent for longer is looked at: has it news it did not tell us.'),
  quiet: z.string().optional().describe('Window of the calendar in which silence is usual.'),
})
export type Watch = z.infer<typeof watch>

const moment = z.strictObject({
  of: z.string().min(1).describe('What it belongs to: a connection, a warehouse, a store.'),
  kind: z.enum(['cut-off', 'closing', 'opening']).describe('What it is.'),
  at: plan.describe("When, as cron: '0 14 * * 1-5'."),
  timeZone: zone.optional().describe("Time zone; the calendar's own unless said."),
  notOn: z.array(day).default([]).describe('Days without it, e.g. holidays: 2026-12-25.'),
})

const openWindow = z.strictObject({
  opens: plan.describe("When it opens, as cron: '0 22 * * *'."),
  closes: plan.describe("When it closes, as cron: '0 6 * * *'."),
  timeZone: zone.optional().describe("Time zone; the calendar's own unless said."),
})

export const calendarSchema = z.strictObject({
  timeZone: zone.default('UTC').describe('IANA time zone of everything here that names none.'),
  moments: z.record(name, moment).default({}).describe('Cut-offs, closing and opening times, by a name of your own.'),
  windows: z
    .record(name, openWindow)
    .default({})
    .describe('Spans of time, e.g. for large transfers, by a name of your own.'),
})
export type CalendarInput = z.infer<typeof calendarSchema>
