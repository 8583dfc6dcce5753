/** Accepting a marketplace's orders: what is answered and when, and what the clock does while nobody answers. */
import type { Order } from '#canon/order.ts'
import { describe, expect, it } from 'vitest'
import type { Context } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { AcceptancePolicy } from '../policy.ts'
import { anOrder, orderLine, policyWith, second } from '../testing/sample.ts'
import { DEFAULT_ACCEPTANCE } from './accept.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

const HOUR = 3_600
const asked = (change: Partial<Order> = {}): Order =>
  anOrder({
    acceptance: 'needed',
    acceptBy: second(4 * HOUR),
    paymentStatus: 'pending',
    customer: null,
    shippingAddress: null,
    lines: [orderLine({ id: 'A', sku: 'MUG' }), orderLine({ id: 'B', sku: 'CUP' })],
    ...change,
  })
const observe = (change: Partial<Order> = {}): OrderCommand => ({ type: 'order.observe', order: asked(change) })
const hold = (sku: string, outcome: 'reserved' | 'short'): OrderCommand => ({ type: 'order.noteHold', sku, outcome })
const look: OrderCommand = { type: 'order.lookAtClock' }

/** Each command with the second it is decided in. */
function live(rules: Partial<AcceptancePolicy>, ...said: [number, OrderCommand][]) {
  const policy = policyWith({ acceptance: { ...DEFAULT_ACCEPTANCE, ...rules } })
  let state: OrderState = order.initial
  const events: OrderEvent[] = []
  const owed: ReturnType<typeof order.react>[number][] = []
  for (const [at, command] of said) {
    const context: Context = { stream: 'order/shop/1001', at: second(at), messageKey: `m-${at}` }
    const decision = order.decide(state, command, policy, context)
    if ('refused' in decision) throw new Error(decision.refused)
    for (const event of decision) {
      state = order.evolve(state, event)
      events.push(event)
      owed.push(...order.react(event, state, context.stream))
    }
  }
  const answers = owed.filter(
    (one): one is Extract<Intent, { type: 'order.accept' }> => 'ask' in one && one.type === 'order.accept',
  )
  const alarms = owed.flatMap((one) => ('alarm' in one && one.alarm ? [one.alarm] : []))
  return {
    state,
    events,
    alarms,
    answers: answers.map(({ ask }) => ask.lines.map(({ lineId, accepted }) => `${lineId}:${accepted}`).join(' ')),
    urgency: answers.map(({ urgency }) => urgency),
    codes: state.exceptions.map(({ code }) => code),
  }
}

const done = (outcome: 'accepted' | 'refused' | 'lapsed' | 'whole_only'): OrderCommand => ({
  type: 'done',
  intent: 'order.accept',
  ask: { externalId: '1001', orderName: '#1001', lines: [] },
  answer: { outcome },
  version: 1,
})

describe('an order that has to be accepted', () => {
  it('holds its goods, waits without a person, and is accepted once both are reserved', () => {
    const before = live({}, [0, observe()], [1, hold('MUG', 'reserved')])
    expect(before.answers).toEqual([])
    expect(before.codes).toEqual(['acceptance_needed', 'payment_pending', 'stock_asked'])
    const { answers, urgency } = live({}, [0, observe()], [1, hold('MUG', 'reserved')], [2, hold('CUP', 'reserved')])
    expect(answers).toEqual(['A:true B:true'])
    expect(urgency).toEqual(['pressing'])
  })

  it('is asked about once, whatever comes again', () => {
    const { answers } = live(
      {},
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [2, hold('CUP', 'reserved')],
      [3, observe({ updatedAt: second(3) })],
      [4, look],
    )
    expect(answers).toEqual(['A:true B:true'])
  })

  it('goes to the ERP when it is accepted, paid and has an address', () => {
    const { events, state } = live(
      {},
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [2, hold('CUP', 'reserved')],
      [3, done('accepted')],
      [9, observe({ ...anOrder(), lines: asked().lines, acceptance: 'accepted', updatedAt: second(9) })],
    )
    expect(events.map(({ type }) => type)).toContain('order.released')
    expect(state.acceptance?.step).toBe('accepted')
  })

  it('waits for what is short until the margin, and then refuses that alone', () => {
    const said: [number, OrderCommand][] = [
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [2, hold('CUP', 'short')],
      [2 * HOUR, look],
    ]
    expect(live({}, ...said).answers).toEqual([])
    const late = live({}, ...said, [3 * HOUR, look])
    expect(late.answers).toEqual(['A:true B:false'])
    expect(late.codes).toContain('acceptance_urgent')
  })

  it('refuses what is short at once where policy says so', () => {
    const rules = { decide: 'refuse_when_short' } as const
    const { answers } = live(rules, [0, observe()], [1, hold('CUP', 'short')], [2, hold('MUG', 'reserved')])
    expect(answers).toEqual(['A:true B:false'])
  })

  it('is accepted with what is short where that goes to the ERP as a backorder', () => {
    const policy = { ...policyWith({ whenShort: 'release' }) }
    let state = order.initial
    const owed: unknown[] = []
    for (const command of [observe(), hold('MUG', 'reserved'), hold('CUP', 'short')]) {
      const decision = order.decide(state, command, policy, { stream: 's', at: second(1), messageKey: 'm' })
      if ('refused' in decision) throw new Error(decision.refused)
      for (const event of decision) {
        state = order.evolve(state, event)
        owed.push(...order.react(event, state, 's').filter((one) => 'ask' in one && one.type === 'order.accept'))
      }
    }
    expect(owed).toMatchObject([{ ask: { lines: [{ accepted: true }, { accepted: true }] } }])
  })

  it('is never accepted for goods the ledger has not spoken of: in the end those are refused', () => {
    const said: [number, OrderCommand][] = [
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [3 * HOUR + 1, look],
    ]
    expect(live({}, ...said).answers).toEqual([])
    expect(live({}, ...said, [4 * HOUR - 1_000, look]).answers).toEqual(['A:true B:false'])
  })

  it('is left to a person where policy says so, and says so from the start', () => {
    const rules = { decide: 'by_hand' } as const
    const said: [number, OrderCommand][] = [
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [2, hold('CUP', 'reserved')],
    ]
    const waiting = live(rules, ...said, [4 * HOUR - 1, look])
    expect(waiting.answers).toEqual([])
    expect(waiting.codes).toEqual(expect.arrayContaining(['acceptance_by_hand', 'acceptance_urgent']))
    const decided = live(rules, ...said, [3, { type: 'order.decideAcceptance', accepted: ['A'] }])
    expect(decided.answers).toEqual(['A:true B:false'])
  })

  it('a person cannot decide what is decided', () => {
    const policy = policyWith()
    const context = { stream: 's', at: second(1), messageKey: 'm' }
    const command: OrderCommand = { type: 'order.decideAcceptance', accepted: [] }
    const { state } = live({}, [0, observe()], [1, hold('MUG', 'reserved')], [2, hold('CUP', 'reserved')])
    expect(order.decide(state, command, policy, context)).toMatchObject({ refused: 'nothing_to_accept' })
  })

  it('is refused as a whole where the channel takes no decision by the line', () => {
    const rules = { decide: 'refuse_when_short' } as const
    const { answers } = live(
      rules,
      [0, observe()],
      [1, hold('CUP', 'short')],
      [2, hold('MUG', 'reserved')],
      [3, done('whole_only')],
    )
    expect(answers).toEqual(['A:true B:false', 'A:false B:false'])
  })
})

describe('the clock of the acceptance', () => {
  it("counts the shorter of the channel's limit and our own, and sets three alarms", () => {
    const { alarms, state } = live({ withinMinutes: 120 }, [0, observe()])
    expect(state.acceptance?.by).toBe(second(2 * HOUR))
    expect(alarms).toEqual([
      { name: 'accept-warn', at: second(1 * HOUR) },
      { name: 'accept-last', at: second(2 * HOUR - 1_200) },
      { name: 'accept-by', at: second(2 * HOUR) },
    ])
  })

  it('calls the alarms off once the channel has its answer', () => {
    const { alarms } = live(
      {},
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [2, hold('CUP', 'reserved')],
      [3, done('accepted')],
    )
    expect(alarms.slice(3)).toEqual(['accept-warn', 'accept-last', 'accept-by'].map((name) => ({ name, at: null })))
  })

  it('says once that the margin is reached, and once that the time is over', () => {
    const looks = [3 * HOUR, 3 * HOUR + 9, 4 * HOUR, 5 * HOUR].map((at) => [at, look] as [number, OrderCommand])
    const { events } = live({ decide: 'by_hand' }, [0, observe()], ...looks)
    expect(events.filter(({ type }) => type === 'order.acceptanceUrgent')).toHaveLength(1)
    expect(events.filter(({ type }) => type === 'order.acceptanceLate')).toHaveLength(1)
  })

  it('an alarm that rings early or for nothing changes nothing', () => {
    expect(live({}, [0, observe()], [10, look]).events.map(({ type }) => type)).toEqual(
      live({}, [0, observe()]).events.map(({ type }) => type),
    )
  })

  it('tells an order that lapsed from one that somebody refused over there', () => {
    const refused = (at: number) =>
      observe({ acceptance: 'refused', cancelledAt: second(at), updatedAt: second(at), lines: [] })
    const outcomes = (at: number) =>
      live({ decide: 'by_hand' }, [0, observe()], [at, refused(at)]).events.flatMap((event) =>
        event.type === 'order.acceptanceSettled' ? [event.outcome] : [],
      )
    expect(outcomes(HOUR)).toEqual(['refused'])
    expect(outcomes(4 * HOUR + 60)).toEqual(['lapsed'])
  })

  it('a failure is shown, and retried by a person', () => {
    const failed: OrderCommand = {
      type: 'failed',
      intent: 'order.accept',
      version: 1,
      fault: { kind: 'rejected', code: 'x', message: 'no' },
    }
    const said: [number, OrderCommand][] = [
      [0, observe()],
      [1, hold('MUG', 'reserved')],
      [2, hold('CUP', 'reserved')],
      [3, failed],
    ]
    expect(live({}, ...said).codes).toContain('acceptance_failed')
    const again = live({}, ...said, [4, { type: 'order.retry' }])
    expect(again.answers).toHaveLength(2)
    expect(again.codes).not.toContain('acceptance_failed')
  })
})

it('an order of a channel that does not ask has no acceptance and no alarm', () => {
  const { state, alarms } = live({}, [0, { type: 'order.observe', order: anOrder() }])
  expect(state.acceptance).toBe(undefined)
  expect(alarms).toEqual([])
})
