/** What a return hears of a refund that goes over several captures: one thing, once all its parts have ended. */
import { expect, test } from 'vitest'
import { refundNotes } from './answer.ts'
import type { PaymentEvent } from './payment.ts'
import { initial, type PaymentState, type Refund } from './state.ts'

const part = (requestId: string, refundId: string | null, amount: number, status: Refund['status']): Refund => ({
  requestId, refundId, amount, status, version: 1, reason: 'other',
}) // prettier-ignore
const told = (refunds: Refund[], refundId: string): unknown[] => {
  const state: PaymentState = { ...initial, currency: 'USD', orderRef: 'shop:1', orderKnown: true, refunds }
  const event = { type: 'refund.seen', refund: { refundId }, at: '2026-11-20T09:00:00.000Z' } as PaymentEvent
  return refundNotes(event, state, 'payment/paypal/1').map(({ command }) => (command as { request?: unknown }).request)
}

test('nothing while a part is on its way, then the sum', () => {
  expect(told([part('g-1', 'a', 300, 'succeeded'), part('g-1/2', null, 200, 'asked')], 'a')).toEqual([])
  expect(told([part('g-1', 'a', 300, 'succeeded'), part('g-1/2', 'b', 200, 'succeeded')], 'b')).toMatchObject([
    { requestId: 'g-1', amount: { amount: 500 }, status: 'succeeded' },
  ])
})

test('a part that failed beside one that did not is for people: nothing may be given again by itself', () => {
  const found = told([part('g-1', 'a', 300, 'succeeded'), part('g-1/2', 'b', 200, 'failed')], 'b')
  expect(found).toMatchObject([
    { requestId: 'g-1', status: 'unknown', detail: expect.stringMatching(/part/) as string },
  ])
})

test("somebody else's refund is told by itself", () => {
  const theirs = { ...part('x', 'c', 100, 'succeeded'), requestId: null }
  const found = told([part('g-1', null, 300, 'asked'), theirs], 'c')
  expect(found).toMatchObject([{ requestId: null, amount: { amount: 100 } }])
})

test('nothing where the channel itself captured the money: it tells of its refunds with the order', () => {
  const state: PaymentState = {
    ...initial,
    currency: 'USD',
    orderRef: 'shop:1',
    orderKnown: true,
    refunds: [{ ...part('x', 'c', 100, 'succeeded'), requestId: null }],
  }
  const event = { type: 'refund.seen', refund: { refundId: 'c' }, at: '2026-11-20T09:00:00.000Z' } as PaymentEvent
  expect(refundNotes(event, state, 'payment/paypal/1')).toHaveLength(1)
  expect(refundNotes(event, state, 'payment/shop/1')).toEqual([])
})
