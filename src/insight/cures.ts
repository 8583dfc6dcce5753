/** What a person does about each exception an order can show. */
import { OBSTACLES } from '#core/order/validation.ts'
import { DEAD_CLASSES, type DeadClass } from '#policy/dead-classes.ts'

/** Exceptions that are no obstacles: something failed, or came too late. */
export const FAILURES: Readonly<Record<string, string>> = {
  release_failed: 'Mend what the message says in Odoo or in the channel, then retry.',
  cancel_failed: 'Retry; if it fails again, cancel the sale in Odoo by hand.',
  cancelled_after_shipment: 'Arrange the return of what has left the warehouse.',
  cancelled_by_clock: 'Cancel it in the channel and give the money back there; then this goes away.',
  edited_after_release: 'Do what the message says: the change was not made in Odoo, or not yet.',
  move_refused:
    'Choose another warehouse, or leave it: it is sent from where it was, unless the message says otherwise.',
  sent_apart:
    'Nothing, when each may be sent by itself; else send them together again. Buy a label by hand where it says so.',
  move_failed: 'Mend what the message says in Odoo, then retry; both warehouses keep the goods until then.',
  fulfilment_failed: 'Mend what the message says in the channel, then retry; the parcel itself is on its way.',
  warehouse_failed: 'Mend what the message says, then retry; it is sent only once.',
  warehouse_refused: 'Mend what the warehouse says and retry, or cancel the order in the channel.',
  warehouse_address: 'Send the order to the warehouse by hand; the channel gave no address.',
  warehouse_hold: 'Do what the warehouse says it waits for; it goes on by itself.',
  promise_late: 'Tell the customer the new day, or cancel the line; this goes away when the goods are here.',
  promise_lost:
    'Tell the customer, and cancel the line or order the goods anew; this goes away when some are expected.',
  label_failed: 'Mend what the message says (address, funds, services in the policy), then: crossdock labels retry.',
  courier_failed:
    'Retry (crossdock labels retry), or give the delivery another carrier in the ERP, or bring it yourself.',
  label_not_voided: 'Ask for the money at the carrier by hand; before another label is needed, buy it by hand.',
  label_not_shown: 'Mend what the message says in the ERP, then: crossdock labels retry.',
  warehouse_silent: 'Ask the warehouse whether it has the order; this goes away when it says so.',
  warehouse_late: 'Ask the warehouse when it leaves, and tell the customer; this goes away when all of it has left.',
  warehouse_cancelled: 'Find out why the warehouse cancelled it; then cancel the order, or send it from elsewhere.',
  short_picked: 'Send the missing pieces from elsewhere or take them off the order; the ERP keeps them as a backorder.',
  substituted: 'Correct the count of both SKUs in the ERP.',
  packing_differs: 'Ask the warehouse which of the two is right; what left is booked, and how it was packed is not.',
  parcel_refused: 'Compare the parcel with the order at the warehouse; book what left in the ERP by hand.',
  delivery_failed: 'Mend what the message says in Odoo, then retry; the channel hears of the parcel after that.',
  no_pool:
    'Change the routing of the channel or the lines of the order; it is looked for again when the order changes.',
  channel_delivery_failed: 'Mend what the message says in Odoo, then retry.',
  return_failed: 'Mend what the message says in Odoo, then retry.',
  return_refused: 'Compare the pieces with what was shipped; enter the return anew with the right ones.',
  credit_failed: 'Mend what the message says in Odoo, then retry.',
  refund_beyond_invoice: 'Find out in the channel why so much was given back, and credit it in Odoo by hand.',
  refund_refused: 'Read why; ask for another amount, or give it in the channel or at the provider by hand.',
  refund_failed: 'Give the money in another way, under a new name.',
  refund_unknown: 'Look whether it was given; then ask again for it, which gives it once.',
  refund_came_back: 'Give the money again, which keeps its credit note; or reverse the credit note in Odoo.',
  return_reason_unknown: "Name the reason under returns.reasons of the channel's policy.",
  refund_changed: 'Compare the refund in the channel with its credit note in Odoo, and correct the credit note.',
  parcel_delayed: 'Tell the customer and ask the carrier; then settle it: crossdock parcels settle.',
  parcel_lost: 'Claim it with the carrier; send the goods again or refund them; then settle it.',
  parcel_damaged: 'Claim it with the carrier; send the goods again or refund them; then settle it.',
  parcel_returning: 'Ask the customer for the right address, and expect the goods; then settle it.',
  parcel_returned: 'Receive the goods as a return; send them again or refund them; then settle it.',
  parcel_failed: 'Claim it with the carrier; send the goods again or refund them; then settle it.',
  parcel_untracked: 'Check number and carrier of the delivery, then ask again: crossdock parcels retry.',
  card_number:
    'Take it out of the order in the channel, and tell whoever typed it; then this goes away. Nothing waits for it.',
  fraud_warned: 'Decide before the goods leave: cancel the order in the channel, or let it go.',
  authorisation_ends: 'Ship and capture before it runs out, capture by hand, or ask the customer to pay again.',
  evidence_due: 'Send evidence to the provider, or accept the dispute there.',
  chargeback: 'Book the chargeback, with its fee, against the invoice of the order.',
  redemption_failed: 'Mend what the message says in Odoo, then retry; or book the payment against the invoice by hand.',
  capture_failed: 'Look at the payment at its provider; capture it there, or ask the customer to pay in another way.',
  void_failed: 'Let the payment go at its provider by hand.',
  invoice_failed: 'Mend what the message says in Odoo, then retry.',
}

export interface Cure {
  cure: string
  /** It resolves without a person. */
  waits: boolean
}

export function cureOf(code: string): Cure {
  if (code in OBSTACLES) return OBSTACLES[code as keyof typeof OBSTACLES]
  return { cure: FAILURES[code] ?? 'Read the message, mend the cause, then retry.', waits: false }
}

/** The next best action for faults that say more than their class; by code, without the vendor's prefix. */
export const NEXT_BY_CODE: Readonly<Record<string, string>> = {
  tax_unknown: 'Create the tax rate in Odoo, or correct it in the channel; then retry.',
  sku_unknown: 'Create the product in Odoo with this SKU, then retry.',
  sku_ambiguous: 'Two products in Odoo have this SKU: archive one, then retry.',
  currency_unknown: "Create a price list in the order's currency in Odoo, then retry.",
  warehouse_unknown: 'Correct the warehouse code in the policy, or create the warehouse in Odoo; then retry.',
  invoice_differs: 'Compare both totals and their taxes, correct the sale or the draft in Odoo, then retry.',
  external_id_unknown: 'A record the hub made was deleted in Odoo: retry, it is looked up anew.',
  nothing_to_invoice: 'See in Odoo whether it was invoiced by hand already; then resolve, or retry.',
  fulfilment_refused:
    'Look at the order in the channel: was it fulfilled or cancelled by hand? Then resolve, or retry.',
  access_denied: 'Check the credentials of this connection: crossdock doctor says what is missing. Then retry.',
  connection_unknown: 'Put the connection back into the configuration, then retry; or resolve it.',
  not_json: 'Look who sends this to the address of the webhook. Give the right body, or resolve it.',
}

/** What a person does next about a dead letter. */
export function nextAction(named: string, code: string): string {
  const bare = code.slice(code.indexOf('.') + 1)
  const known = Object.hasOwn(NEXT_BY_CODE, bare) ? NEXT_BY_CODE[bare] : undefined
  return known ?? (DEAD_CLASSES[named as DeadClass] ?? DEAD_CLASSES.unknown).next
}
