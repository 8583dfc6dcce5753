/** WooCommerce keys know three permissions for everything; the hub needs the widest. */
export const SCOPES = {
  read_write: 'Orders and products are read; stock, notes of parcels and webhooks are written. A key can do no less.',
} as const
