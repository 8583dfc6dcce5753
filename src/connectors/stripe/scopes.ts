/** The permissions of a restricted key, each with its reason. */
export const SCOPES = {
  'PaymentIntents: write': 'Reading payments, capturing them and letting them go.',
  'Charges and Refunds: write': 'Reading what was charged and given back; giving money back.',
  'Disputes: read': 'Disputes and chargebacks.',
  'Radar: read': 'Early fraud warnings and reviews.',
  'Events: read': 'Catching up on what webhooks lost.',
  'Webhook Endpoints: write': 'Keeping the endpoint as it must be.',
  'Balance: read': 'Whether the key works at all.',
} as const
