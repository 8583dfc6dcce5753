/** What left the warehouse against what the channel was told, with the hub's parcels in the middle. */
import type { Sql } from '#store/database.ts'
import { ordersNamed, shipmentsNamed } from '#store/reconcile-books.ts'
import { fulfilmentStreamOf, orderStreamOf } from './books.ts'
import type { Difference, FindingKind } from './definition.ts'

export async function explainShipments(sql: Sql, differences: readonly Difference[]): Promise<Difference[]> {
  const keys = differences.map(({ key }) => key)
  const parcels = new Map((await shipmentsNamed(sql, keys.map(fulfilmentStreamOf))).map((row) => [row.stream, row]))
  const orders = new Map((await ordersNamed(sql, keys.map(orderStreamOf))).map((row) => [row.stream, row]))
  return differences.filter(({ kind, key, left, right }) => {
    const order = orders.get(orderStreamOf(key))
    if (order?.excepted) return false
    // A gift card is fulfilled by the channel itself.
    if (kind === 'unexpected') return !order?.unshipped
    const known = parcels.get(fulfilmentStreamOf(key))
    if (kind === 'duplicate' || !known) return true
    // Its parcel is not known yet: its news was lost.
    if (known.parcels < Number(left[0]?.also?.['parcels'] ?? 0)) return true
    if (known.stopped || known.unannounced > 0) return false
    // Gifts and samples that the warehouse added are no business of the channel.
    return known.pieces !== Number(right[0]?.fields['pieces'] ?? 0)
  })
}

export function shipmentCure(kind: FindingKind): string {
  switch (kind) {
    case 'missed':
      return 'The channel does not know that goods have left. The delivery is handed in by itself; if it stays, fulfil the order in the channel by hand.'
    case 'unexpected':
      return 'The channel says goods have left and the ERP does not. If somebody fulfilled it by hand there, validate the delivery in the ERP.'
    case 'duplicate':
      return 'One side lists the order twice: run the comparison again.'
    case 'stale':
    case 'mismatched':
      return 'Another number of pieces has left than the channel was told. The delivery is handed in by itself; if it stays, compare both by hand.'
  }
}
