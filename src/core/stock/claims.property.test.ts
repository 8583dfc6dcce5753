/**
 * Claims beside channels that sell all the time, against the model of the outside: whatever was granted is there, on
 * nobody's shelf and sold to nobody; and at rest everybody was answered.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Note } from '../decider.ts'
import { type Kind, StockWorld } from '../testing/stock-world.ts'
import type { ClaimAnswer, Patience } from './claims.ts'

const total = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0)

/** The owners of claims: they know what they were granted, and no more. */
class ClaimWorld extends StockWorld {
  readonly asked = new Map<string, { quantity: number; patience: Patience; answer: ClaimAnswer | null }>()

  claim(quantity: number, patience: Patience): void {
    const ref = `reservation:${this.asked.size + 1}`
    this.asked.set(ref, { quantity, patience, answer: null })
    this.tell({ type: 'stock.claim', ref, owner: ref, request: ref, quantity, patience })
  }

  giveBack(index: number): void {
    const refs = [...this.asked.keys()]
    const ref = refs[index % refs.length]
    if (ref === undefined) return
    this.tell({ type: 'stock.unclaim', ref, quantity: null })
    this.asked.delete(ref)
    this.asked.set(`${ref}-gone`, { quantity: 0, patience: 'now', answer: null })
  }

  get granted(): number {
    return total(
      [...this.asked.values()].map(({ quantity, answer }) => (answer?.type === 'claim.granted' ? quantity : 0)),
    )
  }

  protected override hear({ stream, command }: Note): void {
    const one = this.asked.get(stream)
    if (one) one.answer = command as ClaimAnswer
  }
}

type Step = readonly [what: number, which: number, how: number]
const PATIENCE: readonly Patience[] = ['now', 'withdraw', 'withdraw', 'stock']

function apply(world: ClaimWorld, [what, which, how]: Step): void {
  if (what < 4) world.sell(which, 1 + (how % 3))
  else if (what < 5) world.cancel(which, how % 2 === 0)
  else if (what < 6) world.receive(1 + (how % 4))
  else if (what < 9) world.claim(1 + (how % 3), PATIENCE[which % 4]!)
  else if (what < 11) world.giveBack(which)
  else if (what < 14) world.deliverNews(which)
  else if (what < 15) world.deliverSeen(which, how % 8 === 0)
  else if (what < 16) world.deliverNudge()
  else if (what < 21) world.execute(which)
  else if (what < 26) world.deliverAnswer(which, how % 5 === 0)
  else if (what < 28) world.read(which)
  else world.workOff(which)
}

function check(world: ClaimWorld): void {
  const shown = total(world.shelves.map(({ available }) => available))
  const sold = total(world.sales.map(({ wanted }) => wanted))
  const all = shown + sold + world.granted
  if (all > world.onHand) {
    throw new Error(`${shown} on the shelves, ${sold} sold and ${world.granted} granted of ${world.onHand}`)
  }
}

function play(kinds: readonly Kind[], runs: number, seed: number): void {
  const channels = kinds.length
  const small = (max: number) => fc.nat({ max })
  const setup = fc.record({
    extra: small(4),
    shelves: fc.array(small(3), { minLength: channels, maxLength: channels }),
    weights: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: channels, maxLength: channels }),
    safetyStock: small(1),
  })
  const steps = fc.array(fc.tuple(small(kinds.every((kind) => kind === 'compare') ? 25 : 29), small(20), small(23)), {
    minLength: 10,
    maxLength: 90,
    size: 'max',
  })
  fc.assert(
    fc.property(setup, steps, ({ extra, ...rest }, all) => {
      const world = new ClaimWorld({ ...rest, kinds, onHand: total(rest.shelves) + extra })
      for (const step of all) {
        apply(world, step)
        check(world)
      }
      for (let more = true, left = 2_000; more; left -= 1) {
        if (left === 0) throw new Error('the hub and the world never come to rest')
        more = world.advance()
        check(world)
      }
      checkAtRest(world, kinds)
    }),
    { numRuns: runs, seed },
  )
}

function checkAtRest(world: ClaimWorld, kinds: readonly Kind[]): void {
  const open = total(world.sales.map(({ ref, wanted }) => Math.max(0, wanted - (world.reserved.get(ref) ?? 0))))
  const held = [...world.asked.values()].filter(({ answer }) => answer?.type !== 'claim.refused')
  const claimed = total(held.map(({ quantity }) => quantity))
  const promise = Math.max(0, world.free - open - claimed - world.policy.safetyStock)
  const shown = total(world.shelves.map(({ available }) => available))
  // A channel without compare-and-set is not closed for a piece more.
  if (kinds.every((kind) => kind === 'compare')) expect(shown).toBe(promise)
  else expect(shown).toBeLessThanOrEqual(promise)
  // Only who waits for goods may be without an answer, and only as long as there are none.
  const waiting = held.filter(({ answer, quantity }) => answer === null && quantity > 0)
  expect(waiting.map(({ patience }) => patience).filter((one) => one !== 'stock')).toEqual([])
  const [first] = waiting
  if (first) expect(world.free - open - world.granted - world.policy.safetyStock).toBeLessThan(first.quantity)
  expect(total(world.ledger.holds.map(({ quantity }) => quantity))).toBe(open + claimed)
}

describe('claims beside the channels', () => {
  it('are never granted what one channel can sell', () => play(['compare'], 1_500, 11))
  it('are never granted what two channels can sell', () => play(['compare', 'compare'], 2_000, 12))
  it('are never granted what three channels can sell', () => play(['compare', 'compare', 'compare'], 1_000, 13))
  it('are never granted what a channel without compare-and-set can sell', () => play(['plain'], 400, 14))
  it('are never granted what a channel may yet show', () => play(['later'], 400, 15))
  it('are never granted what channels of every kind can sell', () => play(['plain', 'later', 'compare'], 600, 16))
})
