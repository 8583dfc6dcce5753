/** What the simulated ShipBob has on its shelves: what may be sold, and what is promised to orders. */
import { API_VERSION } from '../limits.ts'
import type { Account } from './state.ts'

export function inventoryPage({ stored }: Account, query: URLSearchParams): object {
  const [size, from] = [Number(query.get('PageSize') ?? 50), Number(query.get('Cursor') ?? 0)]
  const promised = new Map<string, number>()
  for (const { shipments } of stored.orders.values())
    for (const { status, pieces } of shipments)
      for (const { sku, quantity } of status === 'Completed' || status === 'Cancelled' ? [] : pieces)
        promised.set(sku, (promised.get(sku) ?? 0) + quantity)
  const skus = Object.keys(stored.stock).sort()
  const items = skus.slice(from, from + size).map((sku, index) => {
    const [free, committed] = [Math.max(0, stored.stock[sku] ?? 0), promised.get(sku) ?? 0]
    return {
      inventory_id: from + index + 1, name: `A ${sku}`, sku, total_awaiting_quantity: 0, total_backordered_quantity: 0,
      total_committed_quantity: committed, total_exception_quantity: 0, total_fulfillable_quantity: free,
      total_internal_transfer_quantity: 0, total_on_hand_quantity: free + committed, total_sellable_quantity: free,
    } // prettier-ignore
  })
  const more = from + size < skus.length
  const next = more ? `/${API_VERSION}/inventory-level?PageSize=${size}&Cursor=${from + size}` : null
  return { first: null, items, last: null, next, prev: null }
}
