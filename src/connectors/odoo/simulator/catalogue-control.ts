/** What users change about prices, images and categories of the simulated Odoo. */
import { createHash } from 'node:crypto'
import type { Row } from './database.ts'
import type { OdooSimulator } from './options.ts'
import type { World } from './world.ts'

export type ShelfControl = Pick<
  OdooSimulator,
  'addPriceRule' | 'changePriceRule' | 'dropPriceRule' | 'setImage' | 'setCategory'
>

/** @param run runs work as one transaction of now. */
export function shelfControl(
  { db }: World,
  run: <T>(work: () => T) => T,
  productOf: (sku: string) => Row,
): ShelfControl {
  const named = (model: string, name: string): Row => {
    for (const row of db.tables.get(model)!.rows.values()) if (row['name'] === name) return row
    throw new Error(`The simulated Odoo has no ${model} ${name}`)
  }
  const templateOf = (sku: string): Row => db.row('product.template', productOf(sku)['product_tmpl_id'] as number)!
  // What is written to a template moves its variants' stamp too.
  const touch = (sku: string): void => db.update('product.product', productOf(sku), {})
  const category = (name: string, parent?: string): Row => {
    for (const row of db.tables.get('product.category')!.rows.values()) if (row['name'] === name) return row
    const above = parent === undefined ? null : category(parent)
    const row = db.insert('product.category', { name, parent_id: above?.id ?? false })
    const complete = above ? `${String(above['complete_name'])} / ${name}` : name
    db.update('product.category', row, { complete_name: complete, parent_path: `${String(above?.['parent_path'] ?? '')}${row.id}/` }) // prettier-ignore
    return row
  }

  return {
    addPriceRule: (list, { sku, category: of, price, percent = 0, atLeast = 0, from, to }) =>
      run(() => {
        const kind = sku !== undefined ? '0_product_variant' : of !== undefined ? '2_product_category' : '3_global'
        return db.insert('product.pricelist.item', {
          pricelist_id: named('product.pricelist', list).id,
          applied_on: kind,
          product_id: sku === undefined ? false : productOf(sku).id,
          categ_id: of === undefined ? false : category(of).id,
          min_quantity: atLeast,
          compute_price: price === undefined ? 'percentage' : 'fixed',
          fixed_price: price ?? 0,
          percent_price: percent,
          base: 'list_price',
          date_start: from ?? false,
          date_end: to ?? false,
        }).id
      }),
    changePriceRule: (id, { price, percent }) =>
      run(() => {
        const change = {
          ...(price !== undefined && { fixed_price: price }),
          ...(percent !== undefined && { percent_price: percent }),
        }
        db.update('product.pricelist.item', db.row('product.pricelist.item', id)!, change)
      }),
    dropPriceRule: (id) => run(() => db.remove('product.pricelist.item', db.row('product.pricelist.item', id)!)),
    setImage: (sku, content) =>
      run(() => {
        const template = templateOf(sku)
        for (const id of db.where('ir.attachment', 'res_id', template.id))
          db.remove('ir.attachment', db.row('ir.attachment', id)!)
        const checksum = createHash('sha1')
          .update(content ?? '')
          .digest('hex')
        const owner = { res_model: 'product.template', res_field: 'image_1920', res_id: template.id }
        if (content !== null) db.insert('ir.attachment', { name: 'image_1920', ...owner, checksum })
        touch(sku)
      }),
    setCategory: (sku, name, parent) =>
      run(() => {
        db.update('product.template', templateOf(sku), { categ_id: category(name, parent).id })
        touch(sku)
      }),
  }
}
