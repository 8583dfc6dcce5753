/** Captures, refunds and voids: once each, over stored errors and forgotten keys, and never a guess. */
import { expect, test } from 'vitest'
import { send } from '../kit/testing.ts'
import { createWorld } from './testing.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })

const refundOf = (paymentId: string, amount = 1_000, requestId = 'r-1') => ({
  paymentId, requestId, amount: usd(amount), reason: 'returned',
}) // prettier-ignore

test('a 500 that is stored under the key is waited out, and what was done in spite of it is found', async () => {
  const { account, connection } = createWorld()
  const paid = account.pay({ amount: 5_000, currency: 'usd' })
  account.failNext(1, 'after')
  expect(await send(connection, 'payment.refund', refundOf(paid))).toMatchObject({ fault: { kind: 'unavailable' } })
  expect(await send(connection, 'payment.refund', refundOf(paid))).toMatchObject({ answer: { status: 'succeeded' } })
  expect(account.beliefs().refunds).toHaveLength(1)
})

test('a 500 before any work repeats itself for a day; then the key is free, and it is done once', async () => {
  const { account, connection, clock } = createWorld()
  const paid = account.pay({ amount: 5_000, currency: 'usd' })
  account.failNext(1, 'before')
  await send(connection, 'payment.refund', refundOf(paid))
  const again = await send(connection, 'payment.refund', refundOf(paid))
  expect(again).toMatchObject({ fault: { code: 'stripe.stored_error', retryAfterMs: 3_600_000 } })
  clock.pass(24 * 3_600_000)
  expect(await send(connection, 'payment.refund', refundOf(paid))).toHaveProperty('answer')
  clock.pass(25 * 3_600_000)
  expect(await send(connection, 'payment.refund', refundOf(paid), { key: 'another key' })).toHaveProperty('answer')
  expect(account.beliefs().refunds).toHaveLength(1)
})

test('a key that was used for something else is refused, and nothing is done', async () => {
  const { account, connection } = createWorld()
  const paid = account.pay({ amount: 5_000, currency: 'usd' })
  await send(connection, 'payment.refund', refundOf(paid))
  const other = await send(connection, 'payment.refund', refundOf(paid, 2_000, 'r-2'))
  expect(other).toMatchObject({ fault: { kind: 'rejected', code: 'stripe.key_reused' } })
  expect(account.beliefs().refunds).toHaveLength(1)
})

test('more than is left is refused by name', async () => {
  const { account, connection } = createWorld()
  const paid = account.pay({ amount: 5_000, currency: 'usd' })
  account.refund(paid)
  expect(await send(connection, 'payment.refund', refundOf(paid))).toMatchObject({
    fault: { kind: 'rejected', code: 'stripe.beyond_captured' },
  })
})

test('captures in parts add up; one that somebody else made meanwhile is not made twice', async () => {
  const { account, connection } = createWorld()
  const paymentId = account.authorise({ amount: 5_000, currency: 'usd' })
  const part = (amount: number, cumulative: number, final: boolean) => ({
    paymentId, requestId: `c${cumulative}`, amount: usd(amount), cumulative: usd(cumulative), final,
  }) // prettier-ignore
  expect(await send(connection, 'payment.capture', part(2_000, 2_000, false), { key: 'a' })).toMatchObject({
    answer: { captured: 2_000, closed: false },
  })
  expect(await send(connection, 'payment.capture', part(1_000, 3_000, true), { key: 'b' })).toMatchObject({
    answer: { captured: 3_000, closed: true },
  })
  expect(await send(connection, 'payment.capture', part(1_000, 4_000, true), { key: 'c' })).toMatchObject({
    fault: { code: 'stripe.not_capturable' },
  })
  const other = account.authorise({ amount: 5_000, currency: 'usd' })
  account.capture(other, 500, false)
  const ask = { paymentId: other, requestId: 'x', amount: usd(1_000), cumulative: usd(1_000), final: false }
  expect(await send(connection, 'payment.capture', ask, { key: 'd' })).toMatchObject({ fault: { kind: 'rejected' } })
  expect(account.beliefs().payments.find(({ id }) => id === other)).toMatchObject({ captured: 500 })
})

test('a void of what was captured says so, and touches nothing', async () => {
  const { account, connection } = createWorld()
  const paymentId = account.pay({ amount: 5_000, currency: 'usd' })
  const answer = await send(connection, 'payment.void', { paymentId, reason: 'cancelled' })
  expect(answer).toMatchObject({ answer: { captured: 5_000, closed: true } })
})

test('amounts go out as Stripe counts them', async () => {
  const { account, connection } = createWorld()
  const paymentId = account.pay({ amount: 50_000, currency: 'isk' })
  const ask = { paymentId, requestId: 'r', amount: { amount: 300, currency: 'ISK' }, reason: 'returned' }
  expect(await send(connection, 'payment.refund', ask)).toMatchObject({ answer: { amount: ask.amount } })
  expect(account.beliefs().refunds).toMatchObject([{ amount: 30_000 }])
})
