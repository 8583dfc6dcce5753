/** The shop's own payments: the movements of its balance, payouts to the bank, and what banks want back. */
import { must } from '#canon/assert.ts'
import { formatMoney, money } from '#canon/money.ts'
import { gid } from '../ids.ts'
import { originalTotals, paymentsOf } from './amounts.ts'
import { connection, type PageArgs } from './pages.ts'
import { moment, type Shop } from './state.ts'

/** Amounts are minor units; `fee` is taken off. */
export interface Movement {
  id: number
  type: string
  at: number
  amount: number
  fee: number
  orderId: number | null
  /** What it moved for, so that it moves once. */
  source: string
  payoutId: number | null
}

export interface Payout {
  id: number
  at: number
  status: string
  net: number
}

export interface Dispute {
  id: number
  orderId: number
  type: 'CHARGEBACK' | 'INQUIRY'
  status: string
  amount: number
  at: number
  dueBy: number
}

export interface OwnPayments {
  /** A movement of any type, such as one that is newer than everybody who reads it. */
  moveBalance(type: string, amount: number, fee?: number): void
  /** All that is open goes to the bank, less a fee for each payment. @returns its id. */
  payOut(status?: string): string
  settlePayout(id: string, status: string): void
  /** Of all an order was paid with. @returns its id. */
  dispute(orderId: string, type?: Dispute['type']): string
  settleDispute(id: string, status: string): void
}

const DAY_MS = 86_400_000
/** 2.9 % and 30 cents. */
const feeOf = (amount: number): number => Math.round(amount * 0.029) + 30
const DISPUTE_FEE = 1_500

export function openPayments(shop: Shop): OwnPayments {
  const move = (type: string, amount: number, fee: number, orderId: number | null, source: string): void => {
    const at = shop.now()
    shop.balance.push({ id: shop.nextId(), type, at, amount, fee, orderId, source, payoutId: null })
  }

  /** Charges and refunds of orders that moved nothing yet. */
  function collect(): void {
    const known = new Set(shop.balance.map(({ source }) => source))
    for (const order of shop.orders.values()) {
      const own = paymentsOf(order).filter(({ gateway }) => gateway === 'shopify_payments')
      for (const { id, amount } of own) if (!known.has(id)) move('CHARGE', amount, feeOf(amount), order.id, id)
      for (const { id, amount, of } of order.refunds.flatMap(({ transactions }) => transactions))
        if (own.some((one) => one.id === of) && !known.has(String(id))) move('REFUND', -amount, 0, order.id, String(id))
    }
  }

  return {
    moveBalance: (type, amount, fee = 0) => move(type, amount, fee, null, `own-${shop.nextId()}`),
    payOut(status = 'PAID') {
      collect()
      const open = shop.balance.filter(({ payoutId }) => payoutId === null)
      const payout = {
        id: shop.nextId(),
        at: shop.now(),
        status,
        net: open.reduce((all, one) => all + one.amount - one.fee, 0),
      }
      for (const one of open) one.payoutId = payout.id
      shop.payouts.push(payout)
      return String(payout.id)
    },
    settlePayout(id, status) {
      must(
        shop.payouts.find((one) => String(one.id) === id),
        `there is a payout ${id}`,
      ).status = status
    },
    dispute(orderId, type = 'CHARGEBACK') {
      const order = must(shop.orders.get(Number(orderId)), `there is an order ${orderId}`)
      const { total: amount } = originalTotals(order)
      const at = shop.now()
      const one: Dispute = {
        id: shop.nextId(),
        orderId: order.id,
        type,
        status: 'NEEDS_RESPONSE',
        amount,
        at,
        dueBy: at + 14 * DAY_MS,
      }
      shop.disputes.push(one)
      if (type === 'CHARGEBACK') move('DISPUTE_WITHDRAWAL', -amount, DISPUTE_FEE, order.id, `dispute-${one.id}`)
      return String(one.id)
    },
    settleDispute(id, status) {
      const one = must(
        shop.disputes.find((each) => String(each.id) === id),
        `there is a dispute ${id}`,
      )
      one.status = status
      if (status === 'WON') move('DISPUTE_REVERSAL', one.amount, 0, one.orderId, `won-${id}`)
    },
  }
}

/** What `shopifyPaymentsAccount` answers. */
export function accountView(shop: Shop) {
  const price = (amount: number) => ({ amount: formatMoney(money(amount, shop.currency)), currencyCode: shop.currency })
  const newestFirst = <T>(all: readonly T[], { reverse }: { reverse?: boolean }) => (reverse ? all.toReversed() : all)
  return {
    id: 'gid://shopify/ShopifyPaymentsAccount/1',
    payouts: (args: PageArgs & { reverse?: boolean }) =>
      connection(newestFirst(shop.payouts, args), args, ({ id, at, status, net }) => ({
        id: `gid://shopify/ShopifyPaymentsPayout/${id}`,
        legacyResourceId: String(id),
        issuedAt: moment(at),
        status,
        transactionType: net < 0 ? 'WITHDRAWAL' : 'DEPOSIT',
        net: price(net),
      })),
    balanceTransactions: (args: PageArgs & { query?: string | null }) => {
      const wanted = /^payments_transfer_id:(\d+)$/.exec(args.query ?? '')?.[1]
      const rows = shop.balance.filter(({ payoutId }) => wanted === undefined || String(payoutId) === wanted)
      return connection(rows, args, ({ id, type, amount, fee, orderId }) => ({
        id: `gid://shopify/ShopifyPaymentsBalanceTransaction/${id}`,
        type,
        net: price(amount - fee),
        fee: price(fee),
        associatedOrder: orderId === null ? null : { id: gid('Order', orderId) },
      }))
    },
    disputes: (args: PageArgs & { reverse?: boolean }) =>
      connection(newestFirst(shop.disputes, args), args, ({ id, orderId, type, status, amount, at, dueBy }) => ({
        id: `gid://shopify/ShopifyPaymentsDispute/${id}`,
        legacyResourceId: String(id),
        type,
        status,
        initiatedAt: moment(at),
        finalizedOn: null,
        evidenceDueBy: moment(dueBy),
        amount: price(amount),
        reasonDetails: { reason: 'FRAUDULENT' },
        order: { id: gid('Order', orderId), legacyResourceId: String(orderId) },
      })),
  }
}
