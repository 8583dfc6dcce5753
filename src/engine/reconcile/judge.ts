/** The comparison itself, without input or output: what two sides say of one key, and whether that is a difference. */
import type { CensusRecord, FieldValue } from '#connectors/kit/reader.ts'
import type { Comparison, Definition, Difference } from './definition.ts'

/** Everything that both sides have under one key. */
export interface Group {
  key: string
  left: readonly CensusRecord[]
  right: readonly CensusRecord[]
}

export type Rules = Pick<Definition, 'fields' | 'staleMs' | 'graceMs'> & {
  ours: { name: string }
  theirs: { name: string }
}

/** `waiting`: something of it changed so lately that nothing can be said yet. */
export type Verdict = 'fits' | 'waiting' | readonly Difference[]

/** Values of the compared fields as one text: equal texts need no closer look. */
export const comparedText = ({ fields }: CensusRecord, comparisons: readonly Comparison[]): string =>
  JSON.stringify(comparisons.map(({ name }) => fields[name] ?? null))

/** Whether there may be a difference at all. Cheap; for nearly every key the answer is no. */
export function isSuspect({ left, right }: Group, { fields, staleMs }: Rules): boolean {
  if (left.length + right.length === 1) return !(left[0] ?? right[0])!.alone
  const [ours, theirs] = [left[0], right[0]]
  if (left.length !== 1 || right.length !== 1 || !ours || !theirs) return true
  return comparedText(ours, fields) !== comparedText(theirs, fields) || olderBy(ours, theirs, staleMs) !== null
}

/** @param nowMs when the run began. */
export function judge(group: Group, rules: Rules, nowMs: number): Verdict {
  const { key, left, right } = group
  const since = nowMs - rules.graceMs
  const inFlight = ({ changedAt }: CensusRecord) => changedAt !== null && Date.parse(changedAt) > since
  if (!isSuspect(group, rules)) return 'fits'
  if ([...left, ...right].some(inFlight)) return 'waiting'
  const found: Difference[] = []
  const add = (kind: Difference['kind'], field = '', ours: string | null = null, theirs: string | null = null) =>
    void found.push({ kind, key, field, ours, theirs, left, right })
  if (left.length > 1) add('duplicate', rules.ours.name, String(left.length), String(right.length))
  if (right.length > 1) add('duplicate', rules.theirs.name, String(left.length), String(right.length))
  if (right.length === 0 && !left.every(({ alone }) => alone)) add('missed')
  if (left.length === 0 && !right.every(({ alone }) => alone)) add('unexpected')
  if (left.length === 1 && right.length === 1) comparePair(left[0]!, right[0]!, rules, add)
  return found.length > 0 ? found : 'fits'
}

function comparePair(
  ours: CensusRecord,
  theirs: CensusRecord,
  rules: Rules,
  add: (kind: Difference['kind'], field: string, ours: string | null, theirs: string | null) => void,
): void {
  const older = olderBy(ours, theirs, rules.staleMs)
  // Being older explains whatever else differs.
  if (older) return add('stale', rules[older].name, ours.changedAt, theirs.changedAt)
  for (const comparison of rules.fields) {
    const [a, b] = [ours.fields[comparison.name] ?? null, theirs.fields[comparison.name] ?? null]
    if (!fits(a, b, comparison)) add('mismatched', comparison.name, String(a), String(b))
  }
}

function olderBy(ours: CensusRecord, theirs: CensusRecord, staleMs: number | null): 'ours' | 'theirs' | null {
  if (staleMs === null || ours.changedAt === null || theirs.changedAt === null) return null
  const ahead = Date.parse(ours.changedAt) - Date.parse(theirs.changedAt)
  if (Math.abs(ahead) <= staleMs) return null
  return ahead > 0 ? 'theirs' : 'ours'
}

/** A side that does not say fits everything. */
export function fits(a: FieldValue, b: FieldValue, { as, tolerance }: Comparison): boolean {
  if (a === null || b === null || a === b) return true
  if (as === 'exact') return false
  const [left, right] = as === 'moment' ? [Date.parse(String(a)), Date.parse(String(b))] : [Number(a), Number(b)]
  return Math.abs(left - right) <= tolerance
}
