/**
 * Every interleaving of small configurations, with the real deciders: no piece is sold twice in any state, every bound
 * is true in every state, and from every state the quiet world comes to rest with its shelves filled. The numbers of
 * states are printed. Larger ones: CROSSDOCK_EXHAUSTIVE=1.
 */
import { describe, expect, it } from 'vitest'
import { explore } from '../testing/explorer.ts'
import {
  acceptedIsShown,
  arrivedTwice,
  firstCountsAtOnce,
  freedTooSoon,
  putWithoutBound,
  withoutWatermark,
} from '../testing/planted-stock.ts'
import { spaceOf } from '../testing/small-space.ts'
import { type Kind, Rules, type Setup } from '../testing/small-world.ts'
import type { stock } from './stock.ts'

const of = (kind: Kind, shows: number) => ({ kind, shows })

const AHEAD = { pieces: 1, channels: [0], arrives: 1 }

const SMALL: Readonly<Record<string, Setup>> = {
  'compare-and-set, and late news of its shelf': { channels: [of('compare', 1)], onHand: 2, seen: 2 },
  'compare-and-set, and a cancellation': { channels: [of('compare', 1)], onHand: 1, cancels: 1 },
  'two with compare-and-set': { channels: [of('compare', 0), of('compare', 2)], onHand: 2 },
  'three with compare-and-set': { channels: [of('compare', 0), of('compare', 0), of('compare', 3)], onHand: 3, sales: 2 },
  'compare-and-set, selling before it was read': { channels: [of('compare', 1)], onHand: 1, early: true, cancels: 1, ties: true },
  'two with compare-and-set, selling before they were read': { channels: [of('compare', 0), of('compare', 1)], onHand: 1, early: true, ties: true },
  'compare and plain, selling before they were read': { channels: [of('compare', 1), of('plain', 0)], onHand: 2, early: true, sales: 1 },
  'plain, and lost answers': { channels: [of('plain', 1)], onHand: 2, lost: 2 },
  'plain, and a cancellation': { channels: [of('plain', 1)], onHand: 1, cancels: 1 },
  'plain, by a coarse clock': { channels: [of('plain', 1)], onHand: 2, ties: true },
  'plain, and news of its shelf': { channels: [of('plain', 1)], onHand: 1, seen: 1 },
  'plain, and goods received': { channels: [of('plain', 1)], onHand: 1, receipts: 1 },
  'later, and a lost answer': { channels: [of('later', 0)], onHand: 1, lost: 1 },
  'later, and a cancellation': { channels: [of('later', 1)], onHand: 1, cancels: 1 },
  'compare and plain': { channels: [of('compare', 0), of('plain', 2)], onHand: 2 },
  'compare and later': { channels: [of('compare', 0), of('later', 2)], onHand: 2 },
  'later and plain, with a lost answer': { channels: [of('later', 0), of('plain', 1)], onHand: 1, lost: 1 },
  'two plain': { channels: [of('plain', 0), of('plain', 2)], onHand: 2, sales: 1 },
  'compare-and-set, and an expected piece arrives': { channels: [of('compare', 0)], onHand: 0, ahead: { pieces: 2, channels: [0], arrives: 2 } },
  'two with compare-and-set, one sells ahead': { channels: [of('compare', 0), of('compare', 1)], onHand: 1, ahead: { pieces: 1, channels: [0], arrives: 1 } },
  'compare-and-set, expected pieces come later': { channels: [of('compare', 0)], onHand: 0, ahead: { pieces: 1, channels: [0], slips: 1, arrives: 1 } },
  'compare-and-set, an expected piece never comes': { channels: [of('compare', 0)], onHand: 1, ahead: { pieces: 1, channels: [0], shrinks: 1 } },
  'compare-and-set, a sale ahead is cancelled': { channels: [of('compare', 0)], onHand: 0, cancels: 1, ahead: { pieces: 1, channels: [0], arrives: 1 } },
  'plain, and an expected piece arrives': { channels: [of('plain', 0)], onHand: 0, ahead: { pieces: 1, channels: [0], arrives: 1 } },
  'compare and plain, both sell ahead': { channels: [of('compare', 0), of('plain', 0)], onHand: 0, sales: 1, ahead: { ...AHEAD, pieces: 2, channels: [0, 1] } },
  'one of each': { channels: [of('compare', 0), of('later', 1), of('plain', 0)], onHand: 1, receipts: 1, sales: 1 },
} // prettier-ignore

/** A minute or two: by hand, with CROSSDOCK_EXHAUSTIVE=1. */
const LARGE: Readonly<Record<string, Setup>> = {
  'compare-and-set, two pieces, selling before it was read': {
    channels: [of('compare', 2)],
    onHand: 2,
    early: true,
    cancels: 1,
  },
  'two with compare-and-set, two pieces, selling before they were read': {
    channels: [of('compare', 0), of('compare', 2)],
    onHand: 2,
    early: true,
    ties: true,
    sales: 2,
  },
  'compare-and-set, two pieces and a cancellation': { channels: [of('compare', 1)], onHand: 2, cancels: 1 },
  'compare-and-set, expected pieces come later or never': {
    channels: [of('compare', 0)],
    onHand: 0,
    ahead: { pieces: 2, channels: [0], slips: 1, shrinks: 1, arrives: 1 },
  },
  'two plain, all sold': { channels: [of('plain', 0), of('plain', 2)], onHand: 2 },
  'plain, two pieces and a cancellation': { channels: [of('plain', 1)], onHand: 2, cancels: 1, sales: 2 },
}

describe('every state of a small world', () => {
  const all = process.env.CROSSDOCK_EXHAUSTIVE ? { ...SMALL, ...LARGE } : SMALL
  it.each(Object.entries(all))('is sound, and comes to rest: %s', (name, setup) => {
    const { failure, ...counts } = explore(spaceOf(new Rules(setup)))
    process.stdout.write(
      `  ${name}: ${counts.states} states, ${counts.transitions} transitions, ${counts.depth} deep\n`,
    )
    expect(failure).toBeNull()
  })
})

const PLANTED: Readonly<Record<string, { setup: Setup; decider?: typeof stock; within: number }>> = {
  'a put whose number is not added to the bound': {
    setup: { channels: [of('compare', 0), of('plain', 0)], onHand: 2 }, decider: putWithoutBound, within: 12,
  },
  'a number learnt without waiting for the orders before it': {
    setup: { channels: [of('compare', 0), of('plain', 1)], onHand: 1 }, decider: withoutWatermark, within: 6,
  },
  'a first reading that counts at once': {
    setup: { channels: [of('compare', 0), of('compare', 1)], onHand: 1, early: true }, decider: firstCountsAtOnce, within: 12,
  },
  'a lost put that is made again': {
    setup: { channels: [of('plain', 0)], onHand: 1, lost: 1, repeats: true }, within: 5,
  },
  'an accepted number taken for a shown one': {
    setup: { channels: [of('compare', 0), of('later', 0)], onHand: 2 }, decider: acceptedIsShown, within: 16,
  },
  'a piece that is counted as expected when it is here': {
    setup: { channels: [of('compare', 0)], onHand: 0, ahead: AHEAD }, decider: arrivedTwice, within: 8,
  },
  'a difference freed before the swap is known': {
    setup: { channels: [of('compare', 0), of('compare', 1)], onHand: 1 }, decider: freedTooSoon, within: 6,
  },
} // prettier-ignore

describe('an error of protocol', () => {
  it.each(Object.entries(PLANTED))('is found, with a shortest way to it: %s', (name, { setup, decider, within }) => {
    const { failure, states } = explore(spaceOf(new Rules(setup, decider ? { decider } : {}), { books: false }))
    const trace = failure?.trace.map((words, at) => `    ${at + 1}. ${words}`).join('\n')
    process.stdout.write(`  ${name}: found after ${states} states\n${trace}\n    ${failure?.what}\n`)
    expect(failure?.what).toMatch(/^Oversold/)
    expect(failure!.trace.length).toBeLessThanOrEqual(within)
  })
})
