/**
 * What this process remembers of a connection from call to call: how many may be under way, and whose turn it is. None
 * of it is needed after a restart: what all processes have learnt is in the database.
 */
import type { Connection, Outbound, Outcome } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import { priorityOf } from '#policy/priorities.ts'
import { isHeld } from '#policy/windows.ts'
import { type Pace, type PaceChange, unknownPace } from '#store/pace.ts'
import type { Engine } from './engine.ts'
import { kindOfCall, type Limiter, newcomer, observe, shareOf } from './limiter.ts'
import { createSlots, type Slots } from './slots.ts'

/** Of so many claims of a lane one takes what has waited longest, whatever its priority. */
const OLDEST_EVERY = 8

interface Memory {
  limiter: Limiter
  /** As last read. */
  pace: Pace
  processes: number
  slots: Slots
  claims: Map<string, number>
}

const memories = new WeakMap<Connection, Memory>()

function memoryOf(connection: Connection): Memory {
  const known = memories.get(connection)
  if (known) return known
  const slots = createSlots(() => mineOf(connection))
  const fresh: Memory = { limiter: newcomer, pace: unknownPace, processes: 1, slots, claims: new Map() }
  memories.set(connection, fresh)
  return fresh
}

export const slotsOf = (connection: Connection): Slots => memoryOf(connection).slots

/** The bound of what may be learnt where the connection has none. */
const MOST = 64

export const mostOf = ({ adaptive, concurrency }: Connection): number =>
  concurrency ?? (adaptive ? MOST : Number.POSITIVE_INFINITY)

/** How many calls may be under way in this process: the bound, or its share of what was learnt. */
function mineOf(connection: Connection): number {
  if (!connection.adaptive) return mostOf(connection)
  const { pace, processes } = memoryOf(connection)
  return shareOf(Math.min(mostOf(connection), pace.atOnce), processes)
}

/** Remembers what stands in the database. @returns how many calls may be under way in all processes. */
export function heed(connection: Connection, { pace, processes }: { pace: Pace; processes: number }): number {
  if (!connection.adaptive) return mostOf(connection)
  Object.assign(memoryOf(connection), { pace, processes })
  return Math.min(mostOf(connection), Math.floor(pace.atOnce))
}

/** Whether the next claim is for the longest waiting. */
export const isForOldest = (connection: Connection, lane: string): boolean =>
  ((memoryOf(connection).claims.get(lane) ?? 0) + 1) % OLDEST_EVERY === 0

/** Only claims that something was asked for: what our own budget sent away would have its turn, and not go out. */
export function countClaim(connection: Connection, lane: string): void {
  const { claims } = memoryOf(connection)
  claims.set(lane, (claims.get(lane) ?? 0) + 1)
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
  /** When it was claimed: what was learnt by then, and how many calls others had under way. */
  pace: Pace
  elsewhere: number
  startedMs: number
  endedMs: number
  outcomes: readonly Outcome<IntentType>[]
}

/** @returns what is to be changed for all processes, if anything. */
export function learnPace(connection: Connection, made: Made): PaceChange | null {
  const { type, startedMs, endedMs, outcomes, pace, elsewhere } = made
  if (!connection.adaptive) return null
  const memory = memoryOf(connection)
  const kinds = outcomes.map((outcome) => ('fault' in outcome ? outcome.fault.kind : null))
  const conflict = kinds.includes('conflict')
  // A call that was not made, or not answered, says nothing about how busy the system is.
  if (!conflict && kinds.every((kind) => kind !== null)) return null
  const kind = kindOfCall(type, outcomes.length)
  const [tookMs, busy] = [Math.max(0, endedMs - startedMs), elsewhere + memory.slots.busy()]
  const { after, change } = observe(memory.limiter, { kind, tookMs, conflict, busy, pace }, mostOf(connection))
  memory.limiter = after
  return change
}

export const outboundOf = (connection: Connection, type: IntentType): Outbound<IntentType> =>
  connection.outbound[type] as unknown as Outbound<IntentType>

/** The lane that intents of a type go in. */
export const laneOf = (connection: Connection, type: IntentType): string =>
  (connection.outbound[type] as Outbound<IntentType> | undefined)?.serial ?? type

/** Types that are in any serial lane. */
export const serialTypes = (connection: Connection): IntentType[] =>
  (Object.keys(connection.outbound) as IntentType[]).filter((type) => outboundOf(connection, type).serial !== undefined)
