/** Kits in a real Odoo, made as its people make them. */
import type { OdooServer, Rpc } from './server.ts'

/** Installs manufacturing where it is not yet there, as an administrator does in Apps. */
export async function ensureManufacturing({ call, search }: Rpc): Promise<void> {
  const domain = [['name', 'in', ['mrp', 'sale_mrp']], ['state', '!=', 'installed']] // prettier-ignore
  const missing = await search('ir.module.module', domain, [])
  if (missing.length > 0) await call('ir.module.module', 'button_immediate_install', [missing.map(({ id }) => id)])
}

export interface KitPlan {
  sku: string
  name: string
  /** In dollars. */
  price: number
  parts: Readonly<Record<string, number>>
}

export async function idsOf({ search }: Rpc, skus: readonly string[]): Promise<Record<string, number>> {
  const rows = await search('product.product', [['default_code', 'in', skus]], ['default_code'])
  return Object.fromEntries(rows.map((row) => [String(row['default_code']), row.id]))
}

/** @returns the bill of materials. */
export async function addKit({ rpc }: OdooServer, { sku, name, price, parts }: KitPlan): Promise<number> {
  const ids = await idsOf(rpc, Object.keys(parts))
  const values = { name, default_code: sku, type: 'consu', list_price: price, invoice_policy: 'order', taxes_id: [[6, 0, []]] } // prettier-ignore
  const product = await rpc.call('product.product', 'create', [values])
  const [row] = await rpc.search('product.product', [['id', '=', product]], ['product_tmpl_id'])
  const lines = Object.entries(parts).map(([part, quantity]) => [
    0,
    0,
    { product_id: ids[part], product_qty: quantity },
  ])
  const bom = { product_tmpl_id: row!['product_tmpl_id'], type: 'phantom', bom_line_ids: lines }
  return (await rpc.call('mrp.bom', 'create', [bom])) as number
}

/** A product in variants of one attribute. @returns them in the order of their values, each with its own. */
export async function addVariants({ call, search }: Rpc, name: string, values: readonly string[]) {
  const value_ids = values.map((one) => [0, 0, { name: one }])
  const attribute = await call('product.attribute', 'create', [{ name, create_variant: 'always', value_ids }])
  const ids = (await search('product.attribute.value', [['attribute_id', '=', attribute]], [])).map(({ id }) => id)
  const line = { attribute_id: attribute, value_ids: [[6, 0, ids]] }
  const product = { name, type: 'consu', attribute_line_ids: [[0, 0, line]] }
  const template = (await call('product.template', 'create', [product])) as number
  const field = 'product_template_attribute_value_ids'
  const rows = await search('product.product', [['product_tmpl_id', '=', template]], [field])
  return { template, variants: rows.map((row) => ({ id: row.id, value: (row[field] as number[])[0]! })) }
}
