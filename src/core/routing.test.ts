/** Which pools come first: by place, by cost, by what they must not send, and by who can still send today. */
import { describe, expect, it } from 'vitest'
import type { Order } from '#canon/order.ts'
import { candidatesFor, type CutOff, leavesToday, type RoutingPolicy } from './routing.ts'
import { anOrder } from './testing/sample.ts'

const at = '2026-11-20T09:00:00.000Z'
const zone = (from: readonly (readonly [string, number?])[], countries: string[] = [], postcodes: string[] = []) => ({
  countries, postcodes, from: from.map(([pool, cost]) => ({ pool, cost })),
}) // prettier-ignore
const routing = (change: Partial<RoutingPolicy>): RoutingPolicy => ({
  zones: [], pickUp: {}, never: {}, cutOffs: {}, split: 'never', ...change,
}) // prettier-ignore
const going = (country: string, postcode: string): Order =>
  anOrder({ shippingAddress: { name: 'A', street: 'S', city: 'C', country, postcode } })
const poolsOf = (order: Order, rules: RoutingPolicy, now = at) =>
  candidatesFor(order, ['MUG'], rules, now).map(({ pool }) => pool)

describe('the pools an order may come from', () => {
  const places = routing({
    zones: [zone([['SOUTH'], ['NORTH']], ['DE'], ['7', '8']), zone([['NORTH'], ['SOUTH']], ['DE']), zone([['SEA']], ['GB'], ['sw1-'])],
  }) // prettier-ignore

  it.each([
    ['DE', '78462', ['SOUTH', 'NORTH']],
    ['DE', '20095', ['NORTH', 'SOUTH']],
    ['GB', 'SW1A 1AA', ['SEA']],
    ['FR', '75001', []],
  ])('are those of the first zone that fits: %s %s', (country, postcode, expected) => {
    expect(poolsOf(going(country, postcode), places)).toEqual(expected)
  })

  it('are sorted by cost where costs are given, and as they stand where those are equal', () => {
    const costs = routing({ zones: [zone([['A', 7], ['B', 4.9], ['C', 7]])] }) // prettier-ignore
    expect(poolsOf(anOrder(), costs)).toEqual(['B', 'A', 'C'])
  })

  it('are the store alone when the customer fetches it', () => {
    const shipping = [{ ...anOrder().shipping[0]!, code: 'pickup-7' }]
    const rules = routing({ zones: [zone([['WH']])], pickUp: { 'pickup-7': 'ST7' } })
    expect(poolsOf(anOrder({ shipping, shippingAddress: null }), rules)).toEqual(['ST7'])
    expect(poolsOf(anOrder(), rules)).toEqual(['WH'])
  })

  it('say which SKUs they must not send', () => {
    const rules = routing({ zones: [zone([['WH'], ['ST1']])], never: { ST1: ['MU*'], WH: ['M'] } })
    expect(candidatesFor(anOrder(), ['MUG', 'CUP'], rules, at)).toEqual([
      { pool: 'WH', never: [] },
      { pool: 'ST1', never: ['MUG'] },
    ])
  })

  it('that can still send today go before those that cannot', () => {
    const cutOff: CutOff = { at: '14:00', timeZone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], notOn: [] }
    const rules = routing({ zones: [zone([['WH'], ['ST1']])], cutOffs: { WH: cutOff } })
    expect(poolsOf(anOrder(), rules, '2026-11-20T12:59:00.000Z')).toEqual(['WH', 'ST1'])
    expect(poolsOf(anOrder(), rules, '2026-11-20T13:00:00.000Z')).toEqual(['ST1', 'WH'])
  })
})

describe('a cut-off', () => {
  const berlin: CutOff = { at: '14:00', timeZone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], notOn: ['2026-12-25'] }

  it.each([
    ['in winter', '2026-11-20T12:59:00.000Z', true],
    ['in winter, a minute later', '2026-11-20T13:00:00.000Z', false],
    ['in summer, an hour earlier by UTC', '2026-07-17T12:00:00.000Z', false],
    ['on a Saturday', '2026-11-21T09:00:00.000Z', false],
    ['on a holiday', '2026-12-25T09:00:00.000Z', false],
    ['on Monday there, when it is Sunday by UTC', '2026-11-22T23:30:00.000Z', true],
  ])('is by the clock of the warehouse: %s', (_, moment, expected) => {
    expect(leavesToday(berlin, moment)).toBe(expected)
  })
})
