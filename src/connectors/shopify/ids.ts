/**
 * Shopify names one thing in two ways: `gid://shopify/Order/1` in GraphQL, `1` everywhere else. The hub keeps the
 * number, as text.
 */

export type GidKind =
  | 'Order'
  | 'LineItem'
  | 'ShippingLine'
  | 'Customer'
  | 'Product'
  | 'ProductVariant'
  | 'InventoryItem'
  | 'InventoryLevel'
  | 'Location'
  | 'Fulfillment'
  | 'FulfillmentOrder'
  | 'FulfillmentOrderLineItem'
  | 'FulfillmentLineItem'
  | 'Refund'
  | 'OrderTransaction'
  | 'WebhookSubscription'

/** The GraphQL id; what is one already stays as it is. */
export const gid = (kind: GidKind, id: string | number): string =>
  String(id).startsWith('gid://') ? String(id) : `gid://shopify/${kind}/${id}`

/** The number at the end of a GraphQL id, as text: `gid://shopify/ShippingLine/7?x=1` gives `7`. */
export const numberOf = (id: string): string => {
  const tail = id.slice(id.lastIndexOf('/') + 1)
  const query = tail.indexOf('?')
  return query < 0 ? tail : tail.slice(0, query)
}
