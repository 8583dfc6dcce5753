/** Cancelling is no catch block: it looks at what was done and undoes exactly that. */
import type { Answer } from '../intents.ts'
import type { OrderEvent, OrderState } from './order.ts'

/** What a cancellation means in the order's present state. May come before the order itself. */
export function cancelEvents(state: OrderState, reason: string, at: string): OrderEvent[] {
  if (state.cancel) return []
  const untouched = state.stage === 'absent' || (state.stage === 'placed' && !state.releaseFailed)
  return [untouched ? { type: 'order.cancelled', reason, at } : { type: 'order.cancelRequested', reason, at }]
}

/** The ERP has said what was there to cancel. */
export function settleCancel(state: OrderState, outcome: Answer<'sale.cancel'>['outcome'], at: string): OrderEvent[] {
  if (!state.cancel || state.cancel.done) return []
  if (outcome === 'cancelled' || outcome === 'absent')
    return [{ type: 'order.cancelled', reason: state.cancel.reason, at }]
  const what = outcome === 'shipped' ? 'All of it had' : 'Part of it had'
  const detail = `The order was cancelled in the channel. ${what} left the warehouse already: arrange the return of those goods.`
  return [{ type: 'order.cancelRefused', outcome, detail }]
}
