/** A loop that works as long as there is work, then waits to be woken or for its idle time to pass. */

export interface Loop {
  /** There may be work: look now. */
  wake(): void
  /** Finishes the piece of work in hand, then ends. */
  stop(): Promise<void>
}

export interface LoopOptions {
  /** How long to wait when there is nothing to do. */
  idleMs: number
  /** Told of what went wrong; the loop goes on after a pause that grows to at most 30 s. */
  onError(error: unknown): void
}

/** @param work one piece of work; its answer says how much it found, 0 meaning there is nothing to do. */
export function startLoop(work: () => Promise<number>, { idleMs, onError }: LoopOptions): Loop {
  let stopping = false
  let woken = false
  let rouse = () => {}

  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      rouse = () => {
        clearTimeout(timer)
        resolve()
      }
      if (stopping || woken) rouse()
    })

  const run = async (): Promise<void> => {
    let failures = 0
    while (!stopping) {
      woken = false
      try {
        const found = await work()
        failures = 0
        if (found === 0 && !stopping) await rest(idleMs)
      } catch (error) {
        failures += 1
        onError(error)
        woken = false
        await rest(Math.min(30_000, 100 * 2 ** Math.min(failures, 9)))
      }
    }
  }
  const ended = run()

  return {
    wake() {
      woken = true
      rouse()
    },
    async stop() {
      stopping = true
      rouse()
      await ended
    },
  }
}
