/** A parcel as its carrier sees it, in the hub's words. */
import { z } from 'zod'
import { instant } from './primitives.ts'

/**
 * `announced`: the carrier knows of it and has not seen it. `exception`: it does not move, and the carrier says why.
 * `failed`: the carrier has given it up.
 */
export const PARCEL_STATUSES = [
  'announced', 'in_transit', 'exception', 'out_for_delivery', 'awaits_collection', 'damaged', 'returning', 'failed', 'returned', 'delivered',
] as const // prettier-ignore
export type ParcelStatus = (typeof PARCEL_STATUSES)[number]

/** What a person can have to settle about a parcel. */
export const PARCEL_CASES = ['delayed', 'lost', 'damaged', 'returning', 'returned', 'failed', 'untracked'] as const

/** One scan: what was so, at a moment of the carrier's clock. */
export const parcelScan = z.object({
  status: z.enum(PARCEL_STATUSES),
  at: instant,
  /** The carrier's own word for it, such as `held_for_pickup`. Never a name or an address. */
  detail: z.string().max(100).optional(),
})
export type ParcelScan = z.infer<typeof parcelScan>

/** What one piece of news says. Scans only ever add up, so the order of the news decides nothing. */
export const parcelSeen = z.object({
  scans: z.array(parcelScan).max(500),
  /** When the carrier means to deliver, as it said at `estimatedAt`. */
  estimate: z.object({ deliverBy: instant, at: instant }).optional(),
})
export type ParcelSeen = z.infer<typeof parcelSeen>
