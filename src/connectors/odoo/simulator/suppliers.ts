/** Vendor price lists: what Odoo fills in, and what it believes of them. */
import type { Row } from './database.ts'
import type { SupplierOfferBelief } from './options.ts'
import type { Behaviour, World } from './world.ts'

export const suppliers: Record<string, Behaviour> = {
  'product.supplierinfo': {
    defaults({ db }, values) {
      const product = db.row('product.product', values['product_id'] as number)
      if (product && !values['product_tmpl_id']) values['product_tmpl_id'] = product['product_tmpl_id']!
      values['company_id'] ??= 1
      values['currency_id'] ??= db.row('res.company', 1)!['currency_id']!
      values['delay'] ??= 1
      values['sequence'] ??= 1
    },
    display: ({ db }, row) => String(db.row('res.partner', row['partner_id'] as number)?.['name'] ?? ''),
  },
}

export function supplierOffers(world: World): SupplierOfferBelief[] {
  const { db } = world
  const textOf = (row: Row, field: string) => (row[field] || null) as string | null
  return [...db.tables.get('product.supplierinfo')!.rows.values()].map((row) => {
    const product = db.row('product.product', row['product_id'] as number)
    return {
      supplier: String(db.row('res.partner', row['partner_id'] as number)!['name']),
      sku: product ? String(product['default_code']) : null,
      article: textOf(row, 'product_code'),
      minQuantity: row['min_qty'] as number,
      price: row['price'] as number,
      currency: String(db.row('res.currency', row['currency_id'] as number)!['name']),
      leadDays: row['delay'] as number,
      until: textOf(row, 'date_end'),
    }
  })
}
