/** WooCommerce's limits as data. Sources: README.md. The vendor has no rate limit; hosts and firewalls do. */

/** Routes `/wp-json/wc/v3`; read and measured on WooCommerce 8.9.3, 10.5.0 and 11.0.1. v3 has no announced end. */
export const API_VERSION = 'wc/v3'
export const API_ROOT = '/wp-json/wc/v3'

/** More is refused with 400. */
export const PER_PAGE_MAX = 100
/** Items of a batch; more is refused. Fewer here: a batch is worked off one by one at about 0.1 s each. */
export const BATCH_SIZE = 20

/**
 * An order is saved first and its stock taken afterwards in the same request, without another `date_modified`. PHP
 * gives a request 30 s unless told otherwise: what was changed longer ago than this is settled.
 */
export const SETTLE_MS = 30_000

export const ORDERS_EVERY_MS = 30_000
export const PRODUCTS_EVERY_MS = 5 * 60_000
/** A changed variation does not always touch its product: everything is read again this often. */
export const PRODUCTS_SWEEP_MS = 6 * 3_600_000
export const ORDERS_PER_READ = 50
export const PRODUCTS_PER_READ = 20

/** A signed request counts for so long; older ones are refused. */
export const OAUTH_WINDOW_MS = 15 * 60_000

/** There is no second try of a webhook. The queue that sends them may wait this long in a quiet shop. */
export const HOOK_TRIED_MS = 60 * 60_000
/** The webhook is disabled by the failure after this many in a row are counted. */
export const HOOK_FAILURES_MAX = 5

/** A write whose answer was lost may still be under way over there; by then the server has ended it. */
export const ZOMBIE_MS = 60_000

/** Waited when told to slow down without being told for how long. */
export const RETRY_AFTER_DEFAULT_MS = 5_000

/** Calls at once: a small host has a handful of PHP workers, and customers need them too. */
export const CONCURRENCY = 3

/** WooCommerce knows no locations: everything is in one place. Policy names it by this. */
export const LOCATION = 'shop'

/** What a product without a number can sell, as far as the ledger is concerned: more than anybody has. */
export const UNCOUNTED = 1_000_000
