/** How an order's money stands, for who gives some of it back: what was paid, where, and what each line is worth. */
import { add, type Money, money, subtract, sum, zero } from '#canon/money.ts'
import type { Order, Refund } from '#canon/order.ts'
import type { TookAtTill, VoidedAtTill } from '../return/at-till.ts'
import type { PaidInstead, SendInstead } from '../return/exchange.ts'
import type { MoneyRequest } from '../return/giving.ts'
import type { Purse } from '../return/giving-state.ts'
import type { AskReturn, ReceiveReturn } from '../return/goods.ts'
import type { OrderState } from './state.ts'

/** What a person says of what comes back, goods or money; or a payment, of money that went back at its provider. */
export type BackRequest =
  | AskReturn
  | ReceiveReturn
  | MoneyRequest
  | PaidInstead
  | SendInstead
  | TookAtTill
  | VoidedAtTill

export const isOfMoney = (request: BackRequest): request is MoneyRequest => request.type.startsWith('refund.')

const PAID: readonly Order['paymentStatus'][] = ['paid', 'partly_refunded', 'refunded']

export function purseOf(order: Order, payments: OrderState['payments'] = []): Purse {
  const { currency } = order
  return {
    paid: PAID.includes(order.paymentStatus) ? paidOf(order) : zero(currency),
    refunded: order.refunded,
    payments: payments.map(({ provider, paymentId, captured }) => ({ provider, paymentId, captured })),
    lines: order.lines.map(({ id, ordered, quantity, unitPrice, discount, taxes }) => ({
      lineId: id,
      ordered,
      quantity,
      amount: money(unitPrice.amount * quantity - discount.amount, currency),
      tax: sum(
        taxes.map(({ amount }) => amount),
        currency,
      ),
    })),
    shipping: {
      amount: sum(
        order.shipping.map(({ price, discount }) => subtract(price, discount)),
        currency,
      ),
      tax: sum(
        order.shipping.flatMap(({ taxes }) => taxes.map(({ amount }) => amount)),
        currency,
      ),
    },
  }
}

/**
 * The total is what is still wanted, so what was paid for pieces that are off again is added. Pieces taken off without
 * money may never have been paid for, and do not count.
 */
function paidOf({ total, refunds = [], taxesIncluded, currency }: Order): Money {
  const off = ({ lines, shipping }: Refund): Money => {
    const shares = [...lines, ...(shipping ? [shipping] : [])]
    return sum(
      shares.map(({ amount, tax }) => (taxesIncluded ? amount : add(amount, tax))),
      currency,
    )
  }
  return add(total, ...refunds.filter(({ amount }) => amount.amount > 0).map(off))
}
