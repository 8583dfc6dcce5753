/**
 * The records that `reconcile` compares, computed from their place: nothing is kept, so nothing grows. One in so many
 * carries a defect, of each kind in turn, on either side.
 */
import type { CensusRecord } from '#connectors/kit/reader.ts'

const LONG_AGO = '2026-11-20T00:00:00.000Z'
const LONGER_AGO = '2026-11-19T00:00:00.000Z'
export const KINDS = ['missed', 'unexpected', 'duplicate', 'stale', 'mismatched'] as const

/** Spreads the numbers: both factors are prime to each other, so no two indexes share a key. */
const keyOf = (index: number, records: number): string => `shop:${String((index * 7_919) % records).padStart(8, '0')}`

/** What stands at one place of one side: nothing, one record, or two. Nothing is kept, so nothing grows. */
export function recordsAt(index: number, side: 0 | 1, { records, every, ordered }: Made): CensusRecord[] {
  const place = ordered ? index : Number(keyOf(index, records).slice(5))
  const key = `shop:${String(place).padStart(8, '0')}`
  const record: CensusRecord = {
    key,
    fields: { total: 1_000 + (place % 5_000), currency: 'USD', cancelled: place % 97 === 0 },
    changedAt: LONG_AGO,
  }
  if (place % every !== 0) return [record]
  const number = place / every
  const here = Math.floor(number / KINDS.length) % 2 === side
  switch (KINDS[number % KINDS.length]) {
    case 'missed':
      return side === 1 ? [] : [record]
    case 'unexpected':
      return side === 0 ? [] : [record]
    case 'duplicate':
      return here ? [record, record] : [record]
    case 'stale':
      return [here ? { ...record, changedAt: LONGER_AGO } : record]
    default:
      return [here ? { ...record, fields: { ...record.fields, total: 7 } } : record]
  }
}

export interface Made {
  records: number
  /** One defect in so many. */
  every: number
  ordered: boolean
}
