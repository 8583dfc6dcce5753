/** Two made-up sides with defects planted from a seed, and what a run must find in them. */
import type { CensusRecord, Reader } from '#connectors/kit/reader.ts'
import type { Definition, FindingKind } from '#engine/reconcile/definition.ts'
import { createRandom } from '../../src/sim/random.ts'

export const START_MS = Date.parse('2026-11-27T10:00:00.000Z')
const LONG_AGO = '2026-11-20T00:00:00.000Z'
const LONGER_AGO = '2026-11-19T00:00:00.000Z'

export interface Sides {
  ours: CensusRecord[]
  theirs: CensusRecord[]
  /** `kind key field`, sorted. */
  planted: string[]
}

const KINDS = ['missed', 'unexpected', 'duplicate', 'stale', 'mismatched'] as const

/** Keys as of orders: the numbers are spread, so that their order is not that of their making. */
export const keyOf = (index: number): string => `shop:${String((index * 7_919) % 9_999_991).padStart(7, '0')}`

const recordOf = (key: string, index: number): CensusRecord => ({
  key,
  fields: { total: 1_000 + (index % 5_000), currency: 'USD', cancelled: index % 97 === 0 },
  changedAt: LONG_AGO,
})

export function plantSides(records: number, defects: number, seed = 1): Sides {
  const random = createRandom(seed)
  const marked = new Map<number, (typeof KINDS)[number]>()
  while (marked.size < defects) marked.set(random.int(0, records - 1), KINDS[marked.size % KINDS.length]!)
  const sides: Sides = { ours: [], theirs: [], planted: [] }
  for (let index = 0; index < records; index += 1) {
    const record = recordOf(keyOf(index), index)
    sides.ours.push(record)
    sides.theirs.push(record)
    const kind = marked.get(index)
    if (kind) sides.planted.push(plant(sides, record, kind, random.int(0, 1) === 0))
  }
  sides.planted.sort()
  return sides
}

/** Spoils the record just added, on one side or the other. */
function plant({ ours, theirs }: Sides, record: CensusRecord, kind: FindingKind, here: boolean): string {
  const { key, fields } = record
  const [side, name] = here ? [ours, 'ours'] : [theirs, 'theirs']
  const replace = (change: Partial<CensusRecord>) => void (side[side.length - 1] = { ...record, ...change })
  switch (kind) {
    case 'missed':
      theirs.pop()
      return `missed ${key} `
    case 'unexpected':
      ours.pop()
      return `unexpected ${key} `
    case 'duplicate':
      side.push(record)
      return `duplicate ${key} ${name}`
    case 'stale':
      replace({ changedAt: LONGER_AGO })
      return `stale ${key} ${name}`
    case 'mismatched':
      replace({ fields: { ...fields, total: Number(fields['total']) + 5 } })
      return `mismatched ${key} total`
  }
}

export const sorted = (records: readonly CensusRecord[]): CensusRecord[] =>
  records.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))

export const readerOf = (records: readonly CensusRecord[], pageSize: number, ordered = false): Reader => ({
  ordered,
  read: (cursor) => {
    const from = (cursor as number | null) ?? 0
    const page = records.slice(from, from + pageSize)
    return Promise.resolve({ records: page, cursor: from + pageSize, more: from + pageSize < records.length })
  },
})

export function definitionOf(ours: Reader, theirs: Reader, change: Partial<Definition> = {}): Definition {
  return {
    name: 'orders/shop',
    what: 'orders of the shop against a copy of them',
    ours: { name: 'ours', reader: ours },
    theirs: { name: 'theirs', reader: theirs },
    channel: 'shop',
    fields: [
      { name: 'total', as: 'money', tolerance: 0 },
      { name: 'currency', as: 'exact', tolerance: 0 },
      { name: 'cancelled', as: 'exact', tolerance: 0 },
    ],
    graceMs: 15 * 60_000,
    staleMs: 3_600_000,
    windowMs: 7 * 86_400_000,
    everyMs: 3_600_000,
    mendingsMax: 50,
    explain: (_, differences) => Promise.resolve(differences),
    mend: () => Promise.resolve([]),
    cure: (kind) => `Look at what is ${kind}.`,
    streamOf: () => null,
    ...change,
  }
}
