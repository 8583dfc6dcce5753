/**
 * Never more is given back than was captured, over all systems together, whatever comes in whatever order: at the
 * provider by its own staff, in the channel, by us, lost answers and failing refunds among them.
 */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RefundStatus } from '#canon/payment.ts'
import type { Context } from '../decider.ts'
import { policyWith } from '../testing/sample.ts'
import { payment, type PaymentCommand, type PaymentEvent } from './payment.ts'
import type { PaymentState } from './state.ts'

const AT = '2026-11-21T10:00:00.000Z'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const amount = fc.integer({ min: 1, max: 60 })
const refundId = fc.constantFrom('re_1', 're_2', 're_3')
const requestId = fc.constantFrom('r1', 'r2', 'r3')
const PASSING: readonly RefundStatus[] = ['pending', 'requires_action', 'succeeded']

const command: fc.Arbitrary<PaymentCommand> = fc.oneof(
  fc.record({ captured: fc.integer({ min: 0, max: 100 }), closed: fc.boolean() }).map((change): PaymentCommand => ({
    type: 'payment.observe',
    at: AT,
    seen: { currency: 'USD', amount: 100, authorised: 100, ...change },
  })),
  fc.record({ refundId, status: fc.constantFrom(...PASSING, 'failed' as const) }).map(({ refundId: id, status }) => ({
    type: 'payment.observeRefund' as const,
    at: AT,
    // One refund has one amount, however often it is told of.
    refund: { refundId: id, amount: usd(Number(id.slice(3)) * 15), status },
  })),
  fc.record({ requestId, amount }).map(({ requestId: id, amount: sum }) => ({
    type: 'payment.refund' as const, requestId: id, amount: usd(sum), reason: 'returned',
  })), // prettier-ignore
  fc.record({ requestId, status: fc.constantFrom(...PASSING, 'failed' as const) }).map(({ requestId: id, status }) => ({
    type: 'payment.observeRefund' as const, at: AT,
    refund: { refundId: `ours_${id}`, requestId: id, amount: usd(0), status },
  })), // prettier-ignore
  fc.integer({ min: 0, max: 60 }).map((sum): PaymentCommand => ({
    type: 'payment.noteOrder', orderRef: 'shop:1', refunded: usd(sum),
  })), // prettier-ignore
  fc.integer({ min: 0, max: 40 }).map((sum): PaymentCommand => ({
    type: 'payment.observeDispute', at: AT,
    dispute: { disputeId: 'dp', amount: usd(sum), status: 'open', reason: 'fraudulent', withdrawn: sum, returned: 0, dueBy: null },
  })), // prettier-ignore
  fc.constant<PaymentCommand>({ type: 'payment.retry' }),
)

/** What was given back, counted from what happened and from nothing that the decider keeps. */
function given(events: readonly PaymentEvent[]): { back: number; captured: number } {
  const ours = new Map<string, number>()
  const theirs = new Map<string, number>()
  let [channel, captured, withdrawn] = [0, 0, 0]
  for (const event of events) {
    if (event.type === 'payment.captured') captured = event.total.amount
    if (event.type === 'payment.channelRefunded') channel = event.total.amount
    if (event.type === 'payment.disputed') withdrawn = event.dispute.withdrawn
    if (event.type === 'refund.asked') ours.set(event.requestId, event.amount.amount)
    if (event.type !== 'refund.seen') continue
    const { refundId: id, requestId: request, amount: sum, status } = event.refund
    const [book, key] = request === undefined ? [theirs, id] : [ours, request]
    book.set(key, status === 'failed' ? 0 : sum.amount)
  }
  const total = (book: Map<string, number>) => [...book.values()].reduce((sum, one) => sum + one, 0)
  return { back: total(ours) + total(theirs) + channel + withdrawn, captured }
}

function run(commands: readonly PaymentCommand[]): { events: PaymentEvent[]; state: PaymentState } {
  const rules = { channels: ['shop'], waitFor: 'nothing', channelRefunds: 'elsewhere', orphanAfterMinutes: 9 } as const
  const policy = { ...policyWith(), payments: { stripe: rules } }
  let state = payment.initial
  const events: PaymentEvent[] = []
  for (const one of commands) {
    const context: Context = { stream: 'payment/stripe/pi_1', at: AT, messageKey: 'm' }
    const decided = payment.decide(state, ours(state, one), policy, context)
    if ('refused' in decided) continue
    for (const event of decided) {
      events.push(event)
      state = payment.evolve(state, event)
      if (event.type !== 'refund.asked') continue
      const { back, captured } = given(events)
      expect(back).toBeLessThanOrEqual(captured)
    }
  }
  return { events, state }
}

/** The provider tells of a refund of ours with the amount it was asked for, and only of one it was asked for. */
function ours(state: PaymentState, one: PaymentCommand): PaymentCommand {
  if (one.type !== 'payment.observeRefund' || one.refund.requestId === undefined) return one
  const asked = state.refunds.find(({ requestId: id }) => id === one.refund.requestId)
  return asked ? { ...one, refund: { ...one.refund, amount: usd(asked.amount) } } : { type: 'payment.retry' }
}

test('never more is given back than was captured, over all systems together', () => {
  fc.assert(
    fc.property(fc.array(command, { maxLength: 25 }), (commands) => void run(commands)),
    { numRuns: 2_000 },
  )
})

test('news of money comes to the same in any order, doubled or not', () => {
  const news = fc.array(
    command.filter(({ type }) => type === 'payment.observe' || type === 'payment.observeDispute' || type === 'payment.noteOrder'),
    { maxLength: 8 },
  ) // prettier-ignore
  const shuffled = news.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 })),
  )
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      const [one, two] = [run(all).state, run(other).state]
      const sums = ({ captured, authorised, closed, channelRefunded }: PaymentState) => ({
        captured, authorised, closed, channelRefunded,
      }) // prettier-ignore
      expect(sums(two)).toEqual(sums(one))
    }),
    { numRuns: 500 },
  )
})
