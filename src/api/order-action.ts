/** A person's action on an order as the command it is, and why it is refused. */
import type { MergeRefusal } from '#core/order/merge.ts'
import type { MoveRefusal } from '#core/order/move.ts'
import { parseOrderRef, streams } from '#core/streams.ts'
import type { Action } from '#engine/action.ts'
import type { Engine } from '#engine/engine.ts'
import { knowsOrder } from '#insight/orders.ts'
import { refundable } from '#insight/returns.ts'
import type { OrderAction } from './contract-actions.ts'
import { HOLD_CURES } from './hold-tell.ts'

interface Place {
  channel: string
  externalId: string
}

/** @returns null when the hub knows no such order, or not one of those it names. */
export async function actionOf(engine: Engine, place: Place, action: OrderAction): Promise<Action | null> {
  const { channel, externalId } = place
  if (!(await knowsOrder(engine.database, channel, externalId))) return null
  const stream = streams.order(channel, externalId)
  switch (action.do) {
    case 'cancel':
      return { stream, command: (at) => as('order.cancel', { reason: action.reason, at }) }
    case 'hold': {
      const { do: _, ...hold } = action
      return { stream, command: () => as('order.hold', hold) }
    }
    case 'release': {
      const { do: _, ...release } = action
      return { stream, command: () => as('order.releaseHold', release) }
    }
    case 'retry':
    case 'resend':
      return { stream, command: () => ({ type: `order.${action.do}` }) }
    case 'reroute':
    case 'split': {
      const { do: what, ...move } = action
      return { stream, command: () => as('order.reroute', { ...move, ...(what === 'split' ? { part: true } : {}) }) }
    }
    case 'merge': {
      const { do: _, ...merge } = action
      for (const ref of merge.with) {
        const other = parseOrderRef(ref)
        if (!other || !(await knowsOrder(engine.database, other.channel, other.externalId))) return null
      }
      return { stream, command: () => as('order.merge', merge) }
    }
    case 'unmerge': {
      const { do: _, ...unmerge } = action
      return { stream, command: () => as('order.unmerge', unmerge) }
    }
    case 'return': {
      const { do: _, ...request } = action
      return { stream, command: () => as('order.askBack', { request: { type: 'return.ask', ...request } }) }
    }
    case 'refund': {
      const { do: _, whole, ...said } = action
      const left = whole ? await refundable(engine.database, engine.policy, channel, externalId) : null
      const request = { type: 'refund.give', ...said, ...(left ? { lines: [], amount: left } : {}) }
      return { stream, command: () => as('order.askBack', { request }) }
    }
  }
}

const as = <T extends object>(type: string, more: T) => ({ type, ...more })

const MOVE_CURES: Readonly<Record<MoveRefusal, string>> = {
  order_closed: 'Look at the order: nothing of it will leave.',
  by_channel: 'Ask the channel to send it from elsewhere.',
  pool_unknown: 'Name a warehouse that a channel sells or sends from.',
  move_open: 'Wait until that is done.',
  still_asking: 'Wait a moment, and look again.',
  everything_left: 'Let the goods come back, or leave it.',
  invoiced: 'Credit and sell anew, or leave it.',
  being_changed: 'Wait until the change is carried over, or mend what it says.',
  sku_not_in_order: 'Name a SKU as the order shows it.',
  divided_by_channel: 'Move the pieces in the channel, or wait until the ERP has the sale.',
  home_let_go: 'Wait until the ERP has the sale, then move it.',
  nothing_stays: 'Name fewer SKUs, or move all of it.',
  handed_over: 'Choose other goods or another warehouse, or call the warehouse that has them.',
}

const MERGE_CURES: Readonly<Record<MergeRefusal, string>> = {
  ...MOVE_CURES,
  not_together: 'Look at the order: it may have fallen out of its parcel.',
  too_late: 'Call the warehouse: what has not left needs a label by hand.',
  same_order: 'Name other orders.',
  already_together: 'Take it out of its parcel first, or name the order that leads.',
  sent_by_channel: 'Ask the channel to send them together.',
  something_left: 'Leave it: what is still there is sent by itself.',
  sent_by_others: 'Call the warehouse that has it, or have the goods leave from one of yours.',
  no_address: 'Wait until the channel tells where it goes.',
  several_places: 'Move its goods to one warehouse first.',
  no_labels: 'Combine the deliveries in the ERP, or let the hub buy the labels of that warehouse.',
  other_buyer: 'Send them by themselves: one person’s goods do not go to another.',
  other_address: 'Change the address in the channel first, where the buyer wants that.',
  other_place: 'Move the goods of one of them to the warehouse of the other first.',
}

const CURES: Readonly<Record<string, string>> = {
  ...MERGE_CURES,
  short: 'Choose a warehouse that has them, or fewer SKUs.',
  unknown_sku: 'Choose a warehouse that the ERP counts these goods in.',
  nothing_to_retry: 'Leave it, or resend what was done.',
  nothing_to_resend: 'Wait until something has left.',
  ...HOLD_CURES,
  nothing_to_do: 'Look at the order: what was wanted may have been done meanwhile.',
  refunds_by_hand: 'Give it back in the channel, or name in its policy how the hub gives money back.',
  no_store_credit: 'Give it back through the channel, or take the reason out of returns.refund.storeCreditFor.',
  beyond_captured: 'Give back no more than is left; the payments of the order say what was captured.',
  currency_differs: 'Name the amount in the currency of the order.',
  amount_not_positive: 'Name lines or an amount above nothing.',
  line_unknown: 'Name a line as the order shows it.',
  more_than_bought: 'Take fewer pieces: the money of the others is back already.',
  more_than_left: 'Take fewer pieces: only what has left, and is not back, can come back.',
  request_differs: 'Take another name for this refund.',
}

export const cureOfAction = (code: string): string => CURES[code] ?? 'Look at the order again.'
