/** Shopify's limits and calendar as data. Sources: README.md. */

export const API_VERSION = '2026-10'
/** Versions are supported for twelve months; afterwards requests silently fall forward to the oldest supported one. */
export const API_END_OF_LIFE = '2027-10-01'

/** A query may not be priced above this, however full the bucket is. */
export const QUERY_COST_MAX = 1_000

/** A webhook must be answered within this time in all; connecting may take one second of it. */
export const HOOK_DEADLINE_MS = 5_000

/** A webhook that fails is sent again over this time; then its subscription is deleted. */
export const HOOK_TRIED_MS = 4 * 3_600_000

/** A token is renewed this long before it ends; tokens live about a day. */
export const TOKEN_RENEW_AHEAD_MS = 10 * 60_000

/** How far back a feed reads again, because their search index trails the data. */
export const FEED_OVERLAP_MS = 3 * 60_000

/**
 * Their clock counts whole seconds, so an order read in the second of its change may change again unseen. One read
 * within this time of its change is read once more.
 */
export const FEED_SETTLE_MS = 30_000

/** How many orders one detail request reads, so that its price stays far below the largest allowed. */
export const ORDERS_PER_READ = 5

/** Waited when Shopify says 429 without saying how long. */
export const RETRY_AFTER_DEFAULT_MS = 1_000

/** All calls of one app to one shop are paid from one bucket. */
export const BUCKET = 'query'

/** How it stands before the first answer says it: the smallest plan's. */
export const BUDGETS = { [BUCKET]: { burst: 2_000, perSecond: 100 } } as const

/**
 * What each document asks for before anything was learnt, by its name; a test holds it against the documents. The first
 * answer corrects it.
 */
export const PRICES: Readonly<Record<string, number>> = {
  CheckUp: 105,
  CreateFulfilment: 13,
  CreateRefund: 13,
  ReadPaid: 251,
  CreateSubscription: 13,
  DeleteSubscription: 12,
  FulfilledLines: 102,
  ListSubscriptions: 101,
  MoreFulfilmentOrderLines: 202,
  ReadAvailable: 3,
  ReadListing: 53,
  UpdateProduct: 12,
  UpdateVariant: 12,
  ReadFulfilment: 262,
  SetAvailable: 12,
  ListOrders: 101,
  ListProducts: 441,
  MoreFulfilledLines: 102,
  MoreOrderLines: 452,
  MoreRefundedLines: 302,
  MoreShippingLines: 452,
  MoreVariants: 102,
  MorePlacedRefunds: 352,
  MoreSeatedLines: 102,
  ReadLists: 792,
  ReadOrders: 645,
  ReadPlacedLists: 852,
  ReadPlacedOrders: 675,
  ReadPlaces: 222,
  ReadTransactions: 201,
  ListBalance: 402,
  ListDisputes: 102,
  ListPayouts: 12,
  CensusFulfilments: 401,
  CensusLevels: 302,
  CensusOrders: 251,
}
/** Reserved for a document whose price nobody knows yet. */
export const PRICE_UNKNOWN = 100

/** Payouts and disputes of so many days are listed anew: longer than a bank takes to decide. */
export const PAYMENTS_LISTED_DAYS = 120
