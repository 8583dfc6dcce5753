/** What keeps orders of the tests' trading day from going on, in the words of the API. */

export const CODES = [
  'stock_short',
  'sku_unknown',
  'address_missing',
  'release_failed',
  'invoice_failed',
  'tax_unknown',
] as const
export const SENTENCES: Readonly<Record<(typeof CODES)[number], string>> = {
  stock_short: 'Not enough of MUG-BLUE-330.',
  sku_unknown: 'The ERP does not know LAMP-OAK-L.',
  address_missing: 'There are goods to ship and no address.',
  release_failed: 'Odoo: the fiscal position of the customer is archived.',
  invoice_failed: 'Odoo: the journal is locked until 30 November.',
  tax_unknown: "Tax rate '0.07' is not known.",
}
