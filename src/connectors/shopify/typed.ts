/** Where customers and agents type in Shopify's orders, as webhooks and as the API write them. */
import type { TypedMembers } from '#canon/typed-text.ts'

export const TYPED: TypedMembers = new Set([
  'note', 'note_attributes', 'customAttributes', 'properties', 'tags', 'message', 'line_items.title',
  'line_items.name', 'lineItems.name', 'address1', 'address2', 'company', 'city', 'first_name', 'last_name',
  'firstName', 'lastName', 'customer.name', 'shipping_address.name', 'billing_address.name',
  'default_address.name', 'shippingAddress.name', 'billingAddress.name',
]) // prettier-ignore
