/** What a hub does beside deciding, calling and reading: it tidies up, compares, tells people, and minds its clock. */
import { ringAlarms } from './alarms.ts'
import { watchClock } from './clock-watch.ts'
import { notifyPeople } from './dead-notify.ts'
import { tendLetters } from './dead-sweep.ts'
import type { Engine } from './engine.ts'
import { type Loop, startLoop } from './loop.ts'
import { reconcileDue } from './reconcile/regular.ts'
import { expireReservations } from './reservations.ts'
import { keepRegularly } from './retention.ts'

export interface Household {
  tickMs: number
  /** The process may not take on work now. */
  isOut(): boolean
  isStopping(): boolean
  /** There is something to decide. */
  onNews(): void
  onError(what: string): (error: unknown) => void
}

export function startChores(engine: Engine, { tickMs, isOut, isStopping, onNews, onError }: Household): Loop[] {
  const clock = watchClock(engine)
  const { retention } = engine
  const chores: [what: string, idleMs: number, work: () => Promise<unknown>][] = [
    ['the clock', tickMs, () => clock.look()],
    ['alarms', tickMs, async () => (await ringAlarms(engine)) > 0 && onNews()],
    [
      'telling people of dead letters', tickMs,
      async () => {
        await tendLetters(engine)
        await notifyPeople(engine)
      },
    ],
  ] // prettier-ignore
  const expire = async () => {
    if ((await expireReservations(engine)) > 0) onNews()
  }
  chores.push(['reservations', tickMs, expire])
  if (retention) chores.push(['keeping', 60_000, () => keepRegularly(engine, retention)])
  if (engine.reconcile) {
    const compare = async () => {
      if ((await reconcileDue(engine, () => isStopping() || isOut())) > 0) onNews()
    }
    chores.push(['reconciliation', 10 * tickMs, compare])
  }
  return chores.map(([what, idleMs, work]) => {
    const once = async () => {
      if (!isOut()) await work()
      return 0
    }
    return startLoop(once, { idleMs, onError: onError(what) })
  })
}
