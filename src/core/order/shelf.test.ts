/** Channels that say what is off their shelf: sold and put back follow from it; a failed payment asks nobody. */
import { expect, test } from 'vitest'
import type { Order } from '#canon/order.ts'
import { anOrder, channelPolicy, orderLine, second } from '../testing/sample.ts'
import { movesBetween } from './demand.ts'
import { supersedes } from './snapshot.ts'
import { obstacles } from './validation.ts'

const at = (offShelf: number, change: Partial<Parameters<typeof orderLine>[0]> = {}): Order =>
  anOrder({ lines: [orderLine({ quantity: 3, ordered: 3, offShelf, ...change })] })
const mug = { sku: 'MUG' }

test('an order that was not paid has sold nothing yet; its payment takes the pieces', () => {
  expect(movesBetween(null, at(0))).toEqual([{ ...mug, change: 3, sold: 0, restocked: 0 }])
  expect(movesBetween(at(0), at(3))).toEqual([{ ...mug, change: 0, sold: 3, restocked: 0 }])
})

test('what was put back is told once, whether or not anything was ever refunded', () => {
  expect(movesBetween(at(3), at(0, { quantity: 0 }))).toEqual([{ ...mug, change: -3, sold: 0, restocked: 3 }])
  expect(movesBetween(at(3), at(2, { quantity: 2, restocked: 1 }))).toEqual([
    { ...mug, change: -1, sold: 0, restocked: 1 },
  ])
  // Put back although still wanted: somebody set it to wait for payment again.
  expect(movesBetween(at(3), at(0))).toEqual([{ ...mug, change: 0, sold: 0, restocked: 3 }])
})

test('a cancelled order that never took anything puts nothing back', () => {
  expect(movesBetween(at(0), at(0, { quantity: 0 }))).toEqual([{ ...mug, change: -3, sold: 0, restocked: 0 }])
})

test('a line that vanishes gives back what was off the shelf for it', () => {
  expect(movesBetween(at(3), anOrder({ lines: [] }))).toEqual([{ ...mug, change: -3, sold: 0, restocked: 3 }])
})

test('of two pictures of one second the one is later whose pieces are taken, or, once cancelled, put back', () => {
  expect([supersedes(at(3), at(0)), supersedes(at(0), at(3))]).toEqual([true, false])
  const gone = (offShelf: number) => ({ ...at(offShelf, { quantity: 0 }), cancelledAt: second(0) })
  expect([supersedes(gone(0), gone(3)), supersedes(gone(3), gone(0))]).toEqual([true, false])
})

test('an order whose payment failed waits, and asks no person', () => {
  const failed = anOrder({ paymentStatus: 'expired', lines: [orderLine({ quantity: 0, ordered: 3, offShelf: 0 })] })
  expect(obstacles(failed, [], channelPolicy).map(({ code }) => code)).toEqual(['payment_pending'])
  const empty = { ...failed, paymentStatus: 'paid' as const }
  expect(obstacles(empty, [], channelPolicy).map(({ code }) => code)).toContain('nothing_wanted')
})
