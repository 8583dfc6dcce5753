/** What an item of the catalogue and one of its variations show to customers. */
import { formatMoney } from '#canon/money.ts'
import type { ShownListing } from '#canon/product.ts'
import type { Item, Variation } from './shapes.ts'

export const TAXED: Readonly<Record<string, boolean>> = { taxable: true, exempt: false }

export function shownOf(item: Item, { item_variation_data: own }: Variation): ShownListing {
  const price = own?.price_money
  return {
    title: titleOf(item.item_data?.name, own?.name),
    ...(price ? { price: formatMoney(price) } : {}),
    barcode: own?.upc ?? '',
    taxClass: item.item_data?.is_taxable === false ? 'exempt' : 'taxable',
    status: item.item_data?.is_archived ? 'hidden' : 'active',
  }
}

/** Square calls the one variation of an item so. */
export const titleOf = (item: string | null | undefined, variation: string | null | undefined): string =>
  [item ?? '', ...(variation && variation !== 'Regular' ? [variation] : [])].filter(Boolean).join(' - ')
