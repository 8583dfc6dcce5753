/** Items of the catalogue, and what they mean to the hub: a listing per variation that has a SKU. */
import type { ObserveListing } from '#core/commands.ts'
import { streams } from '#core/streams.ts'
import type { Message } from '../kit/connector.ts'
import type { Item, Variation } from './shapes.ts'
import { shownOf } from './shown.ts'

/** To `item/<channel>/<variation>`: which SKU it counts. */
export interface BindItem {
  type: 'item.bind'
  sku: string
  variantId: string
  productId: string
}

/** To `listing/<channel>/<item>`: the SKUs the item has now; one that was there before and is missing was deleted. */
export type ObserveItem =
  | { type: 'listing.observe'; skus: string[]; at: string }
  | { type: 'listing.deleted'; at: string }

/** @param locations those that are ours: whether a variation is counted may differ by location. */
export function listingMessages(item: Item, channel: string, locations: readonly string[]): Message[] {
  const { id: productId, updated_at: at } = item
  const stream = `listing/${channel}/${productId}`
  const gone: ObserveItem = { type: 'listing.deleted', at }
  // What is archived is sold no more and can be taken up again.
  if (item.is_deleted || !item.item_data) return [{ stream, command: gone }]
  const variations = item.item_data.variations.flatMap((one) => {
    const sku = one.item_variation_data?.sku?.trim()
    return sku && !one.is_deleted ? [{ id: one.id, sku, one }] : []
  })
  const listed = variations.flatMap(({ id, sku, one }): Message[] => {
    const bind: BindItem = { type: 'item.bind', sku, variantId: id, productId }
    const shown = shownOf(item, one)
    const tracked = isTracked(one, locations)
    const observe: ObserveListing = {
      type: 'product.observeListing',
      listing: {
        sku,
        channel,
        productId,
        variantId: id,
        inventoryItemId: id,
        title: shown.title!,
        tracked,
        writes: 'plain',
        shown,
        changedAt: at,
        deleted: false,
      },
    }
    return [
      { stream: streams.product(sku), command: observe },
      { stream: `item/${channel}/${id}`, command: bind },
    ]
  })
  const whole: ObserveItem = { type: 'listing.observe', skus: variations.map(({ sku }) => sku), at }
  return [...listed, { stream, command: whole }]
}

/** Counted at all of our locations: where it is not, it sells without a number. */
export function isTracked({ item_variation_data: data }: Variation, locations: readonly string[]): boolean {
  if (data?.stockable === false) return false
  const at = (location: string) =>
    data?.location_overrides.find((one) => one.location_id === location)?.track_inventory ?? data?.track_inventory
  return locations.length === 0 ? data?.track_inventory === true : locations.every((location) => at(location) === true)
}
