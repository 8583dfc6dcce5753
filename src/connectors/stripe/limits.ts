/** Stripe's limits and calendar as data. Sources: README.md. */

/** The version whose shapes the tests hold both ends against. */
export const API_VERSION = '2026-10-28.endive'

/** A signature older, or newer, than this is not taken. */
export const SIGNATURE_TOLERANCE_MS = 300_000

/** A webhook that fails is sent again over this time. */
export const HOOK_TRIED_MS = 3 * 86_400_000

/** Events can be listed for this long. */
export const EVENTS_KEPT_MS = 30 * 86_400_000

/** A key is remembered for at least this long, and the answer with it: also that of a 500. */
export const KEY_KEPT_MS = 24 * 3_600_000

/** How far back a feed reads again. */
export const FEED_OVERLAP_MS = 10 * 60_000

/** What can still change after so many days is read again by listing. */
export const LISTED_DAYS = {
  'payment_intents': 8,
  'charges': 8,
  'refunds': 35,
  'disputes': 120,
  'radar/early_fraud_warnings': 35,
} as const

export const PAGE = 100

/** Waited when Stripe says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 1_000

/** Requests a second: 100 in live mode and 25 in a sandbox; a quarter is left to others who use the account. */
export const REQUESTS_PER_SECOND = 18

export const BUCKET = 'api'
