/** Why an action on a dead letter is refused, each with what to do. */

export const DENIALS = {
  letter_unknown: { reason: 'There is no dead letter of this number.', cure: 'Look at the list of dead letters.' },
  resolved: { reason: 'It is resolved.', cure: 'Nothing to do. What died again is opened again by itself.' },
  under_way: { reason: 'A retry of it is under way.', cure: 'Wait for what comes of it, then look again.' },
  retries_used_up: {
    reason: 'It was retried as often as policy.deadLetters.retriesMax allows.',
    cure: 'Retrying changes nothing here: mend the cause, or resolve it with a reason.',
  },
  overtaken: {
    reason: 'The same call may not be made again: its stream has moved on since.',
    cure: 'Retry on the latest version.',
  },
  undecided: { reason: 'The failure itself still waits to be decided.', cure: 'Try again in a moment.' },
  no_latest: { reason: 'No stream can decide it anew.', cure: 'Retry the failed step.' },
  ask_not_editable: {
    reason: 'A call follows from what was decided; it is not edited.',
    cure: 'Mend the order, the product or the customer where it comes from, then retry on the latest version.',
  },
  answer_not_editable: {
    reason: 'It is the answer of another system; nobody edits what somebody else said.',
    cure: 'Retry it after the cause is mended, or resolve it with a reason.',
  },
  not_accepted: {
    reason: 'Edited like this it would fail again.',
    cure: 'Correct the member that is named, then save again. Nothing was changed.',
  },
  no_such_member: {
    reason: 'The path leads to no member of the body.',
    cure: 'Name it as a JSON pointer: /line_items/0/sku.',
  },
  masked: {
    reason: 'The edit holds masked data (•••), which would take the place of the real.',
    cure: 'Change the members that are wrong and leave the others as they are.',
  },
  changes_need_json: { reason: 'The body is not JSON, so it has no members.', cure: 'Give the whole body instead.' },
  edit_too_large: { reason: 'The body is larger than 4 MiB.', cure: 'Shorten it.' },
  too_many: {
    reason: 'More dead letters fit than one bulk action may touch.',
    cure: 'Narrow the filter, or raise policy.deadLetters.bulkMax.',
  },
} as const satisfies Record<string, { reason: string; cure: string }>

export type DenialCode = keyof typeof DENIALS

export interface Denial {
  code: DenialCode
  reason: string
  cure: string
  /** The member that is wrong. */
  field?: string
}

export const denied = (code: DenialCode): Denial => ({ code, ...DENIALS[code] })

export const isDenial = (value: object): value is Denial => 'code' in value && 'cure' in value
