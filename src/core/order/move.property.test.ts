/**
 * Orders whose goods people have leave from elsewhere, at any moment, among sales, edits, payments and cancellations,
 * with an ERP that may say no. Whatever is heard first: no piece of an order is ever without a place, no pool promises
 * what it has not got, and at rest the goods lie where the ERP takes them from, and nowhere else.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Ledger } from '../stock/ledger.ts'
import { checkKept, checkPromises, POOLS, routingOf, RoutingWorld, SKUS } from '../testing/routing-world.ts'
import type { OwedCall } from '../testing/small-hub.ts'
import { poolOf } from './route.ts'
import type { OrderState } from './state.ts'

type Step = readonly [what: number, which: number, how: number]

class MovingWorld extends RoutingWorld {
  /** How often the ERP was asked, and says no: whatever was packed, sent or invoiced there. */
  deaf: readonly boolean[] = []
  moves = 0

  readonly answer = (call: OwedCall): unknown => {
    const { intent } = call
    if (intent.type !== 'sale.change' || !intent.ask.moved) return this.perform(call)
    const no = this.deaf[this.moves++ % Math.max(1, this.deaf.length)]
    return no ? { outcome: 'picked' } : this.perform(call)
  }

  reroute(which: number, to: string, skus: readonly string[] | undefined): void {
    const one = this.sold[which % Math.max(1, this.sold.length)]
    if (!one) return
    const command = { type: 'order.reroute', to, ...(skus ? { skus } : {}), by: 'Ada', note: '' }
    this.hub.tell(`order/shop/${one.id}`, command as { type: string })
  }

  settle(): void {
    for (let left = 5_000; this.hub.hear(left) || this.hub.answer(left, this.answer); left -= 1)
      if (left === 0) throw new Error('the hub never comes to rest')
  }
}

function apply(world: MovingWorld, [what, which, how]: Step): void {
  if (what < 3) world.place(which % 3, how % 3, how % 4 < 3)
  else if (what < 4) world.edit(which, SKUS[how % 2]!, how % 4)
  else if (what < 5) world.cancel(which)
  else if (what < 6) world.receive(which, 1 + (how % 2))
  else if (what < 7) world.pay(which)
  else if (what < 10) world.reroute(which, POOLS[how % 3]!, how % 4 < 2 ? undefined : [SKUS[how % 2]!])
  else if (what < 17) world.hub.hear(which)
  else if (what > 22) world.settle()
  else world.hub.answer(which, world.answer)
}

function checkAtRest(world: MovingWorld): void {
  // Nobody tells a ledger of pieces that an edit left free.
  if (world.sold.every(({ edited }) => !edited))
    for (const place of world.onHand.keys()) {
      const { reading } = world.hub.state<Ledger>(`stock/${place}`)!
      expect([place, reading?.free]).toEqual([place, world.free(place)])
    }
  for (const { id, cancelled } of world.sold) {
    const state = world.hub.state<OrderState>(`order/shop/${id}`)!
    const reserved = world.reserved.get(`shop:${id}`)
    const holding = SKUS.flatMap((sku) => [...world.held(id, sku)].map(([pool, n]) => [`${pool}/${sku}`, n]))
    expect(state.moving, `order ${id} comes to an end`).toBeUndefined()
    if (cancelled) {
      expect([holding, reserved]).toEqual([[], undefined])
      continue
    }
    const edited = state.exceptions.some(({ code }) => code === 'edited_after_release')
    if (state.stage === 'confirmed' && !edited) {
      expect(holding).toEqual([])
      const wanted = state.holds.filter(({ quantity }) => quantity > 0)
      const where = wanted.map(({ sku, quantity }) => [`${poolOf(state, sku)}/${sku}`, quantity])
      const pieces = [...reserved!].filter(([, quantity]) => quantity > 0)
      expect(new Map(pieces)).toEqual(new Map(where as [string, number][]))
    }
    if (state.stage !== 'placed' || state.route?.settled === false) continue
    for (const { sku, quantity } of state.holds)
      expect([...world.held(id, sku)]).toEqual(quantity > 0 ? [[poolOf(state, sku), quantity]] : [])
  }
}

/** What a pool has left is never less than nothing, beside home, which sells what its channel sold. */
function checkErp(world: MovingWorld): void {
  for (const place of world.onHand.keys())
    if (!place.startsWith('WH') && world.free(place) < 0) throw new Error(`${place}: ${world.free(place)} left`)
}

it('moves goods at any moment: each piece is held once, where the ERP takes it from', () => {
  const small = (max: number) => fc.nat({ max })
  const rules = fc.record({
    from: fc.constantFrom<string[] | null>(null, ['WH', 'ST1', 'ST2'], ['ST1', 'WH']),
    split: fc.boolean(),
    stock: fc.array(small(9), { minLength: 6, maxLength: 6 }),
    deaf: fc.array(fc.boolean(), { maxLength: 3 }),
  })
  const steps = fc.array(fc.tuple(small(24), small(20), small(23)), { minLength: 10, maxLength: 80, size: 'max' })
  let moves = 0
  fc.assert(
    fc.property(rules, steps, ({ from, split, stock, deaf }, all) => {
      const locations = POOLS.map((pool) => ({ locationId: pool, pool }))
      const world = new MovingWorld(from ? routingOf(from, split, {}) : undefined, stock, { locations })
      world.deaf = deaf
      for (const one of all) {
        apply(world, one)
        checkPromises(world)
        checkKept(world)
        checkErp(world)
      }
      world.settle()
      checkErp(world)
      checkAtRest(world)
      moves += world.moves
    }),
    { numRuns: 2_000, seed: 36 },
  )
  expect(moves, 'the histories do move goods after their release').toBeGreaterThan(300)
})
