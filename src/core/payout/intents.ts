/** What is asked of the ERP about payouts: see ../intents.ts. */
import type { PayoutEntry } from './booking.ts'

export interface PayoutIntents {
  /**
   * ERP: the payout is these posted entries, each exactly once under its key. Nothing is posted before all of it is
   * seen to fit: journal, accounts, currency.
   */
  'payout.book': {
    ask: { provider: string; payoutId: string; journal: string; entries: readonly PayoutEntry[] }
    /** Their names. */
    answer: { entries: string[] }
  }
}
