/**
 * The golden record: what holds of a person, worked out from everything that channels said. A pure function of the set
 * of tellings, so no order of news, of joining and taking out, can make a difference. Every value says who said it
 * when, and by which rule it won.
 */
import { canonicalJson } from '#canon/json.ts'
import type { Consent, Party } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import type { CustomersPolicy } from '../policy.ts'
import { FACTS, type FactName, type Telling } from './state.ts'

/** Who said it, and when. */
export interface Source {
  record: string
  channel: string
  at: string
}

/**
 * `only`: nobody else said anything. `agreed`: nobody says otherwise. `trusted`: the policy ranks its channel first.
 * `newest`: it was said last.
 */
export type Rule = 'only' | 'agreed' | 'trusted' | 'newest'

export interface Fact extends Source {
  value: string
  rule: Rule
  /** What others say instead. */
  others: readonly (Source & { value: string })[]
}

/** `only`, `agreed`; `refused`: a no that no newer spoken yes lifted; `lifted`: a spoken yes newer than every no. */
export interface GoldenConsent extends Consent, Source {
  rule: 'only' | 'agreed' | 'refused' | 'lifted'
}

const SHOWN = ['name', 'email', 'phone'] as const satisfies readonly FactName[]
export type GoldenFact = (typeof SHOWN)[number]

export interface Golden {
  facts: Readonly<Partial<Record<GoldenFact, Fact>>>
  addresses: readonly ({ address: Address } & Source)[]
  consents: readonly GoldenConsent[]
}

export function goldenOf(tellings: readonly Telling[], policy?: CustomersPolicy): Golden {
  const facts = Object.fromEntries(
    SHOWN.flatMap((name) => {
      const fact = factOf(name, tellings, policy?.trust[name] ?? [])
      return fact ? [[name, fact]] : []
    }),
  )
  return { facts, addresses: addressesOf(tellings), consents: consentsOf(tellings) }
}

type Word = Source & { value: string }

function factOf(name: GoldenFact, tellings: readonly Telling[], trust: readonly string[]): Fact | null {
  const words = tellings.flatMap(({ record, channel, party, times }): Word[] => {
    const [value, at] = [party[name], times[name]]
    return value === undefined || at === undefined ? [] : [{ value, record, channel, at }]
  })
  const rank = ({ channel }: Word) => (trust.includes(channel) ? trust.indexOf(channel) : trust.length)
  const [best, ...rest] = words.toSorted((one, other) => rank(one) - rank(other) || byAge(one, other))
  if (!best) return null
  const others = rest.filter(({ value }) => value !== best.value)
  const trusted = others.some((one) => rank(one) > rank(best))
  const rule = rest.length === 0 ? 'only' : others.length === 0 ? 'agreed' : trusted ? 'trusted' : 'newest'
  return { ...best, rule, others }
}

/** The newest first; of what was said at the same moment always the same one. */
function byAge(one: Word, other: Word): number {
  if (one.at !== other.at) return one.at > other.at ? -1 : 1
  return canonicalJson(one) < canonicalJson(other) ? -1 : 1
}

function addressesOf(tellings: readonly Telling[]): Golden['addresses'] {
  const newest = new Map<string, { address: Address } & Source>()
  for (const { record, channel, addresses } of tellings) {
    for (const { address, at } of addresses) {
      const text = canonicalJson(address)
      const known = newest.get(text)
      const one = { address, record, channel, at }
      if (!known || byAge({ value: '', ...one }, { value: '', ...known }) < 0) newest.set(text, one)
    }
  }
  return [...newest.values()].sort((one, other) => byAge({ value: '', ...one }, { value: '', ...other }))
}

/** The strictest word holds, unless a yes that was spoken out is newer than every no. */
function consentsOf(tellings: readonly Telling[]): GoldenConsent[] {
  const all = tellings.flatMap(({ record, channel, consents }) => consents.map((one) => ({ ...one, record, channel })))
  const groups = Map.groupBy(all, ({ medium, purpose }) => `${medium} ${purpose}`)
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, words]) => strictest(words))
}

function strictest(words: readonly (Consent & Source)[]): GoldenConsent {
  const sorted = words.toSorted((one, other) => (canonicalJson(one) < canonicalJson(other) ? -1 : 1))
  const newest = (all: typeof sorted) => all.reduce((best, one) => (one.at > best.at ? one : best))
  const denied = sorted.filter(({ granted }) => !granted)
  const granted = sorted.filter(({ granted: yes }) => yes)
  const agreed = words.length === 1 ? 'only' : 'agreed'
  if (denied.length === 0) return { ...newest(granted), rule: agreed }
  const no = newest(denied)
  const spoken = granted.filter(({ explicit, at }) => explicit && at > no.at)
  if (spoken.length > 0) return { ...newest(spoken), rule: 'lifted' }
  return { ...no, rule: granted.length === 0 ? agreed : 'refused' }
}

/** What the ERP is told of the person. @param own under which key, and by which id the channel knows it. */
export function partyOf(own: Pick<Party, 'key' | 'externalId'>, { facts, consents }: Golden): Party {
  const email = consents.find(({ medium, purpose }) => medium === 'email' && purpose === 'marketing')
  const values = Object.fromEntries(SHOWN.flatMap((name) => (facts[name] ? [[name, facts[name].value]] : [])))
  return { ...own, ...values, ...(email ? { marketingConsent: email.granted } : {}) }
}

export const sameParty = (one: Party, other: Party): boolean => FACTS.every((name) => one[name] === other[name])
