/** Cron in time zones: each moment once, in order, whatever the clock on the wall does. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTimeZone } from '#canon/day.ts'
import { momentOf, planProblem, timetableOf, wallOf } from './timetable.ts'

const HOUR = 3_600_000
const utc = (text: string) => Date.parse(`${text}Z`)
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().slice(0, 16))
const next = (plan: string, zone: string, from: string, count = 1) => {
  const { after } = timetableOf(plan, zone)
  const found: (string | null)[] = []
  for (let at: number | null = utc(from); found.length < count; found.push(iso(at))) at = after(at!)
  return found
}

/** Days on which the clocks of these zones jump, in 2026 and 2027; Kolkata's never does. */
const JUMPS: Readonly<Record<string, readonly string[]>> = {
  'Europe/Berlin': ['2026-03-29T01:00', '2026-10-25T01:00', '2027-03-28T01:00'],
  'America/New_York': ['2026-03-08T07:00', '2026-11-01T06:00', '2027-03-14T07:00'],
  'Australia/Lord_Howe': ['2026-04-04T15:00', '2026-10-03T15:30', '2027-04-03T15:00'],
  'Asia/Kolkata': ['2026-03-29T01:00', '2026-10-25T01:00'],
}

describe('T11: daylight saving', () => {
  test('a time the day does not have runs at the next moment that exists', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30'])
    expect(next('30 2 * * *', 'America/New_York', '2026-03-08T00:00')).toEqual(['2026-03-08T07:00'])
    expect(next('15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T00:00', 2)).toEqual([
      '2026-10-03T15:30',
      '2026-10-04T15:15',
    ])
  })

  test('a time that comes twice runs once, the first time', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30'])
    expect(next('30 1 * * *', 'America/New_York', '2026-11-01T00:00', 2)).toEqual([
      '2026-11-01T05:30',
      '2026-11-02T06:30',
    ])
    expect(next('45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T00:00', 2)).toEqual([
      '2026-04-04T14:45',
      '2026-04-05T15:15',
    ])
  })

  test('of several that fall into the gap one is left, and none is lost behind it', () => {
    expect(next('*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:00', 4)).toEqual([
      '2026-03-29T00:30', '2026-03-29T01:00', '2026-03-29T01:30', '2026-03-29T02:00',
    ]) // prettier-ignore
  })

  test('asked in the second passing of an hour, what ran in the first does not run again', () => {
    expect(next('30 2 * * *', 'Europe/Berlin', '2026-10-25T01:10')).toEqual(['2026-10-26T01:30'])
  })

  test('a whole day that a country left out', () => {
    expect(next('0 9 30 12 *', 'Pacific/Apia', '2011-12-01T00:00')).toEqual(['2011-12-30T10:00'])
  })
})

const zones = fc.constantFrom(...Object.keys(JUMPS))
/** Mostly around a jump of the zone, where things go wrong. */
const around = zones.chain((zone) =>
  fc.record({
    zone: fc.constant(zone),
    from: fc
      .tuple(fc.constantFrom(...JUMPS[zone]!), fc.integer({ min: -50 * 60, max: 30 * 60 }))
      .map(([at, minutes]) => utc(at) + minutes * 60_000),
  }),
)
const patterns = fc
  .tuple(
    fc.oneof(fc.integer({ min: 0, max: 59 }).map(String), fc.constantFrom('*/7', '*/15', '5,35', '*')),
    fc.oneof(fc.integer({ min: 0, max: 4 }).map(String), fc.constantFrom('*', '1-3', '*/2', '0,1,2,3')),
  )
  .map(([minute, hour]) => `${minute} ${hour} * * *`)

/** Whether the pattern's fields fit, without the library that is under test. */
function fits(pattern: string, wall: number): boolean {
  const at = new Date(wall)
  const [minute = '', hour = ''] = pattern.split(' ')
  return field(minute, at.getUTCMinutes()) && field(hour, at.getUTCHours())
}
function field(text: string, value: number): boolean {
  if (text.startsWith('*/')) return value % Number(text.slice(2)) === 0
  if (text.includes('-')) return value >= Number(text.split('-')[0]) && value <= Number(text.split('-')[1])
  return text === '*' || text.split(',').map(Number).includes(value)
}

/** Every minute the wall showed or jumped over, at the moment it was first due. */
function expected(pattern: string, zone: string, from: number, to: number): number[] {
  const due = new Set<number>()
  const seen = new Set<number>()
  const begin = Math.floor((from - 26 * HOUR) / 60_000) * 60_000
  let before = wallOf(begin, zone)
  seen.add(before)
  for (let at = begin + 60_000; at <= to; at += 60_000) {
    const wall = wallOf(at, zone)
    for (let shown = before + 60_000; shown <= wall; shown += 60_000) {
      if (!seen.has(shown) && fits(pattern, shown)) due.add(at)
      seen.add(shown)
    }
    before = wall
  }
  return [...due].filter((at) => at > from && at <= to)
}

test('over any days, each time the wall shows comes once and in order', () => {
  fc.assert(
    fc.property(around, patterns, ({ zone, from }, pattern) => {
      const to = from + 52 * HOUR
      const found: number[] = []
      const { after } = timetableOf(pattern, zone)
      for (let at = after(from); at !== null && at <= to; at = after(at)) found.push(at)
      expect(found.map(iso)).toEqual(expected(pattern, zone, from, to).map(iso))
    }),
    { numRuns: 120 },
  )
})

test('the last moment is the one whose next lies ahead', () => {
  fc.assert(
    fc.property(around, patterns, ({ zone, from }, pattern) => {
      const { after, last } = timetableOf(pattern, zone)
      const at = last(from)!
      expect(at).toBeLessThanOrEqual(from)
      expect(after(at)!).toBeGreaterThan(from)
      expect(after(at - 1)).toBe(at)
    }),
    { numRuns: 60 },
  )
})

test('a moment shows what it was made from, except in a gap', () => {
  fc.assert(
    fc.property(around, ({ zone, from }) => {
      const wall = wallOf(from, zone)
      expect(wallOf(momentOf(wall, zone), zone)).toBe(wall)
      expect(momentOf(wall, zone)).toBeLessThanOrEqual(from)
    }),
  )
})

test('intervals count from 1970, so that every process means the same moments', () => {
  expect(next('every 15m', 'UTC', '2026-11-21T05:31', 2)).toEqual(['2026-11-21T05:45', '2026-11-21T06:00'])
  expect(iso(timetableOf('every 2h', 'UTC').last(utc('2026-11-21T05:31')))).toBe('2026-11-21T04:00')
})

test('what means nothing is refused in words', () => {
  expect(planProblem('0 0 30 2 *')).toBe("'0 0 30 2 *' never comes: no month has that day.")
  expect(planProblem('61 * * * *')).toContain('Invalid value for minute: 61')
  expect(planProblem('0 0 3 * * *')).toContain('requires exactly 5 parts')
  expect(planProblem('nightly')).toContain("Write 'every 15m', or cron")
  expect(planProblem('every 1s')).toContain('too often')
  expect(planProblem('every 0m')).toContain('too often')
  expect([planProblem('0 3 * * *'), planProblem('every 1d'), planProblem('@daily'), planProblem('0 0 29 2 *')]).toEqual([
    null, null, null, null,
  ]) // prettier-ignore
  expect(['Europe/Berlin', 'UTC', 'Mars/Base', '+01:00', ''].map(isTimeZone)).toEqual([true, true, false, false, false])
})
