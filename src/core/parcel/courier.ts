/**
 * A courier instead of a label: when none comes, or the one that was promised is called off before it had the goods,
 * the next carrier gets the delivery, or a person with a clock.
 */
import { alarm, type Note } from '../decider.ts'
import type { LabelCommand, LabelEvent } from './label.ts'
import type { CourierCase, Label, LabelRequest, LabelState } from './label-state.ts'

const MINUTE_MS = 60_000

/** What is asked of the seller: what happens when it cannot, and for whom the parcel is, is ours. */
export const askOf = ({ by: _, unserved: __, insteadOf: ___, with: ____, ...ask }: LabelRequest) => ask

/** Two that are for the same place, and begin with the same connection: what stands in for it is no other wish. */
export const firstOf = ({ insteadOf, by }: LabelRequest): string => insteadOf ?? by

/**
 * No label, no courier: what follows. `unsure`: it may have been bought all the same, and is then given back before
 * anything else is bought.
 */
export function failedWith(
  { of, request }: Pick<Label, 'of' | 'request'>,
  { code, message, unsure }: { code: string; message: string; unsure: boolean },
  at: string,
): LabelEvent {
  const { unserved, by } = request
  if (unserved?.otherwise)
    return { type: 'label.fellBack', of, code, message, unsure, request: { ...unserved.otherwise, insteadOf: by } }
  return { type: 'label.failed', of, code, message, unsure, ...(unserved ? { case: caseOf(unserved, at) } : {}) }
}

function caseOf({ owner, escalateTo, settleWithinMinutes }: NonNullable<LabelRequest['unserved']>, at: string) {
  const dueAt = new Date(Date.parse(at) + settleWithinMinutes * MINUTE_MS).toISOString()
  return { owner, escalateTo, dueAt, open: true, escalated: false } satisfies CourierCase
}

/** From who sold it: it ended before anybody had the goods. Our own cancellations end that way too. */
export function ended(
  { labels }: LabelState,
  { reference, reason }: Extract<LabelCommand, { type: 'label.ended' }>,
  at: string,
): LabelEvent[] {
  const label = labels.find((one) => one.reference === reference)
  if (!label || label.ended) return []
  const { of, step, bought } = label
  if (step === 'kept') return [{ type: 'label.voided', of, labelId: bought?.labelId ?? null, mended: true }]
  const isKnown = step === 'failed'
  if (step !== 'bought' && step !== 'asked' && !isKnown) return []
  const over: LabelEvent = { type: 'label.ended', of, reason }
  if (label.wanted === null || isKnown) return [over]
  return [over, failedWith(label, { code: 'courier_cancelled', message: reason, unsure: false }, at)]
}

/** What the clock of cases says. */
export const overdue = ({ labels }: LabelState, at: string): LabelEvent[] =>
  labels.flatMap(({ of, case: one }): LabelEvent[] =>
    one?.open && !one.escalated && one.dueAt <= at ? [{ type: 'label.escalated', of, owner: one.escalateTo }] : [],
  )

/** Rings for each case by itself. */
export const clockOf = (stream: string, of: string, { dueAt }: CourierCase): Note =>
  alarm(stream, `courier-${of}`, dueAt, { type: 'label.lookAtClock' })
