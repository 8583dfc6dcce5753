/** What the order's returns have to hear of refunds: of ours how they ended, of others' that they are there. */
import { money } from '#canon/money.ts'
import { type Note, note } from '../decider.ts'
import type { ProviderRefund } from '../return/giving.ts'
import { parseOrderRef, streams } from '../streams.ts'
import type { PaymentEvent } from './payment.ts'
import type { PaymentState, Refund } from './state.ts'

const EPOCH = '1970-01-01T00:00:00.000Z'

/** Told through the order, which knows how its money stands. */
export function refundNotes(event: PaymentEvent, state: PaymentState, stream: string): Note[] {
  const provider = stream.split('/')[1] ?? ''
  const order = state.orderKnown && state.orderRef !== null ? parseOrderRef(state.orderRef) : null
  const { currency } = state
  if (!order || currency === null) return []
  const say = (one: Pick<Refund, 'requestId' | 'refundId' | 'amount'>, status: ProviderRefund['status'], detail: string, at: string) =>
    note(streams.order(order.channel, order.externalId), {
      type: 'order.askBack',
      request: {
        type: 'refund.atProvider', provider, requestId: one.requestId, refundId: one.refundId,
        amount: money(one.amount, currency), status, detail, at,
      } satisfies ProviderRefund,
    } as { type: string }) // prettier-ignore
  switch (event.type) {
    case 'refund.seen': {
      const one = state.refunds.find(({ refundId }) => refundId === event.refund.refundId)
      if (!one) return []
      if (one.requestId === null) return [say(one, event.refund.status, event.refund.failure ?? '', event.at)]
      return whole(state, one.requestId).map((all) => say(all, all.status, event.refund.failure ?? '', event.at))
    }
    case 'refund.ended': {
      // One that was never taken on is no part of anything.
      const ended = { requestId: baseOf(event.requestId), refundId: null, amount: 0, status: event.status }
      const known = state.refunds.some(({ requestId }) => requestId === event.requestId)
      const told = known ? whole(state, event.requestId) : [ended]
      return told.map((all) => say(all, all.status, event.detail, EPOCH))
    }
    // What came before the order was known.
    case 'payment.orderFound':
      return state.refunds.flatMap((one) =>
        one.refundId === null || one.status === 'asked' ? [] : [say(one, one.status, '', event.at ?? EPOCH)],
      )
    default:
      return []
  }
}

const baseOf = (requestId: string): string => requestId.split('/')[0]!

type Told = Pick<Refund, 'requestId' | 'refundId' | 'amount'> & { status: ProviderRefund['status'] }

/**
 * A request that takes from several captures is one refund for who asked: it has an answer once each part has one. As
 * long as some of it went back it counts as given: the part that did not is this payment's own trouble.
 */
function whole({ refunds }: PaymentState, requestId: string): Told[] {
  const base = baseOf(requestId)
  const parts = refunds.filter((one) => one.requestId !== null && baseOf(one.requestId) === base)
  const statuses = parts.map(({ status }) => status)
  const [first] = parts
  if (!first || statuses.includes('asked')) return []
  const rank = ['unknown', 'succeeded', 'requires_action', 'pending', 'failed', 'canceled', 'refused'] as const
  const status = rank.find((one) => statuses.includes(one)) ?? 'pending'
  return [
    { requestId: base, refundId: first.refundId, amount: parts.reduce((all, { amount }) => all + amount, 0), status },
  ]
}
