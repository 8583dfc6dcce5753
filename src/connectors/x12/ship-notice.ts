/**
 * What an 856 says of a shipment: its orders, their cartons, and what is in each. Levels hang together by their
 * numbers: shipment, order, then pallets and cartons as far as there are any, then articles. Pure; what cannot be
 * understood is refused with the segment and the reason, the whole set, since half a carton would be a wrong one.
 */
import type { Carton, PackedLine } from '#core/warehouse-order/packing.ts'
import type { Segment } from './envelope.ts'
import { skuIn, whole, WrongSegment } from './stock-sets.ts'

export interface Notice {
  /** Number of the order there, as our 940 named it. */
  number: string
  shipment: string
  cartons: Carton[]
}

interface Level {
  id: string
  code: string
  parent: Level | null
  /** Its HL, and where the next one begins. */
  at: number
  end: number
}

/** Which levels may stand right below which. */
const BELOW: Readonly<Record<string, string>> = { S: 'O', O: 'TPI', T: 'P', P: 'I', I: '' }

/** One for each order of the shipment. @param isOurs whether an order of that number was ever sent. */
export function noticesIn(segments: readonly Segment[], isOurs: (number: string) => boolean): Notice[] {
  const head = segments.findIndex(([tag]) => tag === 'BSN')
  if (head < 0) throw new WrongSegment('BSN', 0, 'it is missing.')
  const [, purpose = '', shipment = ''] = segments[head]!
  if (purpose !== '00' && purpose !== '05')
    throw new WrongSegment('BSN', head, `BSN01 is '${purpose}'; 00 (original) and 05 (replaces it) are agreed on.`)
  if (shipment === '') throw new WrongSegment('BSN', head, 'BSN02 names no shipment.')
  const levels = levelsOf(segments)
  const items = levels.filter(({ code }) => code === 'I')
  const orders = levels.filter(({ code }) => code === 'O')
  if (orders.length === 0) throw new WrongSegment('HL', levels[0]?.at ?? head, 'no order stands in it.')
  checkTotal(segments, levels.length)
  return orders.map((order): Notice => {
    const place = placeOf(segments, order, 'PRF')
    const number = segments[place]?.[1] ?? ''
    if (!isOurs(number)) throw new WrongSegment('PRF', place < 0 ? order.at : place, 'it names no order of ours.')
    const mine = items.filter((item) => isWithin(item, order))
    if (mine.length === 0) throw new WrongSegment('HL', order.at, 'the order has no articles.')
    const cartons = Map.groupBy(mine, ({ parent }) => parent!)
    return {
      number,
      shipment,
      cartons: [...cartons].map(([carton, within]) => ({
        sscc: carton.code === 'P' ? ssccOf(segments, carton) : null,
        lines: within.map((item) => lineOf(segments, item)),
      })),
    }
  })
}

function levelsOf(segments: readonly Segment[]): Level[] {
  const known = new Map<string, Level>()
  const places = segments.flatMap(([tag], at) => (tag === 'HL' ? [at] : []))
  for (const [nth, at] of places.entries()) {
    const [, id = '', parentId = '', code = ''] = segments[at]!
    const parent = known.get(parentId) ?? null
    if (id === '' || known.has(id)) throw new WrongSegment('HL', at, `HL01 '${id}' is missing or there twice.`)
    if (parentId !== '' && !parent) throw new WrongSegment('HL', at, `HL02 names '${parentId}', which is not above it.`)
    if (!Object.hasOwn(BELOW, code)) throw new WrongSegment('HL', at, `HL03 '${code}' is no level that is agreed on.`)
    if (!(parent ? BELOW[parent.code]!.includes(code) : code === 'S'))
      throw new WrongSegment('HL', at, `a level '${code}' may not stand below '${parent?.code ?? 'nothing'}'.`)
    known.set(id, { id, code, parent, at, end: places[nth + 1] ?? segments.length })
  }
  return [...known.values()]
}

function isWithin({ parent }: Level, order: Level): boolean {
  return parent !== null && (parent === order || isWithin(parent, order))
}

const placeOf = (segments: readonly Segment[], { at, end }: Level, tag: string, what?: string): number =>
  segments.findIndex((one, index) => index > at && index < end && one[0] === tag && (what ?? one[1]) === one[1])

function checkTotal(segments: readonly Segment[], levels: number): void {
  const place = segments.findIndex(([tag]) => tag === 'CTT')
  if (place < 0 || Number(segments[place]![1]) === levels) return
  throw new WrongSegment('CTT', place, `it says ${segments[place]![1] ?? 'nothing'}, and there are ${levels} HL.`)
}

/** 18 digits, or 20 with the application identifier before them. null when the carton has none. */
function ssccOf(segments: readonly Segment[], carton: Level): string | null {
  const place = placeOf(segments, carton, 'MAN', 'GM')
  if (place < 0) return null
  const sscc = (segments[place]![2] ?? '').replace(/^00(?=\d{18}$)/, '')
  if (/^\d{18}$/.test(sscc) && isChecked(sscc)) return sscc
  throw new WrongSegment('MAN', place, 'MAN02 is no SSCC: 18 digits, the last of which checks the others.')
}

/** The check digit of GS1: every other digit counts three times. */
const isChecked = (digits: string): boolean =>
  [...digits].reverse().reduce((sum, digit, at) => sum + Number(digit) * (at % 2 === 1 ? 3 : 1), 0) % 10 === 0

function lineOf(segments: readonly Segment[], item: Level): PackedLine {
  const article = placeOf(segments, item, 'LIN')
  if (article < 0) throw new WrongSegment('HL', item.at, 'no LIN follows it.')
  const count = placeOf(segments, item, 'SN1')
  if (count < 0) throw new WrongSegment('LIN', article, 'no SN1 follows it.')
  const [, , many = '', unit = ''] = segments[count]!
  if (unit !== 'EA')
    throw new WrongSegment('SN1', count, `SN103 is '${unit.slice(0, 5)}', and pieces (EA) are agreed on.`)
  const quantity = whole(many, 'SN1', count)
  if (quantity < 1) throw new WrongSegment('SN1', count, 'nothing is in it.')
  const [lot] = [...named(segments[article]!, 'LT'), ...referred(segments, item, 'LT')]
  const serials = [...named(segments[article]!, 'SN'), ...referred(segments, item, 'SE')]
  if (serials.length > quantity)
    throw new WrongSegment('SN1', count, `${serials.length} serial numbers are told for ${quantity} pieces.`)
  return {
    sku: skuIn(segments[article]!, article, 2),
    quantity,
    ...(lot ? { lot } : {}),
    ...(serials.length > 0 ? { serials } : {}),
  }
}

/** LIN says what it names in pairs: a qualifier, and the name. */
function named(segment: Segment, qualifier: string): string[] {
  for (let at = 2; at + 1 < segment.length; at += 2)
    if (segment[at] === qualifier && segment[at + 1]) return [segment[at + 1]!]
  return []
}

const referred = (segments: readonly Segment[], { at, end }: Level, qualifier: string): string[] =>
  segments.slice(at, end).flatMap(([tag, what, value]) => (tag === 'REF' && what === qualifier && value ? [value] : []))
