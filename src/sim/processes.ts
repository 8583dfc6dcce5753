/**
 * The hub's processes in a simulated day: two of them share one database, each with its own connections and memory. Any
 * of them may die at any statement; a new one takes its place and knows nothing.
 */
import { dispatch, type Lane, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createMeter } from '#engine/meter.ts'
import { shareBudgets } from '#engine/rates.ts'
import { createReceiver, type Receiver } from '#engine/receive.ts'
import { policyOf } from '#policy/policy.ts'
import { openConnections } from '#connectors/catalogue.ts'
import { type Database, isUniqueViolation } from '#store/database.ts'
import type { Config } from '../config.ts'
import type { Io } from '../io.ts'
import { Crash, type Fuse, mortal } from './crash.ts'

export interface HubProcess {
  engine: Engine
  receiver: Receiver
  lanes: readonly Lane[]
  fuse: Fuse
}

export function startProcess(owner: string, store: Database, config: Config, io: Io): HubProcess {
  const { database, fuse } = mortal(store)
  const { connections } = openConnections({ connections: config.connections, publicUrl: config.hub.publicUrl }, io)
  const { erp } = config
  const engine: Engine = {
    database,
    io,
    connections,
    erp,
    policy: policyOf(config.policy),
    owner,
    meter: createMeter(),
    ...(config.policy.windows ? { windows: config.policy.windows } : {}),
    parallel: 1,
  }
  shareBudgets(engine)
  const lanes = [...connections].flatMap(([name, connection]) => lanesOf(name, connection))
  return { engine, receiver: createReceiver(engine), lanes, fuse }
}

/** How a piece of work ended. A `bug` is an error that the hub itself does not know what to do with. */
export type Ending = { found: number } | { died: true } | { bug: string }

export async function attempt({ fuse }: HubProcess, work: () => Promise<unknown>): Promise<Ending> {
  try {
    return { found: Number(await work()) || 0 }
  } catch (error) {
    if (error instanceof Crash || fuse.died) return { died: true }
    // Another process wrote first: the hub decides again.
    if (isUniqueViolation(error)) return { found: 1 }
    return { bug: error instanceof Error ? error.message : String(error) }
  }
}

/** What waits in the database, so that nobody has to ask in vain. */
export interface Owed {
  undecided: boolean
  /** When the earliest open intent of a `connection type` is due, in milliseconds. */
  due: ReadonlyMap<string, number>
}

export async function readOwed(database: Database): Promise<Owed> {
  const rows = await database.prepared<{ lane: string; due: string | null }>(
    `select connection || ' ' || type as lane, min(due_at) as due from outbox where state = 'open' group by 1
     union all (select '', null from inbox where state = 'new' limit 1)`,
  )
  const due = rows.flatMap(({ lane, due: at }): [string, number][] =>
    lane === '' ? [] : [[lane, at === null ? 0 : Date.parse(at)]],
  )
  return { undecided: due.length < rows.length, due: new Map(due) }
}

export const isDue = ({ connection, types }: Lane, { due }: Owed, nowMs: number): boolean =>
  types.some((type) => (due.get(`${connection} ${type}`) ?? Infinity) <= nowMs)

export const dispatchAll = async ({ engine, lanes }: HubProcess, owed: Owed): Promise<number> => {
  let found = 0
  for (const lane of lanes) if (isDue(lane, owed, engine.io.now())) found += await dispatch(engine, lane)
  return found
}
