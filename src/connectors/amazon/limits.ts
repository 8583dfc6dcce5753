/** Amazon's operations, their rates and calendar as data. Sources: README.md. */

/** Of the Orders API, which everything about orders is read by. */
export const API_VERSION = '2026-01-01'
/**
 * Orders v0 is retired on this day. Of it only `confirmShipment` is used, which Amazon says stays; nothing else here
 * has an announced end.
 */
export const ORDERS_V0_ENDS = '2027-03-27'

export interface Operation {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** `{name}` is filled in. */
  path: string
  /** Calls per second that flow into the bucket of this operation, and how many it holds. */
  rate: number
  burst: number
  /** Asked with a token of the app itself, which stands for no seller. */
  grantless?: true
}

const operation = (method: Operation['method'], path: string, rate: number, burst: number): Operation => ({
  method, path, rate, burst,
}) // prettier-ignore

/** One bucket per operation, seller and app. A test holds the figures against Amazon's usage plans. */
export const OPERATIONS = {
  searchOrders: operation('GET', '/orders/2026-01-01/orders', 0.0056, 20),
  getOrder: operation('GET', '/orders/2026-01-01/orders/{orderId}', 0.5, 30),
  confirmShipment: operation('POST', '/orders/v0/orders/{orderId}/shipmentConfirmation', 2, 10),
  getListingsItem: operation('GET', '/listings/2021-08-01/items/{sellerId}/{sku}', 5, 10),
  patchListingsItem: operation('PATCH', '/listings/2021-08-01/items/{sellerId}/{sku}', 5, 5),
  createFeedDocument: operation('POST', '/feeds/2021-06-30/documents', 0.5, 15),
  createFeed: operation('POST', '/feeds/2021-06-30/feeds', 0.0083, 15),
  getReports: operation('GET', '/reports/2021-06-30/reports', 0.0222, 10),
  createReport: operation('POST', '/reports/2021-06-30/reports', 0.0167, 15),
  getReport: operation('GET', '/reports/2021-06-30/reports/{reportId}', 2, 15),
  getReportDocument: operation('GET', '/reports/2021-06-30/documents/{reportDocumentId}', 0.0167, 15),
  getInventorySummaries: operation('GET', '/fba/inventory/v1/summaries', 2, 2),
  getMarketplaceParticipations: operation('GET', '/sellers/v1/marketplaceParticipations', 0.016, 15),
  getSubscription: operation('GET', '/notifications/v1/subscriptions/{notificationType}', 1, 5),
  createSubscription: operation('POST', '/notifications/v1/subscriptions/{notificationType}', 1, 5),
  getDestinations: { ...operation('GET', '/notifications/v1/destinations', 1, 5), grantless: true },
  createDestination: { ...operation('POST', '/notifications/v1/destinations', 1, 5), grantless: true },
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof OPERATIONS

/** What the budget knows them by; the header of an answer may correct the rate. */
export const BUCKETS = Object.fromEntries(
  Object.entries(OPERATIONS).map(([name, { rate, burst }]) => [name, { burst, perSecond: rate }]),
)

/** The only scope asked for without a seller. */
export const GRANTLESS_SCOPE = 'sellingpartnerapi::notifications'

/** A token is renewed this long before it ends; tokens live an hour. */
export const TOKEN_RENEW_AHEAD_MS = 5 * 60_000

/** Waited when Amazon says 429; it does not say how long, so by the rate of the operation, within these. */
export const RETRY_AFTER_MIN_MS = 200
export const RETRY_AFTER_MAX_MS = 60_000

/**
 * New orders are listed this often and changed ones that often: together 80 % of what `searchOrders` lets through. The
 * rest of the news comes by the queue.
 */
export const PLACED_EVERY_MS = 6 * 60_000
export const CHANGED_EVERY_MS = 10 * 60_000
/** How far back a listing reads again. */
export const FEED_OVERLAP_MS = 3 * 60_000
export const ORDERS_PER_PAGE = 100

/** A listing of all offers is asked for this often; Amazon keeps one for some hours anyway. */
export const LISTINGS_EVERY_MS = 6 * 3_600_000
export const LISTINGS_PER_PAGE = 500

/** Amazon makes a settlement about every two weeks, and keeps its report for 90 days. */
export const SETTLEMENTS_EVERY_MS = 6 * 3_600_000
export const REPORTS_KEPT_MS = 90 * 86_400_000
export const REPORTS_PER_PAGE = 100
/** Orders of a settlement in one delivery, and deliveries in one page. */
export const SETTLED_PER_READING = 200
export const SETTLED_READINGS = 5
/** There are some fifty a month; thousands mean that it is read wrongly. */
export const SETTLEMENT_GROUPS_MAX = 5_000

/** So many new prices at once are patched; more go as one feed. Two seconds of patches. */
export const PRICES_ONE_BY_ONE = 10
/** Prices in one feed. */
export const PRICES_PER_FEED = 1_000

export const QUEUE_EVERY_MS = 15_000
/** Most that one request gives. */
export const MESSAGES_PER_READ = 10
/** A message that was handed out comes back after this long, unless it was deleted. */
export const VISIBILITY_S = 120
/** Amazon tries to hand a notification to the queue for about so long; the queue then keeps it for days. */
export const NOTIFICATION_TRIED_MS = 3_600_000

/** What we subscribe to, and the version of each payload. */
export const NOTIFICATIONS = {
  ORDER_CHANGE: '1.0',
  LISTINGS_ITEM_MFN_QUANTITY_CHANGE: '1.0',
  LISTINGS_ITEM_ISSUES_CHANGE: '2023-12-13',
  LISTINGS_ITEM_STATUS_CHANGE: '1.0',
  REPORT_PROCESSING_FINISHED: '2020-09-04',
  FBA_INVENTORY_AVAILABILITY_CHANGES: '1.0',
} as const
