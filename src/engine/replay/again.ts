/**
 * One message decided again, in memory: the same deciders and the same `react` as in a turn, and nothing is written.
 */
import { assert } from '#canon/assert.ts'
import type { Policy } from '#core/policy.ts'
import { type AnyDecider, deciders } from '#core/registry.ts'
import { kindOf } from '#core/streams.ts'
import { correlationOf } from '#core/summary.ts'
import type { InboxRow } from '#store/inbox.ts'
import type { Engine } from '../engine.ts'
import { record, type Written } from '../turn.ts'

export interface State {
  version: number
}

export interface Again extends Written {
  state: State
  /** Why nothing came of it; null when something did, or when there was nothing to do. */
  refused: string | null
}

export function deciderOf(stream: string): AnyDecider {
  const decider = deciders[kindOf(stream)]
  assert(decider, `no decider knows the stream ${stream}`)
  return decider
}

export const initialOf = (stream: string): State => deciderOf(stream).initial

/** Of a stored event: its type stands beside its data. */
export const evolveStored = (state: State, { stream, type, data }: { stream: string; type: string; data: unknown }) =>
  deciderOf(stream).evolve(state, { type, ...(data as object) })

export interface Asked {
  row: InboxRow
  stream: string
  command: { type: string }
  at: string
}

/** Throws what the decider throws: the message is then dead. */
export function decideAgain(engine: Engine, policy: Policy, before: State, { row, stream, command, at }: Asked): Again {
  const decider = deciderOf(stream)
  const written: Written = { events: [], intents: [], notes: [] }
  const context = { stream, at, messageKey: row.key, restored: engine.epoch > 0 }
  const decision = decider.decide(before, command, policy, context)
  if ('refused' in decision) return { ...written, state: before, refused: `${decision.refused}: ${decision.reason}` }
  // A delivery has its correlation only since it was decided.
  const known = row.kind === 'delivery' ? null : row.correlation
  const correlation = correlationOf(stream) ?? known ?? stream
  let state = before
  for (const event of decision) {
    state = decider.evolve(state, event)
    record(engine, { stream, row, correlation, at, event, state, decider }, written)
  }
  return { ...written, state, refused: null }
}
