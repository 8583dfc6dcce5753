/**
 * Random histories of goods that are sold before they are here: orders of several pieces, edits and cancellations, lots
 * that arrive in parts, come later or never. The truth is the model's; ledger and orders have to agree with it.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PresaleRule } from '../policy.ts'
import { Lots } from '../testing/lots.ts'
import { type Kind, StockWorld } from '../testing/stock-world.ts'
import { available, bounds } from './ledger.ts'
import { offerable, pledgedOf } from './offer.ts'

type Step = readonly [what: number, which: number, how: number]

const RULE: PresaleRule = {
  kind: 'backorder', from: 'erp', expected: [], since: null, cap: null, holdBack: 0,
  channels: ['c0', 'c2'], release: null, ship: 'whole', owner: 'buying',
} // prettier-ignore

const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

/** The ERP says that something moved, and not what. */
function later({ nudges }: StockWorld, change: () => void): void {
  change()
  nudges.push(Number.MIN_SAFE_INTEGER)
}

function apply(world: StockWorld, [what, which, how]: Step): void {
  const yes = how % 2 === 0
  if (what < 6) world.sell(which, 1 + (how % 3))
  else if (what < 7) world.cancel(which, yes)
  else if (what < 8) world.edit(which, yes, how % 4 < 2)
  else if (what < 9) later(world, () => (world.onHand += world.coming!.arrive(which, 1 + (how % 3))))
  else if (what < 10) later(world, () => world.coming!.slip(which, 1 + (how % 14)))
  else if (what < 11 && how % 3 === 0) later(world, () => world.coming!.shrink(which, 1))
  else if (what < 14) world.deliverNews(which)
  else if (what < 15) world.deliverNudge()
  else if (what < 20) world.execute(which)
  else if (what < 24) world.deliverAnswer(which, how % 5 === 0)
  else if (what < 25) world.read(which)
  else world.workOff(which)
}

function checkAlways(world: StockWorld): void {
  const sold = total(world.sales.map(({ wanted }) => wanted))
  const shown = total(world.shelves.map((shelf) => shelf.available))
  const there = world.onHand + world.coming!.pieces + world.coming!.shrunk
  if (shown + sold > there) throw new Error(`oversold: ${shown} on the shelves and ${sold} sold of ${there}`)
}

function checkAtRest(world: StockWorld): void {
  const { ledger, sales, states, shelves, policy } = world
  const { promises } = ledger.presale!
  const sold = total(sales.map(({ wanted }) => wanted))
  expect(offerable(ledger)).toBe(world.onHand + world.coming!.pieces - sold)
  expect(ledger.channels.map(({ bound }) => bound)).toEqual(shelves.map((shelf) => shelf.available))
  expect(bounds(ledger)).toBeLessThanOrEqual(Math.max(0, offerable(ledger) - policy.safetyStock))
  // Only who can say when has sold what is not here, and never while it lies on the shelf for nobody.
  expect(promises.filter(({ channel }) => !RULE.channels.includes(channel))).toEqual([])
  if (promises.length > 0) expect(available(ledger)).toBeLessThanOrEqual(pledgedOf(ledger))
  if (world.coming!.shrunk === 0) expect(promises.filter(({ date }) => date === null)).toEqual([])
  const told = sales.flatMap(({ ref }) =>
    (states.get(ref)?.promises ?? []).map(({ quantity, date }) => [ref, quantity, date]),
  )
  const said = promises.map(({ orderRef, quantity, date }) => [orderRef, quantity, date])
  expect(told.toSorted()).toEqual(said.toSorted())
}

function play(kinds: readonly Kind[], runs: number): void {
  const small = (max: number) => fc.nat({ max })
  const setup = fc.record({
    extra: small(2),
    shelves: fc.array(small(2), { minLength: kinds.length, maxLength: kinds.length }),
    safetyStock: small(1),
    lots: fc.array(fc.record({ date: fc.constantFrom('2026-12-05', '2026-12-12'), pieces: small(4) }), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  const steps = fc.array(fc.tuple(small(26), small(20), small(23)), { minLength: 10, maxLength: 90, size: 'max' })
  fc.assert(
    fc.property(setup, steps, ({ extra, lots, ...rest }, all) => {
      const weights = kinds.map(() => 1)
      const onHand = total(rest.shelves) + extra
      const world = new StockWorld({
        ...rest,
        kinds,
        weights,
        onHand,
        coming: new Lots(lots),
        policy: { presale: [RULE] },
      })
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
    { numRuns: runs, seed: 1 },
  )
}

describe('goods that are sold before they are here', () => {
  it.each([
    ['compare', ['compare'], 500],
    ['two with compare-and-set, one of which may', ['compare', 'compare'], 800],
    ['plain, later and compare', ['plain', 'later', 'compare'], 500],
  ] as const)('are never sold beyond what is expected, and every promise is known to its order: %s', (_, kinds, runs) =>
    play(kinds, runs),
  )
})
