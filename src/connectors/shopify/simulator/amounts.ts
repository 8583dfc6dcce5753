/** The shop's arithmetic: tax per line rounded half up to the minor unit, and totals that are sums of rounded parts. */
import { must } from '#canon/assert.ts'
import { allocate, formatMoney, money, parseMoney } from '#canon/money.ts'
import type { Line, Order, Refund, Shipping, Tax } from './state.ts'

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

export const STORE_CREDIT = 'shopify_store_credit'

export const gatewayOf = (order: Order, payment: string | null): string =>
  paymentsOf(order).find(({ id }) => id === payment)?.gateway ?? STORE_CREDIT

export interface Payment {
  id: string
  gateway: string
  amount: number
  /** What was not given back of it. */
  left: number
}

/** What paid for the order: gift cards and the like first, a card for the rest. */
export function paymentsOf(order: Order): Payment[] {
  if (!PAID.has(order.financialStatus)) return []
  const { tenders = [], refunds } = order
  const rest = originalTotals(order).total - sumOf(tenders, ({ amount }) => amount)
  const all = rest > 0 ? [...tenders, { gateway: 'bogus', amount: rest }] : tenders
  const gone = refunds.flatMap(({ transactions }) => transactions)
  return all.map(({ gateway, amount }, index) => {
    const id = `gid://shopify/OrderTransaction/${order.id}00${index + 1}`
    const back = gone.filter(({ of }) => of === id)
    return { id, gateway, amount, left: amount - sumOf(back, (one) => one.amount) }
  })
}

/** Money back, and on which payment; on none when it is store credit. */
export type Back = Omit<Refund['transactions'][number], 'id'>

/** So much of what paid for the order, the first first; what is more than that, of the last. */
export function sharesOf(order: Order, back: number | readonly Back[]): readonly Back[] {
  if (typeof back !== 'number') return back
  const payments = paymentsOf(order)
  if (payments.length === 0) return [{ amount: back, of: null }]
  let open = back
  return payments.map(({ id, left }, index) => {
    const amount = index === payments.length - 1 ? open : Math.min(open, Math.max(0, left))
    open -= amount
    return { amount, of: id }
  })
}

export const tendersIn = (all: readonly { gateway: string; amount: string }[], currency: string) =>
  all.map(({ gateway, amount }) => ({
    gateway,
    amount: must(parseMoney(amount, currency), `${amount} is an amount`).amount,
  }))

/** What was given back by gateway, and `issued` as store credit; nothing while nothing was. */
export function givenBack(order: Order): { givenBack?: Record<string, number> } {
  const sums: Record<string, number> = {}
  for (const { amount, of } of order.refunds.flatMap(({ transactions }) => transactions)) {
    const name = of === null ? 'issued' : gatewayOf(order, of)
    sums[name] = (sums[name] ?? 0) + amount
  }
  return Object.keys(sums).length > 0 ? { givenBack: sums } : {}
}

/** Paid with gift cards and store credit, less what became that again. */
export function redeemedOf(order: Order): { redeemed?: number } {
  const { tenders = [], refunds } = order
  const isOwed = (gateway: string) => gateway === 'gift_card' || gateway === STORE_CREDIT
  const back = refunds.flatMap(({ transactions }) => transactions).filter(({ of }) => isOwed(gatewayOf(order, of)))
  const taken = PAID.has(order.financialStatus) ? tenders.filter(({ gateway }) => isOwed(gateway)) : []
  if (taken.length + back.length === 0) return {}
  return { redeemed: sumOf(taken, ({ amount }) => amount) - sumOf(back, ({ amount }) => amount) }
}
