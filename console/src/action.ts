/** Something that is asked of the hub: busy until it answered, and what came of it is said. */
import { useSignal } from '@preact/signals'
import { Trouble } from './api.ts'
import { say } from './components/toast.tsx'

/** @param onDone when it was accepted; a refusal leaves what is open as it is. */
export function useAction(onDone: () => void) {
  const busy = useSignal(false)
  const run = async (work: () => Promise<unknown>, done: string): Promise<void> => {
    busy.value = true
    try {
      await work()
      say(done)
      onDone()
    } catch (error) {
      sorry(error)
    }
    busy.value = false
  }
  return { busy: busy.value, run }
}

/** Says what the hub answered instead. Anything else is thrown again: it is a bug. */
export function sorry(error: unknown): void {
  if (!(error instanceof Trouble)) throw error
  say(`${error.problem.detail} ${error.problem.cure}`)
}
