/** A parcel's clocks: late by its promise, lost by its silence, and a case that nobody settled. */
import type { CarrierPolicy } from '../policy.ts'
import type { ParcelEvent } from './parcel.ts'
import { type CaseKind, isOver, type ParcelCase, type ParcelState } from './state.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
export const plus = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

export interface CarrierRules {
  promiseDays: number
  lostAfterDays: number
  owner: string
  escalateTo: string
  settleWithinHours: number
}

export const rulesOf = (policy: CarrierPolicy | undefined): CarrierRules => ({
  promiseDays: policy?.promiseDays ?? 5,
  lostAfterDays: policy?.lostAfterDays ?? 7,
  owner: policy?.owner ?? 'support',
  escalateTo: policy?.escalateTo ?? 'operations',
  settleWithinHours: policy?.settleWithinHours ?? 24,
})

/** Nobody has seen it for so long: since its last scan, or since it left. Never before it is late. */
export function lostAt({ of, latest }: ParcelState, policy: CarrierPolicy | undefined): string {
  if (!of) return ''
  const seenAt = latest && latest.at > of.shippedAt ? latest.at : of.shippedAt
  const lost = plus(seenAt, rulesOf(policy).lostAfterDays * DAY_MS)
  return lost > of.promisedBy ? lost : of.promisedBy
}

/**
 * Whether it would be late without a word to anybody. By the promise made to the customer: a carrier that announces its
 * delay is late all the same.
 */
const mayBeLate = (state: ParcelState): boolean =>
  !isOver(state) && state.case === null && !state.settled.includes('delayed') && !state.settled.includes('lost')

/** An open case of another kind does not stop the clock of its loss. */
const mayBeLost = (state: ParcelState): boolean =>
  !isOver(state) && state.case?.kind !== 'lost' && !state.settled.includes('lost')

/** When the clock has to be looked at next; null when nothing is waited for. */
export function nextLook(state: ParcelState, policy: CarrierPolicy | undefined): string | null {
  if (!state.of) return null
  const moments = [
    ...(state.case && !state.case.escalated ? [state.case.dueAt] : []),
    ...(mayBeLate(state) ? [state.of.promisedBy] : []),
    ...(mayBeLost(state) ? [lostAt(state, policy)] : []),
  ]
  return moments.reduce<string | null>((first, at) => (first === null || at < first ? at : first), null)
}

/** What the clock says at this moment. */
export function look(state: ParcelState, policy: CarrierPolicy | undefined, at: string): ParcelEvent[] {
  const rules = rulesOf(policy)
  if (!state.of) return []
  const { promisedBy } = state.of
  if (mayBeLost(state) && lostAt(state, policy) <= at) {
    const detail = `No scan for ${rules.lostAfterDays} days and its promise is past. Claim it with the carrier, and send the goods again or refund them.`
    return [opened('lost', detail, policy, at)]
  }
  if (mayBeLate(state) && promisedBy <= at) {
    const detail = `It was promised by ${promisedBy.slice(0, 10)} and is not there. Tell the customer; ask the carrier.`
    return [opened('delayed', detail, policy, at)]
  }
  if (state.case && !state.case.escalated && state.case.dueAt <= at)
    return [{ type: 'parcel.caseEscalated', kind: state.case.kind, owner: rules.escalateTo }]
  return []
}

export function opened(kind: CaseKind, detail: string, policy: CarrierPolicy | undefined, at: string): ParcelEvent {
  const { owner, settleWithinHours } = rulesOf(policy)
  const made: ParcelCase = { kind, owner, detail, dueAt: plus(at, settleWithinHours * HOUR_MS), escalated: false }
  return { type: 'parcel.caseOpened', case: made }
}
