/**
 * What happens to an attempt that failed, by kind of fault. Only the engine reads this table; connectors never repeat.
 */
import type { Fault, FaultKind } from '../fault.ts'

interface Rule {
  /** First pause; doubled each time up to the longest. */
  firstMs: number
  longestMs: number
  /** Counted from the first attempt, without the time of outages; then it is given up. 0: never repeated. */
  giveUpAfterMs: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const never: Rule = { firstMs: 0, longestMs: 0, giveUpAfterMs: 0 }

export const RETRY_RULES: Readonly<Record<FaultKind, Rule>> = {
  unavailable: { firstMs: SECOND, longestMs: 5 * MINUTE, giveUpAfterMs: 24 * HOUR },
  throttled: { firstMs: SECOND, longestMs: MINUTE, giveUpAfterMs: 24 * HOUR },
  conflict: { firstMs: SECOND / 2, longestMs: MINUTE, giveUpAfterMs: 2 * HOUR },
  // Somebody has to mend the credentials; then everything goes on by itself.
  unauthorised: { firstMs: MINUTE, longestMs: 15 * MINUTE, giveUpAfterMs: 24 * HOUR },
  malformed: never,
  forged: never,
  rejected: never,
}

export interface Attempt {
  /** 1 for the first. */
  number: number
  firstAtMs: number
  nowMs: number
  /** From 0 to 1. */
  jitter: number
}

/**
 * @returns how long to wait before the next attempt, in milliseconds; null when there is none. Full jitter: anything
 *   from nothing to the exponential pause, so that a crowd of failures does not come back as a crowd. A wait the other
 *   system asked for is always kept, and jitter only adds to it.
 */
export function nextPause(fault: Fault, { number, firstAtMs, nowMs, jitter }: Attempt): number | null {
  const rule = RETRY_RULES[fault.kind]
  if (rule.giveUpAfterMs === 0 || nowMs - firstAtMs >= rule.giveUpAfterMs) return null
  // We sent ourselves away and know for how long; nobody's patience is tried by coming back then.
  if (fault.own && fault.retryAfterMs !== undefined) return Math.ceil(fault.retryAfterMs)
  const pause = Math.min(rule.longestMs, rule.firstMs * 2 ** Math.min(number - 1, 20))
  return Math.ceil((fault.retryAfterMs ?? 0) + pause * jitter)
}
