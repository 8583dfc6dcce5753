/** Square's limits and calendar as data. Sources: README.md. */

/** The latest version whose official contract the tests hold both ends against. */
export const API_VERSION = '2025-08-20'

/** A webhook that fails is sent again over this time; it usually comes within a minute of what it tells of. */
export const HOOK_TRIED_MS = 24 * 3_600_000

/** Their lists are eventually consistent by "several seconds": what happened this long ago is listed. */
export const FEED_SETTLE_MS = 60_000

/** How far back a feed reads again. */
export const FEED_OVERLAP_MS = 3 * 60_000

/** Events can be searched for this long. */
export const EVENTS_KEPT_MS = 28 * 86_400_000

/** One search names at most so many locations. */
export const LOCATIONS_PER_SEARCH = 10

/** One retrieval names at most so many orders. */
export const ORDERS_PER_RETRIEVE = 100

/** How many sales one page of a feed reads whole: each costs a call per payment. */
export const SALES_PER_READ = 8

export const SEARCH_PAGE = 100

/** How many items one call changes. Square takes a thousand objects in a batch; an item counts with its variations. */
export const ITEMS_PER_CHANGE = 100

/** Longest idempotency key of an inventory change. */
export const KEY_LENGTH_MAX = 128

/** Waited when Square says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 2_000

/** Square publishes no rates; this is what `requestsPerSecond` is unless said. */
export const REQUESTS_PER_SECOND = 10

export const BUCKET = 'api'

/** Tills without a line hand in their sales within this time, says the vendor. */
export const OFFLINE_MS = 72 * 3_600_000
