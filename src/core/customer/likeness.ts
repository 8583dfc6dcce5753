/**
 * How sure it is that two records are one person, in points with their reasons. Deterministic: the same two records
 * always get the same points, whichever comes first. The points are written down in decision 0028.
 */
import { hashOf } from '#canon/hash.ts'
import { e164 } from '#canon/phone.ts'
import type { Address } from '#canon/primitives.ts'
import type { CustomersPolicy } from '../policy.ts'
import type { Reason, Telling } from './state.ts'

/** What a person is recognised by, in one spelling. */
interface Marks {
  emails: ReadonlySet<string>
  phones: ReadonlySet<string>
  /** Each as sorted words. */
  names: readonly string[]
  places: ReadonlySet<string>
  /** Channels with an account of their own for the person. */
  accounts: ReadonlySet<string>
}

const POINTS = { email: 60, phone: 40, name: 30, alike: 10, otherName: -25, address: 30 } as const

/** Marketplaces and mail programs that forward under an address of their own: no two people can be told by it. */
const RELAYS = [
  /^marketplace\.amazon\.[a-z.]+$/,
  /^(.+\.)?mirakl\.(net|com)$/,
  /^members\.ebay\.[a-z.]+$/,
  /^privaterelay\.appleid\.com$/,
  /^(.+\.)?relay\.[a-z.-]+$/,
  /^notifications?\..+$/,
]

export function isRelay(email: string, domains: readonly string[]): boolean {
  const domain = email
    .slice(email.lastIndexOf('@') + 1)
    .trim()
    .toLowerCase()
  return domains.includes(domain) || RELAYS.some((one) => one.test(domain))
}

/** In the spelling it is compared in; the domain does not care for capitals, and no mailbox in use does. */
export const plainEmail = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

const TITLES = new Set(['mr', 'mrs', 'ms', 'miss', 'dr', 'prof', 'herr', 'frau', 'sir', 'mme', 'jr', 'sr'])
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', ø: 'o', œ: 'oe', ł: 'l', đ: 'd', ð: 'd', þ: 'th' }

/** Small letters without accents, words apart by one blank. */
const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ßæøœłđðþ]/g, (letter) => LETTERS[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

const wordsOf = (name: string): string =>
  plain(name)
    .split(' ')
    .filter((word) => word && !TITLES.has(word))
    .sort()
    .join(' ')

const STREETS: readonly [RegExp, string][] = [
  [/stra(ss|s)e\b|str\b/g, 'str'],
  [/\bstreet\b/g, 'st'],
  [/\bavenue\b/g, 'ave'],
  [/\broad\b/g, 'rd'],
  [/\bboulevard\b/g, 'blvd'],
]

/** A street with its number in a postcode of a country; null of less. */
function placeOf({ street, postcode, country }: Address): string | null {
  const plainStreet = STREETS.reduce((text, [word, short]) => text.replace(word, short), plain(street))
  const code = plain(postcode).replaceAll(' ', '')
  return code && /\d/.test(plainStreet) ? `${country} ${code} ${plainStreet.replaceAll(' ', '')}` : null
}

/** Nobody is recognised by what comes through a forwarding address, or from a channel that hides its buyers. */
const isAnonymous = ({ channel, party }: Telling, policy: CustomersPolicy): boolean =>
  policy.anonymous.includes(channel) || (party.email !== undefined && isRelay(party.email, policy.relayDomains))

/** A name alone, such as a marketplace's word for "somebody", names nobody. */
const isNobody = ({ party, record }: Telling): boolean =>
  !party.email && !party.phone && !party.externalId && !record.startsWith('guest-')

function marksOf(tellings: readonly Telling[], policy: CustomersPolicy): Marks {
  const open = tellings.filter((one) => !isAnonymous(one, policy) && !isNobody(one))
  const some = <T>(values: readonly (T | null | undefined)[]): T[] =>
    values.filter((one) => one !== null && one !== undefined && one !== '') as T[]
  const addresses = open.flatMap((one) => one.addresses.map(({ address }) => address))
  const country = addresses[0]?.country ?? policy.country
  return {
    emails: new Set(some(open.map(({ party }) => (party.email ? plainEmail(party.email) : null)))),
    phones: new Set(some(open.map(({ party }) => (party.phone ? e164(party.phone, country) : null)))),
    names: some(open.map(({ party }) => (party.name ? wordsOf(party.name) : null))),
    places: new Set(some(addresses.map(placeOf))),
    accounts: new Set(open.filter(({ party }) => party.externalId).map(({ channel }) => channel)),
  }
}

/** The indexes a record is entered in. Digests: an index holds nothing personal. */
export function keysOf(tellings: readonly Telling[], policy: CustomersPolicy): string[] {
  if (policy.match === 'off') return []
  const { emails, phones, places } = marksOf(tellings, policy)
  return [
    ...[...emails].map(emailKey),
    ...[...phones].map(phoneKey),
    ...[...places].map((one) => `place-${hashOf(one)}`),
  ].sort()
}

export const emailKey = (email: string): string => `email-${hashOf(plainEmail(email))}`
export const phoneKey = (phone: string): string => `phone-${hashOf(phone)}`

/** Equal prints are equally like anybody else. */
export const printOf = (tellings: readonly Telling[], policy: CustomersPolicy): string => {
  const { emails, phones, names, places } = marksOf(tellings, policy)
  const lists = [[...emails].sort(), [...phones].sort(), [...new Set(names)].sort(), [...places].sort()]
  return hashOf(JSON.stringify(lists))
}

export interface Likeness {
  /** 0 to 100. */
  score: number
  reasons: readonly Reason[]
  verdict: 'same' | 'review' | 'other'
}

export function likeness(one: readonly Telling[], other: readonly Telling[], policy: CustomersPolicy): Likeness {
  const [a, b] = [marksOf(one, policy), marksOf(other, policy)]
  const reasons: Reason[] = []
  const add = (field: Reason['field'], outcome: Reason['outcome'], points: number) =>
    reasons.push({ field, outcome, points })
  if (meet(a.emails, b.emails)) add('email', 'same', POINTS.email)
  if (meet(a.phones, b.phones)) add('phone', 'same', POINTS.phone)
  const alike = Math.max(-1, ...a.names.flatMap((name) => b.names.map((also) => namesAlike(name, also))))
  if (alike >= 1) add('name', 'same', POINTS.name)
  else if (alike >= 0.5) add('name', 'alike', POINTS.alike)
  else if (alike >= 0) add('name', 'differs', POINTS.otherName)
  if (meet(a.places, b.places)) add('address', 'same', POINTS.address)
  const points = reasons.reduce((sum, reason) => sum + reason.points, 0)
  // Who keeps two accounts in one shop may have a reason: never without a person.
  const twice = [...a.accounts].some((channel) => b.accounts.has(channel))
  if (twice) add('channel', 'same', 0)
  const score = Math.min(100, Math.max(0, points))
  const verdict = score < policy.reviewFrom ? 'other' : score < policy.sameFrom || twice ? 'review' : 'same'
  return { score, reasons, verdict }
}

const meet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean => [...one].some((mark) => other.has(mark))

/** 1: the same words. 0.5 to 1: words are shared, left out, shortened to a letter or mistyped. 0: nothing is alike. */
function namesAlike(one: string, other: string): number {
  if (one === other) return 1
  const [a, b] = [one.split(' '), other.split(' ')]
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  const found = short.filter((word) => long.some((also) => wordsAlike(word, also))).length
  return Math.min(0.99, found / short.length)
}

const wordsAlike = (one: string, other: string): boolean =>
  one === other ||
  isLetter(one, other) ||
  isLetter(other, one) ||
  (Math.min(one.length, other.length) > 3 && isTypo(one, other))

const isLetter = (one: string, other: string): boolean => one.length === 1 && other.startsWith(one)

/** One letter too many, too few, or another. */
function isTypo(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  const [restOne, restOther] = [one.slice(at), other.slice(at)]
  return restOne.slice(1) === restOther.slice(1) || restOne.slice(1) === restOther || restOne === restOther.slice(1)
}
