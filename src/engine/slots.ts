/**
 * A bound on how many calls to one system are under way at once. The most important goes first, and every few times the
 * one that has waited longest, so that nobody waits for ever.
 */

export interface Slots {
  /**
   * Waits for a place. Whoever asks for his next one before he leaves is weighed against those who wait.
   *
   * @param priority lower goes first.
   * @returns what gives the place back; more than once does no harm.
   */
  enter(priority?: number): Promise<() => void>
  /** In a place of its own. */
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

  function leave(): void {
    busy -= 1
    handOn()
  }

  /** Whoever waits goes before whoever comes: nobody can slip in between. @returns undefined where nobody waits. */
  function wait(priority: number): Promise<void> | undefined {
    if (queue.length > 0 || busy >= atOnce()) return new Promise((go) => queue.push({ priority, go }))
    busy += 1
    return undefined
  }

  return {
    busy: () => busy,
    async enter(priority = 0) {
      await wait(priority)
      let isIn = true
      return () => {
        if (isIn) leave()
        isIn = false
      }
    },
    async run(work, priority = 0) {
      const waited = wait(priority)
      if (waited) await waited
      try {
        return await work()
      } finally {
        leave()
      }
    },
  }
}
