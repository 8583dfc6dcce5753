/**
 * Odoo's limits as data. Odoo itself has no rate limit: the bound is its workers, which it shares with the people who
 * work in it. Figures are from a two-core machine with two workers, so they are ratios, not promises.
 */
export const LIMITS = {
  /** Batched: 9 to 10 orders a second created and confirmed, against 3 one by one. */
  ordersPerCall: 10,
  skusPerRead: 100,
  rowsPerPage: 500,
  /** Suppliers' offers in one transaction: five calls for all of them. */
  offersPerCall: 100,
  /** A transaction may take 120 s by default and its rows carry the time it began; clocks may differ by a minute. */
  overlapMs: 200_000,
  /** The newest second is left for the next run: stored times have microseconds, the ones read do not. */
  lagMs: 1_000,
  /** Rows with zero stock vanish without a trace, so everything is read again every so many runs. */
  runsPerFullStockRead: 240,
} as const
