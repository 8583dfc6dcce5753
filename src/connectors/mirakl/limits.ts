/**
 * Mirakl's limits and calendar as data. A test holds the frequencies against the vendor's own table. Sources:
 * README.md.
 */
import type { Limit } from '../kit/bucket.ts'

/** The marketplaces run one release, which changes every few weeks and stays compatible; there is no date to it. */
export const API_VERSION = 'MMP seller API 3.1'

/** How often one shop may call an operation. */
export interface Frequency {
  calls: number
  perMs: number
  /**
   * As the vendor says it; null where it only says at which occasion ("at each new order"): the figure is ours then.
   */
  said: string | null
}

const MINUTE_MS = 60_000
/** No figure is published: far more than a shop has occasions for, and no burden to anybody. */
const occasional: Frequency = { calls: 10, perMs: 1_000, said: null }

/** By the vendor's name of the operation; behind the dash, what of it is meant. */
export const FREQUENCIES = {
  /** List orders. Each page is a call. */
  'OR11': { calls: 1, perMs: MINUTE_MS, said: 'once per minute' },
  /** The same by their ids, as on each view of an order's page: looked at when an answer was lost. */
  'OR11-ids': occasional,
  /** Accept or refuse. */
  'OR21': occasional,
  /** Tracking. */
  'OR23': occasional,
  /** Shipped. */
  'OR24': occasional,
  /** Refund. */
  'OR28': occasional,
  /** Create a shipment of part of an order. */
  'ST01': occasional,
  /** The shipments of an order. */
  'ST11': occasional,
  /** List offers. */
  'OF21': { calls: 1, perMs: 2_000, said: null },
  /** One offer. As many at once as there are prices in a file, since each is read before. */
  'OF22': { calls: 100, perMs: 10_000, said: null },
  /** Import a stock file. */
  'STO01': { calls: 1, perMs: MINUTE_MS, said: 'Once per minute' },
  /** How an import went. */
  'STO02': { calls: 1, perMs: 15_000, said: 'Once every 15 seconds' },
  /** Which of its lines were refused. */
  'STO03': { calls: 1, perMs: MINUTE_MS, said: 'Once per minute' },
  /** Import a price file. */
  'PRI01': { calls: 1, perMs: MINUTE_MS, said: 'Once per minute' },
  /** How such an import went. */
  'PRI02': { calls: 1, perMs: MINUTE_MS, said: 'Once per minute' },
  /** Which of its prices were refused. */
  'PRI03': { calls: 1, perMs: MINUTE_MS, said: 'Once per minute' },
  /** How the marketplace is set up. */
  'PC01': { calls: 1, perMs: 10_000, said: null },
} as const satisfies Record<string, Frequency>

export type Operation = keyof typeof FREQUENCIES

/** A call may be a second longer on its way than the next one: so much is added to the time between two. */
const ON_THE_WAY = 1.02

export const BUDGETS: Readonly<Record<string, Limit>> = Object.fromEntries(
  Object.entries(FREQUENCIES).map(([operation, { calls, perMs }]) => [
    operation,
    { burst: calls, perSecond: calls / ((perMs * ON_THE_WAY) / 1_000) },
  ]),
)

/** Waited when 429 comes without a word about how long: the longest of the intervals above. */
export const RETRY_AFTER_DEFAULT_MS = MINUTE_MS

/** Orders and offers come in pages of at most so many. */
export const PAGE_SIZE = 100

/** How far back the order feed reads again: an order may show up after others that changed later. */
export const FEED_OVERLAP_MS = 5 * MINUTE_MS

/** What a transaction over there may last: orders younger than this may not be listed yet. */
export const SETTLE_MS = MINUTE_MS

/** Prices in one file. */
export const PRICES_PER_FILE = 100

/** Lines in one stock file. */
export const STOCK_LINES_MAX = 5_000
