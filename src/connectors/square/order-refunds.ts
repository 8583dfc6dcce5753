/** Refunds of an online order one by one: the money of its payments, and the pieces of the returns that go with it. */
import { add, money, negate, sum, zero } from '#canon/money.ts'
import type { LostRefund, Order, Refund } from '#canon/order.ts'
import { amountsOf } from './amounts.ts'
import type { Payment, Refund as Given, Sale, SquareOrder } from './shapes.ts'

/** How the hub's own refunds are known by their reason. */
export const markOf = (key: string): string => `(crossdock ${key})`
const MARK = /\(crossdock ([\w.-]+)\)$/

/** What the bank said no to, days after it was asked. */
export const LOST: ReadonlySet<string | null | undefined> = new Set(['REJECTED', 'FAILED'])

/** What the bank has said yes to, and no. Parts of one refund of the hub, one to a payment, are one refund. */
export function refundsOf(sale: Sale, included: boolean): Pick<Order, 'refunds' | 'lostRefunds'> {
  const { order, refunds, returns } = sale
  const groups = [...Map.groupBy(refunds, nameOfGroup).values()]
  const done = groups
    .map((parts) => parts.filter(({ status }) => status === 'COMPLETED'))
    .filter(({ length }) => length > 0)
  const lost = groups.filter((parts) => parts.some(({ status }) => LOST.has(status)))
  return {
    ...(lost.length > 0 ? { lostRefunds: lost.map(lostOf) } : {}),
    ...(done.length > 0 ? { refunds: done.map(givenOf) } : {}),
  }

  function givenOf(parts: Given[]): Refund {
    const ids = new Set(parts.map(({ order_id: id }) => id))
    const orders = [order, ...returns].filter(({ id }) => ids.has(id))
    return {
      id: nameOf(parts[0]!),
      at: parts[0]!.created_at ?? parts[0]!.updated_at ?? order.updated_at,
      amount: amountOf(parts),
      lines: orders.flatMap((one) => linesOf(one, order, included)),
    }
  }

  /** Under the name the refund had when it was made, whichever of its parts it is. */
  function lostOf(parts: Given[]): LostRefund {
    const gone = parts.filter(({ status }) => LOST.has(status))
    return { id: nameOf(parts[0]!), at: gone[0]!.updated_at ?? order.updated_at, amount: amountOf(gone) }
  }
}

/** What gift cards paid, and what went back to them; nothing where none did. */
export function redeemedOf({ payments, refunds }: Sale): Pick<Order, 'redeemed'> {
  const cards = payments.filter((one) => one.status === 'COMPLETED' && isGiftCard(one))
  const back = refunds.filter(
    ({ status, payment_id: of }) => status === 'COMPLETED' && cards.some(({ id }) => id === of),
  )
  if (cards.length === 0) return {}
  return {
    redeemed: [
      ...cards.map(({ id, created_at: at, total_money: amount }) => ({ id: plainId(id), at, amount })),
      ...back.map(({ id, created_at: at, amount_money: amount }) => ({
        id: plainId(id), at: at ?? cards[0]!.created_at, amount: negate(amount),
      })),
    ],
  } // prettier-ignore
}

export const isGiftCard = ({ card_details: details }: Pick<Payment, 'card_details'>): boolean =>
  details?.card?.card_brand === 'SQUARE_GIFT_CARD'

const nameOfGroup = ({ id, reason, order_id: order }: Given): string => MARK.exec(reason ?? '')?.[1] ?? order ?? id

const amountOf = (parts: readonly Given[]): Refund['amount'] =>
  sum(parts.map(({ amount_money: one }) => one), parts[0]!.amount_money.currency) // prettier-ignore

const plainId = (id: string): string => id.replaceAll(/[^\w.-]/g, '_')
const nameOf = ({ id }: Given): string => plainId(id)

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
