/**
 * The walk over two sorted sides against a naive model: nothing missed, nothing invented, wherever it is taken up
 * again.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CensusRecord } from '#connectors/kit/reader.ts'
import { type Group, isSuspect, judge, type Rules } from './judge.ts'
import { merge, type Position } from './merge.ts'

const NOW_MS = Date.parse('2026-11-27T10:00:00.000Z')
const RULES: Rules = {
  fields: [
    { name: 'total', as: 'money', tolerance: 2 },
    { name: 'state', as: 'exact', tolerance: 0 },
  ],
  graceMs: 60_000,
  staleMs: 3_600_000,
  ours: { name: 'ours' },
  theirs: { name: 'theirs' },
}

const moment = fc.constantFrom(0, 30_000, 90_000, 3_000_000, 9_000_000)
const record = fc
  .record({
    key: fc.integer({ min: 0, max: 25 }),
    total: fc.oneof(fc.constantFrom(100, 101, 105), fc.constant(null)),
    state: fc.constantFrom('sale', 'cancel'),
    agoMs: fc.option(moment),
    alone: fc.boolean(),
  })
  .map(({ key, total, state, agoMs, alone }): CensusRecord => {
    const changedAt = agoMs === null ? null : new Date(NOW_MS - agoMs).toISOString()
    return { key: `k${String(key).padStart(2, '0')}`, fields: { total, state }, changedAt, alone }
  })
const side = fc
  .array(record, { maxLength: 30 })
  .map((all) => all.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)))

/** What should come out, said the long way. */
function naive(left: readonly CensusRecord[], right: readonly CensusRecord[]): string[] {
  const found: string[] = []
  for (const key of new Set([...left, ...right].map((one) => one.key))) {
    const [a, b] = [left.filter((one) => one.key === key), right.filter((one) => one.key === key)]
    if ([...a, ...b].some(({ changedAt }) => changedAt !== null && Date.parse(changedAt) > NOW_MS - 60_000)) continue
    if (a.length > 1) found.push(`${key} duplicate ours`)
    if (b.length > 1) found.push(`${key} duplicate theirs`)
    if (b.length === 0 && a.some(({ alone }) => !alone)) found.push(`${key} missed `)
    if (a.length === 0 && b.some(({ alone }) => !alone)) found.push(`${key} unexpected `)
    if (a.length !== 1 || b.length !== 1) continue
    const [x, y] = [a[0]!, b[0]!]
    const ahead = x.changedAt && y.changedAt ? Date.parse(x.changedAt) - Date.parse(y.changedAt) : 0
    if (Math.abs(ahead) > 3_600_000) found.push(`${key} stale ${ahead > 0 ? 'theirs' : 'ours'}`)
    else {
      const [p, q] = [x.fields['total'], y.fields['total']]
      if (typeof p === 'number' && typeof q === 'number' && Math.abs(p - q) > 2) found.push(`${key} mismatched total`)
      if (x.fields['state'] !== y.fields['state']) found.push(`${key} mismatched state`)
    }
  }
  // Several of one key that all may stand alone are still several.
  return found.toSorted()
}

const pagesOf = (records: readonly CensusRecord[], size: number) => (cursor: unknown) => {
  const from = (cursor as number | null) ?? 0
  const page = records.slice(from, from + size)
  return Promise.resolve({ records: page, cursor: from + size, more: from + size < records.length })
}

const START: Position = {
  left: { cursor: null, done: false, read: 0 },
  right: { cursor: null, done: false, read: 0 },
  after: null,
}

const told = (group: Group): string[] => {
  const verdict = judge(group, RULES, NOW_MS)
  return typeof verdict === 'string' ? [] : verdict.map(({ key, kind, field }) => `${key} ${kind} ${field}`)
}

describe('the walk over two sorted sides', () => {
  test('finds what the naive model finds, with any page sizes and taken up again after any block', async () => {
    const sizes = fc.integer({ min: 1, max: 7 })
    await fc.assert(
      fc.asyncProperty(side, side, sizes, sizes, sizes, async (left, right, a, b, blockSize) => {
        const read = { left: pagesOf(left, a), right: pagesOf(right, b) }
        const found: string[] = []
        let position: Position = START
        let finished = false
        while (!finished) {
          // Each block by a walk of its own, as after a kill.
          const next = await merge({ read, isSuspect: (group) => isSuspect(group, RULES), blockSize }, position).next()
          if (next.done) break
          found.push(...next.value.suspects.flatMap(told))
          position = next.value.position
          finished = position.left.done && position.right.done
        }
        expect(found.toSorted()).toEqual(naive(left, right))
        expect([position.left.read, position.right.read]).toEqual([left.length, right.length])
      }),
      { numRuns: 2_000 },
    )
  })

  test('a reader that promised sorted keys and gives others is told so', async () => {
    const records = ['b', 'a'].map((key): CensusRecord => ({ key, fields: {}, changedAt: null }))
    const read = { left: pagesOf(records, 1), right: pagesOf([], 1) }
    const walk = merge({ read, isSuspect: () => true, blockSize: 10 }, START)
    await expect(walk.next()).rejects.toThrow("gave 'a' after 'b'")
  })
})
