/** What an event of a return owes: work to the ERP, a question to the parcels, and what the order has to show. */
import { type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import { streams } from '../streams.ts'
import { isOfTill, reactAtTill } from './at-till.ts'
import { isOfExchange, reactToExchange } from './exchange.ts'
import { lookLater } from './foreign.ts'
import type { ReturnEvent } from './return.ts'
import { isOfGiving } from './giving.ts'
import { reactToGiving } from './react-giving.ts'
import type { Received, ReturnState } from './state.ts'
import { formatMoney } from '#canon/money.ts'

export function react(event: ReturnEvent, state: ReturnState, stream: string): (Intent | Note)[] {
  const [, channel = '', externalId = ''] = stream.split('/')
  const orderRef = `${channel}:${externalId}`
  const raise = (code: string, detail: string) =>
    note(streams.order(channel, externalId), { type: 'order.noteException', code, detail } as { type: string })
  if (event.type === 'refund.foundAtProvider') return [lookLater(stream, event.refund)]
  if (isOfTill(event)) return reactAtTill(event, streams.order(channel, externalId))
  if (isOfExchange(event)) return reactToExchange(event, state, streams.order(channel, externalId))
  if (isOfGiving(event)) return reactToGiving(event, state, { channel, externalId })
  switch (event.type) {
    case 'refund.cameBack': {
      const credit =
        event.credit === null ? 'No credit note was made for it yet.' : `Its credit note ${event.credit} stands.`
      const detail = `The refund ${event.refundId} of ${formatMoney(event.amount)} did not reach the customer. ${credit} Give the money again, or reverse the credit note in the ERP.`
      return [raise('refund_came_back', detail)]
    }
    case 'refund.lost': {
      const { id, amount } = event.lost
      // Where a credit note may stand for it, that it came back says more.
      if (state.refunds.some((one) => one.cameBack && one.refund.id === id)) return []
      const sum = `${formatMoney(amount)} ${amount.currency}`
      return [
        raise(
          'refund_failed',
          `Of refund ${id} in the channel ${sum} did not arrive: the customer's bank refused it. Finance owes it.`,
        ),
      ]
    }
    case 'refund.heard':
      return state.refunds.some(({ refund, back }) => refund.id === event.refund.id && back === null)
        ? [note(streams.fulfilment(channel, externalId), { type: 'fulfilment.tellLeft' })]
        : []
    case 'return.arrived':
    case 'return.bookRetried': {
      const { key, pool: warehouse } = event
      return [{ type: 'return.ensure', to: 'erp', ask: { orderRef, key, warehouse, lines: bookable(event.lines) } }]
    }
    case 'refund.creditAsked': {
      const { refundId: key, saleId, invoiceId, date, credit } = event
      const { orderName = '', taxesIncluded = false } = state.facts ?? {}
      const ask = { orderRef, orderName, saleId, invoiceId, key, date, taxesIncluded, ...credit }
      return [{ type: 'credit.ensure', to: 'erp', ask }]
    }
    case 'return.authorised': {
      const detail = `Return ${event.returnId} has the reason '${event.told}', which no policy knows: it counts as 'other'.`
      const label: Note[] = event.label
        ? [
            note(streams.label(channel, externalId), { type: 'label.wantReturn', returnId: event.returnId } as {
              type: string
            }),
          ]
        : []
      return event.told === undefined ? label : [...label, raise('return_reason_unknown', detail)]
    }
    case 'return.refused':
      return [raise('return_refused', `What was said to come back is not booked: ${event.reason}`)]
    case 'return.bookFailed':
      return [raise('return_failed', `The ERP did not book what came back: ${event.message}`)]
    case 'refund.creditFailed':
      return [raise('credit_failed', `The refund ${event.refundId} has no credit note: ${event.message}`)]
    case 'refund.beyond': {
      const why =
        event.why === 'currency'
          ? 'it is in another currency than the invoice'
          : `no more than ${formatMoney(event.left)} of the invoice is left`
      return [
        raise('refund_beyond_invoice', `The refund ${event.refundId} is not credited: ${why}. Credit it by hand.`),
      ]
    }
    case 'refund.changed':
      return [
        raise('refund_changed', `The refund ${event.refundId} is another amount now. Correct its credit note by hand.`),
      ]
    default:
      return []
  }
}

const bookable = (lines: readonly Received[]) =>
  lines.flatMap(({ lineId, quantity, disposition }) =>
    disposition === 'missing' ? [] : [{ lineId, quantity, disposition }],
  )
