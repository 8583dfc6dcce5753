/** The search for a pool in single steps. */
import { describe, it } from 'vitest'
import { given } from '../testing/given.ts'
import { type PlanRoute, route, type RouteCommand } from './route.ts'

const STREAM = 'route/shop/1'
const plan = (number: number, quantity: number, change: Partial<PlanRoute> = {}): PlanRoute => ({
  type: 'route.plan', orderRef: 'shop:1', plan: number, home: 'WH', split: false, short: [],
  candidates: [{ pool: 'ST1', never: [] }, { pool: 'WH', never: [] }], demand: [{ sku: 'MUG', quantity }], ...change,
}) // prettier-ignore
const { type: _, ...first } = plan(1, 2)
const settledAtStore = [
  { type: 'route.planned', ...first },
  { type: 'route.asked', pool: 'ST1', sku: 'MUG', quantity: 2, request: '1', patience: 'withdraw' },
  { type: 'route.passedOver', pool: 'ST1', way: 'whole' },
  { type: 'route.granted', pool: 'ST1', sku: 'MUG', quantity: 2 },
  { type: 'route.settled', plan: 1, parts: [{ sku: 'MUG', pool: 'ST1' }] },
] as const
const about = (...history: readonly object[]) => given(route, ...(history as never[])).on(STREAM)
const refused: RouteCommand = {
  type: 'claim.refused', pool: 'ST1', sku: 'MUG', request: '1', reason: 'short', available: 1,
} // prettier-ignore

describe('the search for a pool', () => {
  it('asks the preferred one first', () => {
    about()
      .when(plan(1, 2))
      .owes({ note: true, stream: 'stock/ST1/MUG', command: { type: 'stock.claim', quantity: 2 } })
  })

  it('ends at home when nobody before it has the goods', () => {
    about(...settledAtStore.slice(0, 3))
      .when(refused)
      .then(
        { type: 'route.refused' },
        { type: 'route.keptAtHome', skus: ['MUG'] },
        { type: 'route.passedOver', pool: 'WH' },
        { type: 'route.settled', plan: 1, parts: [{ sku: 'MUG', pool: 'WH' }] },
      )
  })

  it('gives back what is wanted no more', () => {
    about(...settledAtStore)
      .when(plan(2, 1))
      .then(
        { type: 'route.planned', plan: 2 },
        { type: 'route.givenBack', pool: 'ST1', sku: 'MUG', quantity: 1 },
        { type: 'route.settled', plan: 2, parts: [{ sku: 'MUG', pool: 'ST1' }] },
      )
  })

  it('asks for more where the others are', () => {
    about(...settledAtStore)
      .when(plan(2, 3))
      .then({ type: 'route.planned' }, { type: 'route.asked', pool: 'ST1', quantity: 1, patience: 'stock' })
  })

  it('hears an older plan no more, and stops for good', () => {
    about(...settledAtStore)
      .when(plan(1, 5))
      .thenNothing()
    about(...settledAtStore)
      .when({ type: 'route.stop' }, plan(2, 5))
      .then({ type: 'route.givenBack', pool: 'ST1' }, { type: 'route.stopped' })
  })

  it('takes an order from several pools only where that is allowed', () => {
    const demand = [
      { sku: 'CUP', quantity: 1 },
      { sku: 'MUG', quantity: 2 },
    ]
    const candidates = [
      { pool: 'ST1', never: ['CUP'] },
      { pool: 'ST2', never: ['MUG'] },
    ]
    const asks = (pool: string, sku: string) => ({ type: 'route.asked' as const, pool, sku })
    about()
      .when(plan(1, 0, { demand, candidates, split: true }))
      .then(
        { type: 'route.planned' },
        { type: 'route.passedOver', pool: 'ST1', way: 'whole' },
        { type: 'route.passedOver', pool: 'ST2', way: 'whole' },
        { type: 'route.wayChanged', way: 'split' },
        asks('ST1', 'MUG'),
        { type: 'route.passedOver', pool: 'ST1', way: 'split' },
      )
    about()
      .when(plan(1, 0, { demand, candidates }))
      .then(
        { type: 'route.planned' },
        { type: 'route.passedOver', pool: 'ST1', way: 'whole' },
        { type: 'route.passedOver', pool: 'ST2', way: 'whole' },
        { type: 'route.wayChanged', way: 'wait' },
        { type: 'route.unservable', skus: ['CUP', 'MUG'] },
      )
  })
})
