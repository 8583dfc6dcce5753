/** The bus and the subscribers that a configuration describes. */
import { type Bus, openBus } from '#engine/bus/bus.ts'
import type { FanOut } from '#engine/bus/fan-out.ts'
import type { Engine } from '#engine/engine.ts'
import { createMask } from '#insight/masking.ts'
import type { Config } from '../config.ts'
import type { Io } from '../io.ts'

const HOUR_MS = 3_600_000

/** Begins to connect, hands the bus to the engine, and comes back at once. Null when there is none. */
export function busOf({ bus, connections }: Config, io: Io, engine: Engine): Bus | null {
  if (!bus) return null
  const { credentials, edges, ...options } = bus
  const opened = openBus(
    {
      ...options,
      ...(credentials ? { credentials: io.secret(credentials) } : {}),
      owner: engine.owner,
      connections: Object.entries(connections).flatMap(([name, { intake }]) => (intake === 'bus' ? [name] : [])),
      edges: Object.entries(edges).map(([shop, edge]) => ({ shop, ...edge })),
    },
    io,
    engine.meter,
  )
  engine.bus = opened
  return opened
}

export function fanOutOf({ subscribers, hub }: Config, io: Io): FanOut | null {
  const all = Object.entries(subscribers)
  if (all.length === 0) return null
  return {
    source: hub.publicUrl ?? 'urn:crossdock:hub',
    mask: maskEvent,
    subscribers: all.map(([name, { types, url, secret, personalData, from, backlogHours }]) => ({
      name,
      types,
      url: url ?? null,
      // Resolved at every post: a rotated secret counts from then on, without a restart.
      secret: () => (secret ? io.secret(secret) : ''),
      personalData,
      from,
      backlogMs: backlogHours * HOUR_MS,
    })),
  }
}

/** By what stands next to each field; what was masked in one place is not quoted in another. */
export function maskEvent(data: unknown): unknown {
  const masking = createMask()
  masking.learn(data)
  return masking.ours(data)
}
