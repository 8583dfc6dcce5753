/** A person's action on an order as the command it is, and why it is refused. */
import { streams } from '#core/streams.ts'
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

/** @returns null when the hub knows no such order. */
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

const CURES: Readonly<Record<string, string>> = {
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
