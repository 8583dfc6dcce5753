/** The shop's arithmetic: net amounts and taxes in floating point, rounded only when they are shown. */
import type { Charge, Line, Order, RefundItem, TaxShare, Woo } from './state.ts'

export function round(value: number, digits: number): number {
  // As PHP does: what is a half within the last digits of a float counts as one.
  const scaled = Number((Math.abs(value) * 10 ** digits).toPrecision(15))
  return (Math.sign(value) * Math.floor(scaled + 0.5)) / 10 ** digits
}

/** `12.50`, with the shop's digits. */
export const shown = ({ decimals }: Woo, value: number): string => (round(value, decimals) || 0).toFixed(decimals)

/** Taxes of a line are shown as they are: `1.597633`. */
export const raw = (value: number): string => String(Number(value.toFixed(6)))

/** The net part of a price in the catalogue. */
export function netOf({ options }: Woo, price: number): number {
  const percent = options.tax?.percent ?? 0
  return options.pricesIncludeTax ? price / (1 + percent / 100) : price
}

export const taxesOn = ({ options: { tax } }: Woo, total: number, subtotal = total): TaxShare[] =>
  tax && tax.percent > 0
    ? [{ rateId: tax.id, total: (total * tax.percent) / 100, subtotal: (subtotal * tax.percent) / 100 }]
    : []

export const taxSum = (taxes: readonly TaxShare[]): number => taxes.reduce((all, { total }) => all + total, 0)
export const subtotalTaxSum = (taxes: readonly TaxShare[]): number =>
  taxes.reduce((all, { subtotal }) => all + subtotal, 0)

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((all, item) => all + of(item), 0)

export interface Totals {
  cartTax: number
  shipping: number
  shippingTax: number
  discount: number
  discountTax: number
  tax: number
  total: number
}

/** Taxes are rounded line by line. */
export function totalsOf(woo: Woo, { lines, fees, shippingLines }: Order): Totals {
  const goods: readonly (Line | Charge)[] = [...lines, ...fees]
  const taxed = (items: readonly { taxes: TaxShare[] }[]) =>
    sumOf(items, ({ taxes }) => round(taxSum(taxes), woo.decimals))
  const cartTax = taxed(goods)
  const shippingTax = taxed(shippingLines)
  const shipping = sumOf(shippingLines, ({ total }) => total)
  const tax = cartTax + shippingTax
  const gross = sumOf(
    [...goods, ...shippingLines],
    ({ total, taxes }) => total + (woo.options.pricesIncludeTax ? taxSum(taxes) : 0),
  )
  const total = round(gross + (woo.options.pricesIncludeTax ? 0 : tax), woo.decimals)
  const discount = sumOf(lines, ({ subtotal, total: after }) => subtotal - after)
  const discountTax = sumOf(lines, ({ taxes }) => subtotalTaxSum(taxes) - taxSum(taxes))
  return { cartTax, shipping, shippingTax, discount, discountTax, tax, total }
}

export const refundedOf = ({ refunds }: Order): number => sumOf(refunds, ({ amount }) => amount)
export const itemsSum = (items: readonly RefundItem[]): number =>
  sumOf(items, ({ total, totalTax }) => total + totalTax)
