/** Calls at a time: down at once when they hurt, up slowly when they do not, never beyond its bounds. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Pace, type PaceChange, paced, unknownPace } from '#store/pace.ts'
import { kindOfCall, newcomer, observe, shareOf } from './limiter.ts'

interface Taught {
  tookMs?: number
  conflict?: boolean
  busy?: number
  /** What the call saw when it began; what stands now unless said. */
  seen?: Pace
}

/** Processes that learn one pace together, as they do through its row. */
function fleet(most: number, from: Pace = unknownPace) {
  const knows = new Map<number, typeof newcomer>()
  const state = { pace: from, writes: 0, last: null as PaceChange | null }
  const call = (process: number, { tookMs = 200, conflict = false, busy = 99, seen = state.pace }: Taught = {}) => {
    const one = { kind: 'sale/3', tookMs, conflict, busy, pace: seen }
    const { after, change } = observe(knows.get(process) ?? newcomer, one, most)
    knows.set(process, after)
    if (change) state.pace = paced(state.pace, change, most)
    if (change) state.writes += 1
    return state.pace
  }
  return { state, call }
}

const many = (times: number, work: (n: number) => unknown) => Array.from({ length: times }, (_, n) => work(n))

test('it begins with one and grows while all of it is used and nothing becomes slower', () => {
  const { state, call } = fleet(8)
  many(8, () => call(0))
  expect(Math.floor(state.pace.atOnce)).toBe(2)
  many(1_000, () => call(0))
  expect(state.pace).toEqual({ atOnce: 8, lowered: 0 })
  const idle = fleet(8)
  many(100, () => idle.call(0, { busy: 0 }))
  expect(idle.state.pace.atOnce).toBe(1)
})

test('what one process earns is another’s too, and a step up costs four writes, not one per call', () => {
  const { state, call } = fleet(8)
  many(2_000, (n) => call(n % 4))
  expect(state.pace.atOnce).toBe(8)
  expect(state.writes).toBeLessThanOrEqual(4 * 7)
})

test('a conflict halves it, and calls that began before that say nothing new', () => {
  const { state, call } = fleet(8, { atOnce: 8, lowered: 0 })
  const seen = state.pace
  expect(call(0, { conflict: true, seen })).toEqual({ atOnce: 4, lowered: 1 })
  expect(call(1, { conflict: true, seen })).toEqual({ atOnce: 4, lowered: 1 })
  many(100, () => call(2, { seen }))
  expect(state.pace.atOnce).toBe(4)
  expect(call(1, { conflict: true })).toEqual({ atOnce: 2, lowered: 2 })
})

test('calls that take much longer than they did lower it; if that stays so it is the new measure', () => {
  const { state, call } = fleet(8, { atOnce: 8, lowered: 0 })
  call(0)
  expect(call(0, { tookMs: 900 }).atOnce).toBeCloseTo(6.4)
  many(400, () => call(0, { tookMs: 900 }))
  expect(state.pace.atOnce).toBe(8)
})

test('whatever happens it is at least one and at most the bound, and the shares cover it', () => {
  const anything = fc.record({
    process: fc.nat(3),
    tookMs: fc.integer({ min: 0, max: 60_000 }),
    conflict: fc.boolean(),
    busy: fc.nat(12),
    stale: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 200 }), fc.integer({ min: 1, max: 12 }), (calls, most) => {
      const { state, call } = fleet(most)
      let older = state.pace
      for (const { process, stale, ...taught } of calls) {
        const before = state.pace
        call(process, { ...taught, seen: stale ? older : before })
        older = before
        expect(state.pace.atOnce).toBeGreaterThanOrEqual(1)
        expect(state.pace.atOnce).toBeLessThanOrEqual(most)
        // One step of learning moves it by no more than its rule allows.
        expect(state.pace.atOnce - before.atOnce).toBeLessThanOrEqual(0.5)
        expect(state.pace.atOnce).toBeGreaterThanOrEqual(Math.min(before.atOnce, Math.max(1, before.atOnce / 2)))
        for (const processes of [0, 1, 2, 3, 5]) {
          const share = shareOf(state.pace.atOnce, processes)
          expect(share * Math.max(1, processes)).toBeGreaterThanOrEqual(Math.floor(state.pace.atOnce))
          expect(share).toBeLessThanOrEqual(Math.floor(state.pace.atOnce))
        }
      }
    }),
  )
})

test('calls of about one size are held against each other', () => {
  expect(kindOfCall('sale.ensure', 10)).toBe(kindOfCall('sale.ensure', 9))
  expect(kindOfCall('sale.ensure', 10)).not.toBe(kindOfCall('sale.ensure', 1))
})
