/** Odoo's way of rounding and taxing: per line and tax, half away from zero. */

export const round = (value: number, digits = 2): number => {
  const unit = 10 ** digits
  const scaled = Math.abs(value) * unit
  return (Math.sign(value) * Math.floor(scaled + 0.5 + 1e-7 * Math.max(1, scaled * 1e-6))) / unit + 0
}

export interface TaxRate {
  id: number
  /** In percent. */
  amount: number
  price_include: boolean
}

export interface LineAmounts {
  untaxed: number
  total: number
  taxes: { id: number; amount: number }[]
}

/** Each tax is taken on the same base; an included one is contained in the price. */
export function taxLine(price: number, quantity: number, discount: number, taxes: readonly TaxRate[]): LineAmounts {
  const raw = price * quantity * (1 - discount / 100)
  const included = taxes.filter((tax) => tax.price_include).reduce((sum, tax) => sum + tax.amount, 0)
  const base = raw / (1 + included / 100)
  const parts = taxes.map(({ id, amount }) => ({ id, amount: round((base * amount) / 100) }))
  const inside = parts.filter((_, index) => taxes[index]!.price_include).reduce((sum, { amount }) => sum + amount, 0)
  const untaxed = round(round(raw) - inside)
  return { untaxed, total: round(untaxed + parts.reduce((sum, { amount }) => sum + amount, 0)), taxes: parts }
}
