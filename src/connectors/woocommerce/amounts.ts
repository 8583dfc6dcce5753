/**
 * The shop's amounts as ours. Prices, totals and taxes come net and rounded, taxes of a line and `price` unrounded too;
 * where the shop's prices include tax the gross is put together again from the unrounded parts, which gives back the
 * price the customer saw.
 */
import { allocate, money, type Money, parseMoney, parseRounded, sum } from '#canon/money.ts'
import type { LineBody, OrderBody, RefundedItem } from './order-body.ts'
import { fault } from './faults.ts'

/** An amount that must be exact. Throws `malformed`. */
export function exact(text: string, currency: string, what: string): Money {
  return bounded(parseMoney(text, currency), what, currency)
}

/** An amount that may carry more digits than its currency. Throws `malformed`. */
export function rounded(text: string, currency: string, what: string): Money {
  return bounded(parseRounded(text, currency), what, currency)
}

/** Far above any order, and far enough below what a number can hold that sums of them are exact. */
const AMOUNT_MAX = 1e12

const bounded = (amount: Money | null, what: string, currency: string): Money =>
  amount && Math.abs(amount.amount) <= AMOUNT_MAX ? amount : malformed(what, currency)

const malformed = (what: string, currency: string): never => {
  throw fault('malformed', 'woocommerce.malformed_amount', `The amount of ${what} is no amount in ${currency}.`)
}

/** A sum of unrounded parts, computed by others in floating point and so by us. Six digits are beyond any currency. */
function sumOf(parts: readonly (string | number)[], currency: string, what: string): Money {
  const total = parts.reduce<number>((all, part) => all + Number(part), 0)
  return Number.isFinite(total) && Math.abs(total) < AMOUNT_MAX
    ? rounded(total.toFixed(6), currency, what)
    : malformed(what, currency)
}

type Taxed = Pick<LineBody, 'total' | 'taxes'>
const rawTaxes = (taxes: LineBody['taxes'], of: 'total' | 'subtotal'): string[] => taxes.map((tax) => tax[of] || '0')

export interface LineAmounts {
  unitPrice: Money
  /** For the whole line. */
  discount: Money
}

/**
 * Price and discount of what is left of a line, in the way the order counts: price × pieces − discount is what the line
 * cost less what was given back for pieces.
 */
export function lineAmounts(
  line: LineBody,
  body: OrderBody,
  { wanted, back }: { wanted: number; back: Money },
): LineAmounts {
  const { currency } = body
  const pieces = Math.max(1, Math.trunc(line.quantity))
  const { before, after } = costsOf(line, body)
  const left = Math.max(0, after.amount - back.amount)
  // A price that does not come out even is rounded up, and what is too much is discount.
  const unit = Math.ceil(Math.max(before.amount, after.amount) / pieces)
  if (wanted === 0) return { unitPrice: money(unit, currency), discount: money(0, currency) }
  const price = Math.max(unit, Math.ceil(left / wanted))
  return { unitPrice: money(price, currency), discount: money(price * wanted - left, currency) }
}

/** What the line costs, before and after coupons. */
function costsOf(line: LineBody, { currency, prices_include_tax: gross }: OrderBody): { before: Money; after: Money } {
  const after = rounded(line.total, currency, 'a line')
  if (!gross) return { before: rounded(line.subtotal, currency, 'a line'), after }
  const net = line.price === null || line.price === undefined ? Number(line.total) : line.price * line.quantity
  const taxes = (of: 'total' | 'subtotal') => rawTaxes(line.taxes, of).reduce((all, tax) => all + Number(tax), 0)
  const cost = net + taxes('total')
  // The subtotal is rounded; its taxes are not, and say exactly how much the coupon took off.
  const full =
    taxes('total') > 0 ? (cost * taxes('subtotal')) / taxes('total') : Number(line.subtotal) + taxes('subtotal')
  return { before: sumOf([full], currency, 'a line'), after: sumOf([cost], currency, 'a line') }
}

/** What a shipping method or fee costs, in the way the order counts. */
export function chargeOf(line: Taxed, { currency, prices_include_tax: gross }: OrderBody): Money {
  return sumOf(gross ? [line.total, ...rawTaxes(line.taxes, 'total')] : [line.total], currency, 'a charge')
}

/** What of a charge was given back, as a positive amount in the way the order counts. */
export function givenBack(item: RefundedItem, { currency, prices_include_tax: gross }: OrderBody): Money {
  const back = sumOf(gross ? [item.total, item.total_tax] : [item.total], currency, 'a refund')
  return money(Math.abs(back.amount), currency)
}

/**
 * The tax of every line in cents. Some shops round each line, others only the sum: then what each line says does not
 * add up, and the sum is shared out by the unrounded parts.
 */
export function lineTaxes(
  lines: readonly { total_tax: string; taxes: LineBody['taxes'] }[],
  order: OrderBody,
): Money[] {
  const { currency } = order
  const each = lines.map(({ total_tax: tax }) => rounded(tax, currency, 'a tax'))
  const total = exact(order.total_tax, currency, 'the tax')
  const off = total.amount - sum(each, currency).amount
  if (off === 0 || lines.length === 0 || Math.abs(off) > lines.length) return each
  const weights = lines.map(({ taxes }) => {
    const raw = rawTaxes(taxes, 'total').reduce((all, tax) => all + Number(tax), 0)
    return Number.isFinite(raw) ? Math.max(0, Math.min(1e14, Math.round(raw * 1e6))) : 0
  })
  return weights.some((weight) => weight > 0) && total.amount >= 0 ? allocate(total, weights) : each
}

/** Splits the tax of a line over its rates. */
export function byRate(tax: Money, taxes: LineBody['taxes']): Money[] {
  const weights = taxes.map(({ total }) => {
    const raw = Math.abs(Number(total || '0'))
    return Number.isFinite(raw) ? Math.min(1e14, Math.round(raw * 1e6)) : 0
  })
  return taxes.length === 0 ? [] : allocate(tax, weights)
}
