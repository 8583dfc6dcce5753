/**
 * Records that are one person are joined: the higher one is part of the lower, and tells it everything it hears.
 * Nothing is copied over anything, so taking a record out again gives back exactly what each was, with what came
 * since.
 */
import { type Decision, type Note, note, refused } from '../decider.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { goldenOf, partyOf, sameParty } from './golden.ts'
import { likeness } from './likeness.ts'
import {
  type Candidate, type CustomerState, isBelow, isByHand, isJoined, type Member, type Reason, type Telling,
} from './state.ts' // prettier-ignore
import { allTellings, ownTellings } from './telling.ts'
import type { Party } from '#canon/order.ts'

/** Who joined it, where no person did. */
export const BY_RULE = 'rule'

export type JoiningCommand =
  /** Of two records that share something: `other` is the higher, and is told what is known here. */
  | { type: 'customer.meet'; other: string }
  | { type: 'customer.compare'; key: string; tellings: readonly Telling[] }
  | { type: 'customer.join'; with: string; by: string; note: string }
  | { type: 'customer.part'; by: string; note: string }
  | { type: 'customer.keepApart'; other: string; by: string; note: string; mirrored?: true }
  | { type: 'customer.absorb'; key: string; version: number; tellings: readonly Telling[]; byHand?: true }
  | { type: 'customer.release'; key: string; version: number; byHand?: true }

export type JoiningEvent =
  | { type: 'customer.introduced'; other: string }
  | {
      type: 'customer.suspected'
      other: string
      score: number
      reasons: readonly Reason[]
      status: 'open' | 'joining'
      at: string
    }
  | { type: 'customer.cleared'; other: string }
  | { type: 'customer.joined'; into: string; by: string; note: string; at: string }
  /** The two are joined further down: `to` is told to join with `with`. */
  | { type: 'customer.joinPassedOn'; to: string; with: string; by: string; note: string }
  | { type: 'customer.parted'; from: string; by: string; note: string; at: string }
  | { type: 'customer.keptApart'; other: string; by: string; note: string; at: string; mirrored?: true }
  | ({ type: 'customer.absorbed'; party?: Party } & Member)
  | { type: 'customer.released'; key: string; version: number; byHand?: true; party?: Party }

const JOINING: readonly string[] = [
  'customer.introduced', 'customer.suspected', 'customer.cleared', 'customer.joined', 'customer.joinPassedOn',
  'customer.parted', 'customer.keptApart', 'customer.absorbed', 'customer.released',
] // prettier-ignore
export const isOfJoining = (event: { type: string }): event is JoiningEvent => JOINING.includes(event.type)

export function decideJoining(
  state: CustomerState,
  command: JoiningCommand,
  policy: Policy,
  at: string,
): Decision<JoiningEvent> {
  switch (command.type) {
    case 'customer.meet':
      return state.party ? [{ type: 'customer.introduced', other: command.other }] : []
    case 'customer.compare':
      return compare(state, command.key, command.tellings, policy, at)
    case 'customer.join':
      return join(state, command, at)
    case 'customer.part': {
      const { by, note: why } = command
      if (!state.into) return refused('not_joined', 'The record is not part of another one.')
      return [{ type: 'customer.parted', from: state.into.key, by, note: why, at }]
    }
    case 'customer.keepApart': {
      const { other, by, note: why, mirrored } = command
      if (!state.party || other === state.key) return unknown()
      if (state.into?.key === other) return refused('joined', 'The two are joined. Take the record out first.')
      if (candidateOf(state, other)?.status === 'apart') return []
      return [{ type: 'customer.keptApart', other, by, note: why, at, ...(mirrored ? { mirrored } : {}) }]
    }
    case 'customer.absorb':
      return absorb(state, command, policy)
    case 'customer.release': {
      const { key, version, byHand } = command
      if (versionOf(state, key) >= version) return []
      const event = { key, version, ...(byHand ? { byHand } : {}) }
      return [{ type: 'customer.released', ...event, ...changedParty(state, { ...event, tellings: [] }, policy) }]
    }
  }
}

const unknown = () => refused('customer_unknown', 'Nothing is known of this customer.')

const candidateOf = ({ candidates = [] }: CustomerState, other: string): Candidate | undefined =>
  candidates.find((one) => one.other === other)

const versionOf = ({ members = [] }: CustomerState, key: string): number =>
  members.find((one) => one.key === key)?.version ?? 0

function compare(
  state: CustomerState,
  other: string,
  tellings: readonly Telling[],
  { customers }: Policy,
  at: string,
): Decision<JoiningEvent> {
  const known = candidateOf(state, other)
  if (!customers || customers.match === 'off' || known?.status === 'apart' || state.into?.key === other) return []
  const { score, reasons, verdict } = likeness(ownTellings(state), tellings, customers)
  if (verdict === 'other') return known ? [{ type: 'customer.cleared', other }] : []
  const status = verdict === 'same' && customers.match === 'auto' && !isByHand(state) ? 'joining' : 'open'
  if (known?.score === score && known.status === status && known.reasons.length === reasons.length) return []
  return [{ type: 'customer.suspected', other, score, reasons, status, at }]
}

/**
 * The heads of both are joined, whichever records were named. Every step goes to a lower record or up to the head of
 * one, so it ends, and never in a circle.
 */
function join(
  state: CustomerState,
  { with: other, by, note: why }: Extract<JoiningCommand, { type: 'customer.join' }>,
  at: string,
): Decision<JoiningEvent> {
  const said = { by, note: why }
  if (!state.party) return unknown()
  if (other === state.key || state.into?.key === other) return []
  if (state.into) return [{ type: 'customer.joinPassedOn', to: state.into.key, with: other, ...said }]
  if (isBelow(state.key, other)) return [{ type: 'customer.joinPassedOn', to: other, with: state.key, ...said }]
  if (by === BY_RULE && isByHand(state)) return []
  return [{ type: 'customer.joined', into: other, ...said, at }]
}

function absorb(
  state: CustomerState,
  { key, version, tellings, byHand }: Extract<JoiningCommand, { type: 'customer.absorb' }>,
  policy: Policy,
): Decision<JoiningEvent> {
  if (!state.party) return unknown()
  if (versionOf(state, key) >= version) return []
  const member: Member = { key, version, tellings, ...(byHand ? { byHand } : {}) }
  return [{ type: 'customer.absorbed', ...member, ...changedParty(state, member, policy) }]
}

/** What the ERP is told from now on; nothing where that stays as it was. */
function changedParty(state: CustomerState, member: Member, policy: Policy): { party?: Party } {
  if (!state.party) return {}
  const { key, externalId } = state.party
  const own = { key, ...(externalId === undefined ? {} : { externalId }) }
  const next = { ...state, members: withMember(state.members, member) }
  const party = partyOf(own, goldenOf(allTellings(next), policy.customers))
  return sameParty(party, state.party) ? {} : { party }
}

const withMember = (members: readonly Member[] = [], member: Member): readonly Member[] =>
  [...members.filter(({ key }) => key !== member.key), member].sort((a, b) => (a.key < b.key ? -1 : 1))

export function evolveJoining(state: CustomerState, event: JoiningEvent): CustomerState {
  const others = (key: string) => (state.candidates ?? []).filter(({ other }) => other !== key)
  switch (event.type) {
    case 'customer.introduced':
    case 'customer.joinPassedOn':
      return state
    case 'customer.suspected': {
      const { other, score, reasons, status, at } = event
      return { ...state, candidates: [...others(other), { other, score, reasons, status, at }] }
    }
    case 'customer.cleared':
      return { ...state, candidates: others(event.other) }
    case 'customer.joined': {
      const { into: key, by, at } = event
      return { ...state, into: { key, by, at }, candidates: others(key) }
    }
    case 'customer.parted':
      return {
        ...state,
        into: null,
        byHand: true,
        candidates: [...others(event.from), apart(state, event.from, event)],
      }
    case 'customer.keptApart':
      return { ...state, byHand: true, candidates: [...others(event.other), apart(state, event.other, event)] }
    case 'customer.absorbed': {
      const { type: _, party, ...member } = event
      return { ...state, members: withMember(state.members, member), ...(party ? { party } : {}) }
    }
    case 'customer.released': {
      const { key, version, byHand, party } = event
      const member = { key, version, tellings: [] }
      const marks = { ...(byHand ? { byHand } : {}), ...(party ? { party } : {}) }
      return { ...state, members: withMember(state.members, member), ...marks }
    }
  }
}

function apart(state: CustomerState, other: string, { by, at }: { by: string; at: string }): Candidate {
  const { score = 0, reasons = [] } = candidateOf(state, other) ?? {}
  return { other, score, reasons, status: 'apart', by, at }
}

/** What is owed to other records. */
export function notesOfJoining(event: JoiningEvent, state: CustomerState, stream: string): Note[] {
  switch (event.type) {
    case 'customer.introduced': {
      const command: JoiningCommand = { type: 'customer.compare', key: state.key, tellings: ownTellings(state) }
      return [note(streams.customer(event.other), command)]
    }
    case 'customer.suspected':
      if (event.status === 'open') return []
      return [note<JoiningCommand>(stream, { type: 'customer.join', with: event.other, by: BY_RULE, note: '' })]
    case 'customer.joinPassedOn': {
      const { to, with: other, by, note: why } = event
      return [note<JoiningCommand>(streams.customer(to), { type: 'customer.join', with: other, by, note: why })]
    }
    case 'customer.parted': {
      const { from: to } = event
      const command: JoiningCommand = { type: 'customer.release', key: state.key, version: state.version, byHand: true }
      return [note(streams.customer(to), command)]
    }
    case 'customer.keptApart': {
      if (event.mirrored) return []
      const { by, note: why } = event
      const command: JoiningCommand = { type: 'customer.keepApart', other: state.key, by, note: why, mirrored: true }
      return [note(streams.customer(event.other), command), ...passOn(state)]
    }
    case 'customer.cleared':
      return []
    default:
      return passOn(state)
  }
}

/** Who is part of another record tells it all it knows. */
export function passOn(state: CustomerState): Note[] {
  if (!isJoined(state)) return []
  const { key, version } = state
  const command: JoiningCommand = {
    type: 'customer.absorb', key, version, tellings: allTellings(state), ...(isByHand(state) ? { byHand: true } : {}),
  } // prettier-ignore
  return [note(streams.customer(state.into!.key), command)]
}
