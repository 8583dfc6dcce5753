/** One person or company as the channels know them under one key, and the partner that stands for them in the ERP. */
import type { Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import { type Context, type Decider, type Decision, type Note, note } from '../decider.ts'
import type { Done, Failed, Intent } from '../intents.ts'
import type { Policy } from '../policy.ts'
import { streams } from '../streams.ts'
import { goldenOf, partyOf, sameParty } from './golden.ts'
import {
  decideJoining, evolveJoining, isOfJoining, type JoiningCommand, type JoiningEvent, notesOfJoining, passOn,
} from './joining.ts' // prettier-ignore
import { keysOf, printOf } from './likeness.ts'
import { type CustomerState, isJoined, type Telling } from './state.ts'

export type { CustomerState } from './state.ts'
import { allTellings, ownTellings, type Said, told } from './telling.ts'

/** In which indexes the record can be found, and in which no more. */
interface Keyed {
  keys: readonly string[]
  dropped: readonly string[]
  print: string
}

export type CustomerCommand =
  | { type: 'customer.record'; channel: string; party: Party; addresses?: readonly Address[]; at: string }
  /** Whoever may be the same person is looked for again. */
  | { type: 'customer.look' }
  | { type: 'customer.retry' }
  | JoiningCommand
  | Done
  | Failed

export type CustomerEvent =
  /** `party`: what holds from now on. `said`: what the channel said, where that is something else. */
  | ({ type: 'customer.recorded'; channel: string; party: Party; at: string } & Partial<Keyed> & {
        said?: Party
        addresses?: readonly Address[]
      })
  /** Nothing new, but said again later: what was said in between and is still to come is older. */
  | ({ type: 'customer.confirmed'; channel: string; party: Party; at: string } & Partial<Keyed> & {
        addresses?: readonly Address[]
      })
  | ({ type: 'customer.keyed' } & Keyed)
  | JoiningEvent
  | { type: 'customer.bound'; partnerId: string }
  | { type: 'customer.bindFailed'; code: string; message: string }
  | { type: 'customer.bindRetried' }

const initial: CustomerState = {
  version: 0, key: '', channel: '', party: null, updatedAt: '', partnerId: null, trouble: null,
} // prettier-ignore

function decide(
  state: CustomerState,
  command: CustomerCommand,
  policy: Policy,
  { at }: Context,
): Decision<CustomerEvent> {
  switch (command.type) {
    case 'customer.record':
      return record(state, command, policy)
    case 'customer.look': {
      const keyed = state.party && keyedOf(state, ownTellings(state), policy, true)
      return keyed ? [{ type: 'customer.keyed', ...keyed }] : []
    }
    case 'customer.retry':
      return state.trouble === null ? [] : [{ type: 'customer.bindRetried' }]
    case 'done': {
      if (command.intent !== 'customer.ensure') return []
      const { partnerId } = command.answer
      return partnerId === state.partnerId && state.trouble === null ? [] : [{ type: 'customer.bound', partnerId }]
    }
    case 'failed':
      return [{ type: 'customer.bindFailed', code: command.fault.code, message: command.fault.message }]
    default:
      return decideJoining(state, command, policy, at)
  }
}

function record(
  state: CustomerState,
  command: Extract<CustomerCommand, { type: 'customer.record' }>,
  policy: Policy,
): CustomerEvent[] {
  const { channel, party, at } = command
  const { customers } = policy
  const addresses = customers && command.addresses?.length ? { addresses: command.addresses } : {}
  const said: Said = { channel, party, at, ...addresses }
  const before = ownTellings(state)
  const own = told(before, party.key, said)
  if (own === before) return []
  const now = partyOf(idOf(party, state), goldenOf(allTellings({ ...state, party, tellings: own }), customers))
  const keyed = keyedOf(state, own, policy, !sameWords(own, before))
  if (state.party && sameParty(now, state.party) && sameWords(own, before))
    return customers ? [{ type: 'customer.confirmed', channel, party, at, ...addresses, ...keyed }] : []
  const whole = inOrder(now, { ...state.party, ...party })
  const enough = told(before, party.key, { ...said, party: whole })
  const more = sameTellings(enough, own) ? {} : { said: party }
  return [{ type: 'customer.recorded', channel, party: whole, at, ...more, ...addresses, ...keyed }]
}

function idOf({ key, externalId: said }: Party, { party }: CustomerState): Pick<Party, 'key' | 'externalId'> {
  const externalId = party?.externalId ?? said
  return { key, ...(externalId === undefined ? {} : { externalId }) }
}

/** The members in the order in which they were first said. */
const inOrder = (party: Party, first: Party): Party => {
  const names = Object.keys({ ...first, ...party }) as (keyof Party)[]
  return Object.fromEntries(
    names.filter((name) => party[name] !== undefined).map((name) => [name, party[name]]),
  ) as Party
}

const text = (tellings: readonly Telling[]): string => JSON.stringify(tellings)
const sameTellings = (one: readonly Telling[], other: readonly Telling[]): boolean => text(one) === text(other)

/** Whether the same is said, whenever that was. */
function sameWords(one: readonly Telling[], other: readonly Telling[]): boolean {
  const words = (all: readonly Telling[]) =>
    text(
      all.map((telling) => ({
        ...telling,
        times: {},
        addresses: telling.addresses.map(({ address }) => ({ address, at: '' })),
        consents: telling.consents.map((consent) => ({ ...consent, at: '' })),
      })),
    )
  return words(one) === words(other)
}

function keyedOf(
  { keys: known = [] }: CustomerState,
  own: readonly Telling[],
  { customers }: Policy,
  changed: boolean,
): Keyed | null {
  if (!customers || (customers.match === 'off' && known.length === 0)) return null
  const keys = keysOf(own, customers)
  if (!changed && keys.join() === known.join()) return null
  return { keys, dropped: known.filter((key) => !keys.includes(key)), print: printOf(own, customers) }
}

function evolve(before: CustomerState, event: CustomerEvent): CustomerState {
  const state = { ...before, version: before.version + 1 }
  if (isOfJoining(event)) return evolveJoining(state, event)
  switch (event.type) {
    case 'customer.recorded':
    case 'customer.confirmed': {
      const { channel, party, at, addresses, keys } = event
      const said = event.type === 'customer.recorded' ? (event.said ?? party) : party
      const tellings = told(ownTellings(before), party.key, {
        channel,
        party: said,
        at,
        ...(addresses && { addresses }),
      })
      const kept = { tellings, ...(keys ? { keys } : {}), updatedAt: at > state.updatedAt ? at : state.updatedAt }
      if (event.type === 'customer.confirmed') return { ...state, ...kept }
      return { ...state, ...kept, key: party.key, channel: state.channel || channel, party }
    }
    case 'customer.keyed':
      return { ...state, keys: event.keys }
    case 'customer.bound':
      return { ...state, partnerId: event.partnerId, trouble: null }
    case 'customer.bindFailed':
      return { ...state, trouble: event.message }
    case 'customer.bindRetried':
      return { ...state, trouble: null }
  }
}

function react(event: CustomerEvent, state: CustomerState, stream: string): (Intent | Note)[] {
  if (isOfJoining(event))
    return [...notesOfJoining(event, state, stream), ...(tellsErp(event, state) ? erpWork(state) : [])]
  switch (event.type) {
    case 'customer.recorded':
      return [...(isJoined(state) ? passOn(state) : erpWork(state)), ...indexNotes(event, state)]
    case 'customer.confirmed':
      return [...passOn(state), ...indexNotes(event, state)]
    case 'customer.keyed':
      return indexNotes(event, state)
    case 'customer.bound':
      return isJoined(state) ? erpWork(state) : []
    case 'customer.bindRetried':
      return erpWork(state)
    case 'customer.bindFailed':
      return []
  }
}

/** Nobody may be joined, taken out, or hear of another name without the ERP. */
function tellsErp(event: JoiningEvent, state: CustomerState): boolean {
  if (event.type === 'customer.absorbed' || event.type === 'customer.released')
    return event.party !== undefined && !isJoined(state)
  return event.type === 'customer.joined' || event.type === 'customer.parted'
}

/** Who is part of another record is archived in the ERP, once it is there. */
function erpWork(state: CustomerState): Intent[] {
  const { party, key, channel, partnerId } = state
  if (!party || (isJoined(state) && partnerId === null)) return []
  const { name, email, phone, externalId } = party
  const ask = {
    key,
    name: name ?? email ?? 'Guest',
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    externalRef: externalId ? `${channel}:${externalId}` : key,
    ...(state.into === undefined ? {} : { partOf: state.into?.key ?? null }),
  }
  return [{ type: 'customer.ensure', to: 'erp', ask }]
}

function indexNotes({ keys = [], dropped = [], print = '' }: Partial<Keyed>, { key: customer }: CustomerState): Note[] {
  return [
    ...keys.map((key) => note(streams.identity(key), { type: 'identity.claim', customer, print })),
    ...dropped.map((key) => note(streams.identity(key), { type: 'identity.drop', customer })),
  ]
}

export const customer: Decider<CustomerState, CustomerCommand, CustomerEvent, Policy> = {
  initial,
  decide,
  evolve,
  react,
}
