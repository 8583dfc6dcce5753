/** What channels say of a person, put together so that the order in which it arrives makes no difference. */
import { canonicalJson } from '#canon/json.ts'
import type { Consent, Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import { type CustomerState, FACTS, type FactName, type Telling } from './state.ts'

/** Addresses kept of one channel. */
const ADDRESSES_MAX = 20

export interface Said {
  channel: string
  party: Party
  addresses?: readonly Address[]
  at: string
}

/** What was said under the record's own key. Releases before kept one picture with one time. */
export function ownTellings({ tellings, party, channel, key, updatedAt }: CustomerState): readonly Telling[] {
  if (tellings) return tellings
  return party ? told([], key, { channel, party, at: updatedAt }) : []
}

/** Everything that is known of the person: of this record, and of those that were joined to it. */
export const allTellings = (state: CustomerState): readonly Telling[] => [
  ...ownTellings(state),
  ...(state.members ?? []).flatMap(({ tellings }) => tellings),
]

/** @returns the very same list when nothing of it is news. */
export function told(before: readonly Telling[], record: string, said: Said): readonly Telling[] {
  const known = before.find(({ channel }) => channel === said.channel)
  const empty = { record, channel: said.channel, party: { key: record }, times: {}, addresses: [], consents: [] }
  const next = add(known ?? empty, said)
  if (known && canonicalJson(next) === canonicalJson(known)) return before
  return [...before.filter((one) => one !== known), next].sort((a, b) => (a.channel < b.channel ? -1 : 1))
}

function add(known: Telling, { party, addresses = [], at }: Said): Telling {
  const merged: Party = { ...known.party }
  const times: Partial<Record<FactName, string>> = { ...known.times }
  for (const name of FACTS) {
    const value = party[name]
    if (value === undefined || value === '' || !wins(value, at, known.party[name], known.times[name])) continue
    Object.assign(merged, { [name]: value })
    times[name] = at
  }
  return {
    ...known,
    party: merged,
    times,
    addresses: addressesOf([...known.addresses, ...addresses.map((address) => ({ address, at }))]),
    consents: latest([...known.consents, ...consentsIn(party, at)]),
  }
}

/** The newest counts; of two at the same moment always the same one. */
function wins(value: unknown, at: string, known: unknown, since: string | undefined): boolean {
  if (since === undefined || at !== since) return since === undefined || at > since
  return String(value) > String(known)
}

function addressesOf(all: Telling['addresses']): Telling['addresses'] {
  const newest = new Map<string, { address: Address; at: string }>()
  for (const one of all) {
    const text = canonicalJson(one.address)
    const known = newest.get(text)
    if (!known || one.at > known.at) newest.set(text, one)
  }
  return [...newest.entries()]
    .sort(([a, one], [b, other]) => (one.at === other.at ? (a < b ? -1 : 1) : one.at > other.at ? -1 : 1))
    .slice(0, ADDRESSES_MAX)
    .map(([, one]) => one)
}

/** A bare yes or no to marketing is about e-mail; a no that nobody spoke out is not explicit. */
function consentsIn({ marketingConsent: granted, consents = [] }: Party, at: string): readonly Consent[] {
  if (granted === undefined) return consents
  return [...consents, { medium: 'email', purpose: 'marketing', granted, explicit: granted, at }]
}

const aboutOf = ({ medium, purpose }: Consent): string => `${medium} ${purpose}`

/** A channel's newest word on each matter; of two at the same moment what was spoken out, and then the no. */
function latest(all: readonly Consent[]): readonly Consent[] {
  const newest = new Map<string, Consent>()
  for (const one of all) {
    const known = newest.get(aboutOf(one))
    if (!known || weightOf(one) > weightOf(known)) newest.set(aboutOf(one), one)
  }
  return [...newest.values()].sort((a, b) => (aboutOf(a) < aboutOf(b) ? -1 : 1))
}

const weightOf = ({ at, explicit, granted }: Consent): string => `${at} ${explicit ? 1 : 0}${granted ? 0 : 1}`
