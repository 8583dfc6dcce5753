/** What a person does about each exception an order can show. */
import { OBSTACLES } from '#core/order/validation.ts'

/** Exceptions that are no obstacles: something failed, or came too late. */
export const FAILURES: Readonly<Record<string, string>> = {
  release_failed: 'Mend what the message says in Odoo or in the channel, then retry.',
  cancel_failed: 'Retry; if it fails again, cancel the sale in Odoo by hand.',
  cancelled_after_shipment: 'Arrange the return of what has left the warehouse.',
  edited_after_release: 'Change the sale in Odoo by hand to match the order in the channel.',
  fulfilment_failed: 'Mend what the message says in the channel, then retry; the parcel itself is on its way.',
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
