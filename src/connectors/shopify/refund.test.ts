/** Money given back in the shop: on what it was paid with, or as store credit, and never more than came. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Ask } from '#core/intents.ts'
import { answer, fault } from '../kit/testing.ts'
import { BUYER, createWorld, MUG } from './testing.ts'
import type { Purchase } from './simulator/trade.ts'

const usd = (amount: number) => ({ amount, currency: 'USD' })

/** An order of 25.00 in a shop of its own. */
function anOrder(change: Partial<Purchase> = {}) {
  const world = createWorld()
  world.shop.addProduct(MUG)
  const externalId = world.shop.placeOrder({ lines: [{ sku: MUG.sku, quantity: 2 }], customer: BUYER, ...change })!
  const ask = (key: string, amount: number, more: Partial<Ask<'refund.ensure'>> = {}): Ask<'refund.ensure'> => ({
    externalId, orderName: '#1001', key, amount: usd(amount), lines: [], taxesIncluded: false, reason: 'unwanted', ...more,
  }) // prettier-ignore
  const back = () => world.shop.beliefs().orders[0]!.givenBack ?? {}
  return { ...world, ask, back }
}

const split = [
  { gateway: 'gift_card', amount: '10.00' },
  { gateway: 'shopify_store_credit', amount: '5.00' },
]

test('goes back on each tender as far as it gave: gift card, store credit, then the card', async () => {
  const { connection, ask, back } = anOrder({ tenders: split })
  await answer(connection, 'refund.ensure', ask('r-1', 1_200))
  expect(back()).toEqual({ gift_card: 1_000, shopify_store_credit: 200 })
  await answer(connection, 'refund.ensure', ask('r-2', 1_300))
  expect(back()).toEqual({ gift_card: 1_000, shopify_store_credit: 500, bogus: 1_000 })
  expect(await fault(connection, 'refund.ensure', ask('r-3', 1))).toMatchObject({ code: 'shopify.refund_beyond' })
})

test('whatever is asked for, in whatever order: no tender gets more than it gave, and all of it can go back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ card: fc.integer({ min: 1, max: 2_500 }), credit: fc.integer({ min: 1, max: 2_500 }) }),
      fc.array(fc.record({ amount: fc.integer({ min: 1, max: 1_500 }), storeCredit: fc.boolean() }), { maxLength: 6 }),
      async ({ card, credit: most }, refunds) => {
        const credit = Math.min(most, 2_500 - card)
        const tenders = { gift_card: card, ...(credit > 0 ? { shopify_store_credit: credit } : {}) }
        const decimal = (amount: number) => (amount / 100).toFixed(2)
        const amounts = Object.entries(tenders).map(([gateway, cents]) => ({ gateway, amount: decimal(cents) }))
        const { connection, ask, back } = anOrder({ tenders: amounts })
        const gave: Record<string, number> = { ...tenders, bogus: 2_500 - card - credit }
        let given = 0
        for (const [at, { amount, storeCredit }] of refunds.entries()) {
          const wanted = ask(`r-${at}`, amount, storeCredit ? { storeCredit } : {})
          const [outcome] = await connection.outbound['refund.ensure']!
            .send([{ key: 'k', attempt: 1, ask: wanted }])
            .catch((error: unknown) => [{ fault: error }])
          if ('answer' in outcome!) given += amount
          else expect(given + amount).toBeGreaterThan(2_500)
          const { issued = 0, ...paid } = back()
          for (const [gateway, gone] of Object.entries(paid)) expect(gone).toBeLessThanOrEqual(gave[gateway] ?? 0)
          expect(Object.values(paid).reduce((all, one) => all + one, issued)).toBe(given)
          expect(given).toBeLessThanOrEqual(2_500)
        }
      },
    ),
    { numRuns: 150, seed: 20_261_121 },
  )
}) // prettier-ignore

test('as store credit on no payment, once, however often it is asked for', async () => {
  const { connection, ask, back } = anOrder()
  const wanted = ask('r-1', 900, { storeCredit: true })
  const { refundId } = await answer(connection, 'refund.ensure', wanted)
  expect(await answer(connection, 'refund.ensure', wanted)).toEqual({ refundId })
  expect(back()).toEqual({ issued: 900 })
  expect(await fault(connection, 'refund.ensure', ask('r-2', 1_601))).toMatchObject({ code: 'shopify.refund_beyond' })
  await answer(connection, 'refund.ensure', ask('r-3', 1_600))
  expect(back()).toEqual({ issued: 900, bogus: 1_600 })
})

test('a guest has no account that store credit could lie on: the shop refuses, and so it is said', async () => {
  const { connection, ask, back } = anOrder({ customer: { ...BUYER, guest: true } })
  const refusal = await fault(connection, 'refund.ensure', ask('r-1', 900, { storeCredit: true }))
  expect(refusal).toMatchObject({ kind: 'rejected', code: 'shopify.refund_refused' })
  expect(back()).toEqual({})
})
