/** One offer of the seller, as a row of the merchant listings report or as a listings item says it. */
import type { ChannelListing } from '#canon/product.ts'
import { z } from 'zod'
import { instantOf } from './shape.ts'

export const listingRow = z.object({
  sku: z.string().trim().min(1).max(120),
  asin: z.string(),
  title: z.string(),
  /** `DEFAULT` for our own stock, else which of Amazon's networks ships it. */
  fulfilmentChannel: z.string(),
  /** Decimal text in the store's currency. */
  price: z.string().optional(),
  at: z.string(),
  deleted: z.boolean(),
})
export type ListingRow = z.infer<typeof listingRow>

/**
 * Offers that Amazon ships are not counted by us: writing a number of our own would make them merchant-fulfilled.
 * Amazon counts by SKU, so the SKU is what stock is set by.
 */
export const listingOf = (row: ListingRow, channel: string): ChannelListing => ({
  sku: row.sku,
  channel,
  productId: row.asin || row.sku,
  variantId: row.sku,
  inventoryItemId: row.sku,
  writes: 'later',
  title: row.title || row.sku,
  tracked: row.fulfilmentChannel === 'DEFAULT',
  ...(row.deleted ? {} : { shown: { title: row.title || row.sku, ...(row.price && { price: row.price }) } }),
  changedAt: instantOf(row.at, 'at'),
  deleted: row.deleted,
})

/** The columns of GET_MERCHANT_LISTINGS_ALL_DATA that are read; there are 29, and the order is not promised. */
const COLUMNS = {
  sku: 'seller-sku',
  asin: 'asin1',
  title: 'item-name',
  price: 'price',
  channel: 'fulfillment-channel',
} as const

/** The rows of the report that have a SKU. @param at when the report was made. */
export function rowsOf(report: string, at: string): ListingRow[] {
  const [head = '', ...lines] = report.replace(/^\uFEFF/, '').split(/\r?\n/)
  const names = head.split('\t').map((name) => name.trim().toLowerCase())
  const [sku, asin, title, price, channel] = Object.values(COLUMNS).map((name) => names.indexOf(name))
  return lines.flatMap((line) => {
    const cells = line.split('\t')
    const cell = (index: number | undefined): string => cells[index ?? -1]?.trim() ?? ''
    if (!cell(sku)) return []
    return [{
      sku: cell(sku), asin: cell(asin), title: cell(title), fulfilmentChannel: cell(channel) || 'DEFAULT', at,
      ...(cell(price) && { price: cell(price) }),
      deleted: false,
    }] // prettier-ignore
  })
}
