/** The features of the REST app, each with its reason. */
export const SCOPES = {
  'Accept payments': 'Reading orders and payments, capturing them, letting them go and giving money back.',
  'Customer disputes': 'Disputes and chargebacks.',
  'Transaction search': 'Catching up on what webhooks lost.',
  'Webhooks': 'Keeping the webhook as it must be, and listing events.',
} as const
