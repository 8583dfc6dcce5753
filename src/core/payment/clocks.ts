/** What a payment wants to be woken for: an authorisation that runs out, and evidence that is due. */
import type { Policy } from '../policy.ts'
import type { PaymentEvent } from './payment.ts'
import { raise } from './raise.ts'
import { capturable, type PaymentState } from './state.ts'

const HOUR_MS = 3_600_000
const EXPIRY_WARNING_HOURS = 24
const EVIDENCE_WARNING_HOURS = 72

const EXPIRY = 'expiry'
const evidenceOf = (disputeId: string): string => `evidence/${disputeId}`

/** By name, when it rings: so long before the moment itself that a person can still do something. */
function clocksOf(state: PaymentState, policy: Policy, stream: string): Record<string, string> {
  const rules = policy.payments?.[stream.split('/')[1] ?? '']
  const clocks: Record<string, string> = {}
  const before = (moment: string, hours: number) => new Date(Date.parse(moment) - hours * HOUR_MS).toISOString()
  if (state.expiresAt && capturable(state) > 0)
    clocks[EXPIRY] = before(state.expiresAt, rules?.expiryWarningHours ?? EXPIRY_WARNING_HOURS)
  for (const { disputeId, status, dueBy } of state.disputes)
    if (dueBy !== null && (status === 'open' || status === 'warned'))
      clocks[evidenceOf(disputeId)] = before(dueBy, rules?.evidenceWarningHours ?? EVIDENCE_WARNING_HOURS)
  return clocks
}

/** What has to be set or called off now; nothing when all clocks stand as they should. */
export function clockStep(state: PaymentState, policy: Policy, stream: string): PaymentEvent[] {
  const [known, clocks] = [state.clocks ?? {}, clocksOf(state, policy, stream)]
  const names = [...new Set([...Object.keys(known), ...Object.keys(clocks)])]
  const set = names.flatMap((name) => (known[name] === clocks[name] ? [] : [{ name, at: clocks[name] ?? null }]))
  return set.length > 0 ? [{ type: 'payment.clocksSet', set }] : []
}

/** One of them rang: what it is about may be over by now. */
export function lookAtClock(state: PaymentState, at: string): PaymentEvent[] {
  const events: PaymentEvent[] = []
  const rang = Object.entries(state.clocks ?? {}).filter(([, moment]) => moment <= at)
  for (const [name] of rang) {
    const dispute = state.disputes.find(({ disputeId }) => name === evidenceOf(disputeId))
    if (name === EXPIRY && state.expiresAt) {
      const left = `${capturable(state)} ${state.currency ?? ''}`
      const detail = `The authorisation runs out at ${state.expiresAt}, and ${left} of it are not captured.`
      events.push(...raise(state, 'authorisation_ends', detail))
    }
    if (dispute?.dueBy) {
      const { disputeId, amount, dueBy } = dispute
      const detail = `Evidence on dispute ${disputeId} over ${amount.amount} ${amount.currency} is due by ${dueBy}.`
      events.push(...raise(state, 'evidence_due', detail))
    }
  }
  return events
}

/** The bank keeps the money: finance has to book it, under its name. */
export const chargebacks = (state: PaymentState): PaymentEvent[] =>
  state.disputes
    .filter(({ status }) => status === 'lost')
    .flatMap(({ disputeId, withdrawn, amount }) => {
      const taken = `${withdrawn > 0 ? withdrawn : amount.amount} ${amount.currency}`
      return raise(state, 'chargeback', `Dispute ${disputeId} is lost: ${taken} went back to the customer's bank.`)
    })
