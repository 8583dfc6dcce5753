/** What a payout holds of an order: remembered with it, and named where nobody ever told of the order. */
import { expect, it } from 'vitest'
import type { OrderSettled } from '#canon/payout.ts'
import { given } from '../testing/given.ts'
import { anOrder, policyWith } from '../testing/sample.ts'
import { order, type OrderCommand } from './order.ts'

const { channel, externalId } = anOrder()
const orderRef = `${channel}:${externalId}`
const settled = (amount: number, payoutId = '18174059732'): OrderSettled => ({
  provider: channel, payoutId, net: { amount, currency: 'USD' }, heads: { principal: amount },
}) // prettier-ignore
const note = (one = settled(100)): OrderCommand => ({ type: 'order.noteSettled', orderRef, settled: one })
const observe: OrderCommand = { type: 'order.observe', order: anOrder() }
const CONTEXT = { stream: `order/${channel}/${externalId}`, at: '2026-11-21T05:30:00.000Z', messageKey: 'm' }
const told = (known: boolean) => ({
  stream: `payout/${channel}/18174059732`,
  command: { type: 'payout.noteOrder', orderRef, net: { amount: 100, currency: 'USD' }, known },
})

it('is remembered once for each payout, by what is known last', () => {
  const placed = given(order).when(observe).state
  const again = (state: typeof placed) => order.decide(state, note(), policyWith(), CONTEXT)
  expect(again(placed)).toEqual([{ type: 'order.settled', orderRef, settled: settled(100) }])
  expect(order.react({ type: 'order.settled', orderRef, settled: settled(100) }, placed, '')).toEqual([])
  expect(again(given(order).when(observe, note()).state)).toEqual([])
  const { state } = given(order).when(observe, note(), note(settled(90)), note(settled(-90, '2')))
  expect(state.settled).toEqual([settled(90), settled(-90, '2')])
  expect(state.exceptions).toEqual(given(order).when(observe).state.exceptions)
})

it('of an order that is not here is told to the payout, and told again when the order comes', () => {
  given(order).when(note()).then({ type: 'order.settled', early: true }).owes(told(false))
  const { state } = given(order).when(note(), observe)
  expect(state).toMatchObject({ stage: 'placed', settled: [settled(100)] })
  const placed = given(order).when(note(), observe)
  expect(
    order.react({ type: 'order.placed', order: anOrder(), pool: 'WH', demand: [], moves: [] }, placed.state, ''),
  ).toContainEqual(expect.objectContaining(told(true)))
})
