/**
 * Personal data is masked before anything leaves the hub for a screen. Our own structures are masked by what stands
 * next to each field (`x-crossdock`); bodies of other systems show only members known to be harmless. What was masked
 * in one place is then looked for in every text around it: messages quote names.
 */
import { factsOf, type Pii } from '#canon/field.ts'
import type { Json } from '#canon/json.ts'
import { order, party } from '#canon/order.ts'
import { address } from '#canon/primitives.ts'
import { z } from 'zod'
import { hidesNumber, learnsText, type Room, roomOf, showsText } from './foreign-fields.ts'

export const DOTS = '•••'

const DEPTH_MAX = 30
const ITEMS_MAX = 200
const TEXT_MAX = 600

/** `Grace Hopper` as `G••• H•••`. A part of one letter says too much. */
const maskName = (text: string): string =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 4)
    .map((word) => ([...word].length > 2 ? `${[...word][0]}${DOTS}` : DOTS))
    .join(' ') || DOTS

const MASKS: Readonly<Record<Pii, (text: string) => string>> = {
  name: maskName,
  email: () => `${DOTS}@${DOTS}`,
  phone: () => DOTS,
  address: () => DOTS,
  // Enough to tell two people apart, too little to look somebody up.
  identifier: (text) => (text.length > 8 ? `…${text.slice(-4)}` : DOTS),
  free_text: () => DOTS,
}

/** The name of the order's customer as lists show it; null when the channel named nobody. */
export function maskedCustomer(value: unknown): string | null {
  const { customer, shippingAddress } = (value ?? {}) as {
    customer?: { name?: unknown } | null
    shippingAddress?: { name?: unknown } | null
  }
  const name = customer?.name ?? shippingAddress?.name
  return typeof name === 'string' && name !== '' ? maskName(name) : customer ? DOTS : null
}

/** `customer.ensure` names the person outside the schemas of the canon. */
const identified = z.object({
  key: party.shape.key,
  externalRef: party.shape.externalId,
  name: party.shape.name,
  email: party.shape.email,
  phone: party.shape.phone,
})

/** Members of events, commands and asks that hold a canonical thing. */
const SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ['order', order],
  ['party', party],
  ['customer', party],
  ['said', party],
  ['address', address],
  ['addresses', z.array(address)],
  ['shippingAddress', address],
])

/** Called for every personal text that is found. */
type Found = (text: string, pii: Pii) => void

interface Walk {
  found: Found
  /** Applied to what stays readable. */
  shown(text: string): string
}

type Shape = { def: { type: string; shape?: Record<string, z.ZodType>; element?: z.ZodType; innerType?: z.ZodType } }

function bySchema(schema: z.ZodType | undefined, value: unknown, walk: Walk, depth: number): Json {
  const pii = schema && factsOf(schema)?.pii
  if (pii) return hide(value, pii, walk)
  let { def } = (schema ?? z.unknown()) as unknown as Shape
  while (def.innerType) def = (def.innerType as unknown as Shape).def
  return ours(value, walk, depth, def.shape, def.element)
}

function hide(value: unknown, pii: Pii, { found }: Walk): Json {
  if (value === null || value === undefined || typeof value === 'boolean') return (value ?? null) as Json
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (text === '') return ''
  found(text, pii)
  return MASKS[pii](text)
}

function ours(
  value: unknown,
  walk: Walk,
  depth: number,
  shape: Readonly<Record<string, z.ZodType>> = {},
  element?: z.ZodType,
): Json {
  if (depth > DEPTH_MAX) return '…'
  if (Array.isArray(value)) return some(value, (item) => bySchema(element, item, walk, depth + 1))
  if (value === null || typeof value !== 'object') return scalar(value, walk)
  // A member may be called 'constructor'.
  const known = new Map<string, z.ZodType>(
    Object.entries({ ...(isIdentified(value) ? identified.shape : {}), ...shape }),
  )
  return Object.fromEntries(
    Object.entries(value).map(([key, member]): [string, Json] => {
      const schema = known.get(key)
      if (schema) return [key, bySchema(schema, member, walk, depth + 1)]
      const named = SCHEMAS.get(key)
      if (named && member !== null && typeof member === 'object') return [key, bySchema(named, member, walk, depth + 1)]
      return [key, ours(member, walk, depth + 1)]
    }),
  )
}

const isIdentified = (value: object): boolean => 'externalRef' in value && 'key' in value

const scalar = (value: unknown, { shown }: Walk): Json => {
  if (typeof value !== 'string') return (value ?? null) as Json
  return shown(value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value)
}

function some(items: readonly unknown[], mask: (item: unknown) => Json): Json {
  const kept = items.slice(0, ITEMS_MAX).map(mask)
  return items.length > ITEMS_MAX ? [...kept, `… ${items.length - ITEMS_MAX} more`] : kept
}

/** @param room what the value is inside of. */
function foreign(value: unknown, walk: Walk, key: string, room: Room, depth: number): Json {
  if (depth > DEPTH_MAX) return '…'
  if (Array.isArray(value)) return some(value, (item) => foreign(item, walk, key, room, depth + 1))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]): [string, Json] => [
        /^[A-Za-z_][\w./-]{0,60}$/.test(name) ? walk.shown(name) : DOTS,
        foreign(member, walk, name, room ?? roomOf(name), depth + 1),
      ]),
    )
  }
  if (typeof value === 'number') return hidesNumber(key, value, room) ? hide(value, 'phone', walk) : value
  if (typeof value !== 'string') return (value ?? null) as Json
  if (showsText(key, value, room)) return scalar(value, walk)
  const pii = learnsText(key, room)
  if (pii && value !== '') walk.found(value, pii)
  return value === '' ? '' : DOTS
}

/** What was found out about the people of one order, and masks made from it. */
export interface Mask {
  /** Learns the personal data of a structure of ours: an event, an ask, a state. */
  learn(value: unknown): void
  /** Learns the personal data of another system's body. */
  learnForeign(body: unknown): void
  /** A sentence that may quote what was learnt. */
  text(sentence: string): string
  ours(value: unknown): Json
  foreign(body: unknown): Json
}

const VALUES_MAX = 400
const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, (sign) => `\\${sign}`)

/** Learn everything first, then mask. */
export function createMask(): Mask {
  const values = new Set<string>()
  let pattern: RegExp | null = null
  // Codes, ids and moments stand in a page again and again.
  const masked = new Map<string, string>()
  const found: Found = (text, pii) => {
    for (const part of partsOf(text.normalize('NFC'), pii)) if (values.size < VALUES_MAX) values.add(part)
    pattern = null
    masked.clear()
  }
  const text = (sentence: string) => {
    const known = masked.get(sentence)
    if (known !== undefined) return known
    pattern ??= patternOf(values)
    const shown = plainly(sentence.normalize('NFC').replace(pattern, DOTS))
    masked.set(sentence, shown)
    return shown
  }
  const learning: Walk = { found, shown: (one) => one }
  const masking: Walk = { found: () => {}, shown: text }
  return {
    learn: (value) => void ours(value, learning, 0),
    learnForeign: (body) => void foreign(body, learning, '', null, 0),
    text,
    ours: (value) => ours(value, masking, 0),
    foreign: (body) => foreign(body, masking, '', null, 0),
  }
}

/** The longest first, so that no half of a value is left standing. */
function patternOf(values: ReadonlySet<string>): RegExp {
  const all = [...values].sort((a, b) => b.length - a.length).map(loosely)
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${all.join('|') || '(?!)'})(?![\\p{L}\\p{N}])`, 'giu')
}

/** A name is looked for whole and word by word; the rest whole. */
function partsOf(text: string, pii: Pii): string[] {
  const whole = text.trim().slice(0, 200)
  const words = pii === 'name' ? whole.split(/[\s,]+/) : []
  return [whole, ...words].filter((part) => part.length > 1 && /[\p{L}\p{N}]/u.test(part))
}

/** Telephone numbers are written in many ways; blanks as well. */
function loosely(value: string): string {
  const digits = value.replace(/\D/g, '')
  if (/^[+\d\s()./-]+$/.test(value) && digits.length > 5) return `\\+?${[...digits].join('[\\s()./-]*')}`
  return escape(value).replace(/\s+/g, '\\s+')
}

const EMAIL = /[^\s@"'<>(),;:]+@[^\s@"'<>(),;:]+/g
const NOT_JSON = /(Unexpected|Expected|Bad|Unterminated|Invalid).*(JSON|position \d+).*/

/** A sentence of somebody else about somebody: no e-mail addresses, no snippets of a body that could not be read. */
export const plainly = (sentence: string): string =>
  withoutEmails(sentence.replace(NOT_JSON, 'The body is not JSON.')).slice(0, TEXT_MAX)

const withoutEmails = (sentence: string): string =>
  sentence.includes('@') ? sentence.replace(EMAIL, `${DOTS}@${DOTS}`) : sentence
