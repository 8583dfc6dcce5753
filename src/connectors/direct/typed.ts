/** Where people type in an order that is handed in. */
import type { TypedMembers } from '#canon/typed-text.ts'

export const TYPED: TypedMembers = new Set([
  'note', 'tags', 'cancelled.reason', 'lines.title', 'shipping.title', 'customer.name',
  'contact.name', 'shippingAddress.name', 'billingAddress.name', 'company', 'street', 'street2', 'city',
]) // prettier-ignore
