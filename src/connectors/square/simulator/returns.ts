/** Goods and money that go back: an order of its own for the goods, a refund of the payment for the money. */
import type { Hooks } from './hooks.ts'
import type { Account, Cash, LineRow, OrderRow, PaymentRow, RefundRow, Row } from './state.ts'
import { SCALE, type Stock } from './stock.ts'

export interface Return {
  orderId: string
  /** Pieces by the SKU of the line. */
  lines: readonly { sku: string; quantity: number }[]
  /** Back on the shelf. */
  restock?: boolean
  /** The bank has not said yes yet. */
  pending?: boolean
}

interface Terms {
  pending: boolean
  reason: string
}

export interface Returns {
  /** Goods come back. @returns the id of the order that says so. */
  takeBack(back: Return): string
  /** Only money is given back. @returns the id of the order that says so. */
  refundAmount(orderId: string, amount: number): string | null
  /** By the API: money of one payment. @returns the refund. */
  refundPayment(payment: PaymentRow, amount: number, how: { reason?: string; pending?: boolean }): RefundRow
  /** What was pending is decided. */
  settleRefund(refundId: string, status: 'COMPLETED' | 'REJECTED' | 'FAILED'): void
}

export function openReturns(account: Account, hooks: Hooks, stock: Stock): Returns {
  const { state, money } = account

  function refund(payment: PaymentRow, orderId: string, amount: number, { pending, reason }: Terms): RefundRow {
    const at = account.now()
    const row: RefundRow = {
      id: `${payment.id}_${account.id('refund')}`,
      status: pending ? 'PENDING' : 'COMPLETED',
      location_id: payment.location_id,
      destination_type: payment.source_type,
      amount_money: money(amount),
      payment_id: payment.id,
      order_id: orderId,
      reason,
      created_at: at,
      updated_at: at,
    }
    state.refunds.set(row.id, row)
    payment.refund_ids = [...(payment.refund_ids ?? []), row.id]
    payment.refunded_money = money((payment.refunded_money?.amount ?? 0) + amount)
    payment.updated_at = at
    hooks.emit('refund.created', { type: 'refund', id: row.id, object: { refund: row } })
    hooks.emit('payment.updated', paymentNews(payment))
    return row
  }

  /** @param back the return entry and what it comes to. */
  function book(
    source: OrderRow,
    back: Row,
    total: number,
    { pending = false, reason = 'Returned Goods', only }: Partial<Terms> & { only?: PaymentRow } = {},
  ): OrderRow {
    const at = account.now()
    const amounts = {
      total_money: money(total),
      tax_money: money(0),
      discount_money: money(0),
      tip_money: money(0),
      service_charge_money: money(0),
    }
    const order: OrderRow = {
      id: account.id('order'),
      location_id: source.location_id,
      source: source['source'],
      state: 'COMPLETED',
      created_at: at,
      updated_at: at,
      closed_at: at,
      returns: [
        { uid: `return-${account.id('return')}`, source_order_id: source.id, ...back, return_amounts: amounts },
      ],
      return_amounts: amounts,
      net_amounts: { ...amounts, total_money: money(-total) },
      total_money: money(0),
      total_tax_money: money(0),
      total_discount_money: money(0),
      total_tip_money: money(0),
    }
    state.orders.set(order.id, order)
    let left = total
    for (const payment of [...state.payments.values()].filter((one) =>
      only ? one === only : one.order_id === source.id,
    )) {
      const amount = Math.min(left, payment.total_money.amount - (payment.refunded_money?.amount ?? 0))
      if (amount <= 0) continue
      left -= amount
      const row = refund(payment, order.id, amount, { pending, reason })
      const listed = {
        id: row.id,
        location_id: row.location_id,
        transaction_id: source.id,
        tender_id: payment.id,
        created_at: at,
        reason,
        amount_money: row.amount_money,
        status: pending ? 'PENDING' : 'APPROVED',
      }
      order.refunds = [...(order.refunds ?? []), listed]
    }
    hooks.emit('order.created', {
      type: 'order_created',
      id: order.id,
      object: {
        order_created: { order_id: order.id, location_id: order.location_id, state: 'COMPLETED', created_at: at },
      },
    })
    return order
  }

  const moneyAlone = (amount: number): Row => ({
    return_line_items: [
      {
        uid: `return-line-${account.id('return')}`,
        name: 'Custom Amount',
        quantity: '1',
        item_type: 'CUSTOM_AMOUNT',
        base_price_money: money(amount),
        gross_return_money: money(amount),
        total_money: money(amount),
        total_tax_money: money(0),
        total_discount_money: money(0),
        variation_total_price_money: money(amount),
      },
    ],
  })

  return {
    takeBack({ orderId, lines, restock = false, pending = false }) {
      const source = state.orders.get(orderId)!
      const wanted = lines.map(({ sku, quantity }) => {
        const variation = [...state.variations.values()].find((one) => one.sku === sku)!
        const line = source.line_items!.find((one) => one.catalog_object_id === variation.id)!
        const row = returnedLine(account, source, line, quantity)
        if (restock)
          stock.add({
            kind: 'ADJUSTMENT',
            variationId: variation.id,
            locationId: source.location_id,
            quantity: quantity * SCALE,
            states: ['RETURNED_BY_CUSTOMER', 'IN_STOCK'],
            referenceId: null,
            occurredAt: account.now(),
          })
        return row
      })
      const taxes = (source.taxes ?? []).map((tax) => ({
        uid: `return-${tax.uid}`,
        source_tax_uid: tax.uid,
        name: tax.name,
        type: tax.type,
        percentage: tax.percentage,
        scope: 'ORDER',
        applied_money: money(0),
      }))
      const total = wanted.reduce((all, { total_money: { amount } }) => all + amount, 0)
      return book(source, { return_line_items: wanted, return_taxes: taxes }, total, { pending }).id
    },

    refundAmount(orderId, amount) {
      if (amount <= 0) return null
      return book(state.orders.get(orderId)!, moneyAlone(amount), amount).id
    },

    refundPayment(payment, amount, { reason = '', pending = false }) {
      const back = moneyAlone(amount)
      const { refunds } = book(state.orders.get(payment.order_id)!, back, amount, { pending, reason, only: payment })
      return state.refunds.get(String(refunds![0]!['id']))!
    },

    settleRefund(refundId, status) {
      const row = state.refunds.get(refundId)!
      Object.assign(row, { status, updated_at: account.now() })
      const order = state.orders.get(row.order_id)!
      const listed = status === 'COMPLETED' ? 'APPROVED' : status
      order.refunds = (order.refunds ?? []).map((one) => (one['id'] === refundId ? { ...one, status: listed } : one))
      order.updated_at = account.now()
      if (status !== 'COMPLETED') {
        const payment = state.payments.get(row.payment_id)!
        payment.refunded_money = money((payment.refunded_money?.amount ?? 0) - row.amount_money.amount)
        payment.updated_at = account.now()
      }
      hooks.emit('refund.updated', { type: 'refund', id: row.id, object: { refund: row } })
    },
  }
}

/** The part of a line's price, discount and tax that goes with so many of its pieces, after what went before. */
function returnedLine(account: Account, source: OrderRow, line: LineRow, quantity: number) {
  const { money, state } = account
  const earlier = [...state.orders.values()]
    .flatMap(
      (one) => (one.returns ?? []) as { source_order_id: string; return_line_items: (Row & { quantity: string })[] }[],
    )
    .filter((one) => one.source_order_id === source.id)
    .flatMap((one) => one.return_line_items)
    .filter((one) => one['source_line_item_uid'] === line.uid)
    .reduce((all, one) => all + Number(one.quantity), 0)
  const of = Number(line.quantity)
  const upTo = (whole: number, pieces: number) => Math.floor((whole * pieces) / of)
  const share = ({ amount }: Cash) => money(upTo(amount, earlier + quantity) - upTo(amount, earlier))
  const applied = line.applied_taxes?.map((tax) => ({
    uid: `back-${tax.uid}`,
    tax_uid: `return-${tax.tax_uid}`,
    applied_money: share(tax.applied_money),
  }))
  const tax = (applied ?? []).reduce((all, one) => all + one.applied_money.amount, 0)
  return {
    uid: `return-line-${account.id('return')}`,
    source_line_item_uid: line.uid,
    name: line.name,
    quantity: String(quantity),
    item_type: 'ITEM',
    ...(line.catalog_object_id ? { catalog_object_id: line.catalog_object_id } : {}),
    ...(applied ? { applied_taxes: applied } : {}),
    base_price_money: line.base_price_money,
    variation_total_price_money: money(line.base_price_money.amount * quantity),
    gross_return_money: share(line.gross_sales_money),
    total_tax_money: money(tax),
    total_discount_money: share(line.total_discount_money),
    total_money: share(line.total_money),
  }
}

export const paymentNews = (payment: PaymentRow): Row => ({ type: 'payment', id: payment.id, object: { payment } })
