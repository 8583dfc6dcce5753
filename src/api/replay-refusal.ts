/** What the engine will not replay or undo, as an answer of the API. */
import { Fault } from '../fault.ts'
import { Refusal } from './problem.ts'

/** A `rejected` fault becomes a refusal; everything else goes on its way. */
export async function orRefusal<T>(work: Promise<T>): Promise<T | Refusal> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof Fault) || error.kind !== 'rejected') throw error
    const changed = error.code === 'replay_changed' || error.code === 'undone_already'
    return new Refusal(changed ? 409 : 422, error.code, {
      title: changed ? 'It is not as it was shown' : 'This cannot be decided again',
      detail: error.message,
      cure: changed ? 'Look at it again, and confirm what is shown then.' : 'Correct the selection.',
    })
  }
}
