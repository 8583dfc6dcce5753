/** Which work goes first. Lower numbers go first; stock and order confirmations before everything that can wait. */
import type { IntentType } from '#core/intents.ts'

/** Notes finish what was begun, so they go before new deliveries. */
export const NOTE_PRIORITY = 3
export const ANSWER_PRIORITY = 2
export const HOOK_PRIORITY = 5
/** What feeds read is mostly known already. */
export const FEED_PRIORITY = 7

const PRIORITIES: Readonly<Record<IntentType, number>> = {
  'sale.cancel': 1,
  'inventory.set': 2,
  'stock.read': 2,
  'inventory.read': 2,
  'sale.ensure': 3,
  'fulfilment.ensure': 4,
  'invoice.ensure': 6,
  'customer.ensure': 7,
}

export const priorityOf = (type: IntentType): number => PRIORITIES[type]
