/** What would be said to a person's wish about a held order, before it is written down. */
import type { Refused } from '#core/decider.ts'
import { type HoldCommand, respondToPerson } from '#core/order/holds.ts'
import type { OrderState } from '#core/order/state.ts'
import { type Engine, nowOf } from './engine.ts'

/** @returns null when it would be done, as things stand. What is decided in the turn counts. */
export function holdRefusal(engine: Engine, stream: string, state: OrderState, command: HoldCommand): Refused | null {
  const said = respondToPerson(state, command, engine.policy, { stream, at: nowOf(engine), messageKey: 'preview' })
  return 'refused' in said ? said : null
}
