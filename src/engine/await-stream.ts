/**
 * Waiting for a stream to come to something: whoever asked for it over HTTP would rather hear what came of it than ask
 * again. One look at the table serves all who wait.
 */
import { readStates } from '#store/views.ts'
import { elapsedMs } from '../io.ts'
import type { Engine } from './engine.ts'
import { type Loop, startLoop } from './loop.ts'

const LOOK_MS = 25

interface Waiting {
  stream: string
  until(state: unknown): boolean
  deadlineMs: number
  resolve(state: unknown): void
}

interface Desk {
  waiting: Set<Waiting>
  loop: Loop | null
}

const desks = new WeakMap<Engine, Desk>()

/** @returns the state as it was when it came to that, or after `withinMs`; null when the stream has none. */
export function awaitStream(
  engine: Engine,
  stream: string,
  { until, withinMs }: { until(state: unknown): boolean; withinMs: number },
): Promise<unknown> {
  const desk = desks.get(engine) ?? { waiting: new Set<Waiting>(), loop: null }
  desks.set(engine, desk)
  return new Promise((resolve) => {
    desk.waiting.add({ stream, until, deadlineMs: elapsedMs() + withinMs, resolve })
    if (desk.loop) desk.loop.wake()
    else desk.loop = startLoop(() => look(engine, desk), { idleMs: LOOK_MS, onError: () => {} })
  })
}

async function look(engine: Engine, desk: Desk): Promise<number> {
  const names = [...new Set([...desk.waiting].map(({ stream }) => stream))]
  const rows = await readStates(engine.database, names).catch(() => [])
  const states = new Map(rows.map(({ stream, state }) => [stream, state as unknown]))
  for (const one of desk.waiting) {
    const state = states.get(one.stream) ?? null
    if (elapsedMs() < one.deadlineMs && (state === null || !one.until(state))) continue
    desk.waiting.delete(one)
    one.resolve(state)
  }
  if (desk.waiting.size === 0) {
    void desk.loop?.stop()
    desk.loop = null
  }
  return 0
}
