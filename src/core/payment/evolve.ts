/** How each event changes what is remembered of a payment. */
import type { PaymentEvent } from './payment.ts'
import type { PaymentState, Refund } from './state.ts'

export function evolve(before: PaymentState, event: PaymentEvent): PaymentState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'payment.opened':
      return { ...state, currency: event.amount.currency, amount: event.amount.amount }
    case 'payment.authorised':
      return { ...state, authorised: event.total.amount, failure: null }
    case 'payment.captured':
      return { ...state, captured: event.total.amount, ...(event.parts ? { parts: event.parts } : {}) }
    case 'payment.closed':
      return { ...state, closed: true }
    case 'payment.expiryNoted':
      return { ...state, expiresAt: event.expiresAt }
    case 'payment.clocksSet': {
      const clocks = { ...state.clocks }
      for (const { name, at } of event.set) {
        if (at === null) delete clocks[name]
        else clocks[name] = at
      }
      const isOpen = event.set.every(({ name, at }) => name !== 'expiry' || at !== null)
      return { ...(isOpen ? state : without(state, 'authorisation_ends')), clocks }
    }
    case 'payment.failed':
      return { ...state, failure: event.code }
    case 'payment.orderNamed':
      return { ...state, orderRef: event.orderRef, channelRefunds: event.channelRefunds }
    case 'payment.orderFound': {
      const { orderRef, channelRefunds } = event
      return { ...without(state, 'order_missing'), orderRef, orderKnown: true, channelRefunds }
    }
    case 'payment.channelRefunded':
      return { ...state, channelRefunded: event.total.amount }
    case 'payment.captureAsked': {
      const { requestId, final } = event
      const others = state.captures.filter((one) => one.requestId !== requestId)
      const [amount, cumulative] = [event.amount.amount, event.cumulative.amount]
      const one = { requestId, amount, cumulative, final, status: 'asked' as const, version: state.version }
      return { ...without(state, 'capture_failed'), captures: [...others, one] }
    }
    case 'payment.captureEnded': {
      const { requestId, status } = event
      return {
        ...state,
        captures: state.captures.map((one) => (one.requestId === requestId ? { ...one, status } : one)),
      }
    }
    case 'payment.voidAsked':
      return {
        ...without(state, 'void_failed'),
        voiding: { reason: event.reason, status: 'asked', version: state.version },
      }
    case 'payment.voidEnded':
      return {
        ...state,
        voiding: event.status === 'unknown' && state.voiding ? { ...state.voiding, status: 'unknown' } : null,
      }
    case 'payment.disputed': {
      const others = state.disputes.filter(({ disputeId }) => disputeId !== event.dispute.disputeId)
      const waits = event.dispute.status === 'open' || event.dispute.status === 'warned'
      return { ...(waits ? state : without(state, 'evidence_due')), disputes: [...others, event.dispute] }
    }
    case 'payment.warned':
      return { ...state, warnings: [...state.warnings, event.warningId] }
    case 'payment.reviewed': {
      const { reviewId, open, fraud } = event
      const others = (state.reviews ?? []).filter((one) => one.reviewId !== reviewId)
      return { ...state, reviews: [...others, { reviewId, open, fraud }] }
    }
    case 'payment.exceptionRaised': {
      const { code, detail } = event
      return { ...state, troubles: [...state.troubles.filter((one) => one.code !== code), { code, detail }] }
    }
    default:
      return evolveRefund(state, event)
  }
}

type RefundEvent = Extract<PaymentEvent, { type: 'refund.asked' | 'refund.seen' | 'refund.ended' }>

function evolveRefund(state: PaymentState, event: RefundEvent): PaymentState {
  switch (event.type) {
    case 'refund.asked': {
      const { requestId, amount, reason, captureId } = event
      const others = state.refunds.filter((one) => one.requestId !== requestId)
      const one: Refund = {
        requestId, refundId: null, amount: amount.amount, status: 'asked', version: state.version, reason, captureId,
      } // prettier-ignore
      return { ...without(state, 'refund_failed'), refunds: [...others, one] }
    }
    case 'refund.seen': {
      const { refundId, requestId = null, amount, status } = event.refund
      const isSame = (one: Refund) =>
        one.refundId === refundId || (one.refundId === null && one.requestId !== null && one.requestId === requestId)
      const known = state.refunds.find(isSame)
      const captureId = event.refund.captureId ?? known?.captureId
      const base = { version: state.version, reason: '', requestId, ...known }
      const seen = { ...base, refundId, amount: amount.amount, status, captureId }
      return { ...state, refunds: [...state.refunds.filter((one) => !isSame(one)), seen] }
    }
    case 'refund.ended': {
      const { requestId, status } = event
      const ended = (one: Refund) => (one.requestId === requestId && one.refundId === null ? { ...one, status } : one)
      return { ...state, refunds: state.refunds.map(ended) }
    }
  }
}

const without = (state: PaymentState, code: string): PaymentState => ({
  ...state,
  troubles: state.troubles.filter((one) => one.code !== code),
})
