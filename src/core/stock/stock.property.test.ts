/**
 * Random histories against a model of the outside. The truth is the model's; the ledger only has to be right about it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StockWorld } from '../testing/stock-world.ts'
import { available, bounds } from './ledger.ts'

type Step = readonly [what: number, which: number, how: number]

const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

function apply(world: StockWorld, [what, which, how]: Step): void {
  const yes = how % 2 === 0
  if (what < 5) world.sell(which, 1 + (how % 3))
  else if (what < 7) world.cancel(which, yes)
  else if (what < 8) world.edit(which, yes, how % 4 < 2)
  else if (what < 9) world.receive(1 + (how % 4))
  else if (what < 13) world.deliverNews(which)
  else if (what < 15) world.deliverSeen(which, how % 8 === 0)
  else if (what < 16) world.deliverNudge()
  else if (what < 21) world.execute(which)
  else world.deliverAnswer(which, how % 5 === 0)
}

/** What can still be sold and what was sold never exceeds what exists; and the ledger knows of all of it. */
function checkAlways(world: StockWorld): void {
  const { shelves, sales, onHand, ledger } = world
  const sold = total(sales.map(({ wanted }) => wanted))
  const shown = total(shelves.map((shelf) => shelf.available))
  if (shown + sold > onHand) throw new Error(`oversold: ${shown} on the shelves and ${sold} sold of ${onHand}`)
  for (const { name, available: shows } of shelves) {
    const mine = sales.filter(({ channel }) => channel === name)
    const unheard = total(mine.map(({ ordered, restocked, heard }) => ordered - restocked - heard.net))
    const bound = ledger.channels.find((one) => one.name === name)?.bound ?? 0
    if (bound < shows + unheard) throw new Error(`${name} can sell ${shows} + ${unheard} unheard, bound ${bound}`)
  }
}

/** Raising is the only way to give goods away: right after it everything given fits into what can be promised. */
function checkRaises(world: StockWorld, from: number): void {
  for (const { event, state } of world.history.slice(from)) {
    if (event.type !== 'stock.publishing' || event.to <= event.from) continue
    const [given, promised] = [bounds(state), available(state) - world.policy.safetyStock]
    if (given > promised) throw new Error(`raised to ${given} in all with ${promised} to promise`)
  }
}

function checkAtRest(world: StockWorld): void {
  const open = world.sales.map(({ ref, wanted }) => Math.max(0, wanted - (world.reserved.get(ref) ?? 0)))
  const promise = Math.max(0, world.free - total(open) - world.policy.safetyStock)
  const weights = world.shelves.map(({ name }) => world.policy.channels[name]!.weight)
  const parts = weights.map((weight) => Math.floor((promise * weight) / total(weights)))
  for (let index = 0; total(parts) < promise; index += 1) parts[index % parts.length]! += 1
  expect(world.shelves.map((shelf) => shelf.available)).toEqual(parts)
  expect(total(world.ledger.holds.map(({ quantity }) => quantity))).toBe(total(open))
  expect(world.ledger.channels.map(({ unexplained }) => unexplained)).toEqual(parts.map(() => 0))
  const plain = world.sales.filter(({ ref, edited }) => !edited && world.reserved.has(ref)).map(({ ref }) => ref)
  expect(world.ledger.holds.filter(({ orderRef }) => plain.includes(orderRef))).toEqual([])
}

function play(channels: number, runs: number, seed: number): void {
  const small = (max: number) => fc.nat({ max })
  const setup = fc.record({
    extra: small(4),
    shelves: fc.array(small(3), { minLength: channels, maxLength: channels }),
    weights: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: channels, maxLength: channels }),
    safetyStock: small(1),
  })
  const steps = fc.array(fc.tuple(small(25), small(20), small(23)), { minLength: 10, maxLength: 90, size: 'max' })
  fc.assert(
    fc.property(setup, steps, ({ extra, ...rest }, all) => {
      const world = new StockWorld({ ...rest, onHand: total(rest.shelves) + extra })
      for (const step of all) {
        const from = world.history.length
        apply(world, step)
        checkAlways(world)
        checkRaises(world, from)
      }
      for (let more = true, left = 2_000; more; left -= 1) {
        if (left === 0) throw new Error('the hub and the world never come to rest')
        const from = world.history.length
        more = world.advance()
        checkAlways(world)
        checkRaises(world, from)
      }
      checkAtRest(world)
    }),
    { numRuns: runs, seed },
  )
}

describe('the stock ledger against the outside', () => {
  it('never oversells one channel, and shows all it can promise at rest', () => play(1, 1_500, 1))
  it('never oversells two channels, and shows all it can promise at rest', () => play(2, 3_000, 2))
  it('never oversells three channels, and shows all it can promise at rest', () => play(3, 1_500, 3))
})
