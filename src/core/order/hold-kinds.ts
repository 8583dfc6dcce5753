/**
 * What an order can be held for, and which of the things that keep it from the ERP belong to which. Each kind is held
 * and let go by itself: letting go of one leaves the others.
 */
import type { HoldRules, HoldsPolicy } from '../policy.ts'

export const HOLD_KINDS = [
  'fraud', 'payment', 'address', 'price', 'tax', 'credit', 'customer', 'shipping', 'sku', 'by_hand', 'screening',
] as const // prettier-ignore
export type HoldKind = (typeof HOLD_KINDS)[number]

/** By the code of the obstacle. What is not here waits for stock, for a channel or for nothing: no hold. */
const KINDS: Readonly<Record<string, HoldKind>> = {
  fraud_expected: 'fraud',
  fraud_review: 'fraud',
  screening_awaited: 'screening',
  screening_failed: 'screening',
  screening_stopped: 'fraud',
  payment_pending: 'payment',
  payment_awaited: 'payment',
  payment_short: 'payment',
  payment_currency: 'payment',
  payment_disputed: 'payment',
  address_missing: 'address',
  address_incomplete: 'address',
  price_differs: 'price',
  tax_unknown: 'tax',
  tax_differs: 'tax',
  credit_exceeded: 'credit',
  customer_missing: 'customer',
  shipping_unknown: 'shipping',
  sku_missing: 'sku',
  sku_unknown: 'sku',
  held_by_hand: 'by_hand',
}

export const kindOfObstacle = (code: string): HoldKind | null => KINDS[code] ?? null

/** Nobody looked in three days: somebody else has to. */
const USUAL: HoldRules = { owner: 'operations', expiresAfterMinutes: 4_320, atExpiry: 'escalate', release: 'anyone' }

/** Where the policy says nothing. What the ERP would refuse all the same is not let go by word. */
const DEFAULTS: Readonly<Record<HoldKind, HoldRules>> = {
  fraud: { ...USUAL, owner: 'fraud', expiresAfterMinutes: 1_440, release: 'second_person' },
  payment: { ...USUAL, owner: 'finance', release: 'second_person' },
  address: { ...USUAL, owner: 'customer_service' },
  price: { ...USUAL, owner: 'finance' },
  tax: { ...USUAL, owner: 'finance' },
  credit: { ...USUAL, owner: 'finance', release: 'second_person' },
  customer: { ...USUAL, owner: 'customer_service', release: 'never' },
  shipping: { ...USUAL, owner: 'logistics' },
  sku: { ...USUAL, owner: 'catalogue', release: 'never' },
  by_hand: USUAL,
  // While no decision has come; its clock stands with the channel.
  screening: { ...USUAL, owner: 'fraud', release: 'second_person' },
}

export const ESCALATE_TO = 'management'

export function rulesOf(kind: HoldKind, holds: HoldsPolicy | undefined, channel?: string): HoldRules {
  const screening = kind === 'screening' && channel !== undefined ? holds?.screening?.[channel] : undefined
  if (screening) {
    const { owner, withinMinutes: expiresAfterMinutes, atExpiry } = screening
    // What may go by its clock may go by a word.
    return { owner, expiresAfterMinutes, atExpiry, release: atExpiry === 'release' ? 'anyone' : 'second_person' }
  }
  const usual = DEFAULTS[kind]
  const { owner, expiresAfterMinutes, atExpiry, release } = holds?.kinds[kind] ?? {}
  return {
    owner: owner ?? usual.owner,
    expiresAfterMinutes: expiresAfterMinutes ?? usual.expiresAfterMinutes,
    atExpiry: atExpiry ?? usual.atExpiry,
    release: release ?? usual.release,
  }
}

export const escalateTo = (holds: HoldsPolicy | undefined): string => holds?.escalateTo ?? ESCALATE_TO
