/** What it takes to undo each kind of call: what a replay asks before it does it, and what an undo does about it. */
import type { IntentType } from '#core/intents.ts'

export interface Undoing {
  /** Doing it needs somebody's word first: it cannot be taken back as if it had never been. */
  irreversible: boolean
  /**
   * `order`: cancelling the order undoes what can be undone. `stock`: the ledger reads everything anew and decides
   * anew. `person`: nobody but a person can. `nothing`: it changed nothing that matters.
   */
  by: 'order' | 'stock' | 'person' | 'nothing'
  /** For a person: what to do by hand. */
  cure: string
}

export const UNDOING: Readonly<Record<IntentType, Undoing>> = {
  'sale.ensure': { irreversible: true, by: 'order', cure: 'Cancel the sale in the ERP.' },
  'sale.change': { irreversible: false, by: 'person', cure: 'The sale was changed: change it back in the channel or there.' },
  'sale.cancel': { irreversible: false, by: 'person', cure: 'The sale was cancelled: enter it anew if it is still wanted.' },
  'invoice.ensure': { irreversible: true, by: 'person', cure: 'Credit the invoice in the ERP.' },
  'return.ensure': { irreversible: true, by: 'person', cure: 'Deliver the pieces again in the ERP, or correct the count.' },
  'credit.ensure': { irreversible: true, by: 'person', cure: 'Reverse the credit note in the ERP.' },
  'payout.book': { irreversible: true, by: 'person', cure: 'Reverse the entries in the ERP.' },
  'redemption.ensure': { irreversible: true, by: 'person', cure: 'Reverse the entry in the ERP.' },
  'delivery.ensure': { irreversible: true, by: 'person', cure: 'Take the pieces back in the ERP as a return of that delivery.' },
  'warehouseOrder.ensure': { irreversible: true, by: 'order', cure: 'Cancel the order there before it is picked.' },
  'warehouseOrder.cancel': { irreversible: true, by: 'person', cure: 'Send the order there again by hand.' },
  'screening.ensure': { irreversible: true, by: 'nothing', cure: 'The screener knows the order: close its case there.' },
  'fulfilment.ensure': { irreversible: true, by: 'person', cure: 'Cancel the fulfilment in the channel; its customer may know of it.' },
  'inventory.set': { irreversible: false, by: 'stock', cure: 'Correct what the channel shows.' },
  'inventory.put': { irreversible: false, by: 'stock', cure: 'Correct what the channel shows.' },
  'order.accept': { irreversible: true, by: 'person', cure: 'Cancel the order on the marketplace, or call the marketplace.' },
  'listing.ensure': { irreversible: false, by: 'person', cure: 'Correct what the channel shows of the product.' },
  'price.ensure': { irreversible: false, by: 'person', cure: 'Correct the price in the channel.' },
  'listing.withdraw': { irreversible: false, by: 'person', cure: 'Put the product on show again in the channel.' },
  'customer.ensure': { irreversible: false, by: 'nothing', cure: 'A customer too many does no harm.' },
  'receipt.post': { irreversible: true, by: 'person', cure: 'Refund the till order in the ERP.' },
  'session.post': { irreversible: true, by: 'person', cure: 'Refund the till order in the ERP.' },
  'session.close': { irreversible: true, by: 'person', cure: 'Reverse the closing entry in the ERP.' },
  'payment.capture': { irreversible: true, by: 'person', cure: 'Refund the payment.' },
  'payment.void': { irreversible: true, by: 'person', cure: 'Ask the customer to pay again.' },
  'payment.refund': { irreversible: true, by: 'person', cure: 'Cancel the refund at the provider while it is pending; else ask the customer.' },
  'parcel.track': { irreversible: false, by: 'nothing', cure: 'A parcel that is followed does no harm.' },
  'supply.ensure': { irreversible: false, by: 'person', cure: "Correct the supplier's price list in the ERP." },
  'supplyList.settle': { irreversible: false, by: 'nothing', cure: 'The next list of the supplier says what is right.' },
  'label.ensure': { irreversible: true, by: 'person', cure: 'Give the label back where it was bought, before it is scanned.' },
  'label.void': { irreversible: true, by: 'person', cure: 'Buy a label again.' },
  'delivery.label': { irreversible: false, by: 'person', cure: 'Take the number off the delivery in the ERP.' },
  'refund.ensure': { irreversible: true, by: 'person', cure: 'The customer has the money: ask for it, or charge it anew.' },
  'stock.read': { irreversible: false, by: 'nothing', cure: '' },
  'inventory.read': { irreversible: false, by: 'nothing', cure: '' },
} // prettier-ignore

export const undoingOf = (type: string): Undoing =>
  (UNDOING as Readonly<Record<string, Undoing>>)[type] ?? {
    irreversible: true,
    by: 'person',
    cure: 'Look at it there.',
  }
