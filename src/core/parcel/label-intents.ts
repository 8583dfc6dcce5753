/** What the hub asks of the outside about labels: see intents.ts. */
import type { Money } from '#canon/money.ts'
import type { BoughtLabel, LabelRequest } from './label-state.ts'

export interface LabelIntents {
  /**
   * Carrier: a label is bought under `reference`, exactly once, at the rate that `choose` says. The document stays
   * there: the answer says where. With `courier` somebody is sent to fetch it instead, on these terms or not at all.
   */
  'label.ensure': {
    ask: Omit<LabelRequest, 'by' | 'unserved' | 'insteadOf' | 'with'> & { reference: string; orderRef: string }
    answer: BoughtLabel
  }
  /**
   * Carrier: whatever label there is under `reference` is given back. `refused`: it was used, or it is too late.
   * `labelId` is null where nobody knows whether it was bought. `cost`: what is to be paid all the same.
   */
  'label.void': {
    ask: { reference: string; labelId: string | null }
    answer: { outcome: 'voided' | 'refused'; reason?: string; cost?: Money }
  }
  /**
   * ERP: the open delivery carries the label's number, its document and what it cost; or, when not `shown`, does not
   * any more. `left`: it is gone already, with another number or none.
   */
  'delivery.label': {
    ask: {
      orderRef: string
      deliveryId: string
      reference: string
      trackingNumber: string
      cost: Money
      documentUrl: string
      shown: boolean
    }
    answer: { outcome: 'done' | 'left' }
  }
}
