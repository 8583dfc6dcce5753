/**
 * Which shelves a line was taken from. Shopify's fulfilment orders say which place serves how many pieces, whatever was
 * sent of them. Pieces taken off before they were sent are in none any more: back on the shelf where they had been, or
 * (`no_restock`) off it for good. Pieces that were sent and came back are on the shelf that the refund names.
 */
import type { OrderLine } from '#canon/order.ts'
import type { LineDraft, PlaceDraft, RemovedDraft } from './order-draft.ts'

type Shelves = NonNullable<OrderLine['shelves']>

export function shelvesOf(line: LineDraft, places: readonly PlaceDraft[], taken: readonly RemovedDraft[]): Shelves {
  const pieces = new Map<string, number>()
  for (const { lineId, locationId, quantity } of places)
    if (lineId === line.id) pieces.set(locationId, (pieces.get(locationId) ?? 0) + quantity)
  const removed = (kind: string) => taken.filter(({ restockType }) => restockType?.toLowerCase() === kind)
  const offShelf = new Map(pieces)
  const add = (locationId: string, quantity: number) =>
    offShelf.set(locationId, (offShelf.get(locationId) ?? 0) + quantity)
  const [first] = pieces.keys()
  for (const { locationId = first, quantity } of removed('return'))
    if (locationId !== undefined) add(locationId, -quantity)
  // Nobody says where pieces lay that went for good. A line lies in one place unless people have moved a part of it.
  const gone = line.quantity - countOf(removed('cancel')) - [...pieces.values()].reduce((all, one) => all + one, 0)
  const lost = Math.min(Math.max(0, gone), countOf(removed('no_restock')))
  if (first !== undefined && lost > 0) add(first, lost)
  let left = line.currentQuantity
  return [...offShelf]
    .map(([locationId, off]) => {
      const quantity = Math.min(left, pieces.get(locationId) ?? 0)
      left -= quantity
      return { locationId, quantity, offShelf: off }
    })
    .filter(({ quantity, offShelf: off }) => quantity > 0 || off !== 0)
    .sort((a, b) => (a.locationId < b.locationId ? -1 : 1))
}

const countOf = (removed: readonly RemovedDraft[]): number => removed.reduce((all, { quantity }) => all + quantity, 0)
