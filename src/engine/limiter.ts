/**
 * How many calls at once a system bears, learnt from how it takes them: a conflict halves the number, calls that take
 * much longer than they used to lower it by a fifth, and calls that go well while all of it is in use raise it slowly.
 * All processes learn one number: each works out what its calls change of it. Pure; it begins with one.
 */
import type { Pace, PaceChange } from '#store/pace.ts'

/** What one process knows by itself. */
export interface Limiter {
  /** The least that a kind of call took lately, in milliseconds. */
  quickMs: Readonly<Record<string, number>>
  /** What its calls have earned towards one more and is not written yet. */
  credit: number
  /** The credit is for a pace lowered so many times. */
  lowered: number
}

export interface Observed {
  /** Calls of one kind take about equally long: their type and rough size. */
  kind: string
  tookMs: number
  conflict: boolean
  /** Calls under way when it ended, in all processes, itself among them. */
  busy: number
  /** As it was when the call began. */
  pace: Pace
}

const ON_CONFLICT = 0.5
const ON_SLOWNESS = 0.8
/** So many times what it takes at best, and so much more, is slow: short calls scatter. */
const SLOW_FACTOR = 2.5
const SLOW_MORE_MS = 100
/** What is best is forgotten by and by, since a system may have become slower for good. */
const FORGET = 1.02
/** Rounds of calls that all went well until there is one more; written down once a round. */
const ROUNDS_TO_RAISE = 4

export const newcomer: Limiter = { quickMs: {}, credit: 0, lowered: 0 }

/**
 * @param most never more than this.
 * @returns what the process knows now, and what is to be changed for all: null for most calls, and for every call once
 *   the pace is at its bound.
 */
export function observe(before: Limiter, call: Observed, most: number): { after: Limiter; change: PaceChange | null } {
  const { kind, tookMs, conflict, busy, pace } = call
  const { atOnce, lowered } = pace
  const known = before.quickMs[kind]
  const quickMs = { ...before.quickMs, [kind]: Math.min((known ?? tookMs) * FORGET + 1, tookMs) }
  const credit = before.lowered === lowered ? before.credit : 0
  const isSlow = known !== undefined && tookMs > known * SLOW_FACTOR + SLOW_MORE_MS
  if (conflict || isSlow) {
    const factor = conflict ? ON_CONFLICT : ON_SLOWNESS
    return { after: { quickMs, credit: 0, lowered }, change: { lowered, factor, credit: 0 } }
  }
  if (atOnce >= most || busy < Math.floor(atOnce)) return { after: { quickMs, credit, lowered }, change: null }
  const earned = credit + 1 / (ROUNDS_TO_RAISE * atOnce)
  if (earned < 1 / ROUNDS_TO_RAISE) return { after: { quickMs, credit: earned, lowered }, change: null }
  return { after: { quickMs, credit: 0, lowered }, change: { lowered, factor: 1, credit: earned } }
}

/** What one process may have under way, so that each of them gets its share. */
export const shareOf = (atOnce: number, processes: number): number =>
  Math.max(1, Math.ceil(Math.floor(atOnce) / Math.max(1, processes)))

/** Calls of about one size. */
export const kindOfCall = (type: string, size: number): string => `${type}/${Math.ceil(Math.log2(Math.max(1, size)))}`
