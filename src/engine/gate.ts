/**
 * The gate that feeds and upkeep pass before they call: a connection whose breaker is open is left alone, except for
 * the one call that finds out; and what gets through to a connection that had cut us off says that it is back.
 */
import { FEED_PRIORITY } from '#policy/priorities.ts'
import { readGate } from '#store/gate.ts'
import { type GovernorRow, saveGovernor, tryGovernor } from '#store/governor.ts'
import { insertInbox } from '#store/inbox.ts'
import type { Fault } from '../fault.ts'
import { isOutage } from './breaker.ts'
import { type Engine, instantAt, nowOf } from './engine.ts'
import { claimedNothing, learn } from './governor.ts'

/** Longer than the longest page of a feed. */
const PROBE_MS = 5 * 60_000

export interface Pass {
  open: true
  governor: GovernorRow
  /** It is the one call that an open breaker lets through. */
  probe: boolean
  lostAt: number | null
}

/** Nobody may call before `untilMs`. */
export interface Closed {
  open: false
  untilMs: number
}

export async function enter(engine: Engine, connection: string): Promise<Pass | Closed> {
  const { governor, lostAt } = await readGate(engine.database, connection)
  const nowMs = engine.io.now()
  if (governor.state === 'closed') return { open: true, governor, probe: false, lostAt }
  const waits = ({ probe_at: at }: GovernorRow) => Date.parse(at ?? '') > nowMs
  if (waits(governor)) return { open: false, untilMs: Date.parse(governor.probe_at!) }
  return engine.database.transaction(async (sql): Promise<Pass | Closed> => {
    const mine = await tryGovernor(sql, connection)
    if (!mine || (mine.state !== 'closed' && waits(mine))) return { open: false, untilMs: nowMs }
    if (mine.state === 'closed') return { open: true, governor: mine, probe: false, lostAt }
    // A process that dies in its probe leaves the next one to whoever comes after it.
    await saveGovernor(sql, { ...mine, state: 'half_open', probe_at: instantAt(nowMs + PROBE_MS) })
    return { open: true, governor: mine, probe: true, lostAt }
  })
}

/** @param fault null when the connection answered. Writes nothing unless there is news of the connection itself. */
export async function leave(engine: Engine, connection: string, pass: Pass, fault: Fault | null): Promise<void> {
  if (pass.probe) {
    const sign = !fault ? 'alive' : isOutage(fault.kind) ? 'failed' : fault.kind === 'throttled' ? 'silent' : 'alive'
    const claimed = claimedNothing(pass.governor, true)
    const lesson = { connection, claimed, signs: [sign] as const, attempted: [], nowMs: engine.io.now() }
    await engine.database.transaction((sql) => learn(sql, engine, lesson))
  }
  if (fault || pass.lostAt === null) return
  const stream = `connection/${connection}`
  const body = Buffer.from(JSON.stringify({ type: 'connection.restored' }))
  const key = `connection.restored/${connection}/${pass.lostAt}`
  const note = { source: 'core', key, kind: 'note' as const, topic: stream, body, correlation: stream }
  await insertInbox(engine.database, [{ ...note, receivedAt: nowOf(engine), priority: FEED_PRIORITY }])
  engine.io.log('info', 'a connection that was lost answers again', { connection })
}
