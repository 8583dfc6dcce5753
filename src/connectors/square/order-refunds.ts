/** Refunds of an online order one by one: the money of its payments, and the pieces of the returns that go with it. */
import { add, money, sum, zero } from '#canon/money.ts'
import type { Order, Refund } from '#canon/order.ts'
import { amountsOf } from './amounts.ts'
import type { Refund as Given, Sale, SquareOrder } from './shapes.ts'

/** How the hub's own refunds are known by their reason. */
export const markOf = (key: string): string => `(crossdock ${key})`
const MARK = /\(crossdock ([\w.-]+)\)$/

/** What the bank has said yes to. Parts of one refund of the hub, one to a payment, are one refund. */
export function refundsOf(sale: Sale, included: boolean): Pick<Order, 'refunds'> {
  const { order, refunds, returns } = sale
  const done = refunds.filter(({ status }) => status === 'COMPLETED')
  if (done.length === 0) return {}
  const groups = Map.groupBy(done, (one) => MARK.exec(one.reason ?? '')?.[1] ?? one.order_id ?? one.id)
  return {
    refunds: [...groups.values()].map((parts): Refund => {
      const { currency } = parts[0]!.amount_money
      const ids = new Set(parts.map(({ order_id: id }) => id))
      const orders = [order, ...returns].filter(({ id }) => ids.has(id))
      return {
        id: nameOf(parts[0]!),
        at: parts[0]!.created_at ?? parts[0]!.updated_at ?? order.updated_at,
        amount: sum(parts.map(({ amount_money: one }) => one), currency), // prettier-ignore
        lines: orders.flatMap((one) => linesOf(one, order, included)),
      }
    }),
  }
}

const nameOf = ({ id }: Given): string => id.replaceAll(/[^\w.-]/g, '_')

/** Square does not say whether pieces went back on sale; they are where they were handed in. */
function linesOf(back: SquareOrder, sold: SquareOrder, included: boolean): Refund['lines'] {
  return back.returns
    .filter(({ source_order_id: source }) => source === sold.id)
    .flatMap(({ return_line_items: items, return_taxes: taxes }) =>
      items.flatMap((item) => {
        const lineId = item.source_line_item_uid
        if (!lineId || !sold.line_items.some(({ uid }) => uid === lineId)) return []
        const { quantity, total, taxes: applied } = amountsOf(item, taxes, included)
        const tax = add(zero(total.currency), ...applied.map(({ amount }) => amount))
        const amount = included ? total : money(total.amount - tax.amount, total.currency)
        return [{ lineId, quantity, restocked: quantity, amount, tax, locationId: back.location_id }]
      }),
    )
}
