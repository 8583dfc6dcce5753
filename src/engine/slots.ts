/**
 * A bound on how many calls to one system are under way at once. The most important goes first, and every few times the
 * one that has waited longest, so that nobody waits for ever.
 */

export interface Slots {
  /** @param priority lower goes first. */
  run<T>(work: () => Promise<T>, priority?: number): Promise<T>
  /** How many are under way. */
  busy(): number
}

/** Of so many slots that become free one is for who has waited longest. */
const LONGEST_EVERY = 4

/** @param atOnce asked whenever one ends or comes: it may change. */
export function createSlots(atOnce: () => number): Slots {
  const queue: { priority: number; go: () => void }[] = []
  let busy = 0
  let handed = 0

  function handOn(): void {
    while (queue.length > 0 && busy < atOnce()) {
      handed += 1
      const first = handed % LONGEST_EVERY === 0 ? 0 : mostImportant()
      const [next] = queue.splice(first, 1)
      busy += 1
      next!.go()
    }
  }

  const mostImportant = (): number =>
    queue.reduce((best, { priority }, index) => (priority < queue[best]!.priority ? index : best), 0)

  return {
    busy: () => busy,
    async run(work, priority = 0) {
      // Whoever waits goes before whoever comes: nobody can slip in between.
      if (queue.length === 0 && busy < atOnce()) busy += 1
      else await new Promise<void>((go) => queue.push({ priority, go }))
      try {
        return await work()
      } finally {
        busy -= 1
        handOn()
      }
    },
  }
}
