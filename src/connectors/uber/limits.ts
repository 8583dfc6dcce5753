/** Uber Direct's limits and calendar as data. Sources: README.md. */

/** The path every call begins with. */
export const API_VERSION = 'v1'

/** No number is published for production; the sandbox takes 200 calls in ten minutes. */
export const REQUESTS_PER_SECOND = 5

/** Calls at once, however slowly more may follow: a courier takes three. */
export const BURST_MIN = 8

/** Deliveries on a page. */
export const PAGE = 100

/** Pages looked through for one delivery that is under way, and for one that has ended. */
export const PAGES_MAX = 20
export const ENDED_PAGES_MAX = 5

/** Waited when Uber says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 10_000

/** So long at most, news whose webhook was lost is not known. */
export const LISTING_EVERY_MS = 120_000

/** Deliveries that were under way at the last look and are read one by one when they are not any more. */
export const OPEN_MAX = 2_000

/** A token is renewed this long before it ends; it lasts 30 days. */
export const TOKEN_MARGIN_MS = 300_000

export const BUCKET = 'api'
