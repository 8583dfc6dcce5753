/** The permissions the app needs in the shop, each with its reason. */
export const SCOPES = {
  read_orders: 'Orders are what the hub is for.',
  read_customers: 'The buyer of an order becomes a contact in the ERP.',
  read_products: 'Which SKU is which variant.',
  read_inventory: 'What the shop can sell right now.',
  write_inventory: 'Publishing what the shop may sell.',
  read_locations: 'Which place sells from which warehouse.',
  read_merchant_managed_fulfillment_orders: 'What of an order is still to be fulfilled.',
  write_merchant_managed_fulfillment_orders: 'Telling the shop, and so the customer, what was shipped.',
} as const

/** Needed only once the hub writes what the shop shows of products. */
export const CATALOGUE_SCOPES = {
  write_products: 'Prices, barcodes and the like, where policy.catalogue is on.',
} as const

/** Needed only where the hub gives money back through the shop. */
export const REFUND_SCOPES = {
  write_orders: 'Giving money back, where returns.refund goes through the channel.',
} as const

/** Needed only where the shop's own payments are read: `payments`. */
export const PAYMENTS_SCOPES = {
  read_shopify_payments_payouts: 'What was paid out, and the movements it is made of.',
  read_shopify_payments_disputes: 'Chargebacks, and until when evidence is heard.',
} as const
