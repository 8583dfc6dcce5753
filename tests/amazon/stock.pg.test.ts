/** One stock at Amazon: whatever is late, lost or swallowed, no more is sold than is there. */
import { expect, test } from 'vitest'
import { createRandom } from '#sim/random.ts'
import { freshDatabase } from '../support/database.ts'
import { aMarketplace, type Marketplace } from './marketplace.ts'

const sold = ({ amazon }: Marketplace): number => amazon.beliefs().sales['MUG'] ?? 0

test('what Odoo has is shown at Amazon, and a sale there is no reason to write', async () => {
  const world = await aMarketplace(await freshDatabase())
  world.amazon.typeQuantity('MUG', 0)
  await world.pass(30)
  expect(world.amazon.beliefs().available['MUG']).toBe(10)
  world.amazon.placeOrder({ lines: [{ sku: 'MUG', quantity: 3 }] })
  await world.pass(10)
  expect(world.amazon.beliefs().available['MUG']).toBe(7)
  // Goods arrive: a set replaces what is shown and may swallow a sale, so what was shown counts beside it until then.
  world.erp.receive('MUG', 'WH', 13)
  await world.pass(45)
  const shown = world.amazon.beliefs().available['MUG']!
  expect([shown >= 13, shown <= 20]).toEqual([true, true])
})

test.each([1, 2, 3])('T3: buyers who never stop buy no more than is there (seed %i)', async (seed) => {
  const world = await aMarketplace(await freshDatabase())
  const random = createRandom(seed)
  const all = 10 + 6
  for (let minute = 0; minute < 180; minute += 1) {
    if (minute === 60) world.erp.receive('MUG', 'WH', 6)
    if (random.next() < 0.3) {
      const id = world.amazon.placeOrder({
        lines: [{ sku: 'MUG', quantity: random.int(1, 2) }],
        pendingMs: random.next() < 0.5 ? random.int(1, 20) * 60_000 : 0,
      })
      if (id && random.next() < 0.3) world.amazon.cancelOrder(id)
    }
    await world.pass(1)
    expect([minute, sold(world) <= (minute < 60 ? 10 : all)]).toEqual([minute, true])
  }
  await world.pass(60)
  // Nothing is left unsold for ever either.
  expect(sold(world) + world.amazon.beliefs().available['MUG']!).toBe(all)
})
