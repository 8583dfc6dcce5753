/** An order whose channel sent a card number goes on, and says so until the channel has none. */
import { expect, test } from 'vitest'
import { given } from '../testing/given.ts'
import { anOrder, policyWith } from '../testing/sample.ts'
import { order, type OrderCommand } from './order.ts'

const seen = (second: number, masked?: readonly string[]): OrderCommand => ({
  type: 'order.observe',
  order: anOrder({ updatedAt: `2026-11-21T09:00:0${second}.000Z` }),
  ...(masked ? { masked } : {}),
})
const reserved: OrderCommand = { type: 'order.noteHold', sku: 'MUG', outcome: 'reserved' }
const after = (...commands: OrderCommand[]) =>
  given(order)
    .under(policyWith())
    .when(...commands).state
const codes = (...commands: OrderCommand[]) => after(...commands).exceptions.map(({ code }) => code)

test('it is released all the same, and still says it', () => {
  const state = after(seen(1, ['note', 'tags']), reserved)
  expect(state.stage).toBe('releasing')
  expect(state.exceptions).toMatchObject([{ code: 'card_number' }])
  expect(state.exceptions[0]!.detail).toContain('typed into note, tags of the order')
})

test('it is said once, however often the order is told', () => {
  const once = after(seen(1, ['note']), reserved)
  const twice = after(seen(1, ['note']), reserved, seen(1, ['note']))
  expect(twice.version).toBe(once.version)
})

test('only a newer picture without any ends it; an older one neither ends nor begins it', () => {
  expect(codes(seen(1, ['note']), reserved, seen(1))).toEqual(['card_number'])
  expect(codes(seen(1, ['note']), reserved, seen(2))).toEqual([])
  expect(codes(seen(2, ['note']), reserved, seen(1))).toEqual(['card_number'])
  expect(codes(seen(2), reserved, seen(1, ['note']))).toEqual([])
})
