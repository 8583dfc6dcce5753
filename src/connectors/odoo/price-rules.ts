/**
 * What one piece costs by a price list. No public method of Odoo says it, so its rules are applied here as Odoo applies
 * them: the most specific rule that holds for one piece today. A rule that builds on another list, or on cost, is not
 * computed: such a price is left out rather than guessed.
 */
import { z } from 'zod'
import { idOf, link } from './values.ts'

export const itemRow = z.object({
  id: z.number(),
  pricelist_id: link,
  applied_on: z.enum(['3_global', '2_product_category', '1_product', '0_product_variant']),
  product_id: link,
  product_tmpl_id: link,
  categ_id: link,
  min_quantity: z.number(),
  compute_price: z.enum(['fixed', 'percentage', 'formula']),
  fixed_price: z.number(),
  percent_price: z.number(),
  base: z.string(),
  date_start: z.union([z.string(), z.literal(false)]),
  date_end: z.union([z.string(), z.literal(false)]),
  write_date: z.string(),
})
export type PriceItem = z.infer<typeof itemRow>

export interface Priced {
  id: number
  templateId: number
  /** Its category and all above it. */
  categories: readonly number[]
  listPrice: number
}

/** @param now as Odoo writes moments. @returns null when there is no price to be had from this list. */
export function priceBy(
  items: readonly PriceItem[],
  product: Priced,
  now: string,
): { value: number; by: PriceItem | null } | null {
  const [rule = null] = items.filter((item) => applies(item, product, now)).sort(bySpecificity)
  if (!rule) return { value: product.listPrice, by: null }
  if (rule.compute_price === 'fixed') return { value: rule.fixed_price, by: rule }
  if (rule.compute_price === 'percentage' && rule.base === 'list_price')
    return { value: product.listPrice * (1 - rule.percent_price / 100), by: rule }
  return null
}

function applies(item: PriceItem, product: Priced, now: string): boolean {
  if (item.min_quantity > 1) return false
  if ((item.date_start && item.date_start > now) || (item.date_end && item.date_end < now)) return false
  return speaksOf(item, product)
}

/** Whenever it holds. */
export function speaksOf(item: PriceItem, { id, templateId, categories }: Priced): boolean {
  if (item.applied_on === '0_product_variant') return item.product_id !== false && item.product_id[0] === id
  if (item.applied_on === '1_product') return item.product_tmpl_id !== false && item.product_tmpl_id[0] === templateId
  if (item.applied_on === '2_product_category') return item.categ_id !== false && categories.includes(item.categ_id[0])
  return true
}

/** Odoo's own order of rules. */
const bySpecificity = (a: PriceItem, b: PriceItem): number =>
  a.applied_on.localeCompare(b.applied_on) ||
  b.min_quantity - a.min_quantity ||
  idOf(b.categ_id) - idOf(a.categ_id) ||
  b.id - a.id
