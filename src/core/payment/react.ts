/** What an event of a payment owes: work to its provider, and news to its order. */
import { money } from '#canon/money.ts'
import { alarm, type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { OrderPayment } from '../order/payment.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { refundNotes } from './answer.ts'
import type { PaymentEvent } from './payment.ts'
import { isDisputed, type PaymentState, refundedOf } from './state.ts'

export const react = (event: PaymentEvent, state: PaymentState, stream: string): (Intent | Note)[] => [
  ...owed(event, state, stream),
  ...refundNotes(event, state, stream),
]

function owed(event: PaymentEvent, state: PaymentState, stream: string): (Intent | Note)[] {
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
      const { requestId, amount, reason, captureId } = event
      const from = captureId === undefined ? {} : { captureId }
      return [{ type: 'payment.refund', to: provider, ask: { paymentId, requestId, amount, reason, ...from } }]
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
    case 'payment.expiryNoted':
      return []
    case 'payment.clocksSet':
      return event.set.map(({ name, at }) => alarm(stream, name, at, { type: 'payment.lookAtClock' }))
    case 'payment.exceptionRaised':
      return tellException(event.code, event.detail, state)
    default:
      return tellOrder(state, provider, paymentId)
  }
}

/** What keeps a person of the order busy as well. */
const TOLD: ReadonlySet<string> = new Set([
  'authorisation_ends',
  'evidence_due',
  'chargeback',
  'capture_failed',
  'void_failed',
])

function tellException(code: string, detail: string, { orderRef, orderKnown }: PaymentState): Note[] {
  const order = orderRef === null || !orderKnown || !TOLD.has(code) ? null : parseOrderRef(orderRef)
  if (!order) return []
  return [note(streams.order(order.channel, order.externalId), { type: 'order.noteException', code, detail })]
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
