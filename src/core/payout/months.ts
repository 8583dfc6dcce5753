/** A settlement by months of business: what belongs to earlier ones than it was closed in is carried forward. */
import type { PayoutHead, PayoutHeads, PayoutSeen } from '#canon/payout.ts'

/** Minor units. All months together are the payout, to the cent, and so are the heads within a month. */
export interface PayoutMonth {
  /** `2026-10` */
  month: string
  net: number
  heads: PayoutHeads
  /** It was closed in a later month, whose books it comes into. */
  carriedForward: boolean
}

/** First to last; null where the provider does not tell months, or not of every movement. */
export function monthsOf({ net, lines, closes }: PayoutSeen): PayoutMonth[] | null {
  if (closes === undefined) return null
  const found = new Map<string, Partial<Record<PayoutHead, number>>>()
  for (const { month, head = 'other', net: amount } of lines) {
    if (month === undefined) return null
    if (amount.currency !== net.currency) continue
    const heads = found.get(month) ?? {}
    heads[head] = (heads[head] ?? 0) + amount.amount
    found.set(month, heads)
  }
  return [...found]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([month, heads]) => ({
      month, net: Object.values(heads).reduce((sum, amount) => sum + amount, 0), heads, carriedForward: month < closes,
    })) // prettier-ignore
}
