/** PayPal's limits and calendar as data. Sources: README.md. */

/** The versions of its resources the tests hold both ends against: orders and payments. */
export const API_VERSION = 'v2'

/** A webhook that fails is sent again over this time, up to 25 times. */
export const HOOK_TRIED_MS = 3 * 86_400_000

/** Events can be listed for this long. */
export const EVENTS_KEPT_MS = 30 * 86_400_000

/** A `PayPal-Request-Id` of the payments API is remembered for this long; after it only looking helps. */
export const PAYMENT_KEY_KEPT_MS = 45 * 86_400_000

/** So far the transaction search may lag behind. */
export const SEARCH_LAG_MS = 3 * 3_600_000
/** A search spans at most this. */
export const SEARCH_SPAN_MS = 31 * 86_400_000
/** What can still change is read again by the search: so far back a pass begins. */
export const SEARCH_OVERLAP_MS = 4 * 86_400_000
/** How far back the first pass of the search reads. */
export const SEARCH_FIRST_MS = 14 * 86_400_000
/** Transactions a page: each is read by itself, so few. */
export const SEARCH_PAGE = 50

/** How far back a feed reads again. */
export const FEED_OVERLAP_MS = 10 * 60_000

export const EVENTS_PAGE = 100
export const DISPUTES_PAGE = 50

/** PayPal publishes no number: it watches, and says 429. */
export const REQUESTS_PER_SECOND = 10
export const RETRY_AFTER_DEFAULT_MS = 5_000
export const BUCKET = 'api'

/** A token is renewed this long before it ends. */
export const TOKEN_MARGIN_MS = 60_000

export const CERT_HOSTS = [
  'api.paypal.com', 'api-m.paypal.com', 'api.sandbox.paypal.com', 'api-m.sandbox.paypal.com',
] as const // prettier-ignore
export const CERT_NAMES = [
  'messageverificationcerts.paypal.com', 'messageverificationcerts.sandbox.paypal.com',
] as const // prettier-ignore
/** Certificates kept; PayPal has a handful at a time. */
export const CERTS_KEPT = 20
/** After a certificate could not be had, it is not asked for again so long: forgers choose the URL. */
export const CERT_REFUSED_MS = 60_000
export const CERT_BYTES_MAX = 64 * 1024
