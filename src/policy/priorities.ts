/** Which work goes first. Lower numbers go first; stock and order confirmations before everything that can wait. */
import type { IntentType, Urgency } from '#core/intents.ts'

/**
 * Notes and answers finish what was begun, so they go before new deliveries. They share one priority because a stream
 * must hear them in the order they arose: an answer that overtook a note would speak of a stock the ledger has not
 * reached yet.
 */
export const NOTE_PRIORITY = 2
export const ANSWER_PRIORITY = NOTE_PRIORITY
export const HOOK_PRIORITY = 5
/** What feeds read is mostly known already. */
export const FEED_PRIORITY = 7

/** From here on work can wait for its hours: see windows.ts. */
export const BULK_PRIORITY = 6

/** With a step before or after it a single digit: by those the outbox finds what has waited longest. */
type Priority = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

const PRIORITIES: Readonly<Record<IntentType, Priority>> = {
  'sale.change': 1,
  'sale.cancel': 1,
  'order.accept': 1,
  'inventory.set': 2,
  'inventory.put': 2,
  'stock.read': 2,
  'inventory.read': 2,
  'sale.ensure': 3,
  'fulfilment.ensure': 4,
  'payment.void': 4,
  'payment.capture': 4,
  'payment.refund': 5,
  'parcel.track': 5,
  'label.ensure': 3,
  'label.void': 5,
  'delivery.label': 3,
  'refund.ensure': 5,
  'receipt.post': 5,
  'session.post': 6,
  'session.close': 6,
  'return.ensure': 4,
  'warehouseOrder.cancel': 1,
  'warehouseOrder.ensure': 3,
  'screening.ensure': 3,
  'delivery.ensure': 4,
  'invoice.ensure': 6,
  'credit.ensure': 6,
  'redemption.ensure': 6,
  'payout.book': 6,
  // Prices and withdrawals wait for no window, everything else of the catalogue does.
  'price.ensure': 5,
  'listing.withdraw': 5,
  'listing.ensure': 6,
  'customer.ensure': 7,
  'supply.ensure': 7,
  'supplyList.settle': 5,
}

/** What is pressing or calm goes a step before or after others of its kind, and never beyond its neighbours. */
const STEPS: Readonly<Record<Urgency, number>> = { pressing: -1, usual: 0, calm: 1 }

export const priorityOf = (type: IntentType, urgency: Urgency = 'usual'): number => PRIORITIES[type] + STEPS[urgency]
