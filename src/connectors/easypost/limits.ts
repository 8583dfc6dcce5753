/** EasyPost's limits and calendar as data. Sources: README.md. */

/** The path every call begins with. */
export const API_VERSION = 'v2'

/** EasyPost names no number: it asks to slow down with 429. */
export const REQUESTS_PER_SECOND = 5

/** The most a page holds. */
export const PAGE = 100

/** Waited when EasyPost says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 5_000

/** An hour at most passes until news whose webhook was lost is known. */
export const LISTING_EVERY_MS = 3_600_000

/** Calls at once, however slowly more may follow. */
export const BURST_MIN = 8

/** A webhook that fails is sent again for this long at most, before the endpoint is switched off. */
export const HOOK_TRIED_MS = 86_400_000

export const BUCKET = 'api'
