/** The shop's arithmetic: tax per line rounded half up to the minor unit, and totals that are sums of rounded parts. */
import { allocate, formatMoney, money } from '#canon/money.ts'
import type { Line, Order, Shipping, Tax } from './state.ts'

/** Tax on an amount; when prices include tax, the part of the amount that is tax. The rate is exact as a decimal. */
export function taxOn(amount: number, rate: number, included: boolean): number {
  const digits = String(rate).split('.')[1]?.length ?? 0
  const scale = 10 ** digits
  const share = Math.round(rate * scale)
  const divisor = included ? scale + share : scale
  return Math.floor((2 * amount * share + divisor) / (2 * divisor))
}

export const taxes = (amount: number, rate: number, included: boolean, title: string): Tax[] =>
  rate > 0 ? [{ title, rate, amount: taxOn(amount, rate, included) }] : []

export const taxSum = (all: readonly Tax[]): number => all.reduce((sum, { amount }) => sum + amount, 0)

/** Price of the pieces still wanted, less their part of the discount. */
export const lineNet = (line: Line): number => line.price * line.current - line.discountLeft

const shippingNet = (line: Shipping): number => (line.refunded ? 0 : line.price)
const shippingTax = (line: Shipping): number => (line.refunded ? 0 : taxSum(line.taxes))

const sumOf = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((sum, item) => sum + of(item), 0)

export interface Totals {
  subtotal: number
  discounts: number
  tax: number
  shipping: number
  total: number
}

/** As ordered. */
export function originalTotals({ lines, shipping, taxesIncluded }: Order): Totals {
  const lineItems = sumOf(lines, ({ price, quantity }) => price * quantity)
  const discounts = sumOf(lines, ({ discount }) => discount)
  const tax = sumOf(lines, (line) => taxSum(line.taxes)) + sumOf(shipping, (line) => taxSum(line.taxes))
  const ship = sumOf(shipping, ({ price }) => price)
  const total = lineItems - discounts + ship + (taxesIncluded ? 0 : tax)
  return { subtotal: lineItems - discounts, discounts, tax, shipping: ship, total }
}

/** What is still wanted. */
export function currentTotals({ lines, shipping, taxesIncluded }: Order): Totals {
  const subtotal = sumOf(lines, lineNet)
  const discounts = sumOf(lines, ({ discountLeft }) => discountLeft)
  const tax = sumOf(lines, ({ taxLeft }) => taxLeft) + sumOf(shipping, shippingTax)
  const ship = sumOf(shipping, shippingNet)
  return { subtotal, discounts, tax, shipping: ship, total: subtotal + ship + (taxesIncluded ? 0 : tax) }
}

/** Takes pieces off a line and says what goes with them; what stays and what goes add up to what was. */
export function takeOff(line: Line, quantity: number, currency: string): { subtotal: number; tax: number } {
  const weights = [line.current - quantity, quantity]
  const [discountLeft, discountGone] = allocate(money(line.discountLeft, currency), weights)
  const [taxLeft, taxGone] = allocate(money(line.taxLeft, currency), weights)
  line.current -= quantity
  line.discountLeft = discountLeft!.amount
  line.taxLeft = taxLeft!.amount
  return { subtotal: line.price * quantity - discountGone!.amount, tax: taxGone!.amount }
}

export const refundedOf = ({ refunds }: Order): number =>
  sumOf(refunds, ({ transactions }) => sumOf(transactions, ({ amount }) => amount))

/** An amount of the shop's currency in both currencies, as decimal strings. */
export function inBoth({ currency, presentment }: Order, amount: number) {
  const seen = Math.round(amount * presentment.rate)
  return {
    shop: { amount: formatMoney(money(amount, currency)), currency },
    seen: { amount: formatMoney(money(seen, presentment.currency)), currency: presentment.currency },
  }
}

/** Money has come for these. */
export const PAID: ReadonlySet<string> = new Set(['paid', 'partially_refunded', 'refunded'])
/** The one sale that paid for the order. */
export const saleId = ({ id }: Order): string => `gid://shopify/OrderTransaction/${id}001`
