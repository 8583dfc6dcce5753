/** What the hub asks of other systems, and what they answer, in plain words. One line each. */
import { formatMoney } from '#canon/money.ts'
import type { Answer, IntentType } from '#core/intents.ts'

interface IntentWords<T extends IntentType> {
  /** After `Asked Odoo to`, and `Odoo could not`. */
  ask: string
  /** After the system's name. */
  answer(answer: Answer<T>): string
}

export const INTENT_WORDS: { readonly [T in IntentType]: IntentWords<T> } = {
  'sale.ensure': { ask: 'create the sale order', answer: ({ saleName }) => `confirmed sale ${saleName}` },
  'sale.change': { ask: 'change the sale', answer: ({ outcome }) => CHANGE_WORDS[outcome] },
  'sale.cancel': { ask: 'cancel the sale', answer: ({ outcome }) => CANCEL_WORDS[outcome] },
  'invoice.ensure': { ask: 'create the invoice', answer: ({ number }) => `posted invoice ${number}` },
  'return.ensure': {
    ask: 'book what came back',
    answer: ({ deliveries }) => `booked what came back as ${deliveries.join(', ')}`,
  },
  'delivery.ensure': {
    ask: 'book what has left',
    answer: ({ deliveries }) => `booked it as ${deliveries.map(({ name }) => name).join(', ')}`,
  },
  'warehouseOrder.ensure': {
    ask: 'send the order',
    answer: ({ fulfillerOrderId, accepted }) =>
      `${accepted ? 'took the order on' : 'was sent the order'} as ${fulfillerOrderId}`,
  },
  'warehouseOrder.cancel': { ask: 'stop the order', answer: ({ outcome }) => STOP_WORDS[outcome] },
  'screening.ensure': {
    ask: 'screen the order',
    answer: ({ decision }) => (decision ? `says '${decision.action}': ${decision.reason}` : 'has not decided yet'),
  },
  'credit.ensure': { ask: 'create the credit note', answer: ({ number }) => `posted credit note ${number}` },
  'payout.book': { ask: 'book the payout', answer: ({ entries }) => `posted ${entries.join(', ')}` },
  'redemption.ensure': { ask: 'book what was paid', answer: ({ entry }) => `posted entry ${entry}` },
  'refund.ensure': { ask: 'give money back', answer: ({ refundId }) => `gave the money back as refund ${refundId}` },
  'customer.ensure': { ask: 'record the customer', answer: () => 'has the customer' },
  'stock.read': { ask: 'say what is free', answer: ({ free, onHand }) => `has ${free} free of ${onHand} on hand` },
  'inventory.set': {
    ask: 'show another stock',
    answer: (answer) =>
      answer.outcome === 'set' ? 'shows the new stock' : `had sold meanwhile and shows ${answer.available}`,
  },
  'inventory.put': {
    ask: 'show another stock',
    answer: ({ outcome }) => PUT_WORDS[outcome],
  },
  'order.accept': {
    ask: 'take note of what is accepted',
    answer: ({ outcome }) => ACCEPT_WORDS[outcome],
  },
  'inventory.read': { ask: 'say what it shows', answer: ({ available }) => `shows ${available}` },
  'listing.ensure': {
    ask: 'show the product as it should be',
    answer: ({ outcome }) => SHOWN_WORDS[outcome],
  },
  'price.ensure': {
    ask: 'show another price',
    answer: ({ outcome }) => SHOWN_WORDS[outcome],
  },
  'listing.withdraw': {
    ask: 'show the product no more',
    answer: ({ outcome }) => WITHDRAW_WORDS[outcome],
  },
  'fulfilment.ensure': { ask: 'note the parcel', answer: () => 'noted the parcel' },
  'receipt.post': { ask: 'take receipts', answer: ({ posted }) => `took ${posted.length} receipts` },
  'session.post': { ask: 'take the sum of a day', answer: ({ posted }) => `took the sum of ${posted.length} receipts` },
  'payment.capture': { ask: 'capture money', answer: ({ captured }) => `has captured ${captured} in all` },
  'payment.void': {
    ask: 'let the money go',
    answer: ({ captured }) => (captured > 0 ? 'had captured it already' : 'let the money go'),
  },
  'payment.refund': { ask: 'give money back', answer: ({ status }) => `has the refund as ${status}` },
  'parcel.track': { ask: 'follow the parcel', answer: () => 'follows the parcel' },
  'label.ensure': {
    ask: 'buy a label',
    answer: ({ carrier, service, cost }) => `sold a label of ${carrier} ${service} for ${formatMoney(cost)}`,
  },
  'label.void': {
    ask: 'take the label back',
    answer: ({ outcome, cost }) =>
      outcome === 'voided'
        ? `took the label back${cost ? ` for ${formatMoney(cost)}` : ''}`
        : 'did not take the label back',
  },
  'delivery.label': {
    ask: 'put the label at the delivery',
    answer: ({ outcome }) => (outcome === 'done' ? 'has it so' : 'had sent the delivery already'),
  },
  'supply.ensure': {
    ask: "record the supplier's offer",
    answer: ({ outcome }) => SUPPLY_WORDS[outcome],
  },
  'supplyList.settle': { ask: 'settle a list that waits', answer: ({ outcome }) => LIST_WORDS[outcome] },
  'session.close': {
    ask: 'close the session of a till',
    answer: ({ outcome }) => (outcome === 'closed' ? 'closed the session' : 'had no session to close'),
  },
}

const SUPPLY_WORDS = {
  set: 'has the offer so',
  absent: 'had no such offer to end',
  unknown: 'has no such product',
  ambiguous: 'has several such products',
  too_fine: 'would round the price',
} as const

const LIST_WORDS = {
  allowed: 'takes the list after all',
  dropped: 'put the list away',
  gone: 'had no such list any more',
} as const

const ACCEPT_WORDS = {
  accepted: 'has the order as accepted',
  refused: 'has the order as refused',
  lapsed: 'had refused the order by itself',
  whole_only: 'takes no decision by the line',
  void: 'has nothing to accept any more',
} as const

const PUT_WORDS = {
  set: 'shows the new stock',
  accepted: 'will show the new stock',
  unknown: 'may show the new stock: its answer was lost',
} as const

const SHOWN_WORDS = {
  shown: 'shows it so',
  accepted: 'took it, and will show it later',
  gone: 'does not list the product',
} as const

const WITHDRAW_WORDS = {
  accepted: 'took it, and will show it no more',
  hidden: 'shows the product no more',
  shared: 'closes it by its stock alone',
  gone: 'has no such product',
} as const

const STOP_WORDS = {
  cancelled: 'sends nothing more of the order',
  refused: 'could not stop the order any more',
  asked: 'was asked to stop the order',
} as const

const CHANGE_WORDS = {
  changed: 'changed the sale',
  shipped: 'had shipped what came off',
  picked: 'had packed what came off',
  invoiced: 'had invoiced the sale',
  other_goods: 'takes no other goods on a line',
  gone: 'had no such sale',
} as const

const CANCEL_WORDS = {
  cancelled: 'cancelled the sale',
  partly_shipped: 'had shipped a part already',
  shipped: 'had shipped everything already',
  absent: 'had no such sale',
} as const

export const askedTitle = (system: string, type: string): string => `Asked ${system} to ${wordsOf(type)?.ask ?? type}`
export const failedTitle = (system: string, type: string): string => `${system} could not ${wordsOf(type)?.ask ?? type}`

export function answeredTitle(system: string, type: string, answer: unknown): string {
  try {
    return `${system} ${wordsOf(type)!.answer(answer as never)}`
  } catch {
    return `${system} answered`
  }
}

const wordsOf = (type: string): IntentWords<IntentType> | undefined =>
  (INTENT_WORDS as unknown as Readonly<Record<string, IntentWords<IntentType>>>)[type]
