/**
 * The time on the stage. It goes on by itself like the real one, and is put forward whenever everybody only waits, so
 * that hours of pauses and of feeds take no longer than the work in them.
 */

export interface Clock {
  now(): number
  /** How far it is ahead of the real one, in milliseconds. */
  aheadMs(): number
  /** @param ms how much to put it forward. */
  forward(ms: number): void
}

/** @param real the system's clock. @param told of every change, to pass it on. */
export function openClock(real: () => number, told: (aheadMs: number) => void = () => {}): Clock {
  let ahead = 0
  return {
    now: () => real() + ahead,
    aheadMs: () => ahead,
    forward(ms) {
      ahead += Math.max(0, Math.ceil(ms))
      told(ahead)
    },
  }
}
