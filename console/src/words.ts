/**
 * The hub's codes in plain words. What a code means in one case, and its cure, the API says itself where there is room
 * for it.
 */
import type {
  ConnectionFigures, DeadLetter, Difference, OrderLine, OrderStatusValue, ShadowOfConnection,
} from './types.ts' // prettier-ignore
import type { IntentType } from '../../src/core/intents.ts'
import type { OBSTACLES } from '../../src/core/order/validation.ts'

export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'info'
export interface Word {
  text: string
  tone: Tone
}

export const STATUSES: Readonly<Record<OrderStatusValue, Word>> = {
  waiting: { text: 'Waiting', tone: 'plain' },
  held_back: { text: 'Held back', tone: 'bad' },
  releasing: { text: 'Releasing', tone: 'info' },
  confirmed: { text: 'Confirmed', tone: 'info' },
  part_shipped: { text: 'Part shipped', tone: 'info' },
  shipped: { text: 'Shipped', tone: 'good' },
  invoiced: { text: 'Invoiced', tone: 'good' },
  completed: { text: 'Completed', tone: 'good' },
  cancelling: { text: 'Cancelling', tone: 'warn' },
  cancelled: { text: 'Cancelled', tone: 'plain' },
}

export const CONNECTION_STATES: Readonly<Record<ConnectionFigures['state'], Word>> = {
  ok: { text: 'Working', tone: 'good' },
  waiting: { text: 'Slow', tone: 'warn' },
  trouble: { text: 'Calls fail', tone: 'bad' },
  lost: { text: 'Cut off', tone: 'bad' },
}

/** What a connection's state means for the one who looks at it. */
export const STATE_SENTENCES: Readonly<Record<ConnectionFigures['state'], string>> = {
  ok: 'Nothing is late.',
  waiting: 'It asked us to slow down, or work is late. It catches up by itself.',
  trouble: 'Calls to it fail. They are tried again; look at the last trouble below.',
  lost: 'The other side has cut us off. Check the app there and its credentials.',
}

export const FINDING_WORDS: Readonly<Record<string, Word>> = {
  missed: { text: 'Missed', tone: 'bad' },
  unexpected: { text: 'Unexpected', tone: 'warn' },
  duplicate: { text: 'Twice', tone: 'bad' },
  stale: { text: 'Behind', tone: 'warn' },
  mismatched: { text: 'Differs', tone: 'warn' },
}

export const HOLDS: Readonly<Record<NonNullable<OrderLine['hold']>, Word>> = {
  asked: { text: 'Asking', tone: 'plain' },
  reserved: { text: 'Reserved', tone: 'good' },
  short: { text: 'Not enough', tone: 'bad' },
  unknown_sku: { text: 'SKU unknown', tone: 'bad' },
}

interface Reason {
  title: string
  /** The next step in a few words, for lists. */
  next: string
}

const OBSTACLE_REASONS: Readonly<Record<keyof typeof OBSTACLES, Reason>> = {
  nothing_wanted: { title: 'Nothing left to deliver', next: 'Cancel it in the channel' },
  customer_missing: { title: 'No customer', next: 'Add the customer in the channel' },
  address_missing: { title: 'No address', next: 'Add the delivery address in the channel' },
  payment_pending: { title: 'Not paid yet', next: 'Goes on when the payment arrives' },
  status_unknown: { title: 'Unknown status', next: 'Look at it in the channel' },
  tax_unknown: { title: 'Tax rate unknown', next: 'Add the rate in Odoo and to the policy' },
  shipping_unknown: { title: 'Shipping method unknown', next: 'Add the method to the policy' },
  sku_missing: { title: 'Line without SKU', next: 'Give the product a SKU, edit the order' },
  sku_unknown: { title: 'Odoo does not know the SKU', next: 'Create the product in Odoo' },
  location_unknown: { title: 'No warehouse for its location', next: 'Name its warehouse in the configuration' },
  location_split: { title: 'Several locations share a SKU', next: 'Move its pieces to one in the channel' },
  location_awaited: { title: 'Its location is awaited', next: 'Goes on when the channel says it' },
  stock_short: { title: 'Not enough stock', next: 'Receive goods or cancel the line' },
  stock_asked: { title: 'Stock is being asked for', next: 'Goes on by itself' },
  route_asked: { title: 'Warehouses are being asked', next: 'Goes on by itself' },
  acceptance_needed: { title: 'The channel asks first', next: 'Accept or refuse it in time' },
  payment_awaited: { title: 'Its payment is awaited', next: 'Goes on when the provider has the money' },
  payment_short: { title: 'Too little was paid', next: 'Ask for the rest, or take something off' },
  payment_currency: { title: 'Paid in another currency', next: 'Look at the payment at its provider' },
  payment_disputed: { title: 'The payment is disputed', next: 'Send evidence, or cancel the order' },
  screening_needed: { title: 'It is to be screened', next: 'Goes on when the screener has decided' },
  screening_awaited: { title: 'Its screening is awaited', next: 'Goes on when the screener has decided' },
  screening_failed: { title: 'It could not be screened', next: 'Look at the screener, or let it go' },
  screening_stopped: { title: 'The screener stopped it', next: 'Look at it there, then decide' },
  held_by_hand: { title: 'A person holds it', next: 'Let it go, or cancel it' },
  fraud_expected: { title: 'The provider expects fraud', next: 'Look at the payment, then decide' },
  fraud_review: { title: 'The payment is in review', next: 'Decide the review at the provider' },
  address_incomplete: { title: 'The address is not whole', next: 'Complete it in the channel' },
  price_differs: { title: 'The total does not add up', next: 'Compare it with the channel' },
  tax_differs: { title: 'The tax does not add up', next: 'Compare it with the channel' },
  credit_exceeded: { title: 'More than the usual credit', next: 'Decide whether it may go on' },
  channel_pool_missing: { title: 'No pool for this channel', next: 'Name its pool in the policy' },
}

const OTHER_REASONS: Readonly<Record<string, Reason>> = {
  release_failed: { title: 'Odoo refused the order', next: 'Put right what it names, then retry' },
  invoice_failed: { title: 'Odoo refused the invoice', next: 'Put right what it names, then retry' },
  invoice_differs: { title: 'Invoice differs from the order', next: 'Compare both totals, then retry' },
  cancel_failed: { title: 'Cancelling failed', next: 'Retry, or cancel the sale in Odoo' },
  cancelled_after_shipment: { title: 'Cancelled after it left', next: 'Ask for the parcel back or refund it' },
  parcel_delayed: { title: 'A parcel is late', next: 'Tell the customer, ask the carrier' },
  parcel_lost: { title: 'A parcel is lost', next: 'Claim it, send again or refund' },
  parcel_damaged: { title: 'A parcel is damaged', next: 'Claim it, send again or refund' },
  parcel_returning: { title: 'A parcel comes back', next: 'Ask for the right address' },
  parcel_returned: { title: 'A parcel came back', next: 'Receive it as a return' },
  parcel_failed: { title: 'The carrier gave a parcel up', next: 'Claim it, send again or refund' },
  parcel_untracked: { title: 'A parcel is not followed', next: 'Check its number and carrier' },
  label_failed: { title: 'No label was bought', next: 'Mend the address or the rules, then retry' },
  courier_failed: { title: 'No courier comes', next: 'Retry, or choose another carrier in the ERP' },
  label_not_voided: { title: 'A label was not taken back', next: 'Ask the carrier for the money' },
  label_not_shown: { title: 'A delivery lacks the number of its label', next: 'Mend it in the ERP, then retry' },
  fulfilment_failed: { title: 'The channel was not told of a parcel', next: 'Open the order and retry' },
  edited_after_release: { title: 'Edited after release', next: 'Do what the message says' },
  move_refused: { title: 'It was not moved', next: 'Choose another warehouse, or leave it' },
  sent_apart: { title: 'Not sent together', next: 'Leave it, or send them together again' },
  move_failed: { title: 'Moving it failed', next: 'Mend it in Odoo, then retry' },
  cancelled_by_clock: { title: 'Cancelled here by its clock', next: 'Cancel it in the channel too' },
  acceptance_by_hand: { title: 'A person has to accept it', next: 'Accept or refuse it in time' },
  acceptance_urgent: { title: 'The channel still has no answer', next: 'Accept or refuse it now' },
  acceptance_late: { title: 'The time to accept is over', next: 'Look at it in the channel' },
  acceptance_failed: { title: 'The channel could not be answered', next: 'Answer again, or do it there' },
  no_pool: { title: 'No warehouse may send it', next: 'Change the routing, or the lines of the order' },
}

/** A code the console has no words for is shown as it is, without its underscores. */
export function reasonOf(code: string): Reason {
  const known = { ...OTHER_REASONS, ...OBSTACLE_REASONS }[code]
  return known ?? { title: plain(code), next: 'Open the order to see what to do' }
}

/** `partly_paid` becomes `Partly paid`. */
export function plain(code: string): string {
  const text = code.replaceAll(/[._]/g, ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

export const CANCEL_REASONS = {
  staff: 'Our decision',
  customer: 'The customer asked',
  inventory: 'Not in stock',
  fraud: 'Fraud',
  declined: 'Payment declined',
  other: 'Something else',
} as const

export const DEAD_CLASSES: Readonly<Record<DeadLetter['class'], Word>> = {
  value: { text: 'Value', tone: 'warn' },
  missing: { text: 'Missing', tone: 'warn' },
  connection: { text: 'Connection', tone: 'bad' },
  intermittent: { text: 'Intermittent', tone: 'warn' },
  rate_limit: { text: 'Rate limit', tone: 'warn' },
  too_large: { text: 'Too large', tone: 'warn' },
  parse: { text: 'Shape', tone: 'warn' },
  duplicate: { text: 'Duplicate', tone: 'warn' },
  conflict: { text: 'Conflict', tone: 'warn' },
  permission: { text: 'Permission', tone: 'bad' },
  bug: { text: 'Fault of the hub', tone: 'bad' },
  unknown: { text: 'Unclassified', tone: 'plain' },
}

export const DEAD_STATES: Readonly<Record<DeadLetter['state'], Word>> = {
  open: { text: 'Open', tone: 'bad' },
  retrying: { text: 'Being retried', tone: 'info' },
  resolved: { text: 'Resolved', tone: 'good' },
}

export const DEAD_STEPS: Readonly<Record<DeadLetter['step'], string>> = {
  receive: 'when it arrived',
  translate: 'when its words were read',
  decide: 'when it was decided',
  call: 'when the other system was called',
}

/** What the hub asks of other systems, as a person would put it. */
const CALLS: Readonly<Record<IntentType, string>> = {
  'sale.ensure': 'Make the sale',
  'sale.change': 'Change the sale',
  'sale.cancel': 'Cancel the sale',
  'invoice.ensure': 'Make the invoice',
  'fulfilment.ensure': 'Tell of a parcel',
  'inventory.set': 'Set the stock',
  'inventory.read': 'Read the stock shown',
  'customer.ensure': 'Make the customer',
  'stock.read': 'Read the free stock',
  'inventory.put': 'Put the stock',
  'order.accept': 'Accept or refuse the order',
  'receipt.post': 'Post receipts',
  'session.post': 'Post a day of receipts',
  'session.close': 'Close the session',
  'delivery.ensure': 'Book what left',
  'warehouseOrder.ensure': 'Send the order to the warehouse',
  'screening.ensure': 'Screen the order',
  'warehouseOrder.cancel': 'Stop the order at the warehouse',
  'return.ensure': 'Book what came back',
  'credit.ensure': 'Make the credit note',
  'payout.book': 'Book the payout',
  'redemption.ensure': 'Book what was paid',
  'refund.ensure': 'Give money back',
  'listing.ensure': 'Show the product',
  'listing.withdraw': 'Show the product no more',
  'price.ensure': 'Show the price',
  'payment.capture': 'Capture the money',
  'payment.void': 'Let the money go',
  'payment.refund': 'Give money back',
  'parcel.track': 'Follow the parcel',
  'label.ensure': 'Buy a label',
  'label.void': 'Give the label back',
  'delivery.label': 'Put the label at the delivery',
  'supply.ensure': "Record the supplier's offer",
  'supplyList.settle': 'Settle a list that waits',
}
export const callOf = (type: string): string => (CALLS as Readonly<Record<string, string>>)[type] ?? plain(type)

/** How a person takes back what the hub cannot. */
const TAKEN_BACK: Readonly<Partial<Record<IntentType, string>>> = {
  'sale.ensure': 'It can only be cancelled in Odoo, not unmade.',
  'invoice.ensure': 'It can only be credited in Odoo.',
  'fulfilment.ensure': 'The customer may be told of it by e-mail.',
}
export const takenBackOf = (type: string): string =>
  (TAKEN_BACK as Readonly<Record<string, string>>)[type] ?? 'Look at it there first.'

export const DIFFERENCES: Readonly<Record<Difference['verdict'], Word & { means: string }>> = {
  different: { text: 'Differs', tone: 'warn', means: 'Would be different' },
  missing: { text: 'Gone', tone: 'bad', means: 'It happened, and would not today' },
  additional: { text: 'New', tone: 'info', means: 'It did not happen, and would today' },
}

export const SHADOW_VERDICTS: Readonly<Record<ShadowOfConnection['verdict'], Word>> = {
  'cut over': { text: 'May take over', tone: 'good' },
  'go on': { text: 'Go on comparing', tone: 'info' },
  'stop': { text: 'Must not take over', tone: 'bad' },
}
