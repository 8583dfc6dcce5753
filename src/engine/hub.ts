/** The hub at work: one loop decides, one per lane dispatches, one per connection reads feeds and does upkeep. */
import { isRetryable, isUniqueViolation } from '#store/database.ts'
import { watchClock } from './clock-watch.ts'
import { dispatch, lanesOf } from './dispatch.ts'
import type { Engine } from './engine.ts'
import { maintain, poll } from './feed.ts'
import { type Loop, startLoop } from './loop.ts'
import { createReceiver, type Receiver } from './receive.ts'
import { turn } from './turn.ts'

export interface Hub {
  engine: Engine
  receiver: Receiver
  /** Ends every loop after the piece of work in hand. What is under way is finished; what is owed stays owed. */
  stop(): Promise<void>
}

export interface Pace {
  /** How often to look for work that nobody announced: of other processes, or due after a pause. */
  idleMs: number
  /** How often to look whether a feed or upkeep is due. */
  tickMs: number
}

export function startHub(engine: Engine, { idleMs, tickMs }: Pace = { idleMs: 250, tickMs: 1_000 }): Hub {
  const onError = (what: string) => (error: unknown) => {
    const level = isRetryable(error) ? 'warn' : 'error'
    engine.io.log(level, `${what} stumbled and goes on`, {
      reason: error instanceof Error ? error.message : String(error),
    })
  }
  const lanes: Loop[] = []
  const decide = async (): Promise<number> => {
    try {
      const decided = await turn(engine)
      if (decided > 0) for (const lane of lanes) lane.wake()
      return decided
    } catch (error) {
      // Another process wrote one of the streams first; decided again, the batch sees what it wrote.
      if (isUniqueViolation(error)) return 1
      throw error
    }
  }
  const turning = startLoop(decide, { idleMs, onError: onError('deciding') })
  const readers: Loop[] = []
  for (const [name, connection] of engine.connections) {
    for (const lane of lanesOf(name, connection)) {
      const work = async () => {
        const attempted = await dispatch(engine, lane)
        if (attempted > 0) turning.wake()
        return attempted
      }
      lanes.push(startLoop(work, { idleMs, onError: onError(`lane ${name}/${lane.name}`) }))
    }
    const regular = async () => {
      const fresh = await regularWork(engine, name)
      if (fresh > 0) turning.wake()
      return 0
    }
    readers.push(startLoop(regular, { idleMs: tickMs, onError: onError(`feeds of ${name}`) }))
  }
  const clock = watchClock(engine)
  readers.push(startLoop(() => clock.look().then(() => 0), { idleMs: tickMs, onError: onError('the clock') }))
  const receiver = createReceiver(engine, () => turning.wake())
  return {
    engine,
    receiver,
    async stop() {
      await Promise.all([...readers, ...lanes].map((loop) => loop.stop()))
      await turning.stop()
    },
  }
}

/** Everything regular of one connection that is due now. @returns how many new deliveries that brought. */
export async function regularWork(engine: Engine, name: string): Promise<number> {
  const connection = engine.connections.get(name)
  let fresh = 0
  for (const task of Object.keys(connection?.upkeep ?? {})) await maintain(engine, name, task)
  for (const feed of Object.keys(connection?.feeds ?? {})) fresh += (await poll(engine, name, feed))?.fresh ?? 0
  return fresh
}
