/** Calls at a time: down at once when they hurt, up slowly when they do not, never beyond its bounds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cautious, kindOfCall, type Limiter, observe } from './limiter.ts'

const call = (startedMs: number, tookMs: number, change: { conflict?: boolean; busy?: number } = {}) => ({
  kind: 'sale/3', startedMs, endedMs: startedMs + tookMs, conflict: false, busy: 9, ...change,
}) // prettier-ignore

/** @returns the limiter after so many calls, each after the one before. */
function after(calls: number, tookMs: (n: number) => number, from: Limiter = cautious, most = 8): Limiter {
  let limiter = from
  for (let n = 0; n < calls; n += 1) limiter = observe(limiter, call(n * 10_000, tookMs(n)), most)
  return limiter
}

test('it begins with one and grows while all of it is used and nothing becomes slower', () => {
  expect(cautious.limit).toBe(1)
  expect(Math.floor(after(8, () => 200).limit)).toBe(2)
  expect(after(1_000, () => 200).limit).toBe(8)
  let idle = cautious
  for (let n = 0; n < 100; n += 1) idle = observe(idle, call(n * 1_000, 200, { busy: 0 }), 8)
  expect(idle.limit).toBe(1)
})

test('a conflict halves it, and calls that began before that say nothing new', () => {
  const wide: Limiter = { ...cautious, limit: 8 }
  const once = observe(wide, call(1_000, 500, { conflict: true }), 8)
  expect(once.limit).toBe(4)
  expect(observe(once, call(1_400, 500, { conflict: true }), 8).limit).toBe(4)
  expect(observe(once, call(1_600, 500, { conflict: true }), 8).limit).toBe(2)
})

test('calls that take much longer than they did lower it; if that stays so it is the new measure', () => {
  const wide = after(200, () => 200)
  const slow = observe(wide, call(9_000_000, 900), 8)
  expect(slow.limit).toBeCloseTo(6.4)
  expect(after(400, () => 900, slow).limit).toBe(8)
})

test('whatever happens it is at least one and at most the bound', () => {
  const anything = fc.record({ ms: fc.integer({ min: 0, max: 60_000 }), conflict: fc.boolean(), busy: fc.nat(12) })
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (calls, most) => {
      let limiter = cautious
      for (const [n, { ms, ...rest }] of calls.entries()) {
        limiter = observe(limiter, call(n * 1_000, ms, rest), most)
        expect(limiter.limit).toBeGreaterThanOrEqual(1)
        expect(limiter.limit).toBeLessThanOrEqual(most)
      }
    }),
  )
})

test('calls of about one size are held against each other', () => {
  expect(kindOfCall('sale.ensure', 10)).toBe(kindOfCall('sale.ensure', 9))
  expect(kindOfCall('sale.ensure', 10)).not.toBe(kindOfCall('sale.ensure', 1))
})
