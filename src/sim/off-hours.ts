/**
 * The eve of a retailer's first day and the evening after its last sale, in simulated time. On the eve the hub learns
 * what every channel has sold, and only then puts goods on sale; in the evening everything comes to its end. By the
 * clock on the wall both take as long as the slowest channel's orders feed and what it leaves out as too fresh, twice
 * over; nothing of that is shortened here.
 */
import type { Retailer } from './bustle.ts'
import { type Driven, step } from './driven.ts'
import { resumeStock } from './household.ts'
import type { Outlet } from './outlets/outlet.ts'

/** The clock of a retailer and its hub: the real one, except while nobody is there to look at it. */
export interface HouseClock {
  now(): number
  /** From now on it stands, so long ago, until it is moved. */
  stop(agoMs: number): void
  pass(ms: number): void
  /** From now on it shows what the real one shows. */
  go(): void
}

export function houseClock(real: () => number): HouseClock {
  let shown: number | null = null
  return {
    now: () => shown ?? real(),
    stop: (agoMs) => void (shown = real() - agoMs),
    pass: (ms) => void (shown = (shown ?? real()) + ms),
    go: () => void (shown = null),
  }
}

/** Longer than any channel needs. */
export const OFF_HOURS_MS = 20 * 60_000
const STEP_MS = 15_000
const PARCELS_MAX = 500

/** @param clock stopped that long ago. @throws when some channel has nothing on sale in the end. */
export async function liveEve(
  hub: Driven,
  { due }: Pick<Retailer, 'due'>,
  { outlets, clock }: { outlets: readonly Outlet[]; clock: HouseClock },
): Promise<void> {
  const isOpen = ({ believes }: Outlet) => Object.values(believes().offered).some((pieces) => pieces > 0)
  for (let left = OFF_HOURS_MS / STEP_MS; left > 0; left -= 1) {
    await step(hub, await due())
    if (outlets.every(isOpen)) return
    clock.pass(STEP_MS)
  }
  const closed = outlets.filter((outlet) => !isOpen(outlet)).map(({ name }) => name)
  throw new Error(`The hub put nothing on sale in ${closed.join(', ')}. See the warnings above.`)
}

/**
 * Somebody looks at the numbers that a channel accepted and never showed, and lets the hub go on: it means to wait for
 * a person there.
 *
 * @param isOver looked at after every step.
 * @returns whether it came to its end in time.
 */
export async function liveEvening(
  hub: Driven,
  { act, due }: Pick<Retailer, 'act' | 'due'>,
  { clock, isOver }: { clock: HouseClock; isOver(): Promise<boolean> },
): Promise<boolean> {
  for (let left = (3 * OFF_HOURS_MS) / STEP_MS; left > 0; left -= 1) {
    while (await act('pay'));
    for (let parcels = 0; parcels < PARCELS_MAX && (await act('ship', true)); parcels += 1);
    const calls = await step(hub, await due())
    if (calls === 0 && (await isOver())) return true
    if (calls === 0) await resumeStock(hub.engine)
    clock.pass(STEP_MS)
  }
  return false
}
