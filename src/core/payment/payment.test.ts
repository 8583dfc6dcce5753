/** Payments as sentences: what news is worth in any order, and what is refused. */
import type { PaymentSeen, RefundSeen } from '#canon/payment.ts'
import { describe, expect, it } from 'vitest'
import { given } from '../testing/given.ts'
import { policyWith } from '../testing/sample.ts'
import { payment, type PaymentCommand, type PaymentEvent } from './payment.ts'
import { refundable, stageOf } from './state.ts'

const AT = '2026-11-21T10:00:00.000Z'
const STREAM = 'payment/stripe/pi_1'
const usd = (amount: number) => ({ amount, currency: 'USD' })
const seen = (change: Partial<PaymentSeen> = {}): PaymentCommand => ({
  type: 'payment.observe',
  at: AT,
  seen: { currency: 'USD', amount: 5_000, authorised: 5_000, captured: 5_000, closed: true, ...change },
})
const authorised = seen({ captured: 0, closed: false })
const back = (change: Partial<RefundSeen> = {}): PaymentCommand => ({
  type: 'payment.observeRefund',
  at: AT,
  refund: { refundId: 're_1', amount: usd(2_000), status: 'pending', ...change },
})
const refund = (requestId: string, amount: number): PaymentCommand => ({
  type: 'payment.refund', requestId, amount: usd(amount), reason: 'returned',
}) // prettier-ignore
const capture = (requestId: string, amount: number, final = false): PaymentCommand => ({
  type: 'payment.capture', requestId, amount: usd(amount), final,
}) // prettier-ignore
const on = (...history: PaymentEvent[]) => given(payment, ...history).on(STREAM)
const after = (...commands: PaymentCommand[]) => on().when(...commands).state

const ORDERS: readonly PaymentCommand[][] = [
  [authorised, seen({ captured: 2_000, closed: false }), seen()],
  [seen(), authorised, seen({ captured: 2_000, closed: false })],
  [seen({ captured: 2_000, closed: false }), seen(), seen(), authorised],
]

describe('news of a payment', () => {
  it('comes to the same in any order and twice', () => {
    for (const order of ORDERS) {
      const { version: _, ...state } = after(...order)
      const { version: __, ...usual } = after(...ORDERS[0]!)
      expect(state).toEqual(usual)
      expect(stageOf(after(...order))).toBe('captured')
    }
  })

  it('tells stages apart', () => {
    expect(stageOf(after(seen({ authorised: 0, captured: 0, closed: false })))).toBe('pending')
    const failing = seen({ authorised: 0, captured: 0, closed: false, failure: 'card_declined' })
    expect(stageOf(after(failing))).toBe('failed')
    expect(stageOf(after(failing, authorised))).toBe('authorised')
    expect(stageOf(after(authorised, failing))).toBe('authorised')
    expect(stageOf(after(authorised, seen({ captured: 0 })))).toBe('voided')
    expect(stageOf(after(seen({ captured: 100, closed: false })))).toBe('part_captured')
  })

  it('in another currency is a case, not an amount', () => {
    expect(after(seen(), seen({ currency: 'EUR' })).troubles.map(({ code }) => code)).toEqual(['currency_differs'])
    expect(after(seen(), seen({ currency: 'EUR', captured: 9_000 })).captured).toBe(5_000)
  })
})

describe('refunds', () => {
  it('never go beyond what was captured, whoever else gave something back', () => {
    const elsewhere = back({ refundId: 're_9', amount: usd(3_000), status: 'succeeded' })
    on().when(seen(), elsewhere, refund('r1', 2_001)).refused('beyond_captured')
    expect(refundable(after(seen(), elsewhere, refund('r1', 2_000)))).toBe(0)
    on().when(seen(), refund('r1', 3_000), refund('r2', 2_001)).refused('beyond_captured')
  })

  it('of the channel count, and once when they went through the provider', () => {
    const noted: PaymentCommand = { type: 'payment.noteOrder', orderRef: 'shop:1', refunded: usd(3_000) }
    const elsewhere = back({ refundId: 're_9', amount: usd(3_000), status: 'succeeded' })
    expect(refundable(after(seen(), noted, elsewhere))).toBe(2_000)
    const rules = {
      channels: ['shop'],
      waitFor: 'nothing',
      channelRefunds: 'elsewhere',
      orphanAfterMinutes: 9,
    } as const
    const apart = { ...policyWith(), payments: { stripe: rules } }
    const state = given(payment).on(STREAM).under(apart).when(seen(), noted, elsewhere).state
    expect(refundable(state)).toBe(-1_000)
  })

  it('asked for twice are made once, and another amount under the same name is refused', () => {
    const asked = on().when(seen(), refund('r1', 500), refund('r1', 500))
    expect(asked.state.refunds.length).toBe(1)
    on().when(seen(), refund('r1', 500), refund('r1', 501)).refused('request_differs')
  })

  it('may fail after they succeeded, and the money can be given again', () => {
    const done = [seen(), refund('r1', 5_000), back({ requestId: 'r1', amount: usd(5_000), status: 'succeeded' })]
    expect(refundable(after(...done))).toBe(0)
    const failed = back({ requestId: 'r1', amount: usd(5_000), status: 'failed', failure: 'lost_or_stolen_card' })
    const state = after(...done, failed, back({ requestId: 'r1', amount: usd(5_000), status: 'succeeded' }))
    expect(refundable(state)).toBe(5_000)
    expect(state.troubles.map(({ code }) => code)).toEqual(['refund_failed'])
    expect(stageOf(state)).toBe('captured')
  })

  it('given up count as given until it is known, and are asked for again under the same name', () => {
    const givenUp: PaymentCommand = {
      type: 'failed', intent: 'payment.refund', version: 5,
      fault: { kind: 'unavailable', code: 'stripe.no_answer', message: 'No answer.' },
    } // prettier-ignore
    const state = after(seen(), refund('r1', 5_000), givenUp)
    expect(state.refunds[0]).toMatchObject({ status: 'unknown' })
    expect(refundable(state)).toBe(0)
    const again = on().when(seen(), refund('r1', 5_000), givenUp, { type: 'payment.retry' })
    expect(again.state.refunds).toMatchObject([{ requestId: 'r1', status: 'asked' }])
  })

  it('are not made of money that a bank took back', () => {
    const dispute: PaymentCommand = {
      type: 'payment.observeDispute',
      at: AT,
      dispute: {
        disputeId: 'dp_1', amount: usd(5_000), status: 'open', reason: 'fraudulent', withdrawn: 5_000, returned: 0, dueBy: AT,
      },
    } // prettier-ignore
    on().when(seen(), dispute, refund('r1', 1)).refused('beyond_captured')
    expect(stageOf(after(seen(), dispute))).toBe('disputed')
    const won = { ...dispute, dispute: { ...dispute.dispute, status: 'won', returned: 5_000 } } as PaymentCommand
    expect(refundable(after(seen(), won, dispute))).toBe(5_000)
  })
})

describe('captures', () => {
  it('of parts add up, and no further than what was authorised', () => {
    const two = on().when(authorised, capture('c1', 2_000), capture('c2', 3_000))
    two.owes(
      { type: 'payment.capture', to: 'stripe', ask: { amount: usd(2_000), cumulative: usd(2_000) } },
      { type: 'payment.capture', ask: { amount: usd(3_000), cumulative: usd(5_000) } },
    )
  })

  it('beyond it, in another currency or after the last are refused', () => {
    on().when(authorised, capture('c1', 5_001)).refused('beyond_authorised')
    on()
      .when(authorised, capture('c1', 2_000, true), capture('c2', 1))
      .refused('beyond_authorised')
    on()
      .when(authorised, { ...capture('c', 1), amount: { amount: 1, currency: 'EUR' } } as PaymentCommand)
      .refused('currency_differs')
    on().when(authorised, capture('c1', 0)).refused('amount_not_positive')
    on().when(capture('c1', 1)).refused('payment_unknown')
  })

  it('forbid to let the money go, and the other way round', () => {
    const away: PaymentCommand = { type: 'payment.void', reason: 'cancelled' }
    on().when(authorised, capture('c1', 1), away).refused('nothing_to_void')
    on().when(authorised, away, capture('c1', 1)).refused('beyond_authorised')
  })
})

describe('the order of a payment', () => {
  const named = seen({ orderRef: 'shop:1001' })

  it('is told, and looked for again later; an alarm is a case only when it never came', () => {
    const state = after(named)
    expect(state.orderRef).toBe('shop:1001')
    expect(after(named, { type: 'payment.lookForOrder' }).troubles).toMatchObject([{ code: 'order_missing' }])
    const found: PaymentCommand = { type: 'payment.noteOrder', orderRef: 'shop:1001', refunded: usd(0) }
    expect(after(named, found, { type: 'payment.lookForOrder' }).troubles).toEqual([])
  })

  it('of a channel that does not exist, or another one than before, is a named case', () => {
    expect(after(seen({ orderRef: 'nowhere:1' })).troubles).toMatchObject([{ code: 'order_unclear' }])
    expect(after(named, seen({ orderRef: 'shop:2' })).troubles).toMatchObject([{ code: 'order_differs' }])
  })
})
