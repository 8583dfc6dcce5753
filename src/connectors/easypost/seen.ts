/** A tracker in the hub's words. */
import type { ParcelScan, ParcelSeen, ParcelStatus } from '#canon/parcel.ts'
import type { Tracker } from './shape.ts'

const STATUSES: Readonly<Record<string, ParcelStatus>> = {
  pre_transit: 'announced',
  in_transit: 'in_transit',
  out_for_delivery: 'out_for_delivery',
  available_for_pickup: 'awaits_collection',
  delivered: 'delivered',
  return_to_sender: 'returning',
  failure: 'failed',
  cancelled: 'failed',
}

/** Details that say more than their status. */
const DETAILS: Readonly<Record<string, ParcelStatus>> = {
  damaged: 'damaged',
  lost: 'failed',
  delivery_exception: 'exception',
  transit_exception: 'exception',
  unable_to_deliver: 'exception',
  held: 'exception',
  refused: 'returning',
}

const SCANS_MAX = 500

/** @returns null where EasyPost does not know itself: `unknown`, `error`, and words newer than this release. */
function statusOf(status: string, detail: string): ParcelStatus | null {
  // There is there: a scan that it was damaged on the way stands beside it.
  const known = Object.hasOwn(STATUSES, status) ? STATUSES[status]! : null
  if (known === 'delivered' || known === 'returning') return known
  return Object.hasOwn(DETAILS, detail) ? DETAILS[detail]! : known
}

export function seenOf(one: Tracker): ParcelSeen {
  const scans: ParcelScan[] = []
  const add = (status: string, detail: string, at: string) => {
    const known = statusOf(status, detail)
    if (known) scans.push({ status: known, at, ...(detail === '' ? {} : { detail }) })
  }
  for (const { status, status_detail: detail, datetime } of one.tracking_details)
    if (status && datetime) add(status, detail ?? '', datetime)
  scans.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  // Its own word, where no scan says so: a new tracker has none, and EasyPost gives some up by itself.
  if (statusOf(one.status, one.status_detail ?? '') !== scans.at(-1)?.status)
    add(one.status, one.status_detail ?? '', one.updated_at)
  const back = scans.findIndex(({ status }) => status === 'returning')
  // What is delivered after it turned round was delivered to the sender.
  const read = scans.map((scan, at) => (back >= 0 && at > back && scan.status === 'delivered' ? returned(scan) : scan))
  const { est_delivery_date: deliverBy, updated_at: at } = one
  return { scans: read.slice(-SCANS_MAX), ...(deliverBy ? { estimate: { deliverBy, at } } : {}) }
}

const returned = (scan: ParcelScan): ParcelScan => ({ ...scan, status: 'returned' })
