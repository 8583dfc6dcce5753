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
      return one ? [say(one, event.refund.status, event.refund.failure ?? '', event.at)] : []
    }
    case 'refund.ended':
      // Of ours the return knows when it was asked for, and how much.
      return [say({ requestId: event.requestId, refundId: null, amount: 0 }, event.status, event.detail, EPOCH)]
    // What came before the order was known.
    case 'payment.orderFound':
      return state.refunds.flatMap((one) =>
        one.refundId === null || one.status === 'asked' ? [] : [say(one, one.status, '', event.at ?? EPOCH)],
      )
    default:
      return []
  }
}
