/** What Stripe suspects holds the order: reviews while they are open, warnings until two people let it go. */
import { asRequest } from '#connectors/kit/testing.ts'
import { PROVIDER, subscribed } from '#connectors/stripe/testing.ts'
import { expect, test } from 'vitest'
import { aHub, MINUTE_MS } from './hub.ts'

const paid = { amount: 2_500, currency: 'usd', metadata: { order_id: '1001' } }
const HOLDS = { kinds: {}, escalateTo: 'management', checks: {} }

async function aHubWithStripe(holds?: typeof HOLDS) {
  const world = await subscribed({ account: { hookDelayMs: [0, 0] } })
  const { account, clock, connection, io } = world
  const hub = await aHub({ clock, io, beside: { [PROVIDER]: connection }, ...(holds ? { holds } : {}) })
  /** Webhooks arrive, or are lost and read by the feed. */
  async function hear(lose = false): Promise<void> {
    clock.now += MINUTE_MS
    for (const hook of account.due()) {
      if (!lose) await hub.receiver.receive(PROVIDER, asRequest(hook, clock.now))
      hook.settle(200)
    }
    await (lose ? hub.pass(2) : hub.work())
  }
  return { ...hub, account, hear }
}

test('a payment in review keeps its order from the ERP; approved, it goes on; webhooks may be lost', async () => {
  const hub = await aHubWithStripe()
  const id = hub.account.pay(paid)
  const review = hub.account.review(id)
  await hub.hear()
  await hub.order('1001')
  expect((await hub.state('1001')).exceptions.map(({ code }) => code)).toEqual(['fraud_review'])
  expect([...hub.erp.sales]).toEqual([])
  hub.account.closeReview(review, 'approved')
  await hub.hear(true)
  expect([...hub.erp.sales]).toEqual([['shop:1001', 'sale']])
})

test('closed as fraud it stays held, for two people; a warning does the same', async () => {
  const hub = await aHubWithStripe(HOLDS)
  const id = hub.account.pay(paid)
  const review = hub.account.review(id)
  await hub.hear()
  await hub.order('1001')
  hub.account.closeReview(review, 'refunded_as_fraud')
  hub.account.warn(id)
  await hub.hear()
  expect((await hub.state('1001')).onHold).toMatchObject([{ kind: 'fraud', reasons: [{ code: 'fraud_expected' }] }])
  const release = (by: string) => hub.post('/api/orders/shop/1001/holds/fraud/release', { by })
  await release('Kim')
  expect((await release('Kim')).status).toBe(409)
  expect([...hub.erp.sales]).toEqual([])
  await release('Lee')
  expect([...hub.erp.sales]).toEqual([['shop:1001', 'sale']])
})
