/** What an event of the hub's own refunds owes: a call to the channel, a note to a payment, a word to people. */
import { formatMoney } from '#canon/money.ts'
import { type Note, note } from '../decider.ts'
import type { Intent } from '../intents.ts'
import type { PaymentCommand } from '../payment/payment.ts'
import { streams } from '../streams.ts'
import type { GivingEvent } from './giving.ts'
import type { ReturnState } from './state.ts'

interface Where {
  channel: string
  externalId: string
}

export function reactToGiving(
  event: GivingEvent,
  state: ReturnState,
  { channel, externalId }: Where,
): (Intent | Note)[] {
  const order = streams.order(channel, externalId)
  const raise = (code: string, detail: string) =>
    note(order, { type: 'order.noteException', code, detail } as { type: string })
  switch (event.type) {
    case 'refund.fellDue':
      return [note(order, { type: 'order.askBack', request: event.request } as { type: string })]
    case 'refund.giveAsked':
      return asked(event, state, { channel, externalId })
    case 'refund.requestRefused':
      return [raise('refund_refused', `The refund ${event.requestId} is not given: ${event.reason}`)]
    case 'refund.partEnded': {
      const { part, detail, step } = event
      if (step === 'unknown')
        return [raise('refund_unknown', `Nobody knows whether refund ${part} was given: ${detail} Ask again for it.`)]
      const { amount } = partOf(state, event)
      const text = `The refund ${part} of ${formatMoney(amount)} was not given: ${detail}`
      return step === 'refused' ? [raise('refund_failed', text)] : []
    }
    default:
      return []
  }
}

const partOf = ({ givings = [] }: ReturnState, { requestId, part }: { requestId: string; part: string }) =>
  givings.find((one) => one.requestId === requestId)!.parts.find((one) => one.requestId === part)!

function asked(
  { requestId, parts, again }: Extract<GivingEvent, { type: 'refund.giveAsked' }>,
  state: ReturnState,
  { channel, externalId }: Where,
): (Intent | Note)[] {
  const { reason, worth } = state.givings!.find((one) => one.requestId === requestId)!
  const { orderName, taxesIncluded } = state.facts!
  return parts.map(({ requestId: key, payment, amount, storeCredit, known = [] }): Intent | Note => {
    if (!payment) {
      const lines = worth.lines.map(({ lineId, quantity, amount: each, tax }) => ({
        lineId,
        quantity,
        amount: each,
        tax,
      }))
      const shipping = worth.shipping ? { shipping: worth.shipping } : {}
      const credit = storeCredit ? { storeCredit } : {}
      const ask = { externalId, orderName, key, amount, lines, ...shipping, taxesIncluded, reason, ...credit, known }
      return { type: 'refund.ensure', to: channel, ask }
    }
    const command: PaymentCommand = again
      ? { type: 'payment.retry' }
      : { type: 'payment.refund', requestId: key, amount, reason, ofReturn: true }
    return note(streams.payment(payment.provider, payment.paymentId), command)
  })
}
