/** Does the order's money add up? Compared only where the policy says how much may be off. */
import type { Money } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import type { ChecksPolicy } from '../policy.ts'
import type { Obstacle } from './validation.ts'

const total = (all: readonly { amount: Money }[]): number => all.reduce((sum, { amount }) => sum + amount.amount, 0)

interface Item {
  net: number
  tax: number
  /** What the taxes should be by their rates, unrounded. */
  due: number
}

/** Prices that include tax hold the tax of all their rates together. */
function itemOf(price: number, taxes: Order['lines'][number]['taxes'], included: boolean): Item {
  const rate = taxes.reduce((sum, one) => sum + Number(one.rate), 0)
  const tax = total(taxes)
  return { net: included ? price - tax : price, tax, due: included ? (price * rate) / (1 + rate) : price * rate }
}

export function moneyObstacles(order: Order, { priceWithin, taxWithin, creditLimit }: ChecksPolicy): Obstacle[] {
  const { currency, taxesIncluded: included, lines, shipping, terms } = order
  // The ERP says what these cost.
  if (terms?.pricing === 'erp') return []
  const items = [
    ...lines.map((one) => itemOf(one.unitPrice.amount * one.quantity - one.discount.amount, one.taxes, included)),
    ...shipping.map((one) => itemOf(one.price.amount - one.discount.amount, one.taxes, included)),
  ]
  const sum = (of: (item: Item) => number): number => items.reduce((all, one) => all + of(one), 0)
  const found: Obstacle[] = []
  const comesTo = sum(({ net, tax }) => net + tax)
  if (priceWithin !== undefined && Math.abs(comesTo - order.total.amount) > priceWithin)
    found.push({
      code: 'price_differs',
      detail: `Its lines come to ${comesTo}, its total is ${order.total.amount} ${currency} (minor units).`,
    })
  const due = Math.round(sum((one) => one.due))
  const taxed = sum(({ tax }) => tax)
  if (
    taxWithin !== undefined &&
    (Math.abs(due - taxed) > taxWithin || Math.abs(taxed - order.totalTax.amount) > taxWithin)
  )
    found.push({
      code: 'tax_differs',
      detail: `By its rates the tax comes to ${due}, by its lines to ${taxed}, by its total to ${order.totalTax.amount} ${currency} (minor units).`,
    })
  const limit = terms?.paymentTerm === undefined ? undefined : creditLimit?.[currency]
  if (limit !== undefined && order.total.amount > limit)
    found.push({
      code: 'credit_exceeded',
      detail: `It is to be paid by '${terms?.paymentTerm}' and comes to ${order.total.amount} ${currency}; up to ${limit} goes without asking (minor units).`,
    })
  return found
}
