/**
 * What of an invoice was paid by card, wallet or transfer. The channel or a provider has that money until it is paid
 * out, so it is booked against the account on which it waits: what the order's customer has paid and not got back, each
 * time that changes by what it changed.
 */
import { type Money, money, subtract, sum } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import { dayIn } from '#canon/day.ts'
import type { Policy } from '../policy.ts'
import { isOnAccount } from './payment.ts'
import { purseOf } from './purse.ts'
import type { OrderRedemptionEvent } from './redeemed.ts'
import type { OrderState } from './state.ts'

/** At most one: it is reckoned from what was asked for before, not from what was answered. */
export function takingSteps(state: OrderState, policy: Policy): OrderRedemptionEvent[] {
  const { order, invoice, billed, bookings = [] } = state
  if (!order || typeof invoice !== 'object') return []
  const channel = policy.channels[order.channel]
  if (!channel?.takings || isOnAccount(order, channel)) return []
  if (billed?.total.currency !== order.currency) return []
  const { updatedAt: at, currency } = order
  const asked = bookings.flatMap(({ taken }) => taken?.redemption.amount ?? [])
  const change = subtract(keptOf(state, order, billed.total), sum(asked, currency))
  if (change.amount === 0) return []
  const redemption = { id: `taken-${asked.length + 1}`, at, amount: change }
  const { timeZone, takings } = channel
  const { invoiceId } = invoice
  return [{ type: 'order.redemptionAsked', redemption, date: dayIn(at, timeZone), invoiceId, ...takings }]
}

/** Of what was paid, what nobody gave back; no more than the invoice says. What gift cards paid or got is left out. */
function keptOf({ payments = [] }: OrderState, order: Order, billed: Money): Money {
  const { currency } = order
  const total = (all: readonly Money[]) => {
    const mine = all.filter((one) => one.currency === currency)
    return sum(mine, currency).amount
  }
  const cards = (order.redeemed ?? []).map(({ amount }) => amount)
  const byCard = total(cards.filter(({ amount }) => amount > 0))
  const toCard = -total(cards.filter(({ amount }) => amount < 0))
  // Channel and provider tell of the same money: whoever has heard more is ahead.
  const taken = Math.max(purseOf(order).paid.amount - byCard, total(payments.map(({ captured }) => captured)))
  const back = Math.max(order.refunded.amount - toCard, total(payments.map(({ refunded }) => refunded)))
  const kept = Math.min(taken - back, billed.amount - byCard + toCard)
  return money(Math.max(0, kept), currency)
}
