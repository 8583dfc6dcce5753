/**
 * The circuit breaker of a connection, without the database: what a row of `governor` allows, and what it becomes after
 * some calls. The decision behind it: docs/decisions/0009-circuit-breaker.md.
 */
import type { Outcome } from '#connectors/kit/connector.ts'
import type { IntentType } from '#core/intents.ts'
import type { GovernorRow } from '#store/governor.ts'
import { instantAt } from './engine.ts'

/** So many calls that failed in a row open the breaker. */
export const FAILURES_TO_OPEN = 5
const FIRST_PAUSE_MS = 5_000
const LONGEST_PAUSE_MS = 2 * 60_000
/** A probe that failed steps back this long after the next is due, so that the next in line tries then. */
const STEP_BACK_MS = 1_000

/** What a call says of the other system; `silent` when it may not even have been made. */
export type Sign = 'alive' | 'failed' | 'silent'

/** A call may carry several intents; one outcome that the other system must have given is enough. */
export function signOf(outcomes: readonly Outcome<IntentType>[]): Sign {
  const kinds = outcomes.map((outcome) => ('fault' in outcome ? outcome.fault.kind : 'answer'))
  if (kinds.some((kind) => !isOutage(kind) && kind !== 'throttled')) return 'alive'
  return kinds.some(isOutage) ? 'failed' : 'silent'
}

/** The other system is down or keeps us out; every other fault is an answer. */
export const isOutage = (kind: string): boolean => kind === 'unavailable' || kind === 'unauthorised'

/** What may be sent in a lane: everything due, nothing, or one call that finds out whether it works again. */
export function allowed(row: GovernorRow, lane: string, nowMs: number): 'all' | 'none' | 'probe' {
  if (row.state !== 'closed') return Date.parse(row.probe_at ?? '') > nowMs ? 'none' : 'probe'
  return isPaused(row, lane, nowMs) ? 'none' : 'all'
}

export const isPaused = ({ paused_until }: GovernorRow, lane: string, nowMs: number): boolean =>
  Date.parse(paused_until[lane] ?? '') > nowMs

export interface Calls {
  /** In the order they were made. */
  signs: readonly Sign[]
  /** What the last failure said. */
  reason: string | null
  /** The one call that an open breaker let through. */
  probe: boolean
  nowMs: number
  /** From 0 to 1. */
  jitter: number
}

/** @returns the row itself when nothing changes. */
export function judge(row: GovernorRow, calls: Calls): GovernorRow {
  const { signs, reason, probe, nowMs } = calls
  const last = signs.lastIndexOf('alive')
  const failed = signs.slice(last + 1).filter((sign) => sign === 'failed').length
  if (row.state !== 'closed' && last < 0) {
    // Calls that were under way when it opened say nothing new.
    if (!probe) return row
    const failures = row.failures + (failed > 0 ? 1 : 0)
    return { ...row, state: 'open', failures, reason: reason ?? row.reason, probe_at: probeAt(failures, calls) }
  }
  const failures = (last < 0 ? row.failures : 0) + failed
  if (failures >= FAILURES_TO_OPEN) {
    const opened = { state: 'open', failures: FAILURES_TO_OPEN, reason, opened_at: instantAt(nowMs) } as const
    return { ...row, ...opened, probe_at: probeAt(FAILURES_TO_OPEN, calls) }
  }
  if (row.state === 'closed' && row.failures === failures) return row
  return { ...row, state: 'closed', failures, reason: failures > 0 ? reason : null, opened_at: null, probe_at: null }
}

/** Doubles with every probe that failed; at least half of it, so that many hubs do not come back as one. */
function probeAt(failures: number, { nowMs, jitter }: Calls): string {
  const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - FAILURES_TO_OPEN, 20))
  return instantAt(nowMs + Math.ceil(pause * (0.5 + jitter / 2)))
}

/** In how long what failed is due again: soon after the next probe, which is for whoever else is in line. */
export const afterNextProbe = ({ probe_at }: GovernorRow, nowMs: number): number =>
  Date.parse(probe_at!) - nowMs + STEP_BACK_MS

/** @param waits how long each lane was asked to wait, in milliseconds. @returns the row itself when nothing changes. */
export function pauseLanes(row: GovernorRow, waits: ReadonlyMap<string, number>, nowMs: number): GovernorRow {
  const longer = [...waits].filter(([lane, ms]) => ms > 0 && !isPaused(row, lane, nowMs + ms - 1))
  if (longer.length === 0) return row
  const standing = Object.entries(row.paused_until).filter(([lane]) => isPaused(row, lane, nowMs))
  const fresh = longer.map(([lane, ms]) => [lane, instantAt(nowMs + ms)])
  return { ...row, paused_until: Object.fromEntries([...standing, ...fresh]) as Record<string, string> }
}
