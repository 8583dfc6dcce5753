/** The permissions of the access token, each with its reason. */
export const SCOPES = {
  MERCHANT_PROFILE_READ: 'Locations with their time zones: a sale belongs to a day of its store.',
  ORDERS_READ: 'What was sold, at the counter and online.',
  ORDERS_WRITE: 'Telling Square, and so the customer, what was shipped or is ready.',
  PAYMENTS_READ: 'How it was paid, and whether without a line.',
  PAYMENTS_WRITE: 'Giving money back, where the policy lets the hub do so.',
  ITEMS_READ: 'Which SKU is which variation.',
  ITEMS_WRITE: 'Prices, names and what is for sale, where the hub writes the catalogue.',
  INVENTORY_READ: 'What Square believes is in stock.',
  INVENTORY_WRITE: 'Publishing what may be sold.',
} as const
