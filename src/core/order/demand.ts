/** What an order needs from stock: pieces per SKU, summed over its lines, in a fixed order. */
import type { Order } from '#canon/order.ts'

export interface Demand {
  sku: string
  quantity: number
}

/** @param of what is wanted, or what the channel itself put back on sale. */
export function demandOf({ lines }: Order, of: 'quantity' | 'restocked' = 'quantity'): Demand[] {
  const pieces = new Map<string, number>()
  for (const line of lines) {
    if (line.sku === null || !line.requiresShipping || line.giftCard) continue
    const more = line[of]
    if (more > 0) pieces.set(line.sku, (pieces.get(line.sku) ?? 0) + more)
  }
  return [...pieces].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}
