/** What a supplier offers of one article at one quantity, and where the ERP stands with it. */

/** As a row of the supplier's list says it. The price is decimal text: suppliers count in parts of a cent. */
export interface SupplyOffer {
  sku?: string
  barcode?: string
  price: string
  currency: string
  leadDays: number
  /** Pieces at the supplier, where it tells them. */
  stock?: number
}

/** What was agreed on for the lists of a supplier. */
export interface SupplyRules {
  /** Who it is in the ERP: by its reference there, else by the hub's own name for it. */
  supplier: { name: string; ref?: string }
  /** Whose business its cases are. */
  owner: string
  /** A price that moves by more than this is looked at by a person first; null: a person has let the list through. */
  jumpPercent: number | null
  /** Whether an article that is none of our products is a case. */
  unknown: 'case' | 'note'
}

/** What the ERP is asked to have. `until`: the offer ended, and this is its last day. */
export interface SupplyTerms {
  sku?: string
  barcode?: string
  price: string
  currency: string
  leadDays: number
  until: string | null
}

export type SupplyTroubleCode =
  | 'sku_unknown'
  | 'sku_ambiguous'
  | 'price_jump'
  | 'currency_changed'
  | 'no_price'
  | 'price_too_fine'
  | 'failed'

export interface SupplyTrouble {
  code: SupplyTroubleCode
  detail: string
  owner: string
}

export interface SupplyState {
  version: number
  offer: SupplyOffer | null
  rules: SupplyRules | null
  /** When the list was taken that spoke of it last. */
  at: string
  ended: 'vanished' | 'discontinued' | null
  /** What the ERP is being asked for, by the event that asked. */
  asked: { version: number; terms: SupplyTerms } | null
  /** What the ERP has. */
  told: SupplyTerms | null
  trouble: SupplyTrouble | null
}

export const initial: SupplyState = {
  version: 0,
  offer: null,
  rules: null,
  at: '',
  ended: null,
  asked: null,
  told: null,
  trouble: null,
}

export const SUPPLY_STATUSES = ['offered', 'asked', 'settled', 'ended', 'unknown', 'held', 'failed'] as const
export type SupplyStatus = (typeof SUPPLY_STATUSES)[number]

const STATUS_OF: Readonly<Record<SupplyTroubleCode, SupplyStatus>> = {
  sku_unknown: 'unknown',
  sku_ambiguous: 'unknown',
  price_jump: 'held',
  currency_changed: 'held',
  no_price: 'held',
  price_too_fine: 'held',
  failed: 'failed',
}

export function supplyStatus({ trouble, asked, told, ended }: SupplyState): SupplyStatus {
  if (trouble) return STATUS_OF[trouble.code]
  if (asked) return 'asked'
  if (ended) return 'ended'
  return told ? 'settled' : 'offered'
}

/** Many suppliers list far more than we sell: those articles are known, and nobody's business unless that is wanted. */
export const needsSomebody = ({ trouble, rules }: SupplyState): boolean =>
  trouble !== null && !(trouble.code === 'sku_unknown' && rules?.unknown === 'note')
