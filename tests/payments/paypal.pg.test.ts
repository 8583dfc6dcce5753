/**
 * Money at PayPal, a shop, the hub and an ERP: an order waits for it; two captures, a refund over both and a dispute
 * that name only captures find their payment; lost answers, lost webhooks and lost certificates do no harm.
 */
import { must } from '#canon/assert.ts'
import type { Order } from '#canon/order.ts'
import { asRequest } from '#connectors/kit/testing.ts'
import { PROVIDER, subscribed } from '#connectors/paypal/testing.ts'
import type { HookRequest } from '#connectors/kit/connector.ts'
import type { OrderState } from '#core/order/state.ts'
import { type PaymentState, stageOf } from '#core/payment/state.ts'
import { ringAlarms } from '#engine/alarms.ts'
import { dispatch, lanesOf } from '#engine/dispatch.ts'
import { regularWork } from '#engine/hub.ts'
import { createReceiver } from '#engine/receive.ts'
import { turn } from '#engine/turn.ts'
import { expect, test } from 'vitest'
import type { Fetch } from '../../src/io.ts'
import { freshDatabase } from '../support/database.ts'
import { anEngine, anErp, anOrder, aPolicy, aShop } from '../support/orders.ts'

const paid = { value: '25.00', currency: 'USD', invoice_id: 'WC-1001' }
const usd = (amount: number) => ({ amount, currency: 'USD' })

async function aHub(wrap?: (fetch: Fetch) => Fetch) {
  const database = await freshDatabase()
  const world = await subscribed({ account: { doublesOfTen: 5, hookDelayMs: [0, 15_000] }, ...(wrap ? { wrap } : {}) })
  const { clock, account, connection, io } = world
  const rules = {
    channels: ['shop'], waitFor: 'authorised', channelRefunds: 'through_provider', orphanAfterMinutes: 60,
  } as const // prettier-ignore
  const policy = { ...aPolicy, payments: { [PROVIDER]: rules } }
  const engine = anEngine(database, { shop: aShop(), erp: anErp({ MUG: 10 }), [PROVIDER]: connection }, { io, policy })
  const receiver = createReceiver(engine)
  const lanes = [...engine.connections].flatMap(([name, one]) => lanesOf(name, one))
  let sent = 0

  async function work(): Promise<void> {
    for (;;) {
      let some = await turn(engine)
      for (const lane of lanes) some += await dispatch(engine, lane)
      if (some === 0) return
    }
  }

  const stateOf = async <T>(stream: string): Promise<T | undefined> => {
    const rows = await database.query<{ state: T }>('select state from stream where stream = $1', [stream])
    return rows[0]?.state
  }

  /** What the door answers a webhook. */
  const knock = async (request: HookRequest): Promise<number> => {
    try {
      await receiver.receive(PROVIDER, request)
      return 200
    } catch {
      return 503
    }
  }

  const hand = async (topic: string, body: unknown): Promise<void> => {
    sent += 1
    const bytes = new TextEncoder().encode(JSON.stringify(body))
    const headers = { signature: 'good', topic, key: `k${sent}` }
    await receiver.receive('shop', { headers, body: bytes, receivedAt: new Date(clock.now).toISOString() })
    await work()
  }

  await hand('messages', [{ stream: 'stock/WH/MUG', command: { type: 'stock.know', stocked: true } }])

  return {
    ...world,
    order: (change: Partial<Order> = {}) => hand('order', anOrder('1001', change)),
    say: (id: string, command: { type: string; [member: string]: unknown }) =>
      hand('messages', [{ stream: `payment/${PROVIDER}/${id}`, command }]),
    /** @param lose webhooks are lost on their way. */
    async live(ms: number, { lose = false } = {}) {
      let turnedAway = 0
      for (let lived = 0; lived < ms; lived += 20_000) {
        clock.pass(20_000)
        for (const hook of account.due()) {
          const answer = lose ? 200 : await knock(asRequest(hook, clock.now))
          if (answer !== 200) turnedAway += 1
          hook.settle(answer)
        }
        await regularWork(engine, PROVIDER)
        await ringAlarms(engine)
        await work()
      }
      return turnedAway
    },
    money: async (id: string) => must(await stateOf<PaymentState>(`payment/${PROVIDER}/${id}`), 'the payment is known'),
    moneyIfAny: (id: string) => stateOf<PaymentState>(`payment/${PROVIDER}/${id}`),
    placed: async () => must(await stateOf<OrderState>('order/shop/1001'), 'the order is known'),
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
