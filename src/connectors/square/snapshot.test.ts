/** A simulator taken up from its snapshot goes on as the one that was left. */
import { expect, test } from 'vitest'
import { createSquare, type SquareSimulator } from './simulator/index.ts'
import { createRandom, START } from '../kit/testing.ts'
import { CAP, HOOK_URL, MERCHANT, MUG, RECIPIENT, TOKEN } from './testing.ts'

const options = { merchantId: MERCHANT, accessToken: TOKEN }

async function subscribe(seller: SquareSimulator): Promise<void> {
  const body = {
    idempotency_key: 'k',
    subscription: { name: 'x', notification_url: HOOK_URL, event_types: ['order.created'] },
  }
  const headers = { 'authorization': `Bearer ${TOKEN}`, 'square-version': '2025-08-20' }
  const url = 'https://connect.squareup.com/v2/webhooks/subscriptions'
  expect((await seller.fetch(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }))).status).toBe(
    200,
  )
}

function goOn(seller: SquareSimulator, clock: { now: number }, orderId: string) {
  clock.now += 60_000
  seller.uploadOffline()
  seller.takeBack({ orderId, lines: [{ sku: MUG.sku, quantity: 1 }], restock: true })
  seller.placeOrder({ lines: [{ sku: CAP.sku, quantity: 1 }], recipient: RECIPIENT })
  clock.now += 60_000
  return { beliefs: seller.beliefs(), hooks: seller.due().map(({ body, headers }) => ({ body, headers })) }
}

test('what happens after it is the same, and it is not changed by that', async () => {
  const clock = { now: START }
  const io = () => ({ now: () => clock.now, random: createRandom(3) })
  const first = createSquare({ ...options, hookDelayMs: [500, 500] }, io())
  await subscribe(first)
  first.addItem(MUG)
  first.addItem(CAP)
  const orderId = first.ringUp({ lines: [{ sku: MUG.sku, quantity: 2 }] })
  first.ringUpOffline({ lines: [{ sku: CAP.sku, quantity: 1 }] })
  const kept = first.snapshot()
  const copy = structuredClone(kept)
  const at = clock.now
  const original = goOn(first, clock, orderId)
  clock.now = at
  const again = goOn(createSquare({ ...options, hookDelayMs: [500, 500] }, io(), kept), clock, orderId)
  expect(again).toEqual(original)
  expect(kept).toEqual(copy)
  expect(original.hooks.length).toBeGreaterThan(2)
})
