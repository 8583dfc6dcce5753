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
  // A channel that captured the money itself tells of its refunds with the order.
  if (!order || currency === null || order.channel === provider) return []
  const say = (one: Pick<Refund, 'requestId' | 'refundId' | 'amount'>, status: ProviderRefund['status'], detail: string, at: string) =>
    note(streams.order(order.channel, order.externalId), {
      type: 'order.askBack',
      request: {
        type: 'refund.atProvider', provider, requestId: one.requestId, refundId: one.refundId,
        amount: money(one.amount, currency), status, detail, at,
      } satisfies ProviderRefund,
    } as { type: string }) // prettier-ignore
  const tell = (one: Refund, detail: string, at: string): Note[] => {
    const whole = wholeOf(state.refunds, one)
    return whole ? [say(whole, whole.status, whole.detail || detail, at)] : []
  }
  switch (event.type) {
    case 'refund.seen': {
      const one = state.refunds.find(({ refundId }) => refundId === event.refund.refundId)
      return one ? tell(one, event.refund.failure ?? '', event.at) : []
    }
    case 'refund.ended': {
      const one = state.refunds.find(({ requestId }) => requestId === event.requestId)
      if (one && partsOf(state.refunds, one).length > 1) return tell(one, event.detail, EPOCH)
      // Of ours the return knows when it was asked for, and how much.
      return [say({ requestId: event.requestId, refundId: null, amount: 0 }, event.status, event.detail, EPOCH)]
    }
    // What came before the order was known.
    case 'payment.orderFound':
      return state.refunds.flatMap((one) => (one.refundId === null ? [] : tell(one, '', event.at ?? EPOCH)))
    default:
      return []
  }
}

const nameOf = ({ requestId }: Refund): string | null => requestId?.split('/')[0] ?? null

const partsOf = (refunds: readonly Refund[], one: Refund): readonly Refund[] =>
  nameOf(one) === null ? [one] : refunds.filter((other) => nameOf(other) === nameOf(one))

interface Whole extends Pick<Refund, 'requestId' | 'refundId' | 'amount'> {
  status: ProviderRefund['status']
  detail: string
}

/**
 * A refund over several captures is asked for in parts, and is one to whoever asked: told once all of them have ended.
 * Of one that ended both ways only people know what to do.
 */
function wholeOf(refunds: readonly Refund[], one: Refund): Whole | null {
  const parts = partsOf(refunds, one)
  const amount = parts.reduce((all, part) => all + part.amount, 0)
  const whole = {
    requestId: nameOf(one),
    refundId: parts.find(({ refundId }) => refundId !== null)?.refundId ?? null,
    amount,
  }
  const ends = new Set(parts.map(({ status }) => status))
  const [status] = ends
  if (ends.has('asked') || status === 'asked' || status === undefined) return null
  if (ends.size === 1) return { ...whole, status, detail: '' }
  const onItsWay = [...ends].every((end) => end === 'succeeded' || end === 'pending')
  if (onItsWay) return { ...whole, status: 'pending', detail: '' }
  return {
    ...whole,
    status: 'unknown',
    detail: 'A part of it was given back and a part was not. Look at the provider.',
  }
}
