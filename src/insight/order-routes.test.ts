/** Where an order is sent from, as people read it. */
import type { OrderState } from '#core/order/state.ts'
import { initial } from '#core/order/state.ts'
import type { RouteState } from '#core/route/route.ts'
import { expect, it } from 'vitest'
import { acceptanceOf, reservationOf, routeOf } from './order-routes.ts'

const search = (change: Partial<RouteState>): RouteState => ({
  version: 5, orderRef: 'shop:1', plan: 1, settled: 1, home: 'WH', split: false, demand: [], short: [], placements: [],
  atHome: [], tried: [], way: 'whole', done: true, stopped: false,
  candidates: [{ pool: 'EAST', never: [] }, { pool: 'WEST', never: ['LAMP'] }], ...change,
}) // prettier-ignore
const order = (parts: { sku: string; pool: string }[], settled = true): OrderState => ({
  ...initial,
  pool: 'WH',
  holds: [
    { sku: 'MUG', quantity: 3, outcome: 'reserved' },
    { sku: 'LAMP', quantity: 1, outcome: 'reserved' },
  ],
  route: { plan: 1, demand: [], parts, settled },
})
const placement = (pool: string, sku: string, granted: number, asked = 0) => ({
  pool, sku, granted, asked, request: '1', patience: 'withdraw' as const, plan: 1,
}) // prettier-ignore

it('says which pool serves it, why, and what came of each pool that was looked at', () => {
  const east = ['MUG', 'LAMP'].map((sku) => ({ sku, pool: 'EAST' }))
  const placements = [placement('EAST', 'MUG', 3), placement('EAST', 'LAMP', 1)]
  expect(routeOf(order(east), search({ placements, tried: ['whole EAST'] }))).toEqual({
    home: 'WH',
    settled: true,
    why: 'EAST comes first by the rules and has all of it.',
    pools: [
      { pool: 'EAST', what: 'choice 1, has set aside MUG, LAMP' },
      { pool: 'WEST', what: 'choice 2, must not send LAMP, did not have to be asked' },
      { pool: 'WH', what: 'not named by the rules, holds the goods from the start' },
    ],
    parts: east,
  })
})

it('says so when nobody else has it, when it is split, and while pools are asked', () => {
  const why = (...args: Parameters<typeof routeOf>) => routeOf(...args)!.why
  expect(why(order([]), search({ tried: ['whole EAST', 'whole WEST'] }))).toMatch(/^No other pool .* so WH keeps it\.$/)
  expect(why(order([{ sku: 'MUG', pool: 'EAST' }]), search({}))).toMatch(/^No pool had all of it/)
  const west = ['MUG', 'LAMP'].map((sku) => ({ sku, pool: 'WEST' }))
  expect(why(order(west), search({}))).toBe('WEST is the first by the rules that has all of it.')
  expect(why(order([], false), search({ done: false }))).toMatch(/are being asked\.$/)
  expect(why(order([], false), search({ stopped: true }))).toMatch(/^The order was cancelled/)
  const asked = routeOf(order([], false), search({ placements: [placement('EAST', 'MUG', 0, 3)], done: false }))!
  expect(asked.pools[0]).toEqual({ pool: 'EAST', what: 'choice 1, is asked for MUG' })
  expect(routeOf({ ...initial, pool: 'WH' }, null)).toBe(null)
})

it('knows whose place an order takes, and shows no acceptance that nobody asked for', () => {
  expect(reservationOf(['gift', 'reservation:b-7'])).toBe('b-7')
  expect(reservationOf(['reservation:'])).toBe(null)
  expect(acceptanceOf(initial)).toBe(null)
})
