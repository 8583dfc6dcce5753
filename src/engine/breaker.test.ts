/** What a governor's row becomes, where the tests on a database do not look. */
import { describe, expect, test } from 'vitest'
import { type GovernorRow, innocent } from '#store/governor.ts'
import { Fault } from '../fault.ts'
import { type Calls, judge, pauseLanes, signOf } from './breaker.ts'

const NOW_MS = Date.parse('2026-11-27T10:00:00.000Z')
const at = (ms: number) => new Date(NOW_MS + ms).toISOString()
const calls = (signs: Calls['signs'], change: Partial<Calls> = {}): Calls => ({
  signs, reason: 'No answer.', probe: false, nowMs: NOW_MS, jitter: 0, ...change,
}) // prettier-ignore
const open: GovernorRow = {
  ...innocent('erp'), state: 'open', opened_at: at(-60_000), probe_at: at(0), failures: 6, reason: 'Down.',
} // prettier-ignore

describe('the breaker', () => {
  test('opens at the fifth failure in a row, counted over calls of several rounds', () => {
    const four = judge(innocent('erp'), calls(['failed', 'alive', 'failed', 'failed', 'failed', 'failed']))
    expect(four).toMatchObject({ state: 'closed', failures: 4 })
    expect(judge(four, calls(['silent']))).toBe(four)
    expect(judge(four, calls(['failed']))).toMatchObject({ state: 'open', failures: 5, opened_at: at(0) })
  })

  test('pauses for at least half of the whole pause', () => {
    const four = { ...innocent('erp'), failures: 4 }
    expect(judge(four, calls(['failed'])).probe_at).toBe(at(2_500))
    expect(judge(four, calls(['failed'], { jitter: 1 })).probe_at).toBe(at(5_000))
  })

  test('learns nothing from failures of calls that were under way when it opened', () => {
    expect(judge(open, calls(['failed', 'failed']))).toBe(open)
    expect(judge(open, calls(['failed', 'alive'])).state).toBe('closed')
  })

  test('a probe that was only asked to slow down neither closes it nor lengthens the pause', () => {
    const after = judge(open, calls(['silent'], { probe: true, reason: null }))
    expect(after).toMatchObject({ state: 'open', failures: 6, reason: 'Down.', probe_at: at(5_000) })
    expect(judge(open, calls(['failed'], { probe: true }))).toMatchObject({ failures: 7, opened_at: at(-60_000) })
  })
})

test('a batch in which anything was answered is a sign of life', () => {
  const fault = (kind: 'unavailable' | 'throttled' | 'conflict') => ({ fault: new Fault(kind, 'x') })
  expect(signOf([fault('unavailable'), fault('conflict')])).toBe('alive')
  expect(signOf([fault('unavailable'), fault('throttled')])).toBe('failed')
  expect(signOf([fault('throttled')])).toBe('silent')
})

test('a lane waits as long as the longest wait it was asked for; waits that are over are forgotten', () => {
  const row = { ...innocent('shop'), paused_until: { a: at(30_000), b: at(-1), c: at(10_000) } }
  expect(pauseLanes(row, new Map([['a', 20_000]]), NOW_MS)).toBe(row)
  const waits = new Map([
    ['a', 40_000],
    ['d', 5_000],
  ])
  expect(pauseLanes(row, waits, NOW_MS).paused_until).toEqual({ a: at(40_000), c: at(10_000), d: at(5_000) })
})
