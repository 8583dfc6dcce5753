/** Cancelling is no catch block: it looks at what was done and undoes exactly that. */
import type { Context } from '../decider.ts'
import type { Answer } from '../intents.ts'
import { stopMove } from './moving.ts'
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

/**
 * What a cancellation means in the order's present state. May come before the order itself. After a restore the ERP is
 * asked even about an order that, by our books, it never heard of.
 */
export function cancelEvents(state: OrderState, reason: string, at: string, { restored }: Context): OrderEvent[] {
  if (state.cancel) return []
  const unheard = state.stage === 'absent' || (state.stage === 'placed' && !state.releaseFailed)
  const untouched = unheard && !restored
  const end: OrderEvent = untouched
    ? { type: 'order.cancelled', reason, at }
    : { type: 'order.cancelRequested', reason, at }
  return [...stopMove(state), end]
}

/** The ERP has said what was there to cancel. */
export function settleCancel(state: OrderState, outcome: Answer<'sale.cancel'>['outcome'], at: string): OrderEvent[] {
  if (!state.cancel || state.cancel.done) return []
  if (outcome === 'cancelled' || outcome === 'absent')
    return [...stopMove(state), { type: 'order.cancelled', reason: state.cancel.reason, at }]
  const what = outcome === 'shipped' ? 'All of it had' : 'Part of it had'
  const detail = `The order was cancelled in the channel. ${what} left the warehouse already: arrange the return of those goods.`
  return [{ type: 'order.cancelRefused', outcome, detail }]
}
