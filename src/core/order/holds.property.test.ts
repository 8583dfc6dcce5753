/** Whatever holds, clocks, news and people do, in whatever order: what holds of every history of a held order. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anOrder, policyWith, second } from '../testing/sample.ts'
import type { HoldKind } from './hold-kinds.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'
import { judge } from './validation.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const ends = fc.constantFrom('release', 'cancel', 'escalate' as const)

const policies = fc.record({ price: ends, fraud: ends, second: fc.boolean() }).map(({ price, fraud, second }) => ({
  ...policyWith(),
  holds: {
    kinds: {
      price: { expiresAfterMinutes: 3, atExpiry: price, release: second ? 'second_person' : 'anyone' },
      fraud: { expiresAfterMinutes: 5, atExpiry: fraud, release: 'second_person' },
      by_hand: { expiresAfterMinutes: 4 },
    } as const,
    escalateTo: 'management',
    checks: { shop: { priceWithin: 0 } },
  },
}))

const news = fc
  .record({ at: fc.nat({ max: 5 }), total: fc.constantFrom(2_665, 2_665, 9_999, 8_888), customer: fc.nat({ max: 9 }) })
  .map(({ at, total, customer }): OrderCommand => ({
    type: 'order.observe',
    order: anOrder({ updatedAt: second(at), total: usd(total), ...(customer ? {} : { customer: null }) }),
  }))
const money = fc
  .record({ version: fc.integer({ min: 1, max: 4 }), warned: fc.boolean(), inReview: fc.boolean() })
  .map(({ version, warned, inReview }): OrderCommand => ({
    type: 'order.notePayment',
    payment: {
      provider: 'stripe', paymentId: 'pi', version, authorised: usd(2_665), captured: usd(2_665), refunded: usd(0),
      closed: false, disputed: false, warned, ...(inReview ? { inReview: true } : {}),
    },
  })) // prettier-ignore
const kind = fc.constantFrom<HoldKind[]>('price', 'fraud', 'fraud', 'by_hand', 'customer')
const by = fc.constantFrom('kim', 'lee')
const command: fc.Arbitrary<OrderCommand> = fc.oneof(
  { weight: 4, arbitrary: news },
  money,
  { weight: 4, arbitrary: fc.constant<OrderCommand>({ type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' }) },
  fc.constant<OrderCommand>({ type: 'order.lookAtClock' }),
  fc.record({ type: fc.constant('order.hold' as const), by, reason: fc.constant('wait') }),
  fc.record({ type: fc.constant('order.releaseHold' as const), kind, by, note: fc.constant('') }),
  fc.record({ type: fc.constant('order.keepHold' as const), kind, by, note: fc.constant('') }),
  fc.constant<OrderCommand>({ type: 'order.cancel', reason: 'other', at: second(1) }),
)
const steps = fc.array(fc.record({ command, minutes: fc.nat({ max: 3 }) }), { maxLength: 40 })

it('an order with an open hold never goes, and no hold is without an owner, a reason and a clock that is set', () => {
  let released = 0
  fc.assert(
    fc.property(policies, steps, (policy, all) => {
      let state: OrderState = order.initial
      let minute = 0
      const alarms = new Map<string, string | null>()
      const asked = new Map<string, string>()
      for (const { command: told, minutes } of all) {
        minute += minutes
        const at = second(minute * 60)
        const decision = order.decide(state, told, policy, { stream: 'order/shop/1001', at, messageKey: 'm' })
        if ('refused' in decision) continue
        for (const event of decision) {
          if (event.type === 'order.released') {
            released += 1
            expect(state.onHold ?? []).toEqual([])
            expect(judge(state, state.order!, policy.channels['shop']!, policy)).toEqual([])
          }
          checkApproval(event, asked, state)
          state = order.evolve(state, event)
          for (const one of order.react(event, state, 'order/shop/1001'))
            if ('note' in one && one.alarm) alarms.set(one.alarm.name, one.alarm.at)
        }
        for (const hold of state.onHold ?? []) {
          expect(hold.owner).not.toBe('')
          expect(hold.reasons.length).toBeGreaterThan(0)
          expect(alarms.get(`hold-${hold.kind}`)).toBe(hold.dueAt)
          expect(hold.dueAt > at).toBe(true)
        }
        const set = [...alarms].filter(([, due]) => due !== null).map(([name]) => name)
        expect(set.sort()).toEqual((state.onHold ?? []).map((one) => `hold-${one.kind}`).sort())
      }
    }),
    { numRuns: 1_000 },
  )
  expect(released).toBeGreaterThan(100)
})

/** What takes two people was let go by two, and they are not the same. */
function checkApproval(event: OrderEvent, asked: Map<string, string>, state: OrderState): void {
  if (event.type === 'hold.releaseAsked') asked.set(event.kind, event.by)
  if (event.type !== 'hold.closed') return
  const hold = state.onHold?.find(({ kind }) => kind === event.kind)
  if (event.outcome === 'released' && hold?.release === 'second_person') {
    expect(event.by).not.toBe(asked.get(event.kind))
    expect(event.askedBy).toBe(asked.get(event.kind))
  }
  asked.delete(event.kind)
}
