/**
 * Gives money back on an order (OR28): line by line, shipping beside it, each with its taxes. The marketplace keeps no
 * key of ours, so the order is read first: a refund nobody knew of before, with the same parts, is the one asked for.
 */
import { add, allocate, formatMoney, money, type Money, parseRounded, subtract, sum } from '#canon/money.ts'
import type { Answer, Ask } from '#core/intents.ts'
import { z } from 'zod'
import { Fault } from '../../fault.ts'
import type { Sent } from '../kit/connector.ts'
import { refuseStoreCredit } from '../kit/store-credit.ts'
import { readOrder } from './accept.ts'
import { refundName } from './order.ts'
import type { SeenLine, SeenOrder, SeenTax } from './shape.ts'
import { shapedAnswer, type Wire } from './wire.ts'

type Refund = Ask<'refund.ensure'>

export interface RefundOptions {
  /** The marketplace's code of each reason, by ours; `other` for all the rest. */
  refundReasons: Readonly<Record<string, string>>
}

const made = z.object({ refunds: z.array(z.object({ refund_id: z.string(), order_refund_id: z.string() })).min(1) })

export async function refundEnsure(
  wire: Wire,
  { ask }: Sent<'refund.ensure'>,
  { refundReasons }: RefundOptions,
): Promise<Answer<'refund.ensure'>> {
  refuseStoreCredit(ask, 'mirakl.refund_refused')
  const reason = refundReasons[ask.reason] ?? refundReasons['other']
  if (reason === undefined)
    throw rejected(
      'refund_reason',
      `No reason of the marketplace is configured for '${ask.reason}': set refundReasons.`,
    )
  const order = await readOrder(wire, ask.externalId)
  if (!order) throw rejected('unknown_order', `The marketplace has no order ${ask.orderName} any more.`)
  const parts = partsOf(order, ask)
  const done = find(order, ask, parts)
  if (done !== null) return { refundId: done }
  const body = {
    order_tax_mode: ask.taxesIncluded ? 'TAX_INCLUDED' : 'TAX_EXCLUDED',
    refunds: parts.map((part) => ({
      order_line_id: part.line.order_line_id,
      currency_iso_code: ask.amount.currency,
      quantity: part.quantity,
      reason_code: reason,
      amount: decimal(part.goods.amount),
      taxes: byCode(part.goods.tax, part.line.taxes),
      shipping_amount: decimal(part.shipping.amount),
      shipping_taxes: byCode(part.shipping.tax, part.line.shipping_taxes),
      // Pieces that have not left need not leave any more.
      excluded_from_shipment: part.quantity > 0 && part.line.order_line_state === 'SHIPPING',
    })),
  }
  const answer = await wire.call({ operation: 'OR28', method: 'PUT', path: '/api/orders/refund', body }, [400, 404])
  if (answer.status >= 300) {
    const why = answer.refused.length > 0 ? ` (${answer.refused.join(', ')})` : ''
    throw rejected('refund_refused', `The marketplace gave nothing back on order ${ask.orderName}${why}.`)
  }
  const [first] = shapedAnswer(made, answer, 'OR28').refunds
  return { refundId: refundName({ id: first!.refund_id, order_refund_id: first!.order_refund_id }) }
}

interface Share {
  amount: Money
  tax: Money
}

/** Nothing of these was sold. */
const GONE: ReadonlySet<string> = new Set(['REFUSED', 'CANCELED'])

/** What goes back of one line. */
interface Part {
  line: SeenLine
  quantity: number
  goods: Share
  shipping: Share
}

/**
 * The refund spread over lines, since the marketplace knows no other: what is given for nothing in particular goes by
 * what lines cost, what is kept comes off those that are named, and shipping lies where it was paid.
 */
function partsOf(order: SeenOrder, ask: Refund): Part[] {
  const { lines, shipping, amount, taxesIncluded, orderName } = ask
  const { currency } = amount
  const zero = money(0, currency)
  const gross = ({ amount: each, tax }: Share) => (taxesIncluded ? each : add(each, tax))
  const standing = order.order_lines.filter(({ order_line_state: state }) => !GONE.has(state))
  const strange = lines.find(({ lineId }) => !standing.some((line) => line.order_line_id === lineId))
  const goods = subtract(amount, shipping ? gross(shipping) : zero)
  if (strange || goods.amount < 0 || standing.length === 0)
    throw rejected('refund_refused', `Order ${orderName} has no line to give ${strange?.lineId ?? 'this'} back for.`)
  const named = lines.some((one) => one.amount.amount > 0)
  const worth = standing.map(({ order_line_id: id, price, taxes }) => {
    if (!named) return { amount: minor(price, currency), tax: taxOf(taxes, currency), quantity: 0 }
    return lines.find(({ lineId }) => lineId === id) ?? { amount: zero, tax: zero, quantity: 0 }
  })
  const shares = allocate(goods, worth.map(gross).map((one) => one.amount)) // prettier-ignore
  const prices = standing.map((line) => minor(line.shipping_price, currency).amount)
  const carried = { amount: allocate(shipping?.amount ?? zero, prices), tax: allocate(shipping?.tax ?? zero, prices) }
  return standing.flatMap((line, at): Part[] => {
    const [whole, share] = [worth[at]!, shares[at]!]
    const tax = scaled(whole.tax, share, gross(whole))
    const goodsOf = { amount: taxesIncluded ? share : subtract(share, tax), tax }
    const shippingOf = { amount: carried.amount[at]!, tax: carried.tax[at]! }
    const part = { line, quantity: whole.quantity, goods: goodsOf, shipping: shippingOf }
    return whole.quantity === 0 && goodsOf.amount.amount === 0 && shippingOf.amount.amount === 0 ? [] : [part]
  })
}

const scaled = (tax: Money, share: Money, whole: Money): Money =>
  share.amount === whole.amount || whole.amount === 0
    ? tax
    : money(Math.round((tax.amount * share.amount) / whole.amount), tax.currency)

const minor = (value: number | null | undefined, currency: string): Money =>
  parseRounded((value ?? 0).toFixed(6), currency) ?? money(0, currency)

const taxOf = (taxes: readonly SeenTax[] | null | undefined, currency: string): Money =>
  sum((taxes ?? []).map((one) => minor(one.amount, currency)), currency) // prettier-ignore

const decimal = (amount: Money): number => Number(formatMoney(amount))

function byCode(tax: Money, taxes: readonly SeenTax[] | null | undefined): { code: string; amount: number }[] {
  if (!taxes || taxes.length === 0) return []
  const weights = taxes.map(({ amount }) => Math.max(0, minor(amount, tax.currency).amount))
  return allocate(tax, weights).map((share, at) => ({ code: taxes[at]!.code, amount: decimal(share) }))
}

/** The name of a refund with the very same parts that was not there when this one was first asked for. */
function find(
  { order_lines: lines }: SeenOrder,
  { known = [], amount }: Refund,
  parts: readonly Part[],
): string | null {
  const all = lines.flatMap((line) => (line.refunds ?? []).map((one) => ({ one, lineId: line.order_line_id })))
  const same = (a: string[], b: string[]) => a.toSorted().join('|') === b.toSorted().join('|')
  const wanted = parts.map(({ line, goods, shipping, quantity }) =>
    [line.order_line_id, goods.amount.amount, shipping.amount.amount, quantity].join(' '),
  )
  for (const [name, group] of Map.groupBy(all, ({ one }) => refundName(one))) {
    const there = group.map(({ one, lineId }) =>
      [
        lineId,
        minor(one.amount, amount.currency).amount,
        minor(one.shipping_amount, amount.currency).amount,
        one.quantity ?? 0,
      ].join(' '),
    )
    if (!known.includes(name) && same(wanted, there)) return name
  }
  return null
}

const rejected = (code: string, message: string): Fault => new Fault('rejected', message, { code: `mirakl.${code}` })
