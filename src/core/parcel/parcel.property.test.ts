/**
 * Whatever the order, the doubles and the lateness of news: a parcel comes to the same, and its clocks never stop
 * early.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { PARCEL_STATUSES, type ParcelScan } from '#canon/parcel.ts'
import { policyWith } from '../testing/sample.ts'
import { nextLook } from './clock.ts'
import { parcel, type ParcelCommand, parcelStatus } from './parcel.ts'
import type { ParcelState } from './state.ts'

const HOUR_MS = 3_600_000
const START = Date.UTC(2026, 10, 1)
const hour = (n: number): string => new Date(START + n * HOUR_MS).toISOString()
const rules = { channels: ['shop'], lostAfterDays: 2, settleWithinHours: 10 }
const policy = { ...policyWith(), carriers: { post: rules } }
const expected: ParcelCommand = {
  type: 'parcel.expect', orderRef: 'shop:1', shipmentId: '7', shippedAt: hour(0), promisedBy: hour(60),
} // prettier-ignore

const scan: fc.Arbitrary<ParcelScan> = fc.record({
  status: fc.constantFrom(...PARCEL_STATUSES),
  at: fc.integer({ min: 0, max: 90 }).map(hour),
})
const news = fc.array(scan, { minLength: 1, maxLength: 3 }).map((scans): ParcelCommand => ({
  type: 'parcel.observe',
  seen: { scans },
}))

function run(
  steps: readonly { at: string; command: ParcelCommand }[],
  check: (state: ParcelState, at: string) => void,
) {
  let state = parcel.initial
  let deliveries = 0
  for (const { at, command } of steps) {
    const decided = parcel.decide(state, command, policy, { stream: 'parcel/post/T', at, messageKey: 'm' })
    if ('refused' in decided) continue
    for (const event of decided) {
      state = parcel.evolve(state, event)
      if (event.type === 'delivery.confirmed') deliveries += 1
    }
    check(state, at)
  }
  return { state, deliveries }
}

test('news of one moment of our clock comes to the same place in any order, doubled or not', () => {
  const all = fc.array(news, { minLength: 1, maxLength: 8 })
  const both = all.chain((one) =>
    fc.tuple(fc.constant(one), fc.shuffledSubarray([...one, ...one, expected], { minLength: one.length * 2 + 1 })),
  )
  fc.assert(
    fc.property(both, ([one, other]) => {
      const at = hour(1)
      const end = (commands: readonly ParcelCommand[]) =>
        run(
          commands.map((command) => ({ at, command })),
          () => {},
        )
      const [first, second] = [end([expected, ...one]), end(other)]
      expect(second.state.latest).toEqual(first.state.latest)
      expect(second.state.handedOverAt).toBe(first.state.handedOverAt)
      expect(second.deliveries).toBeLessThanOrEqual(1)
      if (first.state.latest?.status === 'delivered') expect(second.deliveries).toBe(1)
    }),
    { numRuns: 1_000 },
  )
})

test('the clock set is always the one that is needed, it never rings twice for nothing, and what is not there is told of', () => {
  const step = fc.oneof(
    { arbitrary: news, weight: 3 },
    fc.constantFrom<ParcelCommand>(
      { type: 'parcel.lookAtClock' }, { type: 'parcel.settle', how: 'settled' }, { type: 'parcel.settle', how: 'lost' }, { type: 'parcel.retry' }, expected,
    ),
  ) // prettier-ignore
  fc.assert(
    fc.property(fc.array(fc.tuple(step, fc.integer({ min: 0, max: 20 })), { maxLength: 15 }), (list) => {
      let hours = 0
      const steps: { at: string; command: ParcelCommand }[] = [{ at: hour(0), command: expected }]
      for (const [command, wait] of list) steps.push({ at: hour((hours += wait)), command })
      const { state } = run(steps, (now) => expect(now.lookAt).toBe(nextLook(now, rules)))
      // Nothing more comes: ring every alarm that is set, and see what is left.
      let [now, at, rings] = [state, hour(hours), 0]
      while (now.lookAt !== null && rings < 20) {
        rings += 1
        at = now.lookAt > at ? now.lookAt : at
        const decided = parcel.decide(now, { type: 'parcel.lookAtClock' }, policy, { stream: 'parcel/post/T', at, messageKey: 'm' }) // prettier-ignore
        now = 'refused' in decided ? now : decided.reduce(parcel.evolve, now)
      }
      expect(rings).toBeLessThan(8)
      expect(['delivered', 'returned', 'failed', 'lost', 'damaged', 'returning', 'untracked']).toContain(
        parcelStatus(now),
      )
    }),
    { numRuns: 1_000 },
  )
})
