/**
 * Notices when the clock of the machine is put back, and frees what was to wait until the time it had shown. Looked at
 * when a hub starts, by what the database says has happened, and from then on against a clock that nobody sets.
 */
import { bringForward, latestMoment } from '#store/clock-step.ts'
import { elapsedMs } from '../io.ts'
import { LEASE_MS } from './dispatch.ts'
import { type Engine, instantAt } from './engine.ts'

/** Clocks of several machines differ by less, and are put right by less without anybody waiting for it. */
const STEP_MS = 30_000
/** Work that was under way when it happened writes the old time a little later: so many more looks. */
const LOOKS_AFTER = 5

export interface ClockWatch {
  /** Cheap: asks the database for nothing unless the clock was put back. */
  look(): Promise<void>
}

/** @param steady milliseconds from any start, never set. */
export function watchClock(engine: Engine, steady: () => number = elapsedMs): ClockWatch {
  let shown = engine.io.now()
  let at = steady()
  let first = true
  /** What was found, and how many more looks it is good for. */
  let step = { ms: 0, looks: 0 }

  return {
    async look() {
      const [nowMs, nowAt] = [engine.io.now(), steady()]
      const latest = first ? await latestMoment(engine.database) : null
      const backMs = Math.max(shown + (nowAt - at) - nowMs, (latest ?? 0) - nowMs)
      if (backMs > STEP_MS) {
        step = { ms: backMs, looks: LOOKS_AFTER }
        const seconds = Math.round(backMs / 1_000)
        engine.io.log('warn', 'the clock was put back; what waited for the time it had shown is free', { seconds })
      }
      ;[shown, at, first] = [nowMs, nowAt, false]
      if (step.looks === 0) return
      const [now, leaseUntil] = [instantAt(nowMs), instantAt(nowMs + LEASE_MS)]
      await bringForward(engine.database, { ms: step.ms, now, leaseUntil })
      step.looks -= 1
    },
  }
}
