/**
 * A clock that only moves when everybody waits for it: five minutes take as long as their work. Each worker is either
 * at work (in earnest, database and all) or asleep in simulated time.
 */

export interface SimulatedTime {
  now(): number
  sleep(ms: number): Promise<void>
  /** Runs the workers until all have ended. Time goes on to the next sleeper whenever all sleep. */
  run(workers: readonly (() => Promise<void>)[]): Promise<void>
}

export function simulatedTime(startMs: number): SimulatedTime {
  let nowMs = startMs
  const asleep: { dueMs: number; wake: () => void }[] = []
  return {
    now: () => nowMs,
    sleep: (ms) => new Promise((wake) => asleep.push({ dueMs: nowMs + Math.max(0, ms), wake })),
    async run(workers) {
      let working = workers.length
      let failure: unknown
      for (const work of workers)
        void work()
          .catch((error: unknown) => (failure ??= error))
          .finally(() => (working -= 1))
      while (working > 0) {
        await new Promise((resolve) => setImmediate(resolve))
        if (failure) throw failure
        if (working === 0 || asleep.length < working) continue
        nowMs = Math.min(...asleep.map(({ dueMs }) => dueMs))
        const due = asleep.filter(({ dueMs }) => dueMs <= nowMs)
        for (const one of due) asleep.splice(asleep.indexOf(one), 1)
        for (const { wake } of due) wake()
      }
    },
  }
}
