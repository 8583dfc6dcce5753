/** ShipBob's limits and calendar as data. Sources: README.md. */

/** The dated version of the API, which is part of every path. */
export const API_VERSION = '2026-01'

/** 150 calls in any minute; a fifth is left to others who use the account. */
export const CALLS_PER_MINUTE = 150
export const BUCKET = 'api'
export const LIMIT = { burst: 20, perSecond: 1.6 } as const

/** Waited when ShipBob says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 10_000

/** A signature older, or newer, than this is not taken: what Standard Webhooks recommends. */
export const SIGNATURE_TOLERANCE_MS = 300_000

/** How far back a feed reads again. */
export const FEED_OVERLAP_MS = 10 * 60_000
export const PAGE = 100

/** A webhook that fails is sent again for at least so long; how long is not documented. */
export const HOOK_TRIED_MS = 24 * 3_600_000

export const TOPICS = [
  'order.shipped',
  'order.shipment.exception',
  'order.shipment.on_hold',
  'order.shipment.cancelled',
  'return.completed',
] as const
