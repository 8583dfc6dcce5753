/** What people read of a payment's events, and of the captures that lead to it. */
import { formatMoney, type Money } from '#canon/money.ts'
import type { PayoutMonth } from '#core/payout/months.ts'
import type { OrderRedemptionEvent } from '#core/order/redeemed.ts'
import type { OrderSettledEvent } from '#core/order/settled.ts'
import type { CaptureEvent } from '#core/payment/capture.ts'
import type { PaymentEvent } from '#core/payment/payment.ts'
import type { PayoutEvent } from '#core/payout/payout.ts'
import { momentWords } from './moment.ts'

export type MoneyEvent = CaptureEvent | PaymentEvent | PayoutEvent | OrderRedemptionEvent | OrderSettledEvent
type Data<T extends MoneyEvent['type']> = Extract<MoneyEvent, { type: T }>

const words = (amount: Money): string => `${formatMoney(amount)} ${amount.currency}`

const inMonth =
  (currency: string) =>
  ({ month, net, carriedForward }: PayoutMonth): string =>
    `${month} ${words({ amount: net, currency })}${carriedForward ? ', carried forward' : ''}`

export const MONEY_WORDS: { readonly [T in MoneyEvent['type']]: string | ((event: Data<T>) => string) } = {
  'capture.newsKept': 'News of a capture waits until its payment is known',
  'capture.placed': ({ paymentId }) => `The capture belongs to payment ${paymentId}`,
  'capture.told': 'News of the capture went on to its payment',
  'payment.opened': ({ amount }) => `Payment of ${words(amount)} begun`,
  'payment.authorised': ({ total }) => `${words(total)} authorised`,
  'payment.captured': ({ total }) => `${words(total)} captured in all`,
  'payment.closed': ({ released }) =>
    released.amount > 0 ? `${words(released)} let go` : 'Nothing is left to be captured',
  'payment.expiryNoted': ({ expiresAt }) => `What is not captured by ${momentWords(expiresAt)} is lost`,
  'payment.clocksSet': 'What the payment waits for has a clock',
  'payment.failed': ({ code }) => `An attempt to pay failed (${code})`,
  'payment.orderNamed': ({ orderRef }) => `The payment is for order ${orderRef}`,
  'payment.orderFound': ({ orderRef }) => `Order ${orderRef} is here`,
  'payment.channelRefunded': ({ total }) => `The channel gave back ${words(total)} in all`,
  'payment.captureAsked': ({ amount }) => `${words(amount)} is to be captured`,
  'payment.captureEnded': ({ status }) => (status === 'done' ? 'The capture is done' : `The capture is ${status}`),
  'payment.voidAsked': 'The authorised money is to be let go',
  'payment.voidEnded': ({ status }) => (status === 'done' ? 'The money was let go' : `Letting it go is ${status}`),
  'refund.asked': ({ amount }) => `${words(amount)} is to be given back`,
  'refund.seen': ({ refund }) => `Refund of ${words(refund.amount)}: ${refund.status}`,
  'refund.ended': ({ status }) =>
    status === 'refused' ? 'The refund was refused' : 'What became of the refund is unknown',
  'payment.disputed': ({ dispute }) => `Dispute over ${words(dispute.amount)}: ${dispute.status}`,
  'payment.warned': 'The provider expects fraud',
  'payment.reviewed': ({ open, fraud }) =>
    open ? 'The provider reviews the payment' : fraud ? 'The review ended as fraud' : 'The review is over',
  'order.redemptionAsked': ({ redemption: { amount }, account }) =>
    `${account === undefined ? 'Gift card payment' : amount.amount < 0 ? 'Money given back' : 'Payment'} of ${words(amount)} to be booked`,
  'order.redemptionBooked': ({ entry }) => `Payment booked with ${entry}`,
  'order.redemptionFailed': ({ message }) => `Payment not booked: ${message}`,
  'payment.exceptionRaised': ({ detail }) => detail,
  'order.settled': ({ settled: { provider, payoutId, net }, early }) =>
    `${words(net)} of it in payout ${payoutId} of ${provider}${early ? ', before the order is here' : ''}`,
  'payout.seen': ({ net, status, lines, months = [] }) =>
    [`Payout of ${words(net)}, ${status}, of ${lines} movements`, ...months.map(inMonth(net.currency))].join('; '),
  'payout.reconciled': ({ net, fees }) => `Its movements come to ${words(net)}, after fees of ${words(fees)}`,
  'payout.bookingAsked': ({ entries }) =>
    `To be booked in ${entries.length === 1 ? 'one entry' : `${entries.length} entries`}`,
  'payout.booked': ({ entries }) => `Booked with ${entries.join(', ')}`,
  'payout.orderMissing': ({ orderRef, net }) => `Pays ${words(net)} for order ${orderRef}, which was never imported`,
  'payout.orderFound': ({ orderRef }) => `Order ${orderRef} is here`,
  'payout.exceptionRaised': ({ detail }) => detail,
}
