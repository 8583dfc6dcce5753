/** WooCommerce's one word for an order's state, and what it says of payment, wanting and the shelf. */
import type { Money } from '#canon/money.ts'
import type { PaymentStatus } from '#canon/order.ts'
import type { OrderBody } from './order-body.ts'

/** Not orders (yet): a cart in the checkout, or somebody's half-filled form. */
export const DRAFTS: ReadonlySet<string> = new Set(['checkout-draft', 'auto-draft', 'draft', 'new'])

/**
 * The payment each word stands for, when the shop noted one and when not. `on-hold` waits for a person or a bank even
 * when money was seen; `processing` without a payment is one on delivery. A failed payment may still be made good.
 */
const PAYMENT: Readonly<Record<string, { paid: PaymentStatus; unpaid: PaymentStatus }>> = {
  'pending': { paid: 'pending', unpaid: 'pending' },
  'on-hold': { paid: 'pending', unpaid: 'pending' },
  'processing': { paid: 'paid', unpaid: 'authorised' },
  'completed': { paid: 'paid', unpaid: 'authorised' },
  'cancelled': { paid: 'paid', unpaid: 'voided' },
  'refunded': { paid: 'refunded', unpaid: 'refunded' },
  'failed': { paid: 'expired', unpaid: 'expired' },
}

export const isKnown = (status: string): boolean => Object.hasOwn(PAYMENT, status)

/** Only a word of letters is repeated: it is shown to people. */
export const shownStatus = (status: string): string => (/^[a-z][a-z0-9_-]{0,40}$/.test(status) ? status : '?')

/** Nothing of it is wanted, whatever its lines say. */
export const isOff = (status: string): boolean => ['cancelled', 'failed', 'refunded'].includes(status)

/** A status of somebody's plugin counts as paid only when the shop noted a payment, and is told to people. */
export function paymentOf({ status, date_paid_gmt: paidAt }: OrderBody, total: Money, refunded: Money): PaymentStatus {
  const words = isKnown(status) ? PAYMENT[status]! : ({ paid: 'paid', unpaid: 'pending' } as const)
  const payment = paidAt ? words.paid : words.unpaid
  if (refunded.amount <= 0 || !['paid', 'authorised'].includes(payment)) return payment
  return refunded.amount >= total.amount ? 'refunded' : 'partly_refunded'
}
