/**
 * What is new, pushed to whoever listens: one poll for all, once a second while there is somebody. A listener that does
 * not keep up is let go; it comes back by itself and starts from the whole picture.
 */
import type { createOverview } from '#insight/overview.ts'
import { tickerAfter } from '#insight/overview.ts'
import { type Loop, startLoop } from '#engine/loop.ts'
import type { Engine } from '#engine/engine.ts'

type Figures = Awaited<ReturnType<ReturnType<typeof createOverview>>>

export interface Live {
  /** @returns null when too many listen already. */
  join(): ReadableStream<Uint8Array> | null
  listeners(): number
  close(): Promise<void>
}

export interface LiveOptions {
  engine: Engine
  overview: ReturnType<typeof createOverview>
  listenersMax: number
  everyMs?: number
}

const EVENTS_MAX = 30
/** Messages waiting for one listener. */
const BEHIND_MAX = 30

interface Listener {
  controller: ReadableStreamDefaultController<Uint8Array>
  /** It has not had the whole picture yet. */
  fresh: boolean
}

const encoder = new TextEncoder()
const message = (event: string, data: unknown) => encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
const HEARTBEAT = encoder.encode(': nothing could be read; trying again\n\n')

export function createLive({ engine, overview, listenersMax, everyMs = 1_000 }: LiveOptions): Live {
  const listeners = new Set<Listener>()
  let loop: Loop | null = null
  let closed = false
  /** The members as they were last sent, as JSON. */
  let sent = new Map<string, string>()
  let position: number | null = null

  const leave = (listener: Listener): void => {
    if (!listeners.delete(listener)) return
    try {
      listener.controller.close()
    } catch {
      // The listener hung up first.
    }
    if (listeners.size === 0) void rest()
  }
  const rest = async (): Promise<void> => {
    const ending = loop
    loop = null
    position = null
    sent = new Map()
    await ending?.stop()
  }
  const send = (listener: Listener, bytes: Uint8Array): void => {
    if ((listener.controller.desiredSize ?? 0) <= 0) leave(listener)
    else listener.controller.enqueue(bytes)
  }

  const tick = async (): Promise<number> => {
    try {
      const figures = await overview()
      const ticker = await newest(figures)
      const changes = changed(figures)
      for (const listener of listeners) {
        send(listener, message('overview', listener.fresh ? figures : changes))
        listener.fresh = false
        if (ticker.length > 0 && listeners.has(listener)) send(listener, message('events', ticker))
      }
    } catch (error) {
      for (const listener of listeners) send(listener, HEARTBEAT)
      throw error
    }
    return 0
  }
  const newest = async (figures: Figures) => {
    const first = position === null
    const { events, position: now } = await tickerAfter(engine.database, position ?? 0, EVENTS_MAX)
    position = now
    // Somebody who just came wants to see something; old news is no news.
    return first ? events.filter(({ at }) => Date.parse(figures.now) - Date.parse(at) < 3_600_000) : events
  }
  const changed = (figures: Figures): Partial<Figures> => {
    const members = Object.entries(figures).map(([name, value]) => [name, value, JSON.stringify(value)] as const)
    const news = members.filter(([name, , text]) => sent.get(name) !== text)
    sent = new Map(members.map(([name, , text]) => [name, text]))
    return Object.fromEntries(news.map(([name, value]) => [name, value]))
  }
  const onError = (error: unknown) =>
    engine.io.log('warn', 'the live figures could not be read', {
      reason: error instanceof Error ? error.message : String(error),
    })

  return {
    join() {
      if (closed || listeners.size >= listenersMax) return null
      let mine: Listener | undefined
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            mine = { controller, fresh: true }
            listeners.add(mine)
            controller.enqueue(encoder.encode('retry: 2000\n\n'))
            if (loop) loop.wake()
            else loop = startLoop(tick, { idleMs: everyMs, onError })
          },
          cancel() {
            if (mine) leave(mine)
          },
        },
        { highWaterMark: BEHIND_MAX },
      )
    },
    listeners: () => listeners.size,
    async close() {
      closed = true
      for (const listener of listeners) leave(listener)
      await rest()
    },
  }
}
