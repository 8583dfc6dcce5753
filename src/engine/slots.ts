/** A bound on how many calls to one system are under way at once: first come, first served. */

export interface Slots {
  run<T>(work: () => Promise<T>): Promise<T>
}

export function createSlots(atOnce: number): Slots {
  const queue: (() => void)[] = []
  let free = atOnce
  return {
    async run(work) {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => queue.push(resolve))
      try {
        return await work()
      } finally {
        const next = queue.shift()
        // The slot goes to the next one directly; nobody can slip in between.
        if (next) next()
        else free += 1
      }
    },
  }
}
