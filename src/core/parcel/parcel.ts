/**
 * A parcel on its way, by what its carrier says: handed over, in transit, late, lost, given back or there. One stream
 * for each number of a carrier's system, so that news finds it before the hub knows what is in it. News comes in any
 * order, doubled and late: only the carrier's own moments count.
 */
import type { ParcelScan, ParcelSeen, ParcelStatus } from '#canon/parcel.ts'
import { alarm, type Context, type Decider, type Decision, type Note, note, refused } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { NoteParcel } from '../order/parcels.ts'
import type { CarrierPolicy, Policy } from '../policy.ts'
import { parseOrderRef, streams } from '../streams.ts'
import { look, lostAt, nextLook, opened } from './clock.ts'
import {
  type CaseKind, firstHeld, initial, isOver, latestOf, type ParcelCase, type ParcelOf, type ParcelState,
} from './state.ts' // prettier-ignore

export type ParcelCommand =
  /** From the order's shipping: it left, with this number. */
  | ({ type: 'parcel.expect' } & ParcelOf)
  /** From the carrier: what was scanned. In any order, any number of times. */
  | { type: 'parcel.observe'; seen: ParcelSeen }
  /** By a person: the case is settled. `lost`: nothing more is expected of the parcel. */
  | { type: 'parcel.settle'; how: 'settled' | 'lost' }
  /** By a person: ask the carrier again to follow it. */
  | { type: 'parcel.retry' }
  | { type: 'parcel.lookAtClock' }
  | Done
  | Failed

export type ParcelEvent =
  | { type: 'parcel.expected'; of: ParcelOf }
  /** The same number left with another order: they share a box. */
  | { type: 'parcel.shared'; orderRef: string }
  | { type: 'parcel.trackRetried' }
  | { type: 'parcel.tracked' }
  | { type: 'parcel.moved'; latest: ParcelScan; handedOverAt: string | null; estimate: ParcelSeen['estimate'] | null }
  | { type: 'delivery.confirmed'; at: string }
  | { type: 'parcel.caseOpened'; case: ParcelCase }
  | { type: 'parcel.caseEscalated'; kind: CaseKind; owner: string }
  /** `over`: what came later shows that there is nothing left to settle. */
  | { type: 'parcel.caseClosed'; kind: CaseKind; how: 'settled' | 'over' }
  | { type: 'parcel.lookSet'; at: string | null }

/** Refusals in order of precedence. */
export type ParcelRefusal = 'parcel_unknown' | 'nothing_to_settle' | 'nothing_to_retry'
const refuse = (code: ParcelRefusal, reason: string) => refused(code, reason)

/** What a scan opens by itself, and what a person does about it. */
const CASES: { readonly [Status in ParcelStatus]?: readonly [CaseKind, string] } = {
  damaged: ['damaged', 'The carrier reports damage. Claim it, and send the goods again or refund them.'],
  returning: ['returning', 'The carrier brings it back. Ask the customer for the address, and expect the goods.'],
  returned: [
    'returned',
    'It came back to the sender. Receive the goods as a return, and send them again or refund them.',
  ],
  failed: ['failed', 'The carrier has given it up. Claim it, and send the goods again or refund them.'],
}

function decide(state: ParcelState, command: ParcelCommand, policy: Policy, context: Context): Decision<ParcelEvent> {
  const rules = policy.carriers?.[context.stream.split('/')[1] ?? '']
  const answer = respond(state, command, rules, context)
  if ('refused' in answer) return answer
  const events = [...answer]
  let now = events.reduce(evolve, state)
  if (!now.of) return events
  for (const event of follow(state, now, rules, context.at)) {
    events.push(event)
    now = evolve(now, event)
  }
  const lookAt = nextLook(now, rules)
  // What is due already has been looked at: it waits for something else.
  return lookAt === now.lookAt ? events : [...events, { type: 'parcel.lookSet', at: lookAt }]
}

function respond(
  state: ParcelState,
  command: ParcelCommand,
  rules: CarrierPolicy | undefined,
  { at }: Context,
): Decision<ParcelEvent> {
  switch (command.type) {
    case 'parcel.observe':
      return observe(state, command.seen)
    case 'parcel.expect': {
      const { type: _, ...of } = command
      if (!state.of) return [{ type: 'parcel.expected', of }]
      const isKnown = [state.of.orderRef, ...state.also].includes(of.orderRef)
      return isKnown ? [] : [{ type: 'parcel.shared', orderRef: of.orderRef }]
    }
    case 'parcel.settle': {
      if (!state.of) return refuse('parcel_unknown', 'No order is known to be in such a parcel.')
      if (!state.case) return refuse('nothing_to_settle', 'No case is open for this parcel.')
      const { kind } = state.case
      const lost = command.how === 'lost' && kind !== 'lost'
      const events: ParcelEvent[] = lost ? [opened('lost', 'A person says that it is lost.', rules, at)] : []
      return [...events, { type: 'parcel.caseClosed', kind: lost ? 'lost' : kind, how: 'settled' }]
    }
    case 'parcel.retry':
      if (state.case?.kind !== 'untracked') return refuse('nothing_to_retry', 'The carrier was not asked in vain.')
      return [{ type: 'parcel.caseClosed', kind: 'untracked', how: 'over' }, { type: 'parcel.trackRetried' }]
    case 'parcel.lookAtClock':
      return state.of ? look(state, rules, at) : []
    case 'done': {
      if (command.intent !== 'parcel.track') return []
      const events: ParcelEvent[] = state.asked === null ? [] : [{ type: 'parcel.tracked' }]
      if (state.case?.kind === 'untracked') events.push({ type: 'parcel.caseClosed', kind: 'untracked', how: 'over' })
      return [...events, ...observe(state, command.answer)]
    }
    case 'failed':
      if (command.version !== state.asked || state.case) return []
      return [opened('untracked', `The carrier does not follow it: ${command.fault.message}`, rules, at)]
  }
}

function observe(state: ParcelState, { scans, estimate }: ParcelSeen): ParcelEvent[] {
  const latest = latestOf(state.latest, scans)
  const handedOverAt = firstHeld(state.handedOverAt, scans)
  const newer = estimate && (!state.estimate || estimate.at > state.estimate.at) ? estimate : state.estimate
  if (!latest) return []
  const same = latest === state.latest && handedOverAt === state.handedOverAt && newer === state.estimate
  return same ? [] : [{ type: 'parcel.moved', latest, handedOverAt, estimate: newer }]
}

/** What its new whereabouts call for: a case, the end of one, word that it is there. */
function follow(before: ParcelState, state: ParcelState, rules: CarrierPolicy | undefined, at: string): ParcelEvent[] {
  const { latest, case: open, settled, delivered } = state
  if (!latest || (latest === before.latest && before.of)) return []
  const over = (kind: CaseKind): ParcelEvent => ({ type: 'parcel.caseClosed', kind, how: 'over' })
  if (latest.status === 'delivered') {
    const closed = open && isAnswered(open.kind) ? [over(open.kind)] : []
    return delivered ? closed : [...closed, { type: 'delivery.confirmed', at: latest.at }]
  }
  const [kind, detail] = CASES[latest.status] ?? []
  if (kind && detail && settled.includes(kind))
    // A person has dealt with its end already: it is late no more.
    return open && isOver(state) && (open.kind === 'delayed' || open.kind === 'lost') ? [over(open.kind)] : []
  if (kind && detail) return open?.kind === kind ? [] : [opened(kind, detail, rules, at)]
  const isFound = open?.kind === 'untracked' || (open?.kind === 'lost' && at < lostAt(state, rules))
  return open && isFound ? [over(open.kind)] : []
}

/** Damage is not undone by delivery: somebody has to look whether it is whole. */
const isAnswered = (kind: CaseKind): boolean => kind !== 'damaged'

function evolve(before: ParcelState, event: ParcelEvent): ParcelState {
  const state = { ...before, version: before.version + 1 }
  switch (event.type) {
    case 'parcel.expected':
      return { ...state, of: event.of, asked: state.version }
    case 'parcel.shared':
      return { ...state, also: [...state.also, event.orderRef] }
    case 'parcel.trackRetried':
      return { ...state, asked: state.version }
    case 'parcel.tracked':
      return { ...state, asked: null }
    case 'parcel.moved':
      return { ...state, latest: event.latest, handedOverAt: event.handedOverAt, estimate: event.estimate }
    case 'delivery.confirmed':
      return { ...state, delivered: true }
    case 'parcel.caseOpened':
      return { ...state, case: event.case }
    case 'parcel.caseEscalated':
      return { ...state, case: state.case && { ...state.case, owner: event.owner, escalated: true } }
    case 'parcel.caseClosed': {
      const settled = event.how === 'settled' ? [...state.settled, event.kind] : state.settled
      return { ...state, case: null, settled }
    }
    case 'parcel.lookSet':
      return { ...state, lookAt: event.at }
  }
}

function react(event: ParcelEvent, state: ParcelState, stream: string): (Intent | Note)[] {
  if (!state.of) return []
  const [, connection = '', ...rest] = stream.split('/')
  const trackingNumber = rest.join('/')
  switch (event.type) {
    case 'parcel.expected':
    case 'parcel.trackRetried': {
      const { carrier, orderRef } = state.of
      const ask = { trackingNumber, orderRef, ...(carrier === undefined ? {} : { carrier }) }
      return [{ type: 'parcel.track', to: connection, ask }, ...tellOrder(state, connection, trackingNumber)]
    }
    case 'parcel.lookSet':
      return [alarm(stream, 'clock', event.at, { type: 'parcel.lookAtClock' })]
    case 'parcel.tracked':
      return []
    default:
      return tellOrder(state, connection, trackingNumber)
  }
}

/** The order of the notes may not be kept: the version says which is the latest. */
function tellOrder(state: ParcelState, connection: string, trackingNumber: string): Note[] {
  if (!state.of) return []
  const command: NoteParcel = {
    type: 'order.noteParcel',
    parcel: {
      connection,
      trackingNumber,
      shipmentId: state.of.shipmentId,
      version: state.version,
      status: state.latest?.status ?? 'announced',
      at: state.latest?.at ?? state.of.shippedAt,
      promisedBy: state.of.promisedBy,
      expectedBy: state.estimate?.deliverBy ?? null,
      case: state.case && { kind: state.case.kind, owner: state.case.owner, detail: state.case.detail },
    },
  }
  return [state.of.orderRef, ...state.also].flatMap((ref) => {
    const order = parseOrderRef(ref)
    return order ? [note(streams.order(order.channel, order.externalId), command)] : []
  })
}

/** Every status a parcel can show. */
export function parcelStatus(state: ParcelState): string {
  if (state.case) return state.case.kind
  if (state.settled.includes('lost') && isOver(state) && state.latest?.status !== 'delivered') return 'lost'
  return state.latest?.status ?? (state.of ? 'announced' : 'unknown')
}

export const parcel: Decider<ParcelState, ParcelCommand, ParcelEvent, Policy> = { initial, decide, evolve, react }
