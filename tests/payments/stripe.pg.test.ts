/**
 * Money at Stripe, a shop, the hub and an ERP: whichever comes first, the order goes on once it is paid; what is
 * captured and given back is done once, with lost answers, doubled and disordered news; and nobody gives back more than
 * was captured.
 */
import type { Order } from '#canon/order.ts'
import { PROVIDER, subscribed } from '#connectors/stripe/testing.ts'
import type { OrderState } from '#core/order/state.ts'
import type { PaymentState } from '#core/payment/state.ts'
import { stageOf } from '#core/payment/state.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../src/io.ts'
import { anOrder, aPolicy } from '../support/orders.ts'
import { aSmallHub } from '../support/small-hub.ts'

const paid = { amount: 2_500, currency: 'usd', metadata: { order_id: '1001' } }
const usd = (amount: number) => ({ amount, currency: 'USD' })
const HOUR_MS = 3_600_000

async function aHub(wrap?: (fetch: Fetch) => Fetch) {
  const world = await subscribed({ account: { doublesOfTen: 5, hookDelayMs: [0, 15_000] }, ...(wrap ? { wrap } : {}) })
  const { clock, io } = world
  const rules = {
    channels: ['shop'], waitFor: 'authorised', channelRefunds: 'through_provider', orphanAfterMinutes: 60,
  } as const // prettier-ignore
  const policy = { ...aPolicy, payments: { [PROVIDER]: rules } }
  const hub = await aSmallHub({ clock, io, policy, beside: { [PROVIDER]: world } })
  return {
    ...world,
    erp: hub.erp,
    order: (change: Partial<Order> = {}) => hub.hand('order', anOrder('1001', change)),
    say: (id: string, command: Parameters<typeof hub.say>[1]) => hub.say(`payment/${PROVIDER}/${id}`, command),
    live: (ms: number, how?: { lose?: boolean }) => hub.live(clock.pass, ms, how),
    money: (id: string) => hub.state<PaymentState>(`payment/${PROVIDER}/${id}`),
    placed: () => hub.state<OrderState>('order/shop/1001'),
  }
}

const codes = ({ exceptions }: OrderState) => exceptions.map(({ code }) => code)

test('an order waits for its payment and goes on when it is there; the webhooks may all be lost', async () => {
  const { order, placed, account, live, erp } = await aHub()
  await order()
  expect(codes(await placed())).toEqual(['payment_awaited'])
  account.authorise(paid)
  await live(180_000, { lose: true })
  expect((await placed()).stage).toBe('confirmed')
  expect(erp.sales.size).toBe(1)
})

test('a payment before its order is kept; when the order never comes it is a case with its name', async () => {
  const { order, placed, account, live, money, clock } = await aHub()
  const id = account.authorise(paid)
  await live(40_000)
  expect((await placed()).payments).toMatchObject([{ paymentId: id, authorised: usd(2_500) }])
  const orphan = account.pay({ ...paid, metadata: { order_id: '9999' } })
  await order()
  expect((await placed()).stage).toBe('confirmed')
  await live(20_000)
  clock.pass(HOUR_MS)
  await live(40_000)
  expect((await money(orphan)).troubles.map(({ code }) => code)).toEqual(['order_missing'])
  expect(await money(id)).toMatchObject({ orderKnown: true, troubles: [] })
})

test('captured in part, given back once over a lost answer, failed later and given back again: never too much', async () => {
  let isLost = false
  const { account, live, money, say, clock } = await aHub((fetch) => async (request) => {
    const response = await fetch(request)
    if (!isLost || request.method !== 'POST' || !request.url.endsWith('/refunds')) return response
    isLost = false
    throw new Error('the line was cut')
  })
  const id = account.authorise(paid)
  await live(40_000)
  await say(id, { type: 'payment.capture', requestId: 'c1', amount: usd(2_000), final: true })
  await live(40_000)
  expect(await money(id)).toMatchObject({ captured: 2_000, closed: true })
  isLost = true
  await say(id, { type: 'payment.refund', requestId: 'r1', amount: usd(1_500), reason: 'returned' })
  await live(120_000)
  expect(account.beliefs().refunds).toHaveLength(1)
  // The second asks for more than is left: it is refused here, and Stripe is not asked.
  await say(id, { type: 'payment.refund', requestId: 'r2', amount: usd(501), reason: 'returned' })
  await live(40_000)
  expect(account.beliefs().refunds).toHaveLength(1)
  account.settleRefund(account.beliefs().refunds[0]!.id, 'failed', 'expired_or_canceled_card')
  await live(40_000)
  expect((await money(id)).troubles.map(({ code }) => code)).toEqual(['refund_failed'])
  await say(id, { type: 'payment.refund', requestId: 'r3', amount: usd(2_000), reason: 'again' })
  clock.pass(25 * HOUR_MS)
  await live(120_000)
  expect(account.beliefs().payments).toMatchObject([{ captured: 2_000, refunded: 2_000 }])
  expect(stageOf(await money(id))).toBe('refunded')
})

test('what the channel and the dashboard gave back counts; a dispute and a warning are seen on the order', async () => {
  const { order, account, live, money, say, placed } = await aHub()
  const id = account.pay(paid)
  await order()
  await live(40_000)
  account.refund(id, 500)
  await order({ updatedAt: '2026-11-21T16:00:00.000Z', paymentStatus: 'partly_refunded', refunded: usd(500) })
  await live(40_000)
  await say(id, { type: 'payment.refund', requestId: 'r1', amount: usd(2_001), reason: 'returned' })
  await live(40_000)
  expect(account.beliefs().refunds).toHaveLength(1)
  account.warn(id)
  const dispute = account.dispute(id, 1_000)
  await live(40_000)
  expect(codes(await placed()).toSorted()).toEqual(['fraud_warned', 'payment_disputed'])
  expect(stageOf(await money(id))).toBe('disputed')
  account.closeDispute(dispute, true)
  await live(40_000)
  expect(codes(await placed())).toEqual(['fraud_warned'])
})
