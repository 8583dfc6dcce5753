/** What the state of an order calls for by itself: a warehouse, the ERP, an invoice, its end. */
import type { Order } from '#canon/order.ts'
import type { Context } from '../decider.ts'
import type { ChannelPolicy, Policy } from '../policy.ts'
import { dayIn } from '#canon/day.ts'
import { editStep, isBeingEdited } from './edit.ts'
import { homeOf, leftByChannel, shippedByChannel } from './by-channel.ts'
import { evolve } from './evolve.ts'
import type { OrderEvent } from './order.ts'
import { holdStep } from './holds.ts'
import { isMoving } from './moving.ts'
import { headPool, routeWanted, sourcesBeside } from './route.ts'
import { saleDate } from './promises.ts'
import { screeningOf, screeningStep } from './screening.ts'
import type { OrderState } from './state.ts'
import { judge, OBSTACLES } from './validation.ts'

export function released(state: OrderState, order: Order, channel: ChannelPolicy | undefined): OrderEvent {
  const pool = headPool(state) || (channel ? homeOf(order, channel) : '')
  const sources = sourcesBeside(state, pool)
  const promise = saleDate(state)
  return {
    type: 'order.released', order, pool, ...(sources.length > 0 ? { sources } : {}), ...(promise && { promise }),
  } // prettier-ignore
}

export const invoiceRequest = (state: OrderState, order: Order, saleId: string, date: string): OrderEvent => ({
  type: 'order.invoiceRequested',
  order: { ...order, ...state.priced },
  saleId,
  date,
})

/** What the state itself calls for: hold back or release, invoice, complete. */
export function follow(before: OrderState, policy: Policy, context: Context): OrderEvent[] {
  const open = before.stage === 'placed' && !before.cancel && !before.releaseFailed
  const route = open ? routeWanted(before, policy, context.at) : null
  const events: OrderEvent[] = route ? [route] : []
  let state = route ? evolve(before, route) : before
  const screening = screen(state, policy, context)
  if (screening) {
    events.push(screening)
    state = evolve(state, screening)
  }
  for (let next = holds(state, policy, context); next.length > 0; next = holds(state, policy, context)) {
    events.push(...next)
    state = next.reduce(evolve, state)
  }
  return [...events, ...proceed(state, policy)]
}

function screen(state: OrderState, policy: Policy, context: Context): OrderEvent | null {
  const { order } = state
  const channel = order && policy.channels[order.channel]
  if (!channel || !screeningOf(policy, order.channel)) return null
  return screeningStep(state, judge(state, order, channel, policy), policy, context)
}

/** What has to be noted of the order's holds before it may go on. */
function holds(state: OrderState, policy: Policy, context: Context): OrderEvent[] {
  const { order, stage, onHold = [] } = state
  const channel = order && policy.channels[order.channel]
  if (!order || (onHold.length === 0 && (!policy.holds || stage !== 'placed'))) return []
  // A channel that left the policy: its holds stay as they are.
  const found = channel ? judge(state, order, channel, policy) : onHold.flatMap(({ reasons }) => reasons)
  return holdStep(state, found, policy, context)
}

function proceed(state: OrderState, policy: Policy): OrderEvent[] {
  const { order, cancel } = state
  if (!order || cancel) return []
  const channel = policy.channels[order.channel]
  if (!channel) return []
  if (state.stage === 'placed' && !state.releaseFailed) {
    const found = judge(state, order, channel, policy)
    if (found.length === 0) return [released(state, order, channel)]
    const exceptions = [...found, ...state.exceptions.filter(({ code }) => !(code in OBSTACLES))]
    const same = JSON.stringify(exceptions) === JSON.stringify(state.exceptions)
    return same ? [] : [{ type: 'order.heldBack', exceptions }]
  }
  if (state.stage !== 'confirmed' || !state.sale) return []
  const edit = editStep(state, channel)
  if (edit) return [edit, ...proceed(evolve(state, edit), policy)]
  if (isBeingEdited(state) || isMoving(state)) return []
  const left = leftByChannel(state)
  if (left) return [left, ...proceed(evolve(state, left), policy)]
  if (state.shipped !== 'all') {
    const shipped = shippedByChannel(order)
    return shipped ? [shipped, ...proceed(evolve(state, shipped), policy)] : []
  }
  if (state.invoice === 'none' && channel.invoice === 'when_shipped') {
    return [invoiceRequest(state, order, state.sale.saleId, dayIn(order.placedAt, channel.timeZone))]
  }
  const invoiced = typeof state.invoice === 'object' || channel.invoice === 'never'
  return invoiced && state.announced ? [{ type: 'order.completed' }] : []
}
