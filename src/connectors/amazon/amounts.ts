/**
 * Amazon's breakdown of what an item brings, as prices, discounts and taxes that add up to the cent. Amazon tells sums
 * per item and no rates; and where it collects the tax itself, that tax is no income of the seller.
 */
import { money, type Money, parseMoney, zero } from '#canon/money.ts'
import { Fault } from '../../fault.ts'
import type { AmazonMoney, ItemNode } from './order-node.ts'

/** One kind of charge of an item: goods, shipping, gift wrap. In minor units. */
export interface Charge {
  price: number
  discount: number
  tax: number
}

export interface Charges {
  goods: Charge
  shipping: Charge
  /** Gift wrap, fees and whatever Amazon adds later, by Amazon's word. */
  others: { type: string; charge: Charge }[]
  /** Amazon withholds the tax and remits it. */
  taxByAmazon: boolean
}

/** null when Amazon does not tell what the item brings. */
export function chargesOf(item: ItemNode, currency: string): Charges | null {
  const all = item.proceeds?.breakdowns
  if (!all?.length) return null
  const charges = new Map<string, Charge>()
  const chargeOf = (type: string): Charge => {
    const charge = charges.get(type) ?? { price: 0, discount: 0, tax: 0 }
    charges.set(type, charge)
    return charge
  }
  for (const { type, subtotal, detailedBreakdowns } of all) {
    const whole = minor(subtotal, currency)
    if (type !== 'TAX' && type !== 'DISCOUNT') {
      chargeOf(type).price += whole
      continue
    }
    const side = type === 'TAX' ? 'tax' : 'discount'
    let left = whole
    for (const { subtype, value } of detailedBreakdowns ?? []) {
      const part = value ? minor(value, currency) : 0
      if (!subtype || subtype === 'ITEM' || subtype === 'DISCOUNT') continue
      chargeOf(subtype)[side] += part
      left -= part
    }
    chargeOf('ITEM')[side] += left
  }
  // Whether a discount is written as a negative amount is not said anywhere: it always lowers the price.
  for (const charge of charges.values()) charge.discount = Math.abs(charge.discount)
  const taken = (type: string): Charge => charges.get(type) ?? { price: 0, discount: 0, tax: 0 }
  const others = [...charges].filter(([type]) => type !== 'ITEM' && type !== 'SHIPPING')
  return {
    goods: taken('ITEM'),
    shipping: taken('SHIPPING'),
    others: others.map(([type, charge]) => ({ type, charge })),
    taxByAmazon: item.tax?.taxCollections?.some(({ model }) => model === 'MARKETPLACE_FACILITATOR') ?? false,
  }
}

export const chargesIn = ({ goods, shipping, others }: Charges): Charge[] => [
  goods,
  shipping,
  ...others.map(({ charge }) => charge),
]

/**
 * Whether prices include the tax, by what adds up to the total Amazon tells; null when neither does.
 *
 * @param usual how the country does it: when there is no tax, both add up.
 */
export function pricesIncludeTax(charges: readonly Charges[], total: number | null, usual: boolean): boolean | null {
  const all = charges.flatMap(chargesIn)
  const net = all.reduce((sum, { price, discount }) => sum + price - discount, 0)
  const tax = all.reduce((sum, one) => sum + one.tax, 0)
  if (total === null || tax === 0) return total === null || total === net ? usual : null
  if (total === net + tax) return false
  return total === net ? true : null
}

/**
 * The rate that gives this amount of tax: of the known ones the first that does within a cent per piece, else what the
 * amounts themselves say, with four digits.
 */
export function rateOf(charge: Charge, included: boolean, known: readonly string[], pieces = 1): string {
  const base = charge.price - charge.discount
  const given = known.find((rate) => {
    const share = included ? Number(rate) / (1 + Number(rate)) : Number(rate)
    return Math.abs(Math.round(base * share) - charge.tax) <= Math.max(1, pieces) / 2
  })
  if (given !== undefined) return given
  const net = included ? base - charge.tax : base
  if (net <= 0 || charge.tax <= 0) return '0'
  return (charge.tax / net).toFixed(4).replace(/0+$/, '').replace(/\.$/, '')
}

/** A price per piece and what must come off so that the pieces cost exactly this. */
export function perPiece(subtotal: number, pieces: number, told: number | null): { unit: number; off: number } {
  if (told !== null && told * pieces === subtotal) return { unit: told, off: 0 }
  const unit = pieces === 0 ? (told ?? 0) : Math.ceil(subtotal / pieces)
  return { unit, off: unit * pieces - subtotal }
}

export function minor({ amount, currencyCode }: AmazonMoney, currency: string): number {
  const parsed = currencyCode === currency ? parseMoney(amount, currency) : null
  if (parsed) return parsed.amount
  throw new Fault('malformed', `An amount of an order is no amount in ${currency}.`, {
    code: 'amazon.malformed_amount',
  })
}

export const moneyIn =
  (currency: string) =>
  (amount: number): Money =>
    amount === 0 ? zero(currency) : money(amount, currency)
