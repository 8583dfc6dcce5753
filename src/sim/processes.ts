/**
 * The hub's processes in a simulated day: some of them share one database, each with its own connections, memory and
 * clock. Any of them may die at any statement; a new one takes its place and knows nothing.
 */
import { dispatch, type Lane, lanesOf } from '#engine/dispatch.ts'
import type { Engine } from '#engine/engine.ts'
import { createLife, guarded, type Life } from '#engine/life.ts'
import { createMeter } from '#engine/meter.ts'
import { shareBudgets } from '#engine/rates.ts'
import { createReceiver, type Receiver } from '#engine/receive.ts'
import { policyOf } from '#policy/policy.ts'
import { openConnections } from '#connectors/catalogue.ts'
import { type Database, isUniqueViolation } from '#store/database.ts'
import type { Config } from '../config.ts'
import type { Fetch, Io } from '../io.ts'
import { Crash, type Fuse, mortal } from './crash.ts'
import type { Random } from './random.ts'

interface Surroundings {
  config: Config
  io: Io
  wrap(fetch: Fetch): Fetch
  elapsed(): number
  epoch: number
  /** What its engine has beside. */
  equip?(connections: Engine['connections']): Partial<Engine>
}

export interface HubProcess {
  engine: Engine
  life: Life
  receiver: Receiver
  lanes: readonly Lane[]
  fuse: Fuse
}

/** `wrap`: what the process's calls go through before its own doubts whether it is alive. */
export function startProcess(
  owner: string,
  store: Database,
  { config, io: given, wrap, elapsed, epoch, equip }: Surroundings,
): HubProcess {
  const { database, fuse } = mortal(store)
  const meter = createMeter()
  const about = { host: owner, pid: 1, version: 'sim', migrations: 0 }
  const life = createLife({ database, io: given, meter, about, elapsed })
  const io: Io = { ...given, fetch: wrap(guarded(given.fetch, () => life)) }
  const { connections } = openConnections({ connections: config.connections, publicUrl: config.hub.publicUrl }, io)
  const { erp } = config
  const engine: Engine = {
    database,
    io,
    connections,
    erp,
    policy: policyOf(config.policy),
    owner,
    life,
    meter,
    ...(config.policy.windows ? { windows: config.policy.windows } : {}),
    parallel: 1,
    epoch,
    ...equip?.(connections),
  }
  shareBudgets(engine)
  const lanes = [...connections].flatMap(([name, connection]) => lanesOf(name, connection))
  return { engine, life, receiver: createReceiver(engine), lanes, fuse }
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

/**
 * The mark is another one when something was decided since: news that mean nothing, such as that a channel has sold
 * nothing, do not count. `reading`: feeds that are being read again.
 */
export async function readMark(database: Database): Promise<{ mark: string; reading: number }> {
  const [row] = await database.prepared<{ mark: string; reading: number }>(
    `select coalesce((select max(position) from journal), 0) || ' ' || coalesce((select max(id) from outbox), 0) as mark,
       (select count(*) from backfill where state = 'open') as reading`,
  )
  return row!
}

export const isDue = ({ connection, types }: Lane, { due }: Owed, nowMs: number): boolean =>
  types.some((type) => (due.get(`${connection} ${type}`) ?? Infinity) <= nowMs)

export const dispatchAll = async (
  { engine, lanes }: Pick<HubProcess, 'engine' | 'lanes'>,
  owed: Owed,
): Promise<number> => {
  let found = 0
  for (const lane of lanes) if (isDue(lane, owed, engine.io.now())) found += await dispatch(engine, lane)
  return found
}

/** It dies soon: at any statement, or at the beginning or end of a transaction, where it hurts most. */
export function light({ fuse }: HubProcess, random: Random): void {
  fuse.atTransactions = random.chance(0.5)
  fuse.left = fuse.atTransactions ? random.int(1, 4) : random.int(1, 12)
}
