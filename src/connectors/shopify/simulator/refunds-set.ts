/** `refundCreate`: pieces, shipping and money back, as far as there is any; keyed, as Shopify requires it. */
import { parseMoney } from '#canon/money.ts'
import { numberOf } from '../ids.ts'
import { originalTotals, PAID, type Payment, paymentsOf, refundedOf } from './amounts.ts'
import type { Parts } from './root.ts'
import { refundView } from './views.ts'

export interface RefundArgs {
  input: {
    orderId: string
    note?: string | null
    refundLineItems?: { lineItemId: string; quantity: number; restockType?: string | null }[] | null
    shipping?: { amount?: string | null; fullRefund?: boolean | null } | null
    refundMethods?: { storeCreditRefund?: { amount: { amount: string; currencyCode: string } } | null }[] | null
    transactions?: { parentId?: string | null; gateway: string; amount: string; kind: string }[] | null
  }
}

const minor = (amount: string, currency: string): number => parseMoney(amount, currency)?.amount ?? -1

/** A gift card's money goes to no card: the gateway has to be that of the payment. */
const isOn = (one: { parentId?: string | null; gateway: string }, of: Payment): boolean =>
  one.parentId === of.id && one.gateway === of.gateway

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
  const credits = (input.refundMethods ?? []).flatMap(({ storeCreditRefund: one }) => (one ? [one.amount] : []))
  if (credits.length > 0 && order.customer?.id === undefined)
    return refused('refundMethods', 'Store credit requires a customer on the order')
  const back = [
    ...parts.map(({ amount, parentId }) => ({ amount: minor(amount, order.currency), of: parentId ?? '' })),
    ...credits.map(({ amount }) => ({ amount: minor(amount, order.currency), of: null })),
  ]
  const amount = back.reduce((all, one) => all + one.amount, 0)
  const payments = paymentsOf(order)
  if (
    parts.some((one) => one.kind !== 'REFUND' || !payments.some((of) => isOn(one, of))) ||
    back.some((one) => one.amount <= 0)
  )
    return refused('transactions', 'Transaction is invalid')
  if (amount > left) return refused('transactions', 'Refund amount cannot exceed the amount available to refund')
  for (const { id, left: most } of payments)
    if (back.reduce((all, one) => (one.of === id ? all + one.amount : all), 0) > most)
      return refused('transactions', 'Refund amount cannot exceed the amount of the payment it is made on')
  const shipping = parseMoney(input.shipping?.amount ?? '0', order.currency)?.amount ?? 0
  const paidShipping = order.shipping.reduce((all, one) => all + (one.refunded ? 0 : one.price), 0)
  if (shipping > paidShipping) return refused('shipping', 'Refund amount cannot exceed the shipping that was paid')
  if (shipping > 0 && shipping === paidShipping) for (const one of order.shipping) one.refunded = true
  const removed = lines.map(({ line, quantity, restockType }) => ({
    line: line!,
    quantity,
    restock: restockType === 'RETURN',
  }))
  const refund = trade.giveBack(order, removed, back, input.note ?? null)
  return { refund: refundView(shop, order, refund), order: null, userErrors: [] }
}
