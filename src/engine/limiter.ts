/**
 * How many calls at once a system bears, learnt from how it takes them: a conflict halves the number, calls that take
 * much longer than they used to lower it by a fifth, and calls that go well while all of it is in use raise it slowly.
 * Pure; it begins with one.
 */

export interface Limiter {
  limit: number
  /** The least that a kind of call took lately, in milliseconds. */
  quickMs: Readonly<Record<string, number>>
  /** Calls that began before this instant say nothing new: it was lowered because of their like. */
  loweredMs: number
}

export interface Observed {
  /** Calls of one kind take about equally long: their type and rough size. */
  kind: string
  startedMs: number
  endedMs: number
  conflict: boolean
  /** Calls under way when it ended, itself among them. */
  busy: number
}

const ON_CONFLICT = 0.5
const ON_SLOWNESS = 0.8
/** So many times what it takes at best, and so much more, is slow: short calls scatter. */
const SLOW_FACTOR = 2.5
const SLOW_MORE_MS = 100
/** What is best is forgotten by and by, since a system may have become slower for good. */
const FORGET = 1.02
/** Rounds of calls that all went well until there is one more. */
const ROUNDS_TO_RAISE = 4

export const cautious: Limiter = { limit: 1, quickMs: {}, loweredMs: Number.NEGATIVE_INFINITY }

/** @param most never more than this. */
export function observe(before: Limiter, call: Observed, most: number): Limiter {
  const { kind, startedMs, endedMs, conflict, busy } = call
  const tookMs = Math.max(0, endedMs - startedMs)
  const known = before.quickMs[kind]
  const after = { ...before, quickMs: { ...before.quickMs, [kind]: Math.min((known ?? tookMs) * FORGET + 1, tookMs) } }
  const isSlow = known !== undefined && tookMs > known * SLOW_FACTOR + SLOW_MORE_MS
  if (conflict || isSlow) {
    if (startedMs < before.loweredMs) return after
    const limit = Math.max(1, before.limit * (conflict ? ON_CONFLICT : ON_SLOWNESS))
    return { ...after, limit, loweredMs: endedMs }
  }
  if (busy < Math.floor(before.limit)) return after
  return { ...after, limit: Math.min(most, before.limit + 1 / (ROUNDS_TO_RAISE * before.limit)) }
}

/** Calls of about one size. */
export const kindOfCall = (type: string, size: number): string => `${type}/${Math.ceil(Math.log2(Math.max(1, size)))}`
