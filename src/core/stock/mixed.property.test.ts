/**
 * Random histories of channels of every kind together, with orders of several pieces, edits and the real order decider:
 * what the exhaustive search is too small for. The truth is the model's.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Kind, StockWorld } from '../testing/stock-world.ts'
import { available, bounds } from './ledger.ts'

type Step = readonly [what: number, which: number, how: number]

const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

function apply(world: StockWorld, [what, which, how]: Step): void {
  const yes = how % 2 === 0
  if (what < 5) world.sell(which, 1 + (how % 3))
  else if (what < 7) world.cancel(which, yes)
  else if (what < 8) world.edit(which, yes, how % 4 < 2)
  else if (what < 9) world.receive(1 + (how % 4))
  else if (what < 12) world.deliverNews(which)
  else if (what < 13) world.deliverSeen(which, how % 8 === 0)
  else if (what < 14) world.deliverNudge()
  else if (what < 18) world.execute(which)
  else if (what < 22) world.deliverAnswer(which, how % 5 === 0)
  else if (what < 24) world.read(which)
  else world.workOff(which)
}

function checkAlways({ shelves, sales, onHand, ledger }: StockWorld): void {
  const sold = total(sales.map(({ wanted }) => wanted))
  const shown = total(shelves.map((shelf) => shelf.available))
  if (shown + sold > onHand) throw new Error(`oversold: ${shown} on the shelves and ${sold} sold of ${onHand}`)
  for (const { name, available: shows, queue } of shelves) {
    const mine = sales.filter(({ channel }) => channel === name)
    const unheard = total(mine.map(({ ordered, restocked, heard }) => ordered - restocked - heard.net))
    const bound = ledger.channels.find((one) => one.name === name)?.bound ?? null
    const may = Math.max(shows, ...queue) + unheard
    if (bound !== null && bound < may) throw new Error(`${name} can sell ${may}, bound ${bound}`)
  }
}

function checkAtRest({ shelves, ledger, policy, sales, reserved, free }: StockWorld): void {
  const open = total(sales.map(({ ref, wanted }) => Math.max(0, wanted - (reserved.get(ref) ?? 0))))
  const promise = Math.max(0, free - open - policy.safetyStock)
  expect(Math.max(0, available(ledger) - policy.safetyStock)).toBe(promise)
  expect(ledger.channels.map(({ bound }) => bound)).toEqual(shelves.map((shelf) => shelf.available))
  expect(bounds(ledger)).toBeLessThanOrEqual(promise)
  for (const shelf of shelves) {
    expect(shelf.available * 2).toBeGreaterThanOrEqual(Math.floor(promise / shelves.length))
  }
}

function play(kinds: readonly Kind[], runs: number, seed: number): void {
  const small = (max: number) => fc.nat({ max })
  const setup = fc.record({
    extra: small(4),
    shelves: fc.array(small(3), { minLength: kinds.length, maxLength: kinds.length }),
    safetyStock: small(1),
  })
  const steps = fc.array(fc.tuple(small(25), small(20), small(23)), { minLength: 10, maxLength: 90, size: 'max' })
  fc.assert(
    fc.property(setup, steps, ({ extra, ...rest }, all) => {
      const weights = kinds.map(() => 1)
      const world = new StockWorld({ ...rest, kinds, weights, onHand: total(rest.shelves) + extra })
      for (const step of all) {
        apply(world, step)
        checkAlways(world)
      }
      for (let more = true, left = 2_000; more; left -= 1) {
        if (left === 0) throw new Error('the hub and the world never come to rest')
        more = world.advance()
        checkAlways(world)
      }
      checkAtRest(world)
    }),
    { numRuns: runs, seed },
  )
}

describe('channels of every kind against the outside', () => {
  it.each([
    ['plain', ['plain'], 400],
    ['later', ['later'], 400],
    ['plain and compare', ['plain', 'compare'], 500],
    ['later and compare', ['later', 'compare'], 500],
    ['one of each', ['plain', 'later', 'compare'], 600],
  ] as const)('never oversell, and come to rest with what they can show: %s', (_, kinds, runs) => play(kinds, runs, 1))
})
