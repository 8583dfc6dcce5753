/** What the moving parts share: the database, the open connections, the policy, and the ways out. */
import { assert } from '#canon/assert.ts'
import type { Connection } from '#connectors/kit/connector.ts'
import type { Policy } from '#core/policy.ts'
import type { DeadLetterPolicy } from '#policy/dead-letters.ts'
import type { ReconcilePolicy } from '#policy/reconcile.ts'
import type { Retention } from '#policy/retention.ts'
import type { Windows } from '#policy/windows.ts'
import type { Database } from '#store/database.ts'
import type { Io } from '../io.ts'
import type { Bus } from './bus/bus.ts'
import type { FanOut } from './bus/fan-out.ts'
import type { Life } from './life.ts'
import type { SendMail } from './mail.ts'
import type { Meter } from './meter.ts'
import type { Schedules } from './schedule.ts'
import type { Tracer } from './tracing.ts'

export interface Engine {
  database: Database
  io: Io
  connections: ReadonlyMap<string, Connection>
  /** Which connection plays the role `erp`. */
  erp: string
  policy: Policy
  /** Names this process among those on the same database, where it has no `life`. */
  owner: string
  /** Its standing among them. Without one its leases are free for others only when they end. */
  life?: Life
  meter: Meter
  /** How many single intents of one kind may be under way at once. 1 makes a run repeatable. */
  parallel: number
  /** Of the database, as read when it was opened; raised when that is restored. Part of the keys of calls. */
  epoch: number
  /** How long things are remembered. Nothing is moved or dropped without it. */
  retention?: Retention
  /** Who owns dead letters and hears of them; `DEFAULT_DEAD_LETTERS` unless set. */
  deadLetters?: DeadLetterPolicy
  /** How e-mail leaves the hub; without it none does. */
  sendMail?: SendMail
  /** When feeds and upkeep run that are not to run as usual, and the calendar. */
  schedules?: Schedules
  /** Absent when nothing is traced. */
  tracer?: Tracer
  /** When bulk work may go to a connection; at any time unless said. */
  windows?: Windows
  /** What is compared with what, and how often. Without it nothing is by itself. */
  reconcile?: ReconcilePolicy
  /** Where there is one: deliveries may come, and events go, over it. Nothing means anything else without it. */
  bus?: Bus
  /** Who is told of events. */
  fanOut?: FanOut
}

/** The key of a call: the event that caused it, and since when versions are counted as they are. */
export const keyIn = (epoch: number, key: string): string => (epoch === 0 ? key : `${epoch}~${key}`)

export const instantAt = (ms: number): string => new Date(ms).toISOString()

export const nowOf = ({ io }: Engine): string => instantAt(io.now())

/** The connection an intent goes to: a channel by its name, or whoever plays the role. */
export const connectionFor = ({ erp }: Engine, to: string): string => (to === 'erp' ? erp : to)

export function connectionNamed({ connections }: Engine, name: string): Connection {
  const connection = connections.get(name)
  assert(connection, `no connection is called '${name}'`)
  return connection
}
