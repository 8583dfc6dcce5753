/** What is remembered of the shipping labels of one order: one for each delivery, and one for each return. */
import type { Money } from '#canon/money.ts'
import type { Address } from '#canon/primitives.ts'
import type { CarriedLabel, TogetherLabels } from './together-state.ts'

export interface ParcelSize {
  lengthCm: number
  widthCm: number
  heightCm: number
  weightG: number
}

/** How one of the offered rates is chosen. */
export interface RateChoice {
  /** `promised`: the cheapest that is there in time; the fastest when none is. */
  by: 'cheapest' | 'fastest' | 'promised'
  /** Days it may be on its way. */
  withinDays: number
  /** Nothing else is bought: as `USPS GroundAdvantage`. */
  services?: readonly string[]
  /** Ids of carrier accounts. */
  accounts?: readonly string[]
}

/** A label as somebody wants it. */
export interface LabelRequest {
  /** Name of the connection that sells it. */
  by: string
  from: Address
  to: Address
  parcel: ParcelSize
  choose: RateChoice
  /** An address that the seller cannot verify is refused. */
  verify: boolean
  /** It brings back what left with the label of that reference: `from` and `to` are those of the way out. */
  returnOf?: string
  /** Other orders in the same parcel. */
  with?: readonly string[]
  /** No label but a courier, who fetches it now. */
  courier?: CourierTerms
  /** What is done when no courier comes. */
  unserved?: Unserved
  /** The connection that could not do it first. */
  insteadOf?: string
}

/** What a courier may cost, and until when the customer has it, from the moment it is asked for. */
export interface CourierTerms {
  maxCost?: Money
  withinMinutes: number
}

/** Without `otherwise` it is a person's: `owner` has so long, then it goes to the next, once. */
export interface Unserved {
  otherwise?: Omit<LabelRequest, 'courier' | 'unserved' | 'insteadOf'>
  owner: string
  escalateTo: string
  settleWithinMinutes: number
}

/** No courier comes, and a person has to settle it. */
export interface CourierCase {
  owner: string
  escalateTo: string
  dueAt: string
  /** The order shows it. */
  open: boolean
  escalated: boolean
}

export interface BoughtLabel {
  /** The seller's own id. */
  labelId: string
  trackingNumber: string
  carrier: string
  service: string
  cost: Money
  /** Where the document is: it is never kept here. */
  documentUrl: string
  /** Where the customer can follow it, where the seller says so. */
  trackingUrl?: string
  /** Days it will be on its way, where the carrier says so. */
  days: number | null
  /** As it was wanted: not later than the promise. */
  inTime: boolean
}

export interface Label {
  /** Id of the delivery in the ERP; `return-<id>` for what comes back. */
  of: string
  /** How many were asked for, this one included. */
  count: number
  /** Names it at the seller for good. */
  reference: string
  /** `kept`: it could not be given back. */
  step: 'asked' | 'bought' | 'failed' | 'voiding' | 'void' | 'kept'
  /** It failed, and nobody knows whether it was bought. */
  unsure: boolean
  /** The order shows that none was sold. */
  trouble: boolean
  request: LabelRequest
  /** null: no label is wanted any more. */
  wanted: LabelRequest | null
  bought: BoughtLabel | null
  /** Whether the ERP's delivery carries its number. */
  shown: 'no' | 'asked' | 'yes' | 'failed'
  case?: CourierCase
  /** As long as its order leaves with others: what it would want by itself. */
  alone?: LabelRequest | null
  /** It left without the label of the parcel, which others may still leave with. */
  unused?: true
  /** The label of another order that stands for it. */
  carried?: CarriedLabel
  /** Who sold it has ended it: its reference is used up. */
  ended?: true
  /** Of the event that last asked the seller, and of the one that last asked the ERP. */
  version: number
  shownVersion: number
}

export interface LabelState {
  version: number
  labels: readonly Label[]
  /** Only of an order that leaves in one parcel with others. */
  together?: TogetherLabels
  /** Its order has left, so it joins nobody any more. */
  left?: true
}

export const initial: LabelState = { version: 0, labels: [] }

export const isReturn = ({ of }: Pick<Label, 'of'>): boolean => of.startsWith('return-')

/** Every status labels can show. */
export function labelStatus({ labels }: LabelState): string {
  const steps = labels.map(({ step: own, shown, carried }) => {
    const step = carried ? 'bought' : own
    return step === 'bought' && shown === 'failed' ? 'failed' : step
  })
  return (
    (['failed', 'kept', 'asked', 'voiding', 'bought', 'void'] as const).find((one) => steps.includes(one)) ?? 'none'
  )
}
