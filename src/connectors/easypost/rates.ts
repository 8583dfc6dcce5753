/** Which of the offered rates is bought. Pure; the same rates give the same choice, in whatever order they come. */
import { type Money, parseRounded } from '#canon/money.ts'
import type { RateChoice } from '#core/parcel/label-state.ts'
import type { Rate } from './shape.ts'

/** As the policy names it. */
export const serviceOf = ({ carrier, service }: Pick<Rate, 'carrier' | 'service'>): string => `${carrier} ${service}`

/** null for an amount that is none. */
export const costOf = ({ rate, currency }: Rate): Money | null => parseRounded(rate, currency)

interface Offer {
  rate: Rate
  amount: number
  /** A service that promises nothing comes last. */
  days: number
}

/** null when none of them is allowed. */
export function chosen(offered: readonly Rate[], { by, withinDays, services, accounts }: RateChoice): Rate | null {
  const allowed = offered.flatMap((rate): Offer[] => {
    const cost = costOf(rate)
    const isMeant =
      (!services || services.includes(serviceOf(rate))) &&
      (!accounts || accounts.includes(rate.carrier_account_id ?? ''))
    return cost && isMeant ? [{ rate, amount: cost.amount, days: rate.delivery_days ?? Infinity }] : []
  })
  const cheap = allowed.toSorted((a, b) => a.amount - b.amount || daysApart(a, b) || named(a, b))
  const fast = allowed.toSorted((a, b) => daysApart(a, b) || a.amount - b.amount || named(a, b))
  const inTime = by === 'promised' ? cheap.find(({ days }) => days <= withinDays) : undefined
  return (inTime ?? (by === 'cheapest' ? cheap : fast)[0])?.rate ?? null
}

/** Two that promise nothing are alike. */
const daysApart = (a: Offer, b: Offer): number => (a.days === b.days ? 0 : a.days - b.days)
const named = (a: Offer, b: Offer): number => (serviceOf(a.rate) < serviceOf(b.rate) ? -1 : 1)
