/**
 * What a line of Square comes to in the hub's words, to the cent. Square rounds its own way and tells the result: so
 * the totals are theirs, and the price of a piece follows from them, never the other way round.
 */
import { money, type Money, sum, zero } from '#canon/money.ts'
import type { ReturnLine, ServiceCharge, Tax } from './shapes.ts'

/** unitPrice x quantity - discount, and the taxes when they are not included, make `total`. */
export interface LineAmounts {
  quantity: number
  unitPrice: Money
  discount: Money
  taxes: { title: string; rate: string; amount: Money }[]
  total: Money
}

/** All amounts positive, as Square writes them, also of what is taken back. */
export type Priced = Pick<
  ReturnLine,
  'quantity' | 'total_money' | 'total_tax_money' | 'total_discount_money' | 'applied_taxes'
>

/** Weighed and measured goods are one thing to the hub: it counts in pieces. */
export const isWhole = (quantity: string): boolean => /^\d+(\.0+)?$/.test(quantity)

/** Only when every tax is included do prices show it; of a mixture all prices are net. */
export const areIncluded = (taxes: readonly Tax[]): boolean =>
  taxes.length > 0 && taxes.every(({ type }) => type === 'INCLUSIVE')

export function amountsOf(line: Priced, taxes: readonly Tax[], included: boolean): LineAmounts {
  const total = line.total_money
  const { currency } = total
  const told = line.total_discount_money ?? zero(currency)
  const applied = taxesOf(line.applied_taxes, line.total_tax_money ?? zero(currency), taxes)
  const added = included ? 0 : applied.reduce((all, { amount }) => all + amount.amount, 0)
  const quantity = isWhole(line.quantity) ? Number(line.quantity) : 1
  const gross = total.amount - added + told.amount
  if (quantity === 0) return { quantity, unitPrice: zero(currency), discount: told, taxes: applied, total }
  // Modifiers may make it no multiple: then the cents over are a discount, so that the line still adds up.
  const unit = Math.ceil(gross / quantity)
  const discount = money(told.amount + unit * quantity - gross, currency)
  return { quantity, unitPrice: money(unit, currency), discount, taxes: applied, total }
}

/** A service charge as a line of one piece. */
export const chargeOf = (charge: ServiceCharge, currency: string): Priced => ({
  quantity: '1',
  total_money: charge.total_money ?? charge.applied_money ?? zero(currency),
  total_tax_money: charge.total_tax_money,
  total_discount_money: null,
  applied_taxes: charge.applied_taxes,
})

/** Those of the other phases are spread over the lines, whose totals hold them already. */
export const isOwnLine = ({ calculation_phase: phase }: ServiceCharge): boolean =>
  !(phase ?? '').startsWith('APPORTIONED')

function taxesOf(
  applied: Priced['applied_taxes'],
  total: Money,
  taxes: readonly Tax[],
): { title: string; rate: string; amount: Money }[] {
  const found = applied.flatMap(({ tax_uid: uid, applied_money: amount }) => {
    const tax = taxes.find((one) => one.uid === uid)
    return amount && amount.amount !== 0 ? [{ title: tax?.name ?? 'Tax', rate: rateOf(tax?.percentage), amount }] : []
  })
  const missing =
    total.amount -
    sum(
      found.map(({ amount }) => amount),
      total.currency,
    ).amount
  // A tax Square applied without saying by which rule still is tax.
  if (missing !== 0) found.push({ title: 'Tax', rate: '0', amount: money(missing, total.currency) })
  return found
}

/** `"8.5"` percent is `"0.085"`, moved by text: no floating point. */
export function rateOf(percentage: string | null | undefined): string {
  const match = /^(\d{1,6})(?:\.(\d{1,8}))?$/.exec(percentage ?? '')
  if (!match) return '0'
  const digits = match[1]!.padStart(3, '0')
  const fraction = `${digits.slice(-2)}${match[2] ?? ''}`.replace(/0+$/, '')
  const whole = digits.slice(0, -2).replace(/^0+(?=\d)/, '')
  return fraction === '' ? whole : `${whole}.${fraction}`
}
