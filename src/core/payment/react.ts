/** What an event of a payment owes: work to its provider, and news to its order. */
import { money } from '#canon/money.ts'
import { alarm, type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { OrderPayment } from '../order/payment.ts'
import { parseOrderRef, streams } from '../streams.ts'
import type { PaymentEvent } from './payment.ts'
import { isDisputed, type PaymentState, refundedOf } from './state.ts'

export function react(event: PaymentEvent, state: PaymentState, stream: string): (Intent | Note)[] {
  const [, provider = '', ...rest] = stream.split('/')
  const paymentId = rest.join('/')
  switch (event.type) {
    case 'payment.captureAsked': {
      const { requestId, amount, cumulative, final } = event
      return [{ type: 'payment.capture', to: provider, ask: { paymentId, requestId, amount, cumulative, final } }]
    }
    case 'payment.voidAsked':
      return [{ type: 'payment.void', to: provider, ask: { paymentId, reason: event.reason } }]
    case 'refund.asked': {
      const { requestId, amount, reason } = event
      return [{ type: 'payment.refund', to: provider, ask: { paymentId, requestId, amount, reason } }]
    }
    case 'payment.orderNamed': {
      const look = alarm(stream, 'order', event.lookAt, { type: 'payment.lookForOrder' })
      return state.orderKnown ? [] : [look, ...tellOrder(state, provider, paymentId)]
    }
    case 'payment.orderFound':
      return [alarm(stream, 'order', null, { type: 'payment.lookForOrder' }), ...tellOrder(state, provider, paymentId)]
    case 'payment.channelRefunded':
    case 'payment.captureEnded':
    case 'payment.voidEnded':
    case 'refund.ended':
    case 'payment.exceptionRaised':
      return []
    default:
      return tellOrder(state, provider, paymentId)
  }
}

/** The order of the notes may not be kept: the version says which is the latest. */
function tellOrder(state: PaymentState, provider: string, paymentId: string): Note[] {
  const order = state.orderRef === null ? null : parseOrderRef(state.orderRef)
  const { currency, version, authorised, captured, closed, warnings, reviews = [] } = state
  if (!order || currency === null) return []
  const payment: OrderPayment = {
    provider,
    paymentId,
    version,
    authorised: money(authorised, currency),
    captured: money(captured, currency),
    refunded: money(refundedOf(state), currency),
    closed,
    disputed: isDisputed(state),
    warned: warnings.length > 0 || reviews.some(({ fraud }) => fraud),
    ...(reviews.some(({ open }) => open) ? { inReview: true } : {}),
  }
  return [note(streams.order(order.channel, order.externalId), { type: 'order.notePayment', payment })]
}
