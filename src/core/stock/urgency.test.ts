/** Which of many numbers is shown first: scarce and selling before deep and asleep, at any time in its own order. */
import { expect, test } from 'vitest'
import { priorityOf } from '#policy/priorities.ts'
import { initialLedger, type Ledger } from './ledger.ts'
import { urgencyOf } from './plan.ts'

const selling = (quantity: number): Ledger => ({
  ...initialLedger,
  holds: [{ orderRef: 'shop:1', channel: 'shop', quantity, confirmed: null, told: 'reserved' }],
})

test.each([
  ['sold out while it sells', selling(3), 2, 0, 'pressing'],
  ['back in the shop while orders wait', selling(3), 0, 9, 'pressing'],
  ['few left for those who buy', selling(3), 10, 9, 'pressing'],
  ['plenty left', selling(3), 200, 190, 'usual'],
  ['gone, and nobody asks', initialLedger, 2, 0, 'usual'],
  ['few, and nobody asks', initialLedger, 9, 8, 'usual'],
  ['deep, and nobody asks', initialLedger, 200, 210, 'calm'],
] as const)('%s', (_, ledger, from, to, urgency) => {
  expect(urgencyOf({ from, to }, ledger)).toBe(urgency)
})

test('pressing, usual and calm stock all go before parcels and everything that can wait', () => {
  const order = (['pressing', 'usual', 'calm'] as const).map((urgency) => priorityOf('inventory.set', urgency))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(new Set(order).size).toBe(3)
  expect(Math.max(...order)).toBeLessThan(priorityOf('fulfilment.ensure'))
})
