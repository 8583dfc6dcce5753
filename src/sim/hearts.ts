/**
 * Time passes for the hub's processes: their hearts beat, except of those that are dead or asleep. The one that sleeps
 * while others work is the interesting one: it wakes up in the middle of a call and believes that nothing has
 * happened.
 */
import { BEAT_MS, PRESUMED_DEAD_MS } from '#engine/life.ts'
import type { Fetch } from '../io.ts'
import type { FaultRates } from './network.ts'
import { attempt, type HubProcess } from './processes.ts'
import type { Random } from './random.ts'

/** So many beats and somebody who is silent has been buried. */
const BEATS_TO_BURY = Math.ceil(PRESUMED_DEAD_MS / BEAT_MS) + 2

export interface Hearts {
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>
  /** Somebody has died: from here on the others have something to notice. */
  mourn(): void
  sleep(process: HubProcess): void
  wake(process: HubProcess): void
}

/** @param onDeath of a process whose heart it was that killed it. */
export function createHearts(
  clock: { ms: number },
  processes: readonly HubProcess[],
  onDeath: (process: HubProcess) => void,
): Hearts {
  const asleep = new Set<HubProcess>()
  let toBury = 0
  let beatenMs = -Infinity

  const beatAll = async (): Promise<void> => {
    beatenMs = clock.ms
    toBury -= 1
    for (const process of processes) {
      if (asleep.has(process)) continue
      const ending = await attempt(process, () => process.life.beat())
      if ('died' in ending) onDeath(process)
    }
  }

  return {
    async pass(ms) {
      const untilMs = clock.ms + ms
      // When all are well one beat is as good as many.
      const beats = Math.min(Math.floor(ms / BEAT_MS), Math.max(1, toBury))
      for (let left = beats; left > 0; left -= 1) {
        clock.ms = Math.max(clock.ms, untilMs - left * BEAT_MS)
        await beatAll()
      }
      clock.ms = Math.max(clock.ms, untilMs)
      if (clock.ms - beatenMs >= BEAT_MS) await beatAll()
    },
    mourn: () => void (toBury = BEATS_TO_BURY),
    sleep(process) {
      asleep.add(process)
      toBury = BEATS_TO_BURY
    },
    wake: (process) => void asleep.delete(process),
  }
}

/** A way out on which the process may fall asleep before it knocks. */
export const drowsy = (fetch: Fetch, rates: () => FaultRates, random: Random, nap: () => Promise<void>): Fetch => {
  return async (request) => {
    const { asleep } = rates()
    if (asleep > 0 && random.chance(asleep)) await nap()
    return fetch(request)
  }
}
