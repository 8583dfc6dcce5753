/** What the moving parts share: the database, the open connections, the policy, and the ways out. */
import { assert } from '#canon/assert.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { Policy } from '#core/policy.ts'
import type { Database } from '#store/database.ts'
import type { Io } from '../io.ts'
import type { Bus } from './bus/bus.ts'
import type { FanOut } from './bus/fan-out.ts'
import type { Meter } from './meter.ts'

export interface Engine {
  database: Database
  io: Io
  connections: ReadonlyMap<string, Connection>
  /** Which connection plays the role `erp`. */
  erp: string
  policy: Policy
  /** Names this process among those on the same database. */
  owner: string
  meter: Meter
  /** How many single intents of one kind may be under way at once. 1 makes a run repeatable. */
  parallel: number
  /** Where there is one: deliveries may come, and events go, over it. Nothing means anything else without it. */
  bus?: Bus
  /** Who is told of events. */
  fanOut?: FanOut
}

export const instantAt = (ms: number): string => new Date(ms).toISOString()

export const nowOf = ({ io }: Engine): string => instantAt(io.now())

/** The connection an intent goes to: a channel by its name, or whoever plays the role. */
export const connectionFor = ({ erp }: Engine, to: string): string => (to === 'erp' ? erp : to)

export function connectionNamed({ connections }: Engine, name: string): Connection {
  const connection = connections.get(name)
  assert(connection, `no connection is called '${name}'`)
  return connection
}
