/** The refunds of an order one by one: what was given back for which line, and what of it went back on sale. */
import { money, type Money } from '#canon/money.ts'
import type { Refund } from '#canon/order.ts'
import { givenBack, rounded } from './amounts.ts'
import { metaCount } from './order-lines.ts'
import type { OrderBody, RefundBody, RefundedItem } from './order-body.ts'
import { instantOf } from './shape.ts'

/**
 * The shop counts what went back on sale by line, over all refunds: the oldest refunds had it.
 *
 * @param changedAt for a refund that does not say when it was made.
 */
export function refundsOf(body: OrderBody, refunds: readonly RefundBody[], changedAt: string): Refund[] {
  const restocked = new Map(
    body.line_items.map((line) => [String(line.id), metaCount(line, '_restock_refunded_items')]),
  )
  return refunds
    .toSorted((a, b) => a.id - b.id)
    .map((refund) => {
      const goods = [...refund.line_items, ...refund.fee_lines].map((item) => {
        const lineId = lineOf(item)
        const quantity = Math.abs(Math.trunc(item.quantity ?? 0))
        const back = Math.min(quantity, restocked.get(lineId) ?? 0)
        restocked.set(lineId, (restocked.get(lineId) ?? 0) - back)
        return { lineId, quantity, restocked: back, ...shareOf(item, body) }
      })
      const shipping = refund.shipping_lines.map((item) => shareOf(item, body))
      return {
        id: String(refund.id),
        at: refund.date_created_gmt ? instantOf(refund.date_created_gmt, 'date_created_gmt of a refund') : changedAt,
        amount: absolute(rounded(refund.amount, body.currency, 'a refund')),
        lines: goods,
        ...(shipping.length > 0
          ? { shipping: { amount: total(shipping, 'amount', body), tax: total(shipping, 'tax', body) } }
          : {}),
      }
    })
}

function lineOf({ meta_data: all }: RefundedItem): string {
  const value = all.find(({ key }) => key === '_refunded_item_id')?.value
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

type Share = Pick<NonNullable<Refund['shipping']>, 'amount' | 'tax'>

const shareOf = (item: RefundedItem, body: OrderBody): Share => ({
  amount: givenBack(item, body),
  tax: absolute(rounded(item.total_tax, body.currency, 'a refunded tax')),
})

const total = (shares: readonly Share[], of: keyof Share, { currency }: OrderBody): Money =>
  money(shares.reduce((all, share) => all + share[of].amount, 0), currency) // prettier-ignore

const absolute = ({ amount, currency }: Money): Money => money(Math.abs(amount), currency)
