/** Shopify's own payments: what an order's money did, payouts that are the sum of their movements, and chargebacks. */
import { expect, test } from 'vitest'
import type { PaymentCommand } from '#core/payment/payment.ts'
import { payment } from '#core/payment/payment.ts'
import { type PaymentState, stageOf } from '#core/payment/state.ts'
import { payout, type PayoutCommand, type PayoutState } from '#core/payout/payout.ts'
import type { Message } from '../kit/connector.ts'
import { readAll, translated } from '../kit/testing.ts'
import { createWorld, MUG } from './testing.ts'

const POLICY = { version: 't', channels: {}, safetyStock: 0 }
const CHANNEL = 'shopify-main'

function aShop(payments = true) {
  const world = createWorld({ config: { payments }, shop: { bucketSize: 1_000_000, restoreRate: 100_000 } })
  world.shop.addProduct({ ...MUG, available: 100 })
  const buy = (quantity = 2, gateway = 'shopify_payments') =>
    world.shop.placeOrder({
      lines: [{ sku: MUG.sku, quantity }],
      financialStatus: 'paid',
      tenders: [{ gateway, amount: (12.5 * quantity).toFixed(2) }],
    })!
  const told = async (feed: string) =>
    translated(world.connection, (await readAll(world.connection.feeds[feed]!)).readings)
  const inStream = <C>(messages: readonly Message[], stream: string) =>
    messages.filter((one) => one.stream === stream).map(({ command }) => command as unknown as C)
  return { ...world, buy, told, inStream }
}

interface Lives<S> {
  initial: S
  decide(state: S, command: unknown, policy: unknown, context: unknown): unknown
  evolve(state: S, event: unknown): S
}

function lived<S>(decider: unknown, stream: string, commands: readonly unknown[]): S {
  const { initial, decide, evolve } = decider as Lives<S>
  const context = { stream, at: '2026-11-20T09:00:00.000Z', messageKey: 'm' }
  return commands.reduce((state: S, command) => {
    const events = decide(state, command, POLICY, context)
    return Array.isArray(events) ? events.reduce(evolve, state) : state
  }, initial)
}

test('a payment and its refunds are told with the order, and only of this provider', async () => {
  const { shop, buy, told, inStream } = aShop()
  const id = buy()
  const other = buy(1, 'paypal')
  shop.cancelOrder(id, { reason: 'customer', restock: true })
  const messages = await told('orders')
  const stream = `payment/${CHANNEL}/${id}`
  const state = lived<PaymentState>(payment, stream, inStream<PaymentCommand>(messages, stream))
  expect(state).toMatchObject({
    currency: 'USD',
    captured: 2_500,
    closed: true,
    orderRef: null,
    refunds: [{ amount: 2_500, status: 'succeeded' }],
  })
  expect(stageOf(state)).toBe('refunded')
  expect(inStream(messages, `payment/${CHANNEL}/${other}`)).toEqual([])
  const off = aShop(false)
  off.buy()
  expect((await off.told('orders')).map((one) => one.stream.split('/')[0])).not.toContain('payment')
  expect(off.connection.feeds).not.toHaveProperty('payouts')
})

test('T19: a payout is its movements to the cent, one of a new type among them, and each is read whatever the pages', async () => {
  const { shop, buy, told, inStream } = aShop()
  const ids = [buy(), buy(), buy(1, 'paypal')]
  shop.cancelOrder(ids[1]!, { reason: 'customer', restock: true })
  const first = shop.payOut()
  for (let nth = 0; nth < 120; nth += 1) shop.moveBalance('ADJUSTMENT', nth, 1)
  shop.moveBalance('ANOMALY_DEBIT', -333)
  const second = shop.payOut('SCHEDULED')
  for (let nth = 0; nth < 6; nth += 1) shop.payOut()
  const messages = await told('payouts')
  expect(new Set(messages.map(({ stream }) => stream)).size).toBe(8)
  const stateOf = (id: string) => {
    const stream = `payout/${CHANNEL}/${id}`
    return lived<PayoutState>(payout, stream, inStream<PayoutCommand>(messages, stream))
  }
  // Two charges less 2.9 % and 30 cents each, and one of them given back.
  expect(stateOf(first)).toMatchObject({
    reconciled: true,
    seen: { net: { amount: 2_294 }, lines: 3, sums: { fees: 206, net: { charge: 4_794, refund: -2_500 } } },
  })
  expect(stateOf(second)).toMatchObject({
    reconciled: false,
    seen: { lines: 121, sums: { net: { adjustment: 7_020, unknown: -333 } } },
    troubles: [{ code: 'payout_line_unknown' }],
  })
  shop.settlePayout(second, 'PAID')
  const again = await told('payouts')
  const stream = `payout/${CHANNEL}/${second}`
  expect(lived<PayoutState>(payout, stream, inStream<PayoutCommand>(again, stream)).reconciled).toBe(true)
})

test('a chargeback is a case with its clock, an inquiry moves no money, and what is won comes back', async () => {
  const { shop, buy, told, inStream } = aShop()
  const [lost, won, asked] = [buy(), buy(), buy()]
  const disputes = [shop.dispute(lost), shop.dispute(won), shop.dispute(asked, 'INQUIRY')]
  const messages = [...(await told('orders')), ...(await told('disputes'))]
  shop.settleDispute(disputes[0]!, 'LOST')
  shop.settleDispute(disputes[1]!, 'WON')
  messages.push(...(await told('disputes')))
  const stateOf = (id: string) => {
    const stream = `payment/${CHANNEL}/${id}`
    return lived<PaymentState>(payment, stream, inStream<PaymentCommand>(messages, stream))
  }
  expect(stateOf(lost)).toMatchObject({
    disputes: [{ status: 'lost', withdrawn: 2_500, returned: 0, reason: 'fraudulent' }],
  })
  expect(stateOf(lost).troubles.map(({ code }) => code)).toContain('chargeback')
  expect(stateOf(won).disputes).toMatchObject([{ status: 'won', withdrawn: 2_500, returned: 2_500 }])
  expect(stateOf(asked).disputes).toMatchObject([
    { status: 'warned', withdrawn: 0, dueBy: expect.any(String) as string },
  ])
})
