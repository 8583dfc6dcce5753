/**
 * Orders, routes and ledgers of three pools together. Whatever is heard first: every piece of an order is held
 * somewhere at any time, in one pool alone at rest, where the ERP is told to take it from; and pools asked beside their
 * own never promise what they have not got.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { OrderState } from '../order/state.ts'
import { checkKept, checkPromises, routingOf, RoutingWorld, SKUS, total } from '../testing/routing-world.ts'
import type { RouteState } from './route.ts'

function checkAtRest(world: RoutingWorld, home: boolean): void {
  for (const { id, cancelled, edited: changed } of world.sold) {
    const state = world.hub.state<OrderState>(`order/shop/${id}`)!
    const reserved = world.reserved.get(`shop:${id}`)
    const holding = SKUS.flatMap((sku) => [...world.held(id, sku)].map(([pool, n]) => [`${pool}/${sku}`, n]))
    if (cancelled) {
      expect([holding, reserved]).toEqual([[], undefined])
      continue
    }
    const edited = state.exceptions.some(({ code }) => code === 'edited_after_release')
    if (state.stage === 'confirmed' && !edited) {
      // The ERP has taken all of it over, where it was held.
      expect(holding).toEqual([])
      expect(total([...reserved!.values()])).toBe(total(state.holds.map(({ quantity }) => quantity)))
      const { split } = world.hub.state<RouteState>(`route/shop/${id}`) ?? { split: false }
      const pools = new Set([...reserved!.keys()].map((place) => place.split('/')[0]))
      if (!split) expect(pools.size).toBe(1)
    }
    if (state.stage === 'placed') {
      // Whoever can be served from home never waits for others.
      const waits = state.exceptions.map(({ code }) => code)
      if (home && !changed) expect(waits).not.toContain('route_asked')
      for (const { sku, quantity } of state.holds) {
        const held = [...world.held(id, sku)]
        // One that waits for goods elsewhere lets go at home when it has all of them.
        const route = world.hub.state<RouteState>(`route/shop/${id}`)
        const asked = route !== undefined && route.settled !== route.plan
        if (!asked) expect(held.map(([, n]) => n)).toEqual(quantity > 0 ? [quantity] : [])
      }
    }
  }
}

type Step = readonly [what: number, which: number, how: number]

function apply(world: RoutingWorld, [what, which, how]: Step): void {
  if (what < 3) world.place(which % 3, how % 3, how % 4 < 2)
  else if (what < 4) world.edit(which, SKUS[how % 2]!, how % 4)
  else if (what < 5) world.cancel(which)
  else if (what < 6) world.receive(which, 1 + (how % 2))
  else if (what < 7) world.pay(which)
  else if (what < 15) world.hub.hear(which)
  else world.hub.answer(which, world.perform)
}

describe('an order and the pools it may come from', () => {
  const small = (max: number) => fc.nat({ max })
  const rules = fc.record({
    from: fc.constantFrom<string[]>(['ST1', 'WH'], ['ST1', 'ST2', 'WH'], ['ST2', 'ST1'], ['WH', 'ST1'], ['ST1']),
    split: fc.boolean(),
    never: fc.constantFrom<Record<string, string[]>>({}, { ST1: ['CUP'] }, { WH: ['M*'] }),
    stock: fc.array(small(3), { minLength: 6, maxLength: 6 }),
  })
  const steps = fc.array(fc.tuple(small(20), small(20), small(23)), { minLength: 10, maxLength: 80, size: 'max' })

  it('has each piece held once, in one pool, whatever is heard first', () => {
    fc.assert(
      fc.property(rules, steps, ({ from, split, never, stock }, all) => {
        const world = new RoutingWorld(routingOf(from, split, never), stock)
        for (const one of all) {
          apply(world, one)
          checkPromises(world)
          checkKept(world)
        }
        world.rest()
        checkAtRest(world, from.includes('WH') && !('WH' in never))
        expect(world.hub.refused).toEqual([])
      }),
      { numRuns: 3_000, seed: 31 },
    )
  })
})
