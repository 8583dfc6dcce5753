/**
 * Which members of another system's body may be shown. Texts are hidden unless their name _and_ their look say that
 * they are harmless: a vendor may add a member with a telephone number in it any day.
 */

import type { Pii } from '#canon/field.ts'

/** `first_name`, `firstName` and `First-Name` are one name. */
const plain = (key: string): string => key.toLowerCase().replace(/[^a-z0-9]/g, '')

/** What a member is inside of: something about a person, or pairs of words a person wrote. */
export type Room = 'person' | 'words' | null

const ABOUT_PERSON =
  /customer|address|recipient|contact|client|partner|person|buyer|receiver|shopper|consignee|payment(details|terms)|creditcard|^user|staff|author/
const OF_WORDS = /noteattributes|customattributes|properties/

const PERSONAL = new RegExp(
  [
    'name$|mail|phone|mobile|^fax|street|^zip|postal|postcode|city|company|birth|gender|vat|taxid|iban',
    '^note|comment|message|latitude|longitude|^lat$|^lng$|^ip$|browserip|useragent|landing|referr|url$',
    'token|secret|password|signature|authorization|cookie|session',
  ].join('|'),
)

export function roomOf(key: string): Room {
  const name = plain(key)
  return OF_WORDS.test(name) ? 'words' : ABOUT_PERSON.test(name) ? 'person' : null
}

/**
 * As what a hidden text is looked for elsewhere; null when it is hidden to be safe and need not be personal. A bare
 * `name` outside a person is that of a product or a method, and its words are everybody's.
 */
export function learnsText(key: string, room: Room): Pii | null {
  const name = plain(key)
  if (room === 'words') return name === 'name' || name === 'key' ? null : 'free_text'
  if (room === null && (name === 'name' || !PERSONAL.test(name))) return null
  if (name.includes('mail')) return 'email'
  return name.endsWith('name') ? 'name' : 'address'
}

const ID = /^(gid:\/\/shopify\/\w+\/)?[\w-]*\d[\w-]*$/
const DATE = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?$/
const DECIMAL = /^[+-]?\d{1,15}(\.\d{1,6})?$/
const CODE = /^[A-Za-z][\w -]{0,40}$/
const ANYTHING = /^[^@]{1,200}$/

/** Name of the member, and how its text must look. */
const HARMLESS: readonly (readonly [RegExp, RegExp])[] = [
  [/ids?$/, ID],
  [/(at|date)$/, DATE],
  [/price|amount|total|tax|discount|quantity|weight|rate|available|onhand|free|cost|value$/, DECIMAL],
  [/currency(code)?$/, /^[A-Z]{3}$/],
  [
    /status$|^kind$|^type$|reason$|^gateway$|^processingmethod$|^fulfillmentservice$|^weightunit$|^topic$|^state$/,
    CODE,
  ],
  [
    /^sku$|^title$|^varianttitle$|^vendor$|^barcode$|^code$|^handle$|^pool$|^carrier$|^tracking(company|number)$/,
    ANYTHING,
  ],
  [/^orderref$/, /^[a-z][a-z0-9-]*:[\w.-]+$/],
  // An order's name, `#1042`; not a person's.
  [/^name$/, /^#?[A-Z]{0,6}[-/]?\d{1,12}$/],
]

/** Inside what is about a person only these stay: they name no one. */
const HARMLESS_IN_ROOM: readonly (readonly [RegExp, RegExp])[] = [
  [/countrycode(v2)?$/, /^[A-Z]{2}$/],
  [/(created|updated)at$/, DATE],
]

export function showsText(key: string, text: string, room: Room): boolean {
  const name = plain(key)
  return (room !== null ? HARMLESS_IN_ROOM : HARMLESS).some(([names, look]) => names.test(name) && look.test(text))
}

/** Numbers are amounts and ids, except where they are telephone numbers, postcodes or places. */
export function hidesNumber(key: string, value: number, room: Room): boolean {
  const name = plain(key)
  if (room !== null || PERSONAL.test(name)) return true
  return Math.abs(value) >= 1e7 && !/ids?$|at$|number$/.test(name)
}
