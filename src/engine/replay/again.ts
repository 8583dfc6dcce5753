/**
 * One message decided again, in memory: the same deciders and the same `react` as in a turn, and nothing is written.
 */
import { assert } from '#canon/assert.ts'
import type { Policy } from '#core/policy.ts'
import { type AnyDecider, deciders } from '#core/registry.ts'
import { kindOf } from '#core/streams.ts'
import { correlationOf } from '#core/summary.ts'
import type { Engine } from '../engine.ts'
import { decide, type Decided, type Said, type State } from '../decide.ts'

export function deciderOf(stream: string): AnyDecider {
  const decider = deciders[kindOf(stream)]
  assert(decider, `no decider knows the stream ${stream}`)
  return decider
}

export const initialOf = (stream: string): State => deciderOf(stream).initial

/** Of a stored event: its type stands beside its data. */
export const evolveStored = (state: State, { stream, type, data }: { stream: string; type: string; data: unknown }) =>
  deciderOf(stream).evolve(state, { type, ...(data as object) })

export type Asked = Omit<Said, 'correlation'>

/** Throws what the decider throws: the message is then dead. */
export function decideAgain(engine: Engine, policy: Policy, before: State, asked: Asked): Decided {
  const { row, stream } = asked
  // A delivery has its correlation only since it was decided.
  const known = row.kind === 'delivery' ? null : row.correlation
  const correlation = correlationOf(stream) ?? known ?? stream
  return decide(engine, policy, { decider: deciderOf(stream), state: before }, { ...asked, correlation })
}
