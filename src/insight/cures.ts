/** What a person does about each exception an order can show. */
import { OBSTACLES } from '#core/order/validation.ts'
import { DEAD_CLASSES, type DeadClass } from '#policy/dead-classes.ts'

/** Exceptions that are no obstacles: something failed, or came too late. */
export const FAILURES: Readonly<Record<string, string>> = {
  release_failed: 'Mend what the message says in Odoo or in the channel, then retry.',
  cancel_failed: 'Retry; if it fails again, cancel the sale in Odoo by hand.',
  cancelled_after_shipment: 'Arrange the return of what has left the warehouse.',
  cancelled_by_clock: 'Cancel it in the channel and give the money back there; then this goes away.',
  edited_after_release: 'Change the sale in Odoo by hand to match the order in the channel.',
  fulfilment_failed: 'Mend what the message says in the channel, then retry; the parcel itself is on its way.',
  no_pool:
    'Change the routing of the channel or the lines of the order; it is looked for again when the order changes.',
  delivery_failed: 'Mend what the message says in Odoo, or validate the delivery there; then retry.',
  return_failed: 'Mend what the message says in Odoo, then retry.',
  return_refused: 'Compare the pieces with what was shipped; enter the return anew with the right ones.',
  credit_failed: 'Mend what the message says in Odoo, then retry.',
  refund_beyond_invoice: 'Find out in the channel why so much was given back, and credit it in Odoo by hand.',
  refund_changed: 'Compare the refund in the channel with its credit note in Odoo, and correct the credit note.',
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
