/** A delivery in the hub's words. */
import type { ParcelScan, ParcelSeen, ParcelStatus } from '#canon/parcel.ts'
import type { Delivery } from './shape.ts'

const STATUSES: Readonly<Record<string, ParcelStatus>> = {
  pending: 'announced',
  pickup: 'announced',
  pickup_complete: 'in_transit',
  dropoff: 'out_for_delivery',
  delivered: 'delivered',
  canceled: 'failed',
  // A delivery of its own brings it back: that it is there is told of that one.
  returned: 'returning',
}

/** Of the way back: only its end says that the goods are there. */
const BACK: Readonly<Record<string, ParcelStatus>> = { delivered: 'returned', canceled: 'exception' }

/** The delivery that is brought back by this one; null when it is no way back. */
export const originalOf = ({ id, related_deliveries: related }: Delivery): string | null => {
  const original = related.find(({ relationship }) => relationship === 'original')
  return original && (id.startsWith('ret_') || id !== original.id) ? original.id : null
}

/** The courier had the goods. */
export const wasPickedUp = ({ status, pickup }: Delivery): boolean =>
  pickup?.status === 'completed' || ['pickup_complete', 'dropoff', 'delivered', 'returned'].includes(status)

/** No scan where the status is newer than this release. */
export function seenOf(one: Delivery): ParcelSeen {
  const at = one.updated ?? one.created
  if (originalOf(one)) return { scans: [{ status: BACK[one.status] ?? 'returning', at }] }
  const { pickup, dropoff, return: back, undeliverable_reason: reason } = one
  const scans: ParcelScan[] = [{ status: 'announced', at: one.created }]
  if (pickup?.status === 'completed' && pickup.status_timestamp)
    scans.push({ status: 'in_transit', at: pickup.status_timestamp })
  const status = Object.hasOwn(STATUSES, one.status) ? STATUSES[one.status] : undefined
  if (status === 'delivered') {
    const detail = proofOf(dropoff?.verification ?? [])
    scans.push({ status, at: dropoff?.status_timestamp ?? at, ...(detail ? { detail } : {}) })
  } else if (status) scans.push({ status, at, ...(reason ? { detail: reason } : {}) })
  if (back?.status === 'completed') scans.push({ status: 'returned', at: back.status_timestamp ?? at })
  const estimate = one.dropoff_eta && !one.complete ? { estimate: { deliverBy: one.dropoff_eta, at } } : {}
  return { scans, ...estimate }
}

/** Which proof of delivery can be had at Uber, by the delivery's id. */
const proofOf = (kinds: readonly string[]): string | undefined =>
  kinds.length > 0 ? `proof_of_delivery: ${kinds.join(', ')}` : undefined
