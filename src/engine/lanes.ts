/**
 * What this process remembers of a connection from call to call: how many may be under way, and whose turn it is. None
 * of it is needed after a restart.
 */
import type { Connection, Outbound, Outcome } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import { priorityOf } from '#policy/priorities.ts'
import { isHeld } from '#policy/windows.ts'
import type { Engine } from './engine.ts'
import { cautious, kindOfCall, type Limiter, observe } from './limiter.ts'
import { createSlots, type Slots } from './slots.ts'

/** Of so many claims of a lane one takes what has waited longest, whatever its priority. */
const OLDEST_EVERY = 8

interface Memory {
  limiter: Limiter
  slots: Slots
  claims: Map<string, number>
}

const memories = new WeakMap<Connection, Memory>()

function memoryOf(connection: Connection): Memory {
  const known = memories.get(connection)
  if (known) return known
  const fresh: Memory = { limiter: cautious, slots: createSlots(() => atOnceIn(connection)), claims: new Map() }
  memories.set(connection, fresh)
  return fresh
}

export const slotsOf = (connection: Connection): Slots => memoryOf(connection).slots

/** How many calls may be under way: the bound, or what was learnt. */
export function atOnceIn(connection: Connection): number {
  const most = connection.concurrency ?? Number.POSITIVE_INFINITY
  return connection.adaptive ? Math.min(most, Math.floor(memoryOf(connection).limiter.limit)) : most
}

/** Says whether this claim is for the longest waiting, and counts it. */
export function isForOldest(connection: Connection, lane: string): boolean {
  const { claims } = memoryOf(connection)
  const count = (claims.get(lane) ?? 0) + 1
  claims.set(lane, count)
  return count % OLDEST_EVERY === 0
}

/** Types that may go out now; bulk work waits for its hours. */
export const openTypes = (
  { windows, io }: Engine,
  connection: string,
  types: readonly IntentType[],
): readonly IntentType[] => {
  const mine = windows?.[connection]
  return mine ? types.filter((type) => !isHeld(mine, priorityOf(type), io.now())) : types
}

interface Made {
  type: IntentType
  startedMs: number
  endedMs: number
  outcomes: readonly Outcome<IntentType>[]
}

export function learnPace(connection: Connection, { type, startedMs, endedMs, outcomes }: Made): void {
  if (!connection.adaptive) return
  const memory = memoryOf(connection)
  const kinds = outcomes.map((outcome) => ('fault' in outcome ? outcome.fault.kind : null))
  const conflict = kinds.includes('conflict')
  // A call that was not made, or not answered, says nothing about how busy the system is.
  if (!conflict && kinds.every((kind) => kind !== null)) return
  const kind = kindOfCall(type, outcomes.length)
  const busy = memory.slots.busy()
  memory.limiter = observe(memory.limiter, { kind, startedMs, endedMs, conflict, busy }, connection.concurrency ?? 64)
}

export const outboundOf = (connection: Connection, type: IntentType): Outbound<IntentType> =>
  connection.outbound[type] as unknown as Outbound<IntentType>

/** The lane that intents of a type go in. */
export const laneOf = (connection: Connection, type: IntentType): string =>
  (connection.outbound[type] as Outbound<IntentType> | undefined)?.serial ?? type

/** Types that are in any serial lane. */
export const serialTypes = (connection: Connection): IntentType[] =>
  (Object.keys(connection.outbound) as IntentType[]).filter((type) => outboundOf(connection, type).serial !== undefined)
