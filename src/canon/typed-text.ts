/**
 * Card numbers where people type: order notes, attributes, addresses, reasons. Nobody groups them alike there, so any
 * grouping counts; ids and barcodes are not looked at, since they stand elsewhere.
 */
import type { Json } from './json.ts'
import { isCard } from './card-number.ts'

/** Between digits: spaces of any kind, dashes, dots, slashes, also as JSON writes them. */
const GAP = String.raw`(?:[\s.,/_*|\u00b7\u2010-\u2015\-]|\\[nrtf/]|\\u[\da-fA-F]{4})`
const RUN = new RegExp(String.raw`\d(?:${GAP}{0,3}\d){13,}`, 'g')
const GROUP = new RegExp(String.raw`((?:${GAP}){0,3})(\d+)`, 'gy')

const LENGTH_MIN = 14
const LENGTH_MAX = 19
const SHOWN = 4

/** Groupings as they are printed on cards; between these any gaps will do, in all others always the same. */
const PRINTED: ReadonlySet<string> = new Set(['4 4 4 4', '4 6 5', '4 6 4', '4 4 4 4 3', '4 4 4 2', '6 13', '6 10'])

interface Group {
  /** What stands before it. */
  gap: string
  digits: string
  /** Where its digits begin in the text. */
  at: number
}

/** Where card numbers begin and end in a text, first digit to last. */
export function cardPlaces(text: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = []
  for (const run of text.matchAll(RUN)) {
    const groups = groupsOf(run[0], run.index)
    for (let first = 0; first < groups.length; first += 1) {
      const last = cardFrom(groups, first)
      if (last === null) continue
      found.push({ from: groups[first]!.at, to: groups[last]!.at + groups[last]!.digits.length })
      first = last
    }
  }
  return found
}

function groupsOf(run: string, at: number): Group[] {
  return [...run.matchAll(GROUP)].map((one) => ({
    gap: one[1]!, digits: one[2]!, at: at + one.index + one[1]!.length,
  })) // prettier-ignore
}

/** The last group of a card number that begins with this one; of several the longest, so that none shows. */
function cardFrom(groups: readonly Group[], first: number): number | null {
  let digits = ''
  let found: number | null = null
  for (let last = first; last < groups.length && digits.length < LENGTH_MAX; last += 1) {
    digits += groups[last]!.digits
    if (digits.length < LENGTH_MIN || digits.length > LENGTH_MAX) continue
    if (isCard(digits) && isGrouped(groups.slice(first, last + 1))) found = last
  }
  return found
}

function isGrouped([first, ...more]: readonly Group[]): boolean {
  if (more.every(({ gap }) => gap === more[0]!.gap)) return true
  return PRINTED.has([first!, ...more].map(({ digits }) => digits.length).join(' '))
}

/** The text with all digits of such numbers but the last four hidden: `•••• •••• •••• 1111`. */
export function withoutTypedCards(text: string): string {
  const places = cardPlaces(text)
  if (places.length === 0) return text
  let safe = ''
  let end = 0
  for (const { from, to } of places) {
    safe += text.slice(end, from) + hidden(text.slice(from, to))
    end = to
  }
  return safe + text.slice(end)
}

function hidden(number: string): string {
  let left = number.replace(/\D/g, '').length - SHOWN
  return number.replace(/\d/g, (digit) => (left-- > 0 ? '•' : digit))
}

/**
 * Names of members in which people type, at any depth: `note`, or `customer.name` for the name within a customer, lists
 * and GraphQL's `nodes` aside. All text below such a member counts.
 */
export type TypedMembers = ReadonlySet<string>

export interface Masked {
  body: Json
  /** Names of the members in which something was hidden; empty when nothing was. */
  members: string[]
}

/** The body with card numbers hidden where people type; the same object when there are none. */
export function maskTyped(body: Json, typed: TypedMembers): Masked {
  const members = new Set<string>()
  const walk = (value: Json, parent: string, within: string | null): Json => {
    if (typeof value === 'string' || typeof value === 'number') {
      if (within === null) return value
      const safe = withoutTypedCards(String(value))
      if (safe === String(value)) return value
      members.add(within)
      return safe
    }
    if (Array.isArray(value)) return value.map((one: Json) => walk(one, parent, within))
    if (value === null || typeof value !== 'object') return value
    if (isOfPlugin(value as Members)) return value
    const entries = Object.entries(value).map(([key, one]): [string, Json] => {
      const named = typed.has(key) || typed.has(`${parent}.${key}`) ? key : null
      return [key, walk(one as Json, WRAPPERS.has(key) ? parent : key, within ?? named)]
    })
    return Object.fromEntries(entries)
  }
  const safe = walk(body, '', null)
  return members.size === 0 ? { body, members: [] } : { body: safe, members: [...members].sort() }
}

type Members = Readonly<Record<string, Json | undefined>>

const WRAPPERS: ReadonlySet<string> = new Set(['nodes', 'node', 'edges'])

/** WordPress hides from people what plugins keep under such a name: ids, mostly. */
const isOfPlugin = ({ key, value }: Members): boolean =>
  typeof key === 'string' && key.startsWith('_') && value !== undefined
