/** What became of what was asked of the provider. */
import type { Done, Failed } from '../intents.ts'
import { seePayment, seeRefund } from './news.ts'
import type { PaymentEvent } from './payment.ts'
import { raise } from './raise.ts'
import type { PaymentState } from './state.ts'

export function finish(state: PaymentState, command: Done, at: string): PaymentEvent[] {
  switch (command.intent) {
    case 'payment.capture': {
      const { requestId } = command.ask
      const isOpen = state.captures.some((one) => one.requestId === requestId && one.status !== 'done')
      const events = seePayment(state, command.answer, at)
      return isOpen ? [...events, { type: 'payment.captureEnded', requestId, status: 'done' }] : events
    }
    case 'payment.void': {
      const events = seePayment(state, command.answer, at)
      const status = command.answer.captured > 0 ? 'refused' : 'done'
      const ended: PaymentEvent[] = state.voiding ? [{ type: 'payment.voidEnded', status }] : []
      const detail = 'It was captured before it could be let go: refund it instead.'
      return [...events, ...ended, ...(status === 'refused' ? raise(state, 'void_failed', detail) : [])]
    }
    case 'payment.refund':
      return seeRefund(state, command.answer, at)
    default:
      return []
  }
}

/** A refusal means that nothing was done; any other end leaves open what was. */
export function giveUp(state: PaymentState, { intent, version, fault }: Failed): PaymentEvent[] {
  const status = fault.kind === 'rejected' ? 'refused' : 'unknown'
  if (intent === 'payment.capture') {
    const one = state.captures.find((each) => each.version === version && each.status === 'asked')
    if (!one) return []
    const ended: PaymentEvent = { type: 'payment.captureEnded', requestId: one.requestId, status }
    return [ended, ...raise(state, 'capture_failed', fault.message)]
  }
  if (intent === 'payment.refund') {
    const one = state.refunds.find((each) => each.version === version && each.status === 'asked')
    if (!one?.requestId) return []
    const ended: PaymentEvent = { type: 'refund.ended', requestId: one.requestId, status, detail: fault.message }
    return [ended, ...raise(state, 'refund_failed', fault.message)]
  }
  if (intent !== 'payment.void' || state.voiding?.version !== version) return []
  return [{ type: 'payment.voidEnded', status }, ...raise(state, 'void_failed', fault.message)]
}
