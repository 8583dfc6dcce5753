/** What the moving parts share: the database, the open connections, the policy, and the ways out. */
import { assert } from '#canon/assert.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { Policy } from '#core/policy.ts'
import type { ReconcilePolicy } from '#policy/reconcile.ts'
import type { Database } from '#store/database.ts'
import type { Io } from '../io.ts'
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
  /** What is compared with what, and how often. Without it nothing is by itself. */
  reconcile?: ReconcilePolicy
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
