/** What the application must be allowed. */
export const SCOPES = {
  'eats.deliveries': 'Asking what a courier costs, sending and calling off couriers, reading where they are.',
} as const
