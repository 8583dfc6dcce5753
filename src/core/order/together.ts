/**
 * Orders of one buyer that leave in one parcel: what is known of that, what ends it, and what is remembered. `merge.ts`
 * says how it begins and what it owes. Each stays an order of its own; what they share is the label.
 */
import type { OrderEvent } from './order.ts'
import type { OrderState } from './state.ts'

export interface Together {
  /** `<channel>:<externalId>` of the order whose label stands for all of them. */
  lead: string
  /** Of the lead: the others. */
  with: readonly string[]
  /** Of the lead: who has said yes. As many as `with` once they are together. */
  joined: readonly string[]
  /** Then it ends for whoever has not left. */
  until: string
  /** Of the lead: who has left. */
  left: readonly string[]
}

/** Why orders are together no more. */
export const APART_CODES = [
  'by_hand',
  'cancelled',
  'edited',
  'readdressed',
  'moved',
  'label_kept',
  'left_without',
  'waited',
] as const
export type ApartCode = (typeof APART_CODES)[number]

export type MergeEvent =
  | { type: 'order.mergeAsked'; with: readonly string[]; until: string; by: string; note: string }
  /** Of one of the others. */
  | { type: 'order.mergeJoined'; lead: string; until: string }
  | { type: 'order.mergeDeclined'; lead: string; code: string; reason: string }
  /** Of the lead: one of the others is in. */
  | { type: 'order.mergeNoted'; of: string }
  | { type: 'order.merged'; with: readonly string[] }
  | { type: 'order.mergeRefused'; with: readonly string[]; code: string; reason: string }
  /** It joined after the lead had thought better of it. */
  | { type: 'order.mergeUnwanted'; of: string }
  /** Of the lead: one left the group, and others stay. */
  | { type: 'order.mergeShrunk'; of: string; code: ApartCode; with: readonly string[] }
  /** One of them has left the warehouse: the others have until then. */
  | { type: 'order.mergeLeft'; of: string; until: string }
  /** `of`: whose doing it was. `others`: who has to hear of it. */
  | { type: 'order.mergeEnded'; of: string; code: ApartCode; lead: string; others: readonly string[] }

/** The case that orders were to leave in one parcel, and do not. */
export const SENT_APART = 'sent_apart'

export const isOfMerge = (event: OrderEvent): event is MergeEvent => event.type.startsWith('order.merge')

const APART_WHY: Readonly<Record<ApartCode, string>> = {
  by_hand: 'a person had it sent by itself',
  cancelled: 'it was cancelled',
  edited: 'its goods were changed',
  readdressed: 'it goes to another address now',
  moved: 'its goods are to leave from elsewhere',
  label_kept: 'the label it had was not taken back, so it may be on its way',
  left_without: 'it left without the label of the parcel',
  waited: 'it did not leave with the others in time',
}

/** What of its own ends it, as long as nothing of the order has left. */
function ownEnd(event: OrderEvent): ApartCode | null {
  switch (event.type) {
    case 'order.cancelRequested':
    case 'order.cancelled':
      return 'cancelled'
    case 'order.moveAsked':
      return 'moved'
    case 'order.changed':
      return event.changes.includes('address') ? 'readdressed' : event.changes.includes('lines') ? 'edited' : null
    default:
      return null
  }
}

/** What has happened to the order in this turn may end it. */
export function mergeSteps(state: OrderState, events: readonly OrderEvent[]): OrderEvent[] {
  const { together, shipped } = state
  if (!together) return []
  const isAsking = together.lead === refOf(state) && together.joined.length < together.with.length
  if (shipped !== 'none') return isAsking ? [endOf(state, refOf(state), 'left_without')] : []
  const code = events.map(ownEnd).find((one) => one !== null)
  return code ? [endOf(state, refOf(state), code)] : []
}

export const refOf = ({ order }: OrderState): string => `${order!.channel}:${order!.externalId}`

/** @param of whose doing it is. */
export function endOf(state: OrderState, of: string, code: ApartCode): OrderEvent {
  const { lead, with: riders } = state.together!
  const others = lead === refOf(state) ? riders : [lead]
  return { type: 'order.mergeEnded', of, code, lead, others }
}

const without = (state: OrderState): OrderState => ({
  ...state,
  exceptions: state.exceptions.filter(({ code }) => code !== SENT_APART),
})

export function evolveMerge(before: OrderState, event: MergeEvent): OrderState {
  const { together, ...alone } = before
  switch (event.type) {
    case 'order.mergeAsked': {
      const { with: riders, until } = event
      return { ...without(alone), together: { lead: refOf(before), with: riders, joined: [], until, left: [] } }
    }
    case 'order.mergeJoined': {
      const { lead, until } = event
      return { ...without(alone), together: { lead, with: [], joined: [], until, left: [] } }
    }
    case 'order.mergeNoted':
      return { ...before, together: { ...together!, joined: [...together!.joined, event.of] } }
    case 'order.mergeShrunk': {
      const joined = together!.joined.filter((one) => one !== event.of)
      return { ...before, together: { ...together!, with: event.with, joined } }
    }
    case 'order.mergeLeft':
      return { ...before, together: { ...together!, until: event.until, left: [...together!.left, event.of] } }
    case 'order.mergeRefused':
      return alone
    case 'order.mergeEnded':
      return apart(alone, event, (together?.left.length ?? 0) > 0)
    default:
      return before
  }
}

/** A person who asked for one parcel has to know that there are several, unless it was a person's word again. */
function apart(
  state: OrderState,
  { of, code, lead, others }: Extract<MergeEvent, { type: 'order.mergeEnded' }>,
  hasLeft: boolean,
): OrderState {
  const isCancelled = code === 'cancelled' && of === refOf(state)
  if (code === 'by_hand' || state.shipped !== 'none' || (isCancelled && !hasLeft)) return state
  const isLead = lead === refOf(state)
  const all = isLead ? others : [lead]
  const label =
    isLead && hasLeft
      ? 'Another has left: if it took the label with it, this one needs another by hand.'
      : 'It is sent by itself, with a label of its own.'
  const whose = of === refOf(state) ? 'This order' : `Order ${of}`
  const detail = `It was to leave in one parcel with ${all.join(', ')}. ${whose} fell out: ${APART_WHY[code]}. ${label}`
  return { ...state, exceptions: [...state.exceptions, { code: SENT_APART, detail }] }
}
