/** What is asked of the ERP and of suppliers about what they offer: see ../intents.ts. */
import type { SupplyTerms } from './state.ts'

export interface SupplyIntents {
  /**
   * ERP: the supplier's offer of the product from that quantity on is what is asked, exactly once; with `until` it ends
   * on that day, and is never deleted. `unknown`, `ambiguous`: no one product is meant; `too_fine`: the ERP would round
   * the price. Nothing was written then. `absent`: nothing was there to end.
   */
  'supply.ensure': {
    ask: SupplyTerms & {
      supplier: { key: string; name: string; ref?: string }
      article: string
      /** Decimal text. */
      minQuantity: string
    }
    answer: { outcome: 'set' | 'absent' } | { outcome: 'unknown' | 'ambiguous' | 'too_fine'; detail: string }
  }
  /** Supplier: a list that waits is taken after all, or put away. */
  'supplyList.settle': {
    ask: { file: string; hash: string; take: boolean }
    answer: { outcome: 'allowed' | 'dropped' | 'gone' }
  }
}
