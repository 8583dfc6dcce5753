/**
 * What a partner's sets say of its shelf: 846 what is there, 947 what was written off or found. Pure; what cannot be
 * understood is refused with the segment and the reason, the whole set, since half a count would be a wrong one.
 */
import type { CountCommand } from '#core/stock/counts.ts'
import { momentOf, type Segment } from './envelope.ts'

/** The segment that is wrong: its tag, its place in the set (ST is 1), and why. */
export class WrongSegment extends Error {
  readonly tag: string
  readonly place: number

  constructor(tag: string, index: number, why: string) {
    super(`${tag} at place ${index + 2}: ${why}`)
    this.tag = tag
    this.place = index + 2
  }
}

export interface OfSku {
  sku: string
  command: CountCommand
}

export const STOCK_SETS: Readonly<Record<string, (segments: readonly Segment[], by: string) => OfSku[]>> = {
  '846': counts,
  '947': adjustments,
}

/** One for each SKU: pieces of several lots or places are one number. */
function counts(segments: readonly Segment[], by: string): OfSku[] {
  const head = segments.findIndex(([tag]) => tag === 'BIA')
  if (head < 0) throw new WrongSegment('BIA', 0, 'it is missing.')
  const at = moment(segments[head]!, head, 4, 5)
  const found = new Map<string, number>()
  const lines = segments.flatMap(([tag], index) => (tag === 'LIN' ? [index] : []))
  for (const [nth, index] of lines.entries()) {
    const sku = skuIn(segments[index]!, index, 2)
    const end = lines[nth + 1] ?? segments.length
    const place = segments.findIndex(
      ([tag, what], one) => one > index && one < end && tag === 'QTY' && what === ON_HAND,
    )
    if (place < 0) throw new WrongSegment('LIN', index, `no QTY*${ON_HAND} (on hand) follows it.`)
    const many = whole(segments[place]![2] ?? '', 'QTY', place)
    if (many < 0) throw new WrongSegment('QTY', place, 'less than nothing cannot be on hand.')
    found.set(sku, (found.get(sku) ?? 0) + many)
  }
  checkTotal(segments, lines.length)
  return [...found].map(([sku, onHand]) => ({ sku, command: { type: 'stock.count', by, onHand, at } }))
}

const ON_HAND = '17'

function checkTotal(segments: readonly Segment[], lines: number): void {
  const place = segments.findIndex(([tag]) => tag === 'CTT')
  if (place < 0 || Number(segments[place]![1]) === lines) return
  throw new WrongSegment('CTT', place, `it says ${segments[place]![1] ?? 'nothing'}, and there are ${lines} LIN.`)
}

function adjustments(segments: readonly Segment[], by: string): OfSku[] {
  const head = segments.findIndex(([tag]) => tag === 'W15')
  if (head < 0) throw new WrongSegment('W15', 0, 'it is missing.')
  const at = moment(segments[head]!, head, 1)
  return segments.flatMap((segment, index): OfSku[] => {
    const [tag, reason = '', many = '', unit = ''] = segment
    if (tag !== 'W19') return []
    if (unit !== 'EA') throw new WrongSegment('W19', index, `W1903 is '${unit}', and pieces (EA) are agreed on.`)
    const sku = skuIn(segment, index, 5)
    const quantity = whole(many, 'W19', index)
    return [{ sku, command: { type: 'stock.adjust', by, quantity, reason: `code ${reason}`, at } }]
  })
}

/** Our own name of it, as the 940 says it; a bar code or a name of theirs would be another article's here. */
export function skuIn(segment: Segment, index: number, from: number): string {
  for (let at = from; at + 1 < segment.length; at += 2)
    if ((segment[at] === 'VN' || segment[at] === 'SK') && segment[at + 1]) return segment[at + 1]!
  throw new WrongSegment(segment[0], index, 'it names no article by VN or SK.')
}

/** A number of pieces. */
export function whole(text: string, tag: string, index: number): number {
  const value = Number(text)
  if (text !== '' && Number.isSafeInteger(value)) return value
  throw new WrongSegment(tag, index, `'${text.slice(0, 20)}' is no whole number of pieces.`)
}

function moment(segment: Segment, index: number, date: number, time?: number): string {
  try {
    return momentOf(segment[date] ?? '', time === undefined ? '' : (segment[time] ?? ''))
  } catch {
    throw new WrongSegment(segment[0], index, `'${(segment[date] ?? '').slice(0, 20)}' is no date.`)
  }
}
