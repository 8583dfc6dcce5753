/** What a person has to see of a payment; the same thing is said once. */
import type { PaymentEvent } from './payment.ts'
import type { PaymentState } from './state.ts'

export function raise({ troubles }: PaymentState, code: string, detail: string): PaymentEvent[] {
  const isKnown = troubles.some((one) => one.code === code && one.detail === detail)
  return isKnown ? [] : [{ type: 'payment.exceptionRaised', code, detail }]
}
