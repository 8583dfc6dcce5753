/**
 * A person has orders of one buyer leave in one parcel. The first of them leads: it asks the others, each looks at
 * itself, and once all have said yes the lead's label stands for all of them. Whatever happens to one of them before it
 * leaves takes it out again.
 */
import type { Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import { alarm, type Context, note, type Note, refused, type Refused } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { isBeingEdited } from './edit.ts'
import type { OrderEvent } from './order.ts'
import { poolOf } from './route.ts'
import { isSameBuyer, isSamePlace } from './same-buyer.ts'
import type { OrderState } from './state.ts'
import { type ApartCode, endOf, type MergeEvent, refOf } from './together.ts'

export type MergeCommand =
  /** By a person: these orders, `<channel>:<externalId>`, leave in one parcel with this one, under its label. */
  | { type: 'order.merge'; with: readonly string[]; by: string; note: string }
  /** By a person: this one is sent by itself after all. */
  | { type: 'order.unmerge'; by: string; note: string }
  /** From the order that leads: would this one be in its parcel? */
  | { type: 'order.joinParcel'; lead: string; until: string; buyer: Party | null; to: Address; from: string }
  /** From one of the others; `no`: why it cannot. */
  | { type: 'order.noteJoin'; of: string; no?: { code: string; reason: string } }
  /** From another order of the parcel, or from the labels: that one is out. */
  | { type: 'order.noteApart'; of: string; code: ApartCode }
  /** From another order of the parcel: it has left the warehouse. */
  | { type: 'order.noteLeft'; of: string }
  | { type: 'order.lookAtTogether' }

/** Refusals in order of precedence. */
export type MergeRefusal =
  | 'not_together'
  | 'too_late'
  | 'same_order'
  | 'order_closed'
  | 'something_left'
  | 'already_together'
  | 'sent_by_channel'
  | 'still_asking'
  | 'sent_by_others'
  | 'move_open'
  | 'being_changed'
  | 'no_address'
  | 'several_places'
  | 'no_labels'
  | 'other_buyer'
  | 'other_address'
  | 'other_place'
// prettier-ignore
const refuse = (code: MergeRefusal, reason: string): Refused => refused(code, reason)

const COMMANDS: readonly string[] = [
  'order.merge', 'order.unmerge', 'order.joinParcel', 'order.noteJoin', 'order.noteApart', 'order.noteLeft', 'order.lookAtTogether',
] satisfies MergeCommand['type'][] // prettier-ignore
export const isMergeCommand = (command: { type: string }): command is MergeCommand => COMMANDS.includes(command.type)

const HOUR_MS = 3_600_000
/** So long goods may wait for each other. */
const PATIENCE_MS = 72 * HOUR_MS
/** Once one has left, the others are in the same parcel, or never were. */
const AFTER_FIRST_MS = 4 * HOUR_MS
const later = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString()

export function respondToMerge(
  state: OrderState,
  command: MergeCommand,
  policy: Policy,
  { at }: Context,
): readonly OrderEvent[] | Refused {
  const { together } = state
  switch (command.type) {
    case 'order.merge': {
      const riders = [...new Set(command.with)]
      if (riders.includes(refOf(state))) return refuse('same_order', 'An order is in one parcel with itself anyway.')
      const why = unfit(state, policy)
      if (why) return why
      const { by, note: said } = command
      return [{ type: 'order.mergeAsked', with: riders, until: later(at, PATIENCE_MS), by, note: said }]
    }
    case 'order.unmerge':
      if (!together) return refuse('not_together', 'It is sent by itself as it is.')
      if (state.shipped !== 'none' || together.left.length > 0)
        return refuse('too_late', 'The parcel, or some of it, has left the warehouse.')
      return [endOf(state, refOf(state), 'by_hand')]
    case 'order.joinParcel': {
      const { lead, until } = command
      const why = unfit(state, policy) ?? unlike(state, command)
      if (!why) return [{ type: 'order.mergeJoined', lead, until }]
      const reason = `${refOf(state)}: ${why.reason}`
      return [{ type: 'order.mergeDeclined', lead, code: why.refused, reason }]
    }
    case 'order.noteJoin':
      return noteJoin(state, command)
    case 'order.noteApart':
      return noteApart(state, command)
    case 'order.noteLeft': {
      if (!together || together.left.includes(command.of)) return []
      if (together.joined.length < together.with.length) return [endOf(state, command.of, 'left_without')]
      const until = later(at, AFTER_FIRST_MS)
      return [{ type: 'order.mergeLeft', of: command.of, until: until < together.until ? until : together.until }]
    }
    case 'order.lookAtTogether':
      if (!together || state.shipped !== 'none' || at < together.until) return []
      return [endOf(state, refOf(state), 'waited')]
  }
}

/** Whatever the others are: an order in such a state is sent as it is. */
function unfit(state: OrderState, policy: Policy): Refused | null {
  const { stage, cancel, order, shipped, moving, edit, handed = [], together } = state
  if (cancel || stage === 'cancelled' || stage === 'completed')
    return refuse('order_closed', 'The order is cancelled, or done.')
  if (shipped !== 'none') return refuse('something_left', 'Some of it has left.')
  if (together)
    return refuse('already_together', `It is sent together with other orders already (${listed(together)}).`)
  if (order!.fulfilledBy === 'channel') return refuse('sent_by_channel', 'The channel sends it from its own place.')
  if (stage !== 'confirmed') return refuse('still_asking', 'The ERP has not confirmed its sale yet.')
  if (handed.some(({ cancelled }) => !cancelled))
    return refuse('sent_by_others', 'A warehouse of others has been told of it, and packs it by itself.')
  if (moving) return refuse('move_open', `Goods of it are being moved to ${moving.to}.`)
  if (isBeingEdited(state) || edit?.failed)
    return refuse('being_changed', 'A change of the order is on its way to the ERP, or failed there.')
  if (!order!.shippingAddress) return refuse('no_address', 'No address is known that it would be sent to.')
  const from = placesOf(state)
  if (from.length !== 1)
    return refuse('several_places', `Its goods leave from ${from.join(', ') || 'nowhere'}: one parcel has one place.`)
  if (!policy.labels?.[from[0]!])
    return refuse('no_labels', `${from[0]} does not leave its labels to the hub, so nobody there would know.`)
  return null
}

const listed = ({ lead, with: riders }: NonNullable<OrderState['together']>): string => riders.join(', ') || lead

function placesOf(state: OrderState): string[] {
  const open = state.holds.filter(({ quantity }) => quantity > 0)
  return [...new Set(open.map(({ sku }) => poolOf(state, sku)))]
}

function unlike(state: OrderState, { buyer, to, from }: Extract<MergeCommand, { type: 'order.joinParcel' }>) {
  const { customer, shippingAddress } = state.order!
  const [place] = placesOf(state)
  if (!isSameBuyer(customer, buyer)) return refuse('other_buyer', 'Another buyer, as far as the channels say.')
  if (!isSamePlace(shippingAddress!, to)) return refuse('other_address', 'It goes to another address.')
  return place === from ? null : refuse('other_place', `It leaves from ${place}, and the other from ${from}.`)
}

function noteJoin(state: OrderState, { of, no }: Extract<MergeCommand, { type: 'order.noteJoin' }>): OrderEvent[] {
  const { together } = state
  const isAsked = together?.lead === refOf(state) && together.with.includes(of)
  if (!isAsked) return no ? [] : [{ type: 'order.mergeUnwanted', of }]
  if (together.joined.includes(of)) return []
  if (no) return [{ type: 'order.mergeRefused', with: together.with, ...no }]
  const events: OrderEvent[] = [{ type: 'order.mergeNoted', of }]
  const isWhole = together.with.every((one) => one === of || together.joined.includes(one))
  return isWhole ? [...events, { type: 'order.merged', with: together.with }] : events
}

function noteApart(state: OrderState, { of, code }: Extract<MergeCommand, { type: 'order.noteApart' }>): OrderEvent[] {
  const { together } = state
  if (!together) return []
  const me = refOf(state)
  if (of === me || together.lead !== me) {
    const isOpen = state.shipped === 'none' || code === 'left_without'
    return isOpen && (of === me || of === together.lead) ? [endOf(state, of, code)] : []
  }
  if (!together.with.includes(of)) return []
  const rest = together.with.filter((one) => one !== of)
  // Nobody has said yes but those who stay: what is still being asked is asked for all or nobody.
  const isWhole = together.joined.length === together.with.length
  return rest.length > 0 && isWhole ? [{ type: 'order.mergeShrunk', of, code, with: rest }] : [endOf(state, of, code)]
}

export function reactToMerge(event: MergeEvent, state: OrderState): Note[] {
  const { channel, externalId, customer, shippingAddress } = state.order!
  const me = refOf(state)
  const own = streams.order(channel, externalId)
  const label = streams.label(channel, externalId)
  const clock = (at: string | null) => alarm(own, 'together', at, { type: 'order.lookAtTogether' })
  const apart = (refs: readonly string[], of: string, code: ApartCode) =>
    toOrders(refs, { type: 'order.noteApart', of, code })
  switch (event.type) {
    case 'order.mergeAsked': {
      const { with: riders, until } = event
      const [from = ''] = placesOf(state)
      const asked = { lead: me, until, buyer: customer, to: shippingAddress!, from }
      return [...toOrders(riders, { type: 'order.joinParcel', ...asked }), clock(until)]
    }
    case 'order.mergeJoined':
      return [...toOrders([event.lead], { type: 'order.noteJoin', of: me }), clock(event.until)]
    case 'order.mergeDeclined': {
      const { lead, code, reason } = event
      return toOrders([lead], { type: 'order.noteJoin', of: me, no: { code, reason } })
    }
    case 'order.merged':
      return [note(label, { type: 'label.lead', with: event.with } as { type: string })]
    case 'order.mergeRefused':
      return [...apart(event.with, me, 'by_hand'), clock(null)]
    case 'order.mergeUnwanted':
      return apart([event.of], me, 'by_hand')
    case 'order.mergeShrunk':
      return [
        ...apart([event.of], me, event.code),
        note(label, { type: 'label.lead', with: event.with } as { type: string }),
      ]
    case 'order.mergeLeft': {
      const isLead = state.together?.lead === me
      const others = isLead ? state.together!.with.filter((one) => one !== event.of) : []
      const seal = isLead ? [note(label, { type: 'label.seal', other: true } as { type: string })] : []
      return [...seal, ...toOrders(others, { type: 'order.noteLeft', of: event.of }), clock(event.until)]
    }
    case 'order.mergeEnded': {
      const { lead, others, of, code } = event
      const gone = code === 'cancelled' && of === me ? [note(label, { type: 'label.forget' })] : []
      const end = lead === me ? [note(label, { type: 'label.lead', with: [] } as { type: string })] : []
      return [...gone, ...end, ...apart(others, me, code), clock(null)]
    }
    default:
      return []
  }
}

/** It has left: its own label is not to be touched any more, and the others have little time. */
export function leftTogether(state: OrderState): Note[] {
  const { together, order } = state
  if (!together || !order) return []
  const me = refOf(state)
  const others = together.lead === me ? together.with : [together.lead]
  const label = streams.label(order.channel, order.externalId)
  const seal = note(label, { type: 'label.seal', other: false } as { type: string })
  return [seal, ...toOrders(others, { type: 'order.noteLeft', of: me })]
}

function toOrders(refs: readonly string[], command: MergeCommand): Note[] {
  return refs.flatMap((ref) => {
    const to = parseOrderRef(ref)
    return to ? [note(streams.order(to.channel, to.externalId), command as { type: string })] : []
  })
}
