/** The roles the app needs at Amazon, each with its reason. */
export const SCOPES = {
  'Inventory and Order Tracking': 'Orders, their amounts, and what Amazon holds of our stock.',
  'Product Listing': 'Which SKU is offered, and publishing what may be sold.',
  'Direct-to-Consumer Shipping (Restricted)': 'Name and address of buyers whose orders we ship ourselves.',
  'Tax Invoicing (Restricted)': 'Tax of an order per line.',
  'Finance and Accounting': 'Settlement reports, only where they are read.',
} as const
