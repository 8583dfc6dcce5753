/**
 * Money at PayPal, a shop, the hub and an ERP: an order waits for it; two captures, a refund over both and a dispute
 * that name only captures find their payment; lost answers, lost webhooks and lost certificates do no harm.
 */
import type { Order } from '#canon/order.ts'
import { PROVIDER, subscribed } from '#connectors/paypal/testing.ts'
import type { OrderState } from '#core/order/state.ts'
import { type PaymentState, stageOf } from '#core/payment/state.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../src/io.ts'
import { anOrder, aPolicy } from '../support/orders.ts'
import { aSmallHub } from '../support/small-hub.ts'

const paid = { value: '25.00', currency: 'USD', invoice_id: 'WC-1001' }
const usd = (amount: number) => ({ amount, currency: 'USD' })

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
    order: (change: Partial<Order> = {}) => hub.hand('order', anOrder('1001', change)),
    say: (id: string, command: Parameters<typeof hub.say>[1]) => hub.say(`payment/${PROVIDER}/${id}`, command),
    live: (ms: number, how?: { lose?: boolean }) => hub.live(clock.pass, ms, how),
    money: (id: string) => hub.state<PaymentState>(`payment/${PROVIDER}/${id}`),
    moneyIfAny: (id: string) => hub.stateIfAny<PaymentState>(`payment/${PROVIDER}/${id}`),
    placed: () => hub.state<OrderState>('order/shop/1001'),
  }
}

test('an order waits for its payment and goes on when it is there; the webhooks may all be lost', async () => {
  const { order, placed, account, live } = await aHub()
  await order()
  expect((await placed()).exceptions.map(({ code }) => code)).toEqual(['payment_awaited'])
  account.authorise(paid)
  await live(180_000, { lose: true })
  expect((await placed()).stage).toBe('confirmed')
})

test('captured in two parts, given back over both in spite of a lost answer: once, by capture, never too much', async () => {
  let isLost = false
  const { order, account, live, money, say } = await aHub((fetch) => async (request) => {
    const response = await fetch(request)
    if (!isLost || request.method !== 'POST' || !request.url.endsWith('/refund')) return response
    isLost = false
    throw new Error('the line was cut')
  })
  await order()
  const id = account.authorise(paid)
  await live(40_000)
  await say(id, { type: 'payment.capture', requestId: 'c1', amount: usd(1_000), final: false })
  await live(40_000)
  await say(id, { type: 'payment.capture', requestId: 'c2', amount: usd(1_500), final: true })
  await live(40_000)
  expect(await money(id)).toMatchObject({ captured: 2_500, closed: true })
  isLost = true
  await say(id, { type: 'payment.refund', requestId: 'r1', amount: usd(2_000), reason: 'returned' })
  await live(120_000)
  const [first, second] = account.capturesOf(id)
  const made = account.beliefs().refunds.map(({ captureId, amount, status }) => [captureId, amount, status])
  expect(made.sort()).toEqual(
    [
      [first, 1_000, 'COMPLETED'],
      [second, 1_000, 'COMPLETED'],
    ].sort(),
  )
  // Asked for once more it is the same; more than is left is refused here.
  await say(id, { type: 'payment.refund', requestId: 'r1', amount: usd(2_000), reason: 'returned' })
  await say(id, { type: 'payment.refund', requestId: 'r2', amount: usd(501), reason: 'returned' })
  await live(40_000)
  expect(account.beliefs().refunds).toHaveLength(2)
  expect(stageOf(await money(id))).toBe('part_refunded')
  expect((await money(id)).troubles).toEqual([])
})

test('a refund and a dispute of a bare capture are a payment of their own after an hour, and a person can act', async () => {
  const { account, live, moneyIfAny } = await aHub()
  const bare = account.bareCapture(paid)
  account.refund(bare, '5.00')
  account.dispute(bare, '20.00')
  await live(60_000)
  expect(await moneyIfAny(bare)).toBe(undefined)
  await live(3_660_000)
  expect(await moneyIfAny(bare)).toMatchObject({
    captured: 2_500,
    refunds: [{ amount: 500 }],
    disputes: [{ status: 'open' }],
  })
})

test('while the certificate cannot be had webhooks are turned away, and what they told is there all the same', async () => {
  let broken = true
  const { account, live, money } = await aHub(
    (fetch) => async (request) =>
      broken && request.url.includes('/certs/') ? new Response('', { status: 503 }) : fetch(request),
  )
  const id = account.pay(paid)
  expect(await live(40_000)).toBeGreaterThan(2)
  await live(60_000)
  expect(await money(id)).toMatchObject({ captured: 2_500, closed: true })
  broken = false
  expect(await live(600_000)).toBe(0)
})
