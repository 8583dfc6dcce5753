/** The governor at work: what dispatch may claim, and what its calls teach all processes about the connection. */
import { createHash } from 'node:crypto'
import type { Connection, Outcome } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import type { Database, Sql } from '#store/database.ts'
import {
  type GovernorRow,
  lockGovernor,
  reserveGovernor,
  resumeIntents,
  saveGovernor,
  tryGovernor,
} from '#store/governor.ts'
import { changePace, type Pace, type PaceChange, unknownPace } from '#store/pace.ts'
import { claimIntents, type Claim, type LeasedIntent } from '#store/outbox.ts'
import { afterNextProbe, allowed, isOutage, isPaused, judge, pauseLanes, type Sign } from './breaker.ts'
import { type Engine, instantAt } from './engine.ts'
import { heed, laneOf, mostOf, outboundOf, serialTypes, slotsOf } from './lanes.ts'

export interface Claimed {
  intents: LeasedIntent[]
  /** As it was when they were claimed. */
  row: GovernorRow
  /** It is the one call that an open breaker lets through. */
  probe: boolean
  /** As it was then, and how many calls other processes had under way. */
  pace: Pace
  elsewhere: number
}

/** Of a call that nothing was claimed for. */
export const claimedNothing = (row: GovernorRow, probe = false): Claimed => ({
  intents: [], row, probe, pace: unknownPace, elsewhere: 0,
}) // prettier-ignore

/** Longer than a call is waited for: an older lease is of a process that died. */
const CALL_MAX_MS = 2 * 60_000

export interface LaneClaim extends Omit<Claim, 'serial'> {
  lane: string
  /** Types of the whole connection that may go out now. Asked for a probe only, which may be of any. */
  allTypes(): Promise<readonly IntentType[]>
}

/**
 * Claims what may be sent now: what is due, one probe, or nothing. One read when the connection is well; and where no
 * lock of a lane has to outlast it, it and the claim are all that is said to the server: a transaction around two
 * statements that hold nothing from the one to the other would be two more.
 */
export async function claimAllowed(database: Database, connection: Connection, wanted: LaneClaim): Promise<Claimed> {
  const claimed = isSerial(connection, wanted) ? 'probe' : await claimIn(database, connection, wanted)
  if (claimed !== 'probe') return claimed
  return (await database.transaction((sql) => claimIn(sql, connection, wanted, true))) as Claimed
}

const isSerial = (connection: Connection, { types }: Pick<Claim, 'types'>): boolean =>
  types.some((type) => outboundOf(connection, type as IntentType).serial !== undefined)

/** @returns `probe` outside a transaction, when only a probe may go out: it takes one. */
async function claimIn(
  sql: Sql,
  connection: Connection,
  { lane, allTypes, ...rest }: LaneClaim,
  isTransaction = false,
): Promise<Claimed | 'probe'> {
  const claim: Claim = { ...rest, serial: serialTypes(connection) }
  const nowMs = Date.parse(claim.now)
  const reserved = await reserveGovernor(sql, claim.connection, {
    lock: isSerial(connection, claim) ? lockOf(claim.connection, lane) : null,
    busySince: connection.adaptive ? instantAt(Date.parse(claim.leaseUntil) - CALL_MAX_MS) : null,
    owner: claim.owner,
  }) // prettier-ignore
  const { row, mine: isMine, elsewhere, pace } = reserved
  const nothing: Claimed = { intents: [], row, probe: false, pace, elsewhere }
  const atOnce = heed(connection, reserved)
  if (!isMine || elsewhere + slotsOf(connection).busy() > atOnce) return nothing
  const what = allowed(row, lane, nowMs)
  if (what === 'all') return { ...nothing, intents: await claimIntents(sql, claim) }
  if (what === 'none') return nothing
  if (!isTransaction) return 'probe'
  const mine = await tryGovernor(sql, claim.connection)
  if (!mine || allowed(mine, lane, nowMs) !== 'probe') return nothing
  const types = (await allTypes()).filter((type) => !isPaused(mine, laneOf(connection, type), nowMs))
  const intents = await claimIntents(sql, { ...claim, types, limit: 1, oldestFirst: false })
  // A process that dies in its probe leaves the next one to whoever comes after its lease.
  if (intents.length > 0) await saveGovernor(sql, { ...mine, state: 'half_open', probe_at: claim.leaseUntil })
  return { ...nothing, intents, row: mine, probe: true }
}

/** Names a lane for the database: two lanes with one number would only wait for each other. */
const lockOf = (connection: string, lane: string): number =>
  createHash('sha256').update(`lane ${connection} ${lane}`).digest().readUIntBE(0, 6)

export interface Lesson {
  connection: string
  claimed: Claimed
  /** In the order they were made. */
  signs: readonly Sign[]
  attempted: readonly { intent: LeasedIntent; outcome: Outcome<IntentType> }[]
  /** What the calls taught of how many the system bears. */
  paces?: readonly PaceChange[]
  nowMs: number
}

/**
 * Writes down what was learnt; nothing when all is as it was. Comes first in its transaction, so that whoever holds a
 * governor's row waits for no intent.
 *
 * @returns when the breaker is open because of these calls: in how many milliseconds they are due again. Else null.
 */
export async function learn(sql: Sql, engine: Engine, lesson: Lesson): Promise<number | null> {
  const { connection, claimed, signs, attempted, paces = [], nowMs } = lesson
  if (teachesNothing(engine, lesson)) return null
  for (const pace of paces) await changePace(sql, connection, pace, mostOf(engine.connections.get(connection)!))
  const faults = attempted.flatMap(({ outcome }) => ('fault' in outcome ? [outcome.fault] : []))
  const waits = waitsOf(engine.connections.get(connection)!, attempted)
  if (agrees(lesson, waits)) return null
  const before = await lockGovernor(sql, connection)
  const reason = faults.findLast(({ kind }) => isOutage(kind))?.message ?? null
  const calls = { signs, reason, probe: claimed.probe, nowMs, jitter: engine.io.jitter() }
  const judged = judge(before, calls)
  const after = pauseLanes(judged, waits, nowMs)
  if (after !== before) await saveGovernor(sql, after)
  if (before.opened_at && after.state === 'closed') {
    await resumeIntents(sql, connection, before.opened_at, instantAt(nowMs))
    engine.io.log('info', 'a connection works again and gets what is owed to it', { connection })
  }
  if (before.state === 'closed' && after.state === 'open') {
    const { failures, probe_at: until } = after
    engine.io.log('warn', 'a connection is paused: its calls fail', { connection, failures, reason, until })
  }
  const mine = claimed.probe || before.state === 'closed'
  return mine && after.state === 'open' ? afterNextProbe(after, nowMs) : null
}

/** All is as it was known to be: nothing has to be written down. */
export const teachesNothing = (engine: Engine, lesson: Lesson): boolean =>
  !lesson.paces?.length && agrees(lesson, waitsOf(engine.connections.get(lesson.connection)!, lesson.attempted))

const agrees = ({ claimed: { row }, signs }: Lesson, waits: ReadonlyMap<string, number>): boolean =>
  !signs.includes('failed') && waits.size === 0 && row.state === 'closed' && row.failures === 0

/** The longest wait that each lane was asked for, in milliseconds. */
function waitsOf(connection: Connection, attempted: Lesson['attempted']): Map<string, number> {
  const waits = new Map<string, number>()
  for (const { intent, outcome } of attempted) {
    if (!('fault' in outcome) || outcome.fault.kind !== 'throttled' || !outcome.fault.retryAfterMs) continue
    // Our own budget says when by itself, to each process.
    if (outcome.fault.own) continue
    const lane = laneOf(connection, intent.type as IntentType)
    waits.set(lane, Math.max(waits.get(lane) ?? 0, Math.ceil(outcome.fault.retryAfterMs)))
  }
  return waits
}
