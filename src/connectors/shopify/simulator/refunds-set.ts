/** `refundCreate`: pieces, shipping and money back, as far as there is any; keyed, as Shopify requires it. */
import { parseMoney } from '#canon/money.ts'
import { numberOf } from '../ids.ts'
import { originalTotals, PAID, refundedOf, saleId } from './amounts.ts'
import type { Parts } from './root.ts'
import { refundView } from './views.ts'

export interface RefundArgs {
  input: {
    orderId: string
    note?: string | null
    refundLineItems?: { lineItemId: string; quantity: number; restockType?: string | null }[] | null
    shipping?: { amount?: string | null; fullRefund?: boolean | null } | null
    transactions?: { parentId?: string | null; gateway: string; amount: string; kind: string }[] | null
  }
}

export function createRefund({ shop, trade }: Parts, { input }: RefundArgs) {
  const order = shop.orders.get(Number(numberOf(input.orderId)))
  const refused = (field: string, message: string) => ({
    refund: null,
    order: null,
    userErrors: [{ field: ['input', field], message }],
  })
  if (!order) return refused('orderId', 'Order does not exist')
  const lines = (input.refundLineItems ?? []).map((one) => ({
    ...one,
    line: order.lines.find(({ id }) => id === Number(numberOf(one.lineItemId))),
  }))
  for (const { line, quantity } of lines) {
    if (!line) return refused('refundLineItems', 'Line item does not exist')
    if (quantity > line.current)
      return refused('refundLineItems', 'Quantity cannot refund more items than were purchased')
  }
  const parts = input.transactions ?? []
  const left = PAID.has(order.financialStatus) ? originalTotals(order).total - refundedOf(order) : 0
  const amounts = parts.map(({ amount }) => parseMoney(amount, order.currency)?.amount ?? -1)
  const amount = amounts.reduce((all, one) => all + one, 0)
  if (
    parts.some(({ parentId, kind }) => kind !== 'REFUND' || parentId !== saleId(order)) ||
    amounts.some((one) => one <= 0)
  )
    return refused('transactions', 'Transaction is invalid')
  if (amount > left) return refused('transactions', 'Refund amount cannot exceed the amount available to refund')
  const shipping = parseMoney(input.shipping?.amount ?? '0', order.currency)?.amount ?? 0
  const paidShipping = order.shipping.reduce((all, one) => all + (one.refunded ? 0 : one.price), 0)
  if (shipping > paidShipping) return refused('shipping', 'Refund amount cannot exceed the shipping that was paid')
  if (shipping > 0 && shipping === paidShipping) for (const one of order.shipping) one.refunded = true
  const removed = lines.map(({ line, quantity, restockType }) => ({
    line: line!,
    quantity,
    restock: restockType === 'RETURN',
  }))
  const refund = trade.giveBack(order, removed, amount, input.note ?? null)
  return { refund: refundView(shop, order, refund), order: null, userErrors: [] }
}
