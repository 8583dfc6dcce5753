/** The hub at work: one loop decides, one per lane dispatches, one per connection reads feeds and does upkeep. */
import { setTimeout as pause } from 'node:timers/promises'
import { tasksNotDue } from '#store/cursor.ts'
import { isRetryable, isUniqueViolation } from '#store/database.ts'
import { lanesOf } from './dispatch.ts'
import { startCarriers } from './bus/carriers.ts'
import { startChores } from './chores.ts'
import { type Engine, nowOf } from './engine.ts'
import { workBackfill } from './backfill.ts'
import { catchUp, poll } from './feed.ts'
import { BEAT_MS } from './life.ts'
import { type Loop, startLoop } from './loop.ts'
import { createReceiver, type Receiver } from './receive.ts'
import { turn, TURN_SIZE } from './turn.ts'
import { workLane } from './lane-work.ts'
import { maintain } from './upkeep.ts'
import { watchSilence } from './watch.ts'

export interface Hub {
  engine: Engine
  receiver: Receiver
  /**
   * Claims no more and is not ready any more, ends every loop after the piece of work in hand, but waits no longer than
   * it is told; then frees whatever is still held. Webhooks are still taken: what is owed stays owed.
   *
   * @returns whether all had ended in time. Those that had not can finish nothing any more.
   */
  stop(withinMs?: number): Promise<boolean>
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
  const lanesTo = new Map<string, Loop[]>()
  let carriers: Loop | null = null
  let stopping = false
  const { life } = engine
  const isOut = () => life?.mayClaim() === false
  const decide = async (): Promise<number> => {
    if (isOut()) return 0
    try {
      const touched = new Set<string>()
      const decided = await turn(engine, TURN_SIZE, touched)
      for (const name of touched) for (const lane of lanesTo.get(name) ?? []) lane.wake()
      if (decided > 0) carriers?.wake()
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
    const mine: Loop[] = []
    lanesTo.set(name, mine)
    for (const lane of lanesOf(name, connection)) {
      const work = () => workLane(engine, lane, { isStopping: () => stopping, onFinished: () => turning.wake() })
      mine.push(startLoop(work, { idleMs, onError: onError(`lane ${name}/${lane.name}`) }))
    }
    lanes.push(...mine)
    const regular = async () => {
      if (isOut()) return 0
      const fresh = await regularWork(engine, name)
      if (fresh > 0) turning.wake()
      return 0
    }
    readers.push(startLoop(regular, { idleMs: tickMs, onError: onError(`feeds of ${name}`) }))
  }
  const live = async (): Promise<number> => {
    const wasOut = isOut()
    // A beat that failed is not put off: the next one is due when it is due.
    await life?.beat().catch(onError('the heart'))
    if (wasOut && !isOut()) for (const loop of [turning, ...lanes, ...readers]) loop.wake()
    return 0
  }
  const heart = life && startLoop(live, { idleMs: BEAT_MS, onError: onError('the heart') })
  const onNews = () => turning.wake()
  readers.push(...startChores(engine, { tickMs, isOut, isStopping: () => stopping, onNews, onError }))
  carriers = startCarriers(engine, onNews)
  if (carriers) lanes.push(carriers)
  const receiver = createReceiver(engine, onNews)
  return {
    engine,
    receiver,
    async stop(withinMs = Infinity) {
      stopping = true
      await life?.drain().catch(onError('the heart'))
      const ended = Promise.all([...readers, ...lanes].map((loop) => loop.stop())).then(() => turning.stop())
      const inTime = await within(withinMs, ended)
      await heart?.stop()
      await life?.leave().catch(onError('signing out'))
      return inTime
    },
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const done = work.then(() => true)
  if (ms === Infinity) return done
  const cancel = new AbortController()
  const late = pause(ms, false, { signal: cancel.signal }).catch(() => false)
  return Promise.race([done, late]).finally(() => cancel.abort())
}

/** Everything regular of one connection that is due now. @returns how many new deliveries that brought. */
export async function regularWork(engine: Engine, name: string): Promise<number> {
  const connection = engine.connections.get(name)
  let fresh = 0
  const early = await tasksNotDue(engine.database, name, nowOf(engine))
  const isDue = (task: string) => !early.has(task) || engine.schedules?.of(name, task) !== undefined
  for (const task of Object.keys(connection?.upkeep ?? {}))
    if (isDue(`upkeep:${task}`)) await maintain(engine, name, task)
  for (const feed of Object.keys(connection?.feeds ?? {}))
    if (isDue(`feed:${feed}`)) fresh += (await poll(engine, name, feed))?.fresh ?? 0
  await watchSilence(engine, name)
  fresh += await workBackfill(engine, name)
  await catchUp(engine)
  return fresh
}
