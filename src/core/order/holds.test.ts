/** Holds of an order: what opens them, who ends them, and what their clocks do. */
import { describe, expect, it } from 'vitest'
import type { HoldsPolicy } from '../policy.ts'
import { anOrder, policyWith, second } from '../testing/sample.ts'
import type { HoldKind } from './hold-kinds.ts'
import { order, type OrderCommand, type OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

const STREAM = 'order/shop/1001'
const usd = (amount: number) => ({ amount, currency: 'USD' })

const rules = (change: Partial<HoldsPolicy> = {}): HoldsPolicy => ({
  kinds: { price: { expiresAfterMinutes: 10, owner: 'finance' }, fraud: { expiresAfterMinutes: 10 } },
  escalateTo: 'management',
  checks: { shop: { priceWithin: 0 } },
  ...change,
})

/** An order with its journal; `at` counts minutes. */
function live(holds: HoldsPolicy | null = rules()) {
  const policy = { ...policyWith(), ...(holds ? { holds } : {}) }
  const events: OrderEvent[] = []
  const owed: ReturnType<typeof order.react>[number][] = []
  let state: OrderState = order.initial
  const tell = (command: OrderCommand, atMin = 0): string => {
    const decision = order.decide(state, command, policy, { stream: STREAM, at: second(atMin * 60), messageKey: 'm' })
    if ('refused' in decision) return decision.refused
    for (const event of decision) {
      state = order.evolve(state, event)
      owed.push(...order.react(event, state, STREAM))
    }
    events.push(...decision)
    return decision.map(({ type }) => type).join(' ')
  }
  return {
    tell,
    events,
    owed,
    place: (change = {}) => tell({ type: 'order.observe', order: anOrder(change) }),
    reserve: () => tell({ type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' }),
    release: (kind: HoldKind, by: string, atMin = 0) => tell({ type: 'order.releaseHold', kind, by, note: '' }, atMin),
    ring: (atMin: number) => tell({ type: 'order.lookAtClock' }, atMin),
    get state() {
      return state
    },
    get kinds() {
      return (state.onHold ?? []).map(({ kind }) => kind)
    },
  }
}

type Live = ReturnType<typeof live>
const dear = { total: usd(9_999) }
const warned = (warned: boolean, inReview?: true): OrderCommand => ({
  type: 'order.notePayment',
  payment: {
    provider: 'stripe', paymentId: 'pi_1', version: inReview ? 2 : 1, authorised: usd(2_665), captured: usd(2_665),
    refunded: usd(0), closed: false, disputed: false, warned, ...(inReview ? { inReview } : {}),
  },
}) // prettier-ignore
const alarms = ({ owed }: Live) => owed.flatMap((one) => ('note' in one && one.alarm ? [one.alarm] : []))

describe('a hold', () => {
  it('is opened with an owner, a reason and a clock, and keeps the order from the ERP', () => {
    const one = live()
    expect(one.place(dear)).toBe('order.placed hold.opened order.heldBack')
    expect(one.reserve()).toBe('order.holdNoted order.heldBack')
    expect(one.state.stage).toBe('placed')
    expect(one.state.onHold).toEqual([
      {
        kind: 'price', owner: 'finance', since: second(0), dueAt: second(600), atExpiry: 'escalate', release: 'anyone',
        escalated: 0,
        reasons: [{ code: 'price_differs', detail: 'Its lines come to 2665, its total is 9999 USD (minor units).' }],
      },
    ]) // prettier-ignore
    expect(alarms(one)).toEqual([{ name: 'hold-price', at: second(600) }])
  })

  it('ends by itself when its cause is gone, and its clock with it', () => {
    const one = live()
    one.place(dear)
    one.reserve()
    expect(one.place({ updatedAt: second(5) })).toBe('order.changed hold.closed order.released')
    expect(alarms(one).at(-1)).toEqual({ name: 'hold-price', at: null })
  })

  it('let go by a person stays let go, until the order is edited', () => {
    const one = live()
    one.place(dear)
    expect(one.release('price', 'kim')).toBe('hold.closed order.heldBack')
    expect(one.place({ total: usd(8_888), updatedAt: second(5) })).toContain('hold.opened')
    expect(one.release('price', 'kim')).toContain('hold.closed')
    expect(one.reserve()).toBe('order.holdNoted order.released')
  })

  it('let go leaves the others', () => {
    const one = live()
    one.place(dear)
    one.reserve()
    one.tell(warned(true))
    expect(one.kinds).toEqual(['price', 'fraud'])
    one.release('price', 'kim')
    expect(one.kinds).toEqual(['fraud'])
    expect(one.state.stage).toBe('placed')
  })

  it('is not there where no policy of holds is: the order just waits', () => {
    const one = live(null)
    expect(one.place({ customer: null })).toBe('order.placed order.heldBack')
    expect(one.kinds).toEqual([])
  })

  it('goes when the order is cancelled', () => {
    const one = live()
    one.place(dear)
    expect(one.tell({ type: 'order.cancel', reason: 'customer', at: second(1) })).toBe('order.cancelled hold.closed')
    expect(one.kinds).toEqual([])
  })
})

describe('approval', () => {
  it('takes a second person: whoever asked may not agree', () => {
    const one = live()
    one.place()
    one.reserve()
    const held = live()
    held.place()
    held.tell(warned(true))
    held.reserve()
    expect(held.release('fraud', 'kim')).toBe('hold.releaseAsked')
    expect(held.release('fraud', ' KIM')).toBe('same_person')
    expect(held.release('fraud', 'lee')).toBe('hold.closed order.released')
    expect(held.events.findLast(({ type }) => type === 'hold.closed')).toMatchObject({ by: 'lee', askedBy: 'kim' })
  })

  it('asked for one reason is not agreement to another', () => {
    const held = live()
    held.place()
    held.tell(warned(true))
    held.release('fraud', 'kim')
    expect(held.tell(warned(true, true))).toContain('hold.changed')
    expect(held.release('fraud', 'lee')).toBe('hold.releaseAsked')
  })

  it('is refused where nobody may let it go', () => {
    const one = live()
    one.place({ customer: null })
    expect(one.release('customer', 'kim')).toBe('release_never')
  })

  it('asked for is taken back by keeping it, with a new clock', () => {
    const held = live()
    held.place()
    held.tell(warned(true))
    held.release('fraud', 'kim')
    expect(held.tell({ type: 'order.keepHold', kind: 'fraud', by: 'lee', note: 'No.', minutes: 30 }, 5)).toBe(
      'hold.kept',
    )
    expect(held.state.onHold).toMatchObject([{ dueAt: second(35 * 60) }])
    expect(held.ring(10)).toBe('')
    expect(held.release('fraud', 'lee')).toBe('hold.releaseAsked')
  })
})

describe('at its end the clock', () => {
  const ending = (atExpiry: 'release' | 'cancel' | 'escalate') =>
    live(rules({ kinds: { price: { expiresAfterMinutes: 10, atExpiry } } }))

  it('hands it on, again and again, and never lets it go', () => {
    const one = ending('escalate')
    one.place(dear)
    one.reserve()
    expect(one.ring(9)).toBe('')
    expect(one.ring(10)).toBe('hold.escalated')
    expect(one.state.onHold).toMatchObject([{ owner: 'management', dueAt: second(1_200), escalated: 1 }])
    expect(one.ring(25)).toBe('hold.escalated')
    expect(one.state.stage).toBe('placed')
  })

  it('lets it go', () => {
    const one = ending('release')
    one.place(dear)
    one.reserve()
    expect(one.ring(10)).toBe('hold.closed order.released')
  })

  it('cancels the order, and says that nobody else was told, until the channel has cancelled it too', () => {
    const one = ending('cancel')
    one.place(dear)
    one.reserve()
    expect(one.ring(10)).toBe('order.cancelled order.exceptionRaised hold.closed')
    expect(one.state.exceptions.map(({ code }) => code)).toEqual(['cancelled_by_clock'])
    one.place({ ...dear, updatedAt: second(900), cancelledAt: second(900) })
    expect(one.state.exceptions).toEqual([])
  })
})

describe('by hand', () => {
  it('a person holds any waiting order, without a policy, and it has a clock', () => {
    const one = live(null)
    one.place()
    const hold = { type: 'order.hold', by: 'kim', reason: 'calls back', minutes: 15 } as const
    expect(one.tell(hold)).toBe('hold.opened order.heldBack')
    expect(one.tell(hold)).toBe('hold_open')
    expect(one.reserve()).toBe('order.holdNoted order.heldBack')
    expect(one.state.onHold).toMatchObject([{ kind: 'by_hand', dueAt: second(900) }])
    expect(one.release('by_hand', 'kim')).toBe('hold.closed order.released')
    expect(one.tell(hold)).toBe('order_released')
  })

  it('the same words hold it a second time', () => {
    const one = live()
    one.place()
    const hold = { type: 'order.hold', by: 'kim', reason: 'calls back' } as const
    one.tell(hold)
    one.release('by_hand', 'kim')
    expect(one.tell(hold)).toContain('hold.opened')
    expect(one.kinds).toEqual(['by_hand'])
  })

  it('keeps back what failed and is tried again', () => {
    const one = live()
    one.place()
    one.reserve()
    const fault = { kind: 'rejected', code: 'no', message: 'No.' }
    one.tell({ type: 'failed', intent: 'sale.ensure', version: one.state.version, fault })
    one.tell({ type: 'order.hold', by: 'kim', reason: 'wait' })
    expect(one.tell({ type: 'order.retry' })).toBe('held_back')
    one.release('by_hand', 'kim')
    expect(one.tell({ type: 'order.retry' })).toBe('order.released')
  })
})

describe('fraud', () => {
  it('in review holds without a policy, and ends with the review', () => {
    const one = live(null)
    one.place()
    one.tell(warned(false, true))
    expect(one.reserve()).toBe('order.holdNoted order.heldBack')
    expect(one.state.exceptions.map(({ code }) => code)).toEqual(['fraud_review'])
  })

  it('heard of after the order went on is a case for a person', () => {
    const one = live()
    one.place()
    one.reserve()
    expect(one.tell(warned(true))).toBe('order.paymentNoted order.exceptionRaised')
    expect(one.state.exceptions.map(({ code }) => code)).toEqual(['fraud_warned'])
  })
})
