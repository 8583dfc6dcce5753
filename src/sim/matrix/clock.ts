/**
 * A clock that runs faster than the real one, told alike by several processes: what would take an hour of feeds and
 * pauses takes a minute. It can be set wrong, as a machine's can.
 */

export interface ClockSetting {
  /** What it showed, in milliseconds since 1970, when the real one showed `realMs`. */
  epochMs: number
  realMs: number
  speed: number
}

export interface Clock {
  now(): number
  /** Shows this much too late from now on, 0 being right. The sum of earlier settings does not count. */
  setWrongBy(ms: number): void
}

/** @param real the system's clock. */
export function openClock({ epochMs, realMs, speed }: ClockSetting, real: () => number): Clock {
  let wrongMs = 0
  return {
    now: () => Math.floor(epochMs + (real() - realMs) * speed) + wrongMs,
    setWrongBy: (ms) => void (wrongMs = ms),
  }
}
