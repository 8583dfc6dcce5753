/**
 * The shipping labels of one order. A delivery that is ready in a warehouse which buys its labels gets one; where it
 * goes may change, and it may be cancelled, at any moment: what was bought for nothing is given back, and what is
 * wanted then is bought. Never two at a time for one delivery, so none is paid twice.
 */
import { canonicalJson } from '#canon/json.ts'
import type { Money } from '#canon/money.ts'
import type { Address } from '#canon/primitives.ts'
import { type Decider, type Decision, refused } from '../decider.ts'
import type { Done, Failed } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { ended, failedWith, overdue } from './courier.ts'
import { reactToLabel } from './label-react.ts'
import { requestOf } from './label-request.ts'
import {
  isOfTogether, isSameWish, isTogetherCommand, noteDelivery, respondTogether, type TogetherCommand, type TogetherEvent,
  togetherStep,
} from './together.ts' // prettier-ignore
import { evolveTogether } from './together-state.ts'
import {
  type BoughtLabel, type CourierCase, initial, isReturn, type Label, type LabelRequest, type LabelState,
} from './label-state.ts' // prettier-ignore

/** To `label/…`: a delivery can leave, and this is where it goes now. Sent any number of times. */
export interface NoteReadyDelivery {
  type: 'label.ready'
  deliveryId: string
  warehouse: string
  to: Address
  /** What the ERP calls the carrier or its service. */
  method?: string
  weightG?: number
  /** When the customer was promised to have it. */
  promisedBy?: string
}

export type LabelCommand =
  | NoteReadyDelivery
  /** From the ERP: a delivery that carries a number was cancelled. */
  | { type: 'label.gone'; deliveryId: string }
  /** From the order's return: it was allowed, and its label is ours to send. */
  | { type: 'label.wantReturn'; returnId: string }
  /** From who sold it: it ended by itself before anybody had the goods. */
  | { type: 'label.ended'; reference: string; reason: string }
  | { type: 'label.lookAtClock' }
  /** By a person: whatever failed is tried again. */
  | { type: 'label.retry' }
  | TogetherCommand
  | Done
  | Failed

export type LabelEvent =
  | { type: 'label.asked'; of: string; reference: string; request: LabelRequest }
  | { type: 'label.wanted'; of: string; request: LabelRequest | null }
  | { type: 'label.bought'; of: string; label: BoughtLabel; mended: boolean }
  /** `unsure`: nobody knows whether it was bought. */
  | { type: 'label.failed'; of: string; code: string; message: string; unsure: boolean; case?: CourierCase }
  /** No courier comes, and the carrier that stands in for it is asked. */
  | { type: 'label.fellBack'; of: string; code: string; message: string; unsure: boolean; request: LabelRequest }
  | { type: 'label.ended'; of: string; reason: string }
  | { type: 'label.escalated'; of: string; owner: string }
  | { type: 'label.voidAsked'; of: string; reason: VoidReason }
  /** `cost`: what is to be paid all the same. */
  | { type: 'label.voided'; of: string; labelId: string | null; mended: boolean; cost?: Money }
  | { type: 'label.kept'; of: string; reason: string }
  /** The ERP's delivery carries its number, or does not any more. */
  | { type: 'label.shown'; of: string }
  | { type: 'label.showFailed'; of: string; message: string }
  | { type: 'label.showRetried'; of: string }
  | { type: 'label.returnUnable'; returnId: string }
  | TogetherEvent

type VoidReason = 'address_changed' | 'fell_back' | 'not_needed' | 'other_parcel'
function reasonOf({ wanted, request }: Label): VoidReason {
  if (!wanted) return 'not_needed'
  if (wanted.insteadOf) return 'fell_back'
  return canonicalJson(wanted.to) === canonicalJson(request.to) ? 'other_parcel' : 'address_changed'
}

/** Refusals in order of precedence. */
export type LabelRefusal = 'nothing_to_retry'

/** What an event owes is of the label right after it. */
export const labelOf = (state: LabelState, of: string): Label | undefined =>
  state.labels.find((label) => label.of === of)

function decide(
  state: LabelState,
  command: LabelCommand,
  policy: Policy,
  { stream, at }: { stream: string; at: string },
): Decision<LabelEvent> {
  const first = respond(state, command, policy, { stream, at })
  if ('refused' in first) return first
  const events = [...first]
  let now = events.reduce(evolve, state)
  for (let event = follow(now, events, stream); event; event = follow(now, events, stream)) {
    events.push(event)
    now = evolve(now, event)
  }
  return events
}

/** One thing that follows; null when nothing does. */
function follow(state: LabelState, events: readonly LabelEvent[], stream: string): LabelEvent | null {
  const step = togetherStep(state)
  if (step) return step
  for (const of of new Set(events.flatMap((event) => ('of' in event ? [event.of] : [])))) {
    const [event] = next(labelOf(state, of), stream)
    // Whatever is bought now leaves with nobody.
    if (event && !(event.type === 'label.asked' && state.together?.sealed && !of.startsWith('return-'))) return event
  }
  return null
}

function respond(
  state: LabelState,
  command: LabelCommand,
  policy: Policy,
  { stream, at }: { stream: string; at: string },
): Decision<LabelEvent> {
  if (isTogetherCommand(command)) return respondTogether(state, command)
  switch (command.type) {
    case 'label.ready': {
      const rules = policy.labels?.[command.warehouse]
      if (!rules) return []
      const { deliveryId: of } = command
      const request = requestOf(command, rules, at)
      const inGroup = noteDelivery(state, of, request)
      if (inGroup) return inGroup
      const known = labelOf(state, of)
      if (!known) return [{ type: 'label.asked', of, reference: referenceOf(stream, of, 1), request }]
      return known.wanted && isSameWish(known.wanted, request) ? [] : [{ type: 'label.wanted', of, request }]
    }
    case 'label.gone': {
      const inGroup = noteDelivery(state, command.deliveryId, null)
      if (inGroup) return inGroup
      const known = labelOf(state, command.deliveryId)
      return known?.wanted ? [{ type: 'label.wanted', of: known.of, request: null }] : []
    }
    case 'label.wantReturn':
      return wantReturn(state, command.returnId, stream)
    case 'label.retry':
      return retry(state, stream)
    case 'label.ended':
      return ended(state, command, at)
    case 'label.lookAtClock':
      return overdue(state, at)
    case 'done':
      return done(state, command)
    case 'failed':
      return failed(state, command, at)
  }
}

/** What stands in for the first seller is no other wish, but another label. */
const isSame = (one: LabelRequest, other: LabelRequest): boolean => isSameWish(one, other) && one.by === other.by

const referenceOf = (stream: string, of: string, count: number): string =>
  `${stream.split('/').slice(1).join(':')}:${of}:${count}`

/** What follows from how a label stands and how it is wanted. */
function next(label: Label | undefined, stream: string): LabelEvent[] {
  if (!label) return []
  const { of, step, wanted, request, count } = label
  const serves = wanted !== null && isSame(wanted, request)
  const isPaid = step === 'bought' || (step === 'failed' && label.unsure)
  if (isPaid && !serves) return [{ type: 'label.voidAsked', of, reason: reasonOf(label) }]
  const isFree = step === 'void' || (step === 'failed' && !serves)
  if (!isFree || !wanted) return []
  return [{ type: 'label.asked', of, reference: referenceOf(stream, of, count + 1), request: wanted }]
}

/** By the newest label of the way out: it knows both addresses, and the box. */
function wantReturn(state: LabelState, returnId: string, stream: string): LabelEvent[] {
  const of = `return-${returnId}`
  if (labelOf(state, of)) return []
  const last = state.labels.findLast((label) => !isReturn(label) && (label.step === 'bought' || label.carried))
  const out = last?.carried ?? last
  if (!out) return [{ type: 'label.returnUnable', returnId }]
  // No courier fetches it from the customer.
  const way = out.request.courier ? out.request.unserved?.otherwise : out.request
  if (!way) return [{ type: 'label.returnUnable', returnId }]
  const { with: _, ...request } = way
  const { reference: returnOf } = out
  const back: LabelRequest = { ...request, choose: { ...request.choose, by: 'cheapest' }, verify: false, returnOf }
  return [{ type: 'label.asked', of, reference: referenceOf(stream, of, 1), request: back }]
}

function retry({ labels }: LabelState, stream: string): Decision<LabelEvent> {
  const events = labels.flatMap((label): LabelEvent[] => {
    const { of, step, count, reference: used, request, shown, ended } = label
    const reference = ended ? referenceOf(stream, of, count + 1) : used
    if (step === 'failed') return [{ type: 'label.asked', of, reference, request }]
    if (step === 'kept') return [{ type: 'label.voidAsked', of, reason: reasonOf(label) }]
    return shown === 'failed' ? [{ type: 'label.showRetried', of }] : []
  })
  return events.length > 0 ? events : refused('nothing_to_retry', 'No label of this order has failed.')
}

function done({ labels, together }: LabelState, command: Done): LabelEvent[] {
  switch (command.intent) {
    case 'label.ensure': {
      const known = labels.find(({ reference }) => reference === command.ask.reference)
      if (!known || known.ended || (known.step !== 'asked' && known.step !== 'failed')) return []
      return [{ type: 'label.bought', of: known.of, label: command.answer, mended: known.trouble }]
    }
    case 'label.void': {
      const known = labels.find(({ reference }) => reference === command.ask.reference)
      if (!known || (known.step !== 'voiding' && known.step !== 'kept')) return []
      const { of } = known
      if (command.answer.outcome === 'refused') {
        const { reason = 'no reason given' } = command.answer
        return known.step === 'kept' ? [] : [{ type: 'label.kept', of, reason }]
      }
      const { cost } = command.answer
      const mended = known.step === 'kept'
      return [{ type: 'label.voided', of, labelId: command.ask.labelId, mended, ...(cost ? { cost } : {}) }]
    }
    case 'delivery.label': {
      const known = labels.find(({ of }) => of === command.ask.deliveryId)
      if (!known || (known.carried ?? known).bought?.trackingNumber !== command.ask.trackingNumber) return []
      const { of } = known
      if (command.answer.outcome !== 'left' || !command.ask.shown)
        return known.shown === 'yes' ? [] : [{ type: 'label.shown', of }]
      // It left without our label, so nothing will ever leave with it; but for others in the parcel.
      if (together && (known.carried || together.lead === null))
        return known.unused ? [] : [{ type: 'label.leftWithout', of }]
      return known.wanted && known.step === 'bought' ? [{ type: 'label.wanted', of, request: null }] : []
    }
    default:
      return []
  }
}

function failed({ labels }: LabelState, { version, fault }: Failed, at: string): LabelEvent[] {
  const { code, message, kind } = fault
  const shown = labels.find((label) => label.shownVersion === version && label.shown === 'asked')
  if (shown) return [{ type: 'label.showFailed', of: shown.of, message }]
  const known = labels.find((label) => label.version === version)
  if (known?.step === 'asked') return [failedWith(known, { code, message, unsure: kind !== 'rejected' }, at)]
  return known?.step === 'voiding' ? [{ type: 'label.kept', of: known.of, reason: message }] : []
}

function evolve(before: LabelState, event: LabelEvent): LabelState {
  const state = { ...before, version: before.version + 1 }
  if (isOfTogether(event)) return evolveTogether(state, event)
  const { version } = state
  const change = (of: string, how: (label: Label) => Label): LabelState => ({
    ...state,
    labels: state.labels.map((label) => (label.of === of ? how(label) : label)),
  })
  switch (event.type) {
    case 'label.asked': {
      const { of, reference, request } = event
      const known = labelOf(before, of)
      const isAgain = known?.reference === reference
      const count = (known?.count ?? 0) + (isAgain ? 0 : 1)
      const wanted = isAgain ? known.wanted : request
      const made: Label = {
        of, count, reference, step: 'asked', unsure: isAgain && known.unsure, trouble: known?.trouble ?? false,
        request, wanted, bought: null, shown: 'no', version, shownVersion: 0,
        ...(known?.case ? { case: known.case } : {}),
        ...(known?.alone === undefined ? {} : { alone: known.alone }),
      } // prettier-ignore
      return known ? change(of, () => made) : { ...state, labels: [...state.labels, made] }
    }
    case 'label.wanted':
      return change(event.of, (label) => ({
        ...label,
        ...(event.request ? {} : settled(label)),
        wanted: event.request,
      }))
    case 'label.bought':
      return change(event.of, (label) => ({
        ...label,
        ...settled(label),
        step: 'bought',
        trouble: false,
        bought: event.label,
        ...(isReturn(label) ? {} : { shown: 'asked', shownVersion: version }),
      }))
    case 'label.failed':
      return change(event.of, (label) => ({
        ...label,
        step: 'failed',
        trouble: true,
        unsure: label.unsure || event.unsure,
        ...(event.case ? { case: event.case } : {}),
      }))
    case 'label.fellBack':
      return change(event.of, (label) => ({
        ...label,
        step: 'failed',
        unsure: label.unsure || event.unsure,
        wanted: event.request,
      }))
    case 'label.ended':
      return change(event.of, (label) => ({
        ...label,
        step: 'failed',
        unsure: false,
        ended: true,
        ...(label.bought ? { shown: 'asked', shownVersion: version } : {}),
      }))
    case 'label.escalated':
      return change(event.of, (label) =>
        label.case ? { ...label, case: { ...label.case, owner: event.owner, escalated: true } } : label,
      )
    case 'label.voidAsked':
      return change(event.of, (label) => ({ ...label, step: 'voiding', version }))
    case 'label.voided':
      return change(event.of, (label) => ({ ...label, step: 'void', shown: 'asked', shownVersion: version }))
    case 'label.kept':
      return change(event.of, (label) => ({ ...label, step: 'kept' }))
    case 'label.shown':
      return change(event.of, (label) => ({ ...label, shown: 'yes' }))
    case 'label.showFailed':
      return change(event.of, (label) => ({ ...label, shown: 'failed' }))
    case 'label.showRetried':
      return change(event.of, (label) => ({ ...label, shown: 'asked', shownVersion: version }))
    case 'label.returnUnable':
      return state
  }
}

/** Nobody has to look any more. */
const settled = ({ case: one }: Label): Pick<Label, 'case'> => (one ? { case: { ...one, open: false } } : {})

export const label: Decider<LabelState, LabelCommand, LabelEvent, Policy> = {
  initial,
  decide,
  evolve,
  react: reactToLabel,
}
