/** Cut-offs, closing times and windows, asked for as people ask: by the clock where they are. */
import { expect, test } from 'vitest'
import { calendarOf } from './calendar.ts'
import { calendarSchema } from './schedule.ts'

const at = (text: string) => Date.parse(`${text}Z`)
const calendar = calendarOf(
  calendarSchema.parse({
    timeZone: 'Europe/Berlin',
    moments: {
      'wh-cutoff': { of: 'WH', kind: 'cut-off', at: '0 14 * * 1-5', notOn: ['2026-12-25'] },
      'wh-express': { of: 'WH', kind: 'cut-off', at: '30 16 * * 1-4' },
      'store-9': { of: 'store-9', kind: 'closing', at: '0 20 * * *', timeZone: 'America/New_York' },
    },
    windows: { nights: { opens: '0 22 * * *', closes: '0 6 * * *' } },
  }),
)
const standing = (of: string, when: string, kind: 'cut-off' | 'closing' = 'cut-off') => {
  const found = calendar.standing(kind, of, at(when))
  const iso = (ms: number | null | undefined) => (ms ? new Date(ms).toISOString().slice(0, 16) : null)
  return [found?.state, iso(found?.todayMs), iso(found?.nextMs)]
}

test('P15: before and after the cut-off of a warehouse, in its own time', () => {
  expect(standing('WH', '2026-11-20T12:59')).toEqual(['before', '2026-11-20T13:00', '2026-11-20T13:00'])
  expect(standing('WH', '2026-11-20T13:00')).toEqual(['after', '2026-11-20T13:00', '2026-11-23T13:00'])
  expect(standing('WH', '2026-11-21T08:00')).toEqual(['none', null, '2026-11-23T13:00'])
})

test('of two cut-offs on a day the one still ahead counts', () => {
  expect(standing('WH', '2026-11-19T14:00')).toEqual(['before', '2026-11-19T15:30', '2026-11-19T15:30'])
  expect(standing('WH', '2026-11-19T16:00')).toEqual(['after', '2026-11-19T15:30', '2026-11-20T13:00'])
})

test('a day that is left out has none, the next working day has', () => {
  expect(standing('WH', '2026-12-25T08:00')).toEqual(['none', null, '2026-12-28T13:00'])
  expect(standing('WH', '2026-12-24T16:00')).toEqual(['after', '2026-12-24T15:30', '2026-12-28T13:00'])
})

test('a store closes by the clock on its own wall: what is tomorrow in Berlin is still today there', () => {
  expect(standing('store-9', '2026-11-21T00:30', 'closing')).toEqual(['before', '2026-11-21T01:00', '2026-11-21T01:00'])
  expect(standing('store-9', '2026-11-21T02:00', 'closing')).toEqual(['after', '2026-11-21T01:00', '2026-11-22T01:00'])
  // The night the clocks go back there.
  expect(standing('store-9', '2026-11-01T23:00', 'closing')).toEqual(['before', '2026-11-02T01:00', '2026-11-02T01:00'])
})

test('what the calendar does not have is not made up', () => {
  expect(calendar.standing('closing', 'WH', at('2026-11-20T12:00'))).toBeNull()
  expect(() => calendar.isOpen('days', 0)).toThrow("no window 'days'")
})

test('F145: a window over midnight, also when the night has an hour more or less', () => {
  const open = (when: string) => calendar.isOpen('nights', at(when))
  expect([open('2026-11-20T20:59'), open('2026-11-20T21:00'), open('2026-11-21T04:59'), open('2026-11-21T05:00')]).toEqual(
    [false, true, true, false],
  ) // prettier-ignore
  expect([open('2026-03-29T03:59'), open('2026-03-29T04:00')]).toEqual([true, false])
  expect([open('2026-10-25T04:59'), open('2026-10-25T05:00')]).toEqual([true, false])
})
