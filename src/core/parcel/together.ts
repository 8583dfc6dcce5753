/**
 * Labels of orders that leave in one parcel. The lead's label stands for all of them: it waits until every delivery is
 * ready, weighs what they weigh together, and the others' deliveries carry its number. Nobody has two: what one bought
 * for itself is given back before the lead's is bought, and the other way round.
 */
import { canonicalJson } from '#canon/json.ts'
import { type Note, note } from '../decider.ts'
import { isSamePlace } from '../order/same-buyer.ts'
import type { ApartCode } from '../order/together.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { firstOf } from './courier.ts'
import type { LabelCommand, LabelEvent } from './label.ts'
import { isReturn, type Label, type LabelRequest, type LabelState } from './label-state.ts'
import type { CarriedLabel, ReadyRider, TogetherLabels } from './together-state.ts'

export type TogetherCommand =
  /** From the order that leads: these others are in its parcel; none: it is sent by itself. */
  | { type: 'label.lead'; with: readonly string[] }
  /** From the lead's labels: your deliveries go with ours, or by themselves again. */
  | { type: 'label.ride'; lead: string }
  | { type: 'label.alone'; lead: string }
  /** From the labels of one of the others: this delivery is ready, and no label of its own is paid. */
  | { type: 'label.noteRider'; ref: string; ready: ReadyRider | null }
  /** From the lead's labels: this one stands for your delivery; null: none does any more. */
  | { type: 'label.carry'; lead: string; carried: { of: string; label: CarriedLabel } | null }
  /** From the order: it has left, or (`other`) another of the parcel has. What is on the box stays on it. */
  | { type: 'label.seal'; other: boolean }
  /** From the order: it is cancelled, so its deliveries want nothing by themselves. */
  | { type: 'label.forget' }

export type TogetherEvent =
  | { type: 'label.grouped'; lead: string | null; with: readonly string[]; dropped: readonly string[] }
  | { type: 'label.ungrouped'; dropped: readonly string[] }
  /** It would be wanted so by itself; null: not at all. */
  | { type: 'label.waits'; of: string; request: LabelRequest | null }
  /** Of one of the others: what the lead was told. */
  | { type: 'label.offered'; ready: ReadyRider | null }
  /** Of the lead: one of the others is ready, or is not. */
  | { type: 'label.riderNoted'; ref: string; ready: ReadyRider | null }
  /** Of the lead: by the ERP that one goes elsewhere. */
  | { type: 'label.riderOff'; ref: string; code: 'readdressed' | 'moved' }
  /** Of the lead: the others hear which label stands for them. */
  | { type: 'label.shared'; of: string; told: string }
  | { type: 'label.carried'; of: string; label: CarriedLabel }
  | { type: 'label.uncarried'; of: string; label: CarriedLabel }
  /** It left without the label of the parcel. */
  | { type: 'label.leftWithout'; of: string }
  | { type: 'label.sealed' }

const COMMANDS: readonly string[] = [
  'label.lead', 'label.ride', 'label.alone', 'label.noteRider', 'label.carry', 'label.seal', 'label.forget',
] satisfies TogetherCommand['type'][] // prettier-ignore
export const isTogetherCommand = (command: LabelCommand): command is TogetherCommand => COMMANDS.includes(command.type)

const EVENTS: readonly string[] = [
  'label.grouped', 'label.ungrouped', 'label.waits', 'label.offered', 'label.riderNoted', 'label.riderOff', 'label.shared',
  'label.carried', 'label.uncarried', 'label.leftWithout', 'label.sealed',
] satisfies TogetherEvent['type'][] // prettier-ignore
export const isOfTogether = (event: LabelEvent): event is TogetherEvent => EVENTS.includes(event.type)

const isEqual = (one: unknown, other: unknown): boolean => canonicalJson(one ?? null) === canonicalJson(other ?? null)

/** Where it goes, with whom, and who is asked first; its weight and its promise are those of the moment. */
export const isSameWish = (one: LabelRequest | null, other: LabelRequest | null): boolean =>
  one === null || other === null
    ? one === other
    : isEqual(one.to, other.to) && isEqual(one.with, other.with) && firstOf(one) === firstOf(other)

export function respondTogether(state: LabelState, command: TogetherCommand): LabelEvent[] {
  const { together } = state
  switch (command.type) {
    case 'label.lead':
      return lead(state, command.with)
    case 'label.ride': {
      if (state.left || (together && (together.lead === command.lead || together.sealed))) return []
      const dropped = Object.keys(together?.riders ?? {})
      return [...uncarried(state), { type: 'label.grouped', lead: command.lead, with: [], dropped }]
    }
    case 'label.alone':
      return together?.lead === command.lead && !together.sealed ? apart(state, []) : []
    case 'label.noteRider': {
      const { ref, ready } = command
      const known = together?.lead === null ? together.riders[ref] : undefined
      return known === undefined || isEqual(known, ready) ? [] : [{ type: 'label.riderNoted', ref, ready }]
    }
    case 'label.carry': {
      const { carried } = command
      if (together?.lead !== command.lead || together.sealed) return []
      const known = state.labels.find(({ of }) => of === carried?.of)
      if (known && isEqual(known.carried, carried?.label)) return []
      return [...uncarried(state), ...(known && carried ? [{ type: 'label.carried' as const, ...carried }] : [])]
    }
    case 'label.seal':
      if (!together) return command.other || state.left ? [] : [{ type: 'label.sealed' }]
      return together.sealed || (command.other && !together.told) ? [] : [{ type: 'label.sealed' }]
    case 'label.forget':
      if (!together || together.sealed) return []
      return ofGroup(state).flatMap(({ of, alone }): LabelEvent[] =>
        alone ? [{ type: 'label.waits', of, request: null }] : [],
      )
  }
}

function lead(state: LabelState, riders: readonly string[]): LabelEvent[] {
  const { together } = state
  if (state.left) return []
  if (together && together.lead !== null) {
    if (riders.length === 0 || together.sealed) return []
    return [...uncarried(state), { type: 'label.grouped', lead: null, with: riders, dropped: [] }]
  }
  const known = Object.keys(together?.riders ?? {})
  const dropped = known.filter((ref) => !riders.includes(ref))
  if (together ? dropped.length === 0 && known.length === riders.length : riders.length === 0) return []
  if (riders.length === 0 && !together?.sealed) return apart(state, dropped)
  return [{ type: 'label.grouped', lead: null, with: riders, dropped }]
}

const uncarried = (state: LabelState): LabelEvent[] =>
  ofGroup(state).flatMap(({ of, carried }): LabelEvent[] =>
    carried ? [{ type: 'label.uncarried', of, label: carried }] : [],
  )

/** Each wants again what it would want by itself. */
function apart(state: LabelState, dropped: readonly string[]): LabelEvent[] {
  return [
    ...uncarried(state),
    { type: 'label.ungrouped', dropped },
    ...ofGroup(state).flatMap(({ of, alone = null, wanted, unused }): LabelEvent[] => {
      const request = unused ? null : alone
      return isSameWish(request, wanted) ? [] : [{ type: 'label.wanted', of, request }]
    }),
  ]
}

/** News of a delivery of an order in a group; null when it is in none. */
export function noteDelivery(state: LabelState, of: string, request: LabelRequest | null): LabelEvent[] | null {
  if (!state.together) return null
  const known = state.labels.find((label) => label.of === of)
  if (state.together.sealed || (known ? isSameWish(known.alone ?? null, request) : !request)) return []
  return [{ type: 'label.waits', of, request }]
}

const ofGroup = ({ labels }: LabelState): readonly Label[] => labels.filter((label) => label.alone !== undefined)

/** The delivery whose label all share. One order has one, but for what a person divides in the ERP. */
const mainOf = (state: LabelState): Label | undefined => {
  const own = ofGroup(state)
  return own.find(({ alone }) => alone) ?? own[0]
}

/** What follows for the group, one event at a time; null when nothing does. */
export function togetherStep(state: LabelState): LabelEvent | null {
  const { together } = state
  if (!together) return null
  const main = mainOf(state)
  if (together.sealed) return together.lead === null ? (unused(main, together) ?? unshare(main, together)) : null
  const off = together.lead === null ? riderOff(main, together) : null
  if (off) return off
  for (const label of ofGroup(state)) {
    const wish = wishOf(label, main, together)
    if (!isSameWish(label.wanted, wish)) return { type: 'label.wanted', of: label.of, request: wish }
  }
  if (together.lead !== null) {
    const ready = offerOf(main)
    return isEqual(together.offered, ready) ? null : { type: 'label.offered', ready }
  }
  return share(main, together)
}

function wishOf(label: Label, main: Label | undefined, { lead: leader, riders }: TogetherLabels): LabelRequest | null {
  if (leader !== null) return null
  const alone = label.alone ?? null
  if (label !== main || !alone) return alone
  const all = Object.values(riders)
  return all.every((one) => one !== null) ? combined(alone, all, Object.keys(riders)) : null
}

/** Nobody has left with it, and nobody can any more. */
const unused = (main: Label | undefined, { riders }: TogetherLabels): LabelEvent | null =>
  main?.unused && main.wanted && Object.values(riders).every((ready) => ready === null)
    ? { type: 'label.wanted', of: main.of, request: null }
    : null

/** One box of the warehouse with the weight of all, there as soon as the most urgent has to be. */
function combined(own: LabelRequest, riders: readonly ReadyRider[], refs: readonly string[]): LabelRequest {
  const requests = [own, ...riders.map(({ request }) => request)]
  const weightG = requests.reduce((all, { parcel }) => all + parcel.weightG, 0)
  const withinDays = Math.min(...requests.map(({ choose }) => choose.withinDays))
  const whole = <Request extends Pick<LabelRequest, 'parcel' | 'choose'>>(one: Request) => ({
    ...one, parcel: { ...one.parcel, weightG }, choose: { ...one.choose, withinDays }, with: refs.toSorted(),
  }) // prettier-ignore
  const { unserved } = own
  const otherwise = unserved?.otherwise && { unserved: { ...unserved, otherwise: whole(unserved.otherwise) } }
  return { ...whole(own), ...otherwise }
}

/** Only once no label of its own is paid: so there are never two. */
function offerOf(main: Label | undefined): ReadyRider | null {
  if (!main?.alone) return null
  const isFree = main.step === 'void' || (main.step === 'failed' && !main.unsure)
  return isFree ? { of: main.of, request: main.alone } : null
}

function riderOff(main: Label | undefined, { riders }: TogetherLabels): LabelEvent | null {
  const own = main?.alone
  if (!own) return null
  for (const [ref, ready] of Object.entries(riders)) {
    if (!ready) continue
    if (!isSamePlace(ready.request.to, own.to)) return { type: 'label.riderOff', ref, code: 'readdressed' }
    if (!isEqual(ready.request.from, own.from)) return { type: 'label.riderOff', ref, code: 'moved' }
  }
  return null
}

/** It was on its way back when something left: who is still here has to hear. */
const unshare = (main: Label | undefined, { told }: TogetherLabels): LabelEvent | null =>
  told && main && !isThere(main) ? { type: 'label.shared', of: main.of, told: '' } : null

function share(main: Label | undefined, together: TogetherLabels): LabelEvent | null {
  const whose = Object.entries(together.riders).map(([ref, ready]) => `${ref}/${ready?.of ?? ''}`)
  const { with: riders } = main && isThere(main) ? main.request : {}
  const told = main && riders ? [main.reference, ...riders, ...whose].join(' ') : ''
  return told === (together.told ?? '') ? null : { type: 'label.shared', of: main!.of, told }
}

/** Until it was given back it is on the box. */
const isThere = ({ bought, step, ended }: Label): boolean =>
  bought !== null && !ended && (step === 'bought' || step === 'voiding' || step === 'kept')

export function reactTogether(event: TogetherEvent, state: LabelState, stream: string): Note[] {
  const me = stream.split('/').slice(1).join(':')
  switch (event.type) {
    case 'label.grouped':
      return [
        ...(event.dropped.length === 0 && ofGroup(state).some(({ step }) => step === 'kept')
          ? toOrder(me, me, 'label_kept')
          : []),
        ...event.with.flatMap((ref) => toLabels(ref, { type: 'label.ride', lead: me })),
        ...event.dropped.flatMap((ref) => toLabels(ref, { type: 'label.alone', lead: me })),
      ]
    case 'label.ungrouped':
      return event.dropped.flatMap((ref) => toLabels(ref, { type: 'label.alone', lead: me }))
    case 'label.offered':
      return toLabels(state.together!.lead!, { type: 'label.noteRider', ref: me, ready: event.ready })
    case 'label.riderOff':
      return toOrder(me, event.ref, event.code)
    case 'label.leftWithout': {
      const { lead: leader, told } = state.together!
      // Others may leave with it still, once they have heard of it.
      return told ? [] : toOrder(leader ?? me, me, 'left_without')
    }
    case 'label.shared': {
      const { reference, request, bought } = state.labels.find(({ of }) => of === event.of)!
      const carried = event.told !== '' && bought ? { reference, request, bought } : null
      return Object.entries(state.together!.riders).flatMap(([ref, ready]) => {
        const isIn = carried !== null && ready !== null && carried.request.with?.includes(ref)
        return toLabels(ref, { type: 'label.carry', lead: me, carried: isIn ? { of: ready.of, label: carried } : null })
      })
    }
    default:
      return []
  }
}

/** What it had was not taken back: it may be on its way without the others. */
export function keptApart({ labels, together }: LabelState, of: string, stream: string): Note[] {
  const label = labels.find((one) => one.of === of)!
  if (!together || together.sealed || isReturn(label) || label.request.with) return []
  const me = stream.split('/').slice(1).join(':')
  return toOrder(me, me, 'label_kept')
}

function toOrder(ref: string, of: string, code: ApartCode): Note[] {
  const order = parseOrderRef(ref)
  return order
    ? [note(streams.order(order.channel, order.externalId), { type: 'order.noteApart', of, code } as { type: string })]
    : []
}

function toLabels(ref: string, command: TogetherCommand): Note[] {
  const order = parseOrderRef(ref)
  return order ? [note(streams.label(order.channel, order.externalId), command as { type: string })] : []
}
