/**
 * Refunds in the channel that the customer's bank refused after all, days after they were made: the money may be given
 * again, under a new name, and a credit note that stands for one that had counted as given is shown.
 */
import type { Refund } from '#canon/order.ts'
import { cameBack } from './foreign.ts'
import type { LookAtOrder, ReturnEvent } from './return.ts'
import type { ReturnState } from './state.ts'

export function lostEvents(state: ReturnState, { lost = [], refunds }: LookAtOrder): ReturnEvent[] {
  return lost
    .filter(({ id }) => !state.lost?.includes(id))
    .flatMap((one): ReturnEvent[] => [
      ...failedPart(state, one.id),
      ...tookBack(state, one.id, refunds),
      { type: 'refund.lost', lost: one },
    ])
}

/** What the hub had the channel give. */
const failedPart = ({ givings = [] }: ReturnState, refundId: string): ReturnEvent[] =>
  givings.flatMap(({ requestId, parts }) =>
    parts
      .filter((part) => !part.payment && part.refundId === refundId && part.step === 'given')
      .map((part): ReturnEvent => ({
        type: 'refund.partEnded', requestId, part: part.requestId, step: 'failed', refundId, detail: '',
      })),
  ) // prettier-ignore

/** It had been told of as given. Of one that failed in part only people know what to do. */
function tookBack(state: ReturnState, id: string, told: readonly Refund[]): ReturnEvent[] {
  const known = state.refunds.find(({ refund, from }) => from === undefined && refund.id === id)
  return known && !told.some((one) => one.id === id) ? cameBack(known) : []
}
