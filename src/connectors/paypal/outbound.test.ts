/** Captures, refunds and voids: once each, over lost answers and forgotten keys, and never a guess. */
import { expect, test } from 'vitest'
import { send } from '../kit/testing.ts'
import { createWorld } from './testing.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })
const wanted = { value: '50.00', currency: 'USD' }
const DAY_MS = 86_400_000

const refundOf = (paymentId: string, amount = 1_000, requestId = 'r-1') => ({
  paymentId, requestId, amount: usd(amount), reason: 'returned',
}) // prettier-ignore
const part = (paymentId: string, amount: number, cumulative: number, final: boolean) => ({
  paymentId, requestId: `c${cumulative}`, amount: usd(amount), cumulative: usd(cumulative), final,
}) // prettier-ignore

test('a refund whose answer was lost is found, also when the request id was forgotten after 45 days', async () => {
  const { account, connection, clock } = createWorld()
  const paid = account.pay(wanted)
  account.failNext(1, 'after')
  expect(await send(connection, 'payment.refund', refundOf(paid))).toMatchObject({ fault: { kind: 'unavailable' } })
  clock.pass(46 * DAY_MS)
  expect(await send(connection, 'payment.refund', refundOf(paid), { attempt: 2 })).toMatchObject({
    answer: { status: 'succeeded' },
  })
  expect(account.beliefs().refunds).toHaveLength(1)
})

test('a bare capture has nothing to be looked at: the request id keeps it to one', async () => {
  const { account, connection } = createWorld()
  const bare = account.bareCapture(wanted)
  account.failNext(1, 'after')
  expect(await send(connection, 'payment.refund', refundOf(bare))).toHaveProperty('fault')
  expect(await send(connection, 'payment.refund', refundOf(bare), { attempt: 2 })).toMatchObject({
    answer: { requestId: 'r-1' },
  })
  expect(account.beliefs().refunds).toHaveLength(1)
})

test('more than is left, a dispute, and 180 days are refused by name, with the debug_id', async () => {
  const { account, connection, clock } = createWorld()
  const paid = account.pay(wanted)
  account.refund(account.capturesOf(paid)[0]!, '45.00')
  const beyond = await send(connection, 'payment.refund', refundOf(paid))
  expect(beyond).toMatchObject({ fault: { kind: 'rejected', code: 'paypal.beyond_captured' } })
  expect((beyond as { fault: Error }).fault.message).toMatch(/REFUND_AMOUNT_EXCEEDED.*debug_id [a-z0-9]{13}/)
  const disputed = account.pay(wanted)
  account.dispute(account.capturesOf(disputed)[0]!, '50.00')
  expect(await send(connection, 'payment.refund', refundOf(disputed))).toMatchObject({
    fault: { code: 'paypal.disputed' },
  })
  clock.pass(181 * DAY_MS)
  expect(await send(connection, 'payment.refund', refundOf(paid, 100))).toMatchObject({
    fault: { code: 'paypal.too_late' },
  })
  expect(await send(connection, 'payment.refund', refundOf('7UNKNOWN0'))).toMatchObject({
    fault: { code: 'paypal.not_found' },
  })
})

test('captures in parts add up; the last is final; one that somebody else made meanwhile is not made twice', async () => {
  const { account, connection } = createWorld()
  const paymentId = account.authorise(wanted)
  expect(await send(connection, 'payment.capture', part(paymentId, 2_000, 2_000, false))).toMatchObject({
    answer: { captured: 2_000, closed: false },
  })
  expect(await send(connection, 'payment.capture', part(paymentId, 1_000, 3_000, true))).toMatchObject({
    answer: { captured: 3_000, closed: true },
  })
  expect(await send(connection, 'payment.capture', part(paymentId, 1_000, 4_000, true))).toMatchObject({
    fault: { code: 'paypal.not_capturable' },
  })
  const other = account.authorise(wanted)
  account.capture(other, '5.00', false)
  expect(await send(connection, 'payment.capture', part(other, 1_000, 1_000, false))).toMatchObject({
    fault: { kind: 'rejected' },
  })
  expect(account.beliefs().payments.find(({ id }) => id === other)).toMatchObject({ captured: 500 })
})

test('a capture PayPal still reviews is not asked for twice, and an authorisation that ran out is named', async () => {
  const { account, connection, clock } = createWorld({ account: { pending: true } })
  const paymentId = account.authorise(wanted)
  for (let one = 0; one < 2; one += 1)
    expect(await send(connection, 'payment.capture', part(paymentId, 5_000, 5_000, true))).toMatchObject({
      answer: { captured: 0 },
    })
  expect(account.capturesOf(paymentId)).toHaveLength(1)
  const late = account.authorise(wanted)
  clock.pass(30 * DAY_MS)
  expect(await send(connection, 'payment.capture', part(late, 5_000, 5_000, true))).toMatchObject({
    fault: { code: 'paypal.expired' },
  })
})

test('a void of what was captured says so, and touches nothing', async () => {
  const { account, connection } = createWorld()
  const paymentId = account.authorise(wanted)
  account.capture(paymentId, '20.00', false)
  expect(await send(connection, 'payment.void', { paymentId, reason: 'cancelled' })).toMatchObject({
    answer: { captured: 2_000, closed: false },
  })
})

test('a token that was taken back is replaced once; a wrong secret is named', async () => {
  const { account, connection } = createWorld()
  const paid = account.pay(wanted)
  await send(connection, 'payment.refund', refundOf(paid, 100, 'a'))
  account.revokeTokens()
  expect(await send(connection, 'payment.refund', refundOf(paid, 100, 'b'))).toHaveProperty('answer')
  const wrong = createWorld({ config: { clientId: 'somebody-else' } })
  expect(await send(wrong.connection, 'payment.refund', refundOf('7X'))).toMatchObject({
    fault: { kind: 'unauthorised', code: 'paypal.unauthorised' },
  })
})
