/**
 * What would be different: events and intents of each stream as they were recorded against those that deciding again
 * gives. The same thing at another moment is no difference. Memory is bounded: beyond the first ones only counts stay.
 */
import { createHash } from 'node:crypto'
import type { Json } from '#canon/json.ts'

export interface Thing {
  kind: 'event' | 'intent' | 'note'
  type: string
  /** Connection of an intent, stream of a note; empty for an event. */
  to: string
  /** As JSON text. */
  data: string
}

export type Verdict = 'different' | 'missing' | 'additional'

export interface Finding {
  stream: string
  verdict: Verdict
  kind: Thing['kind']
  type: string
  to: string
  /** The members that differ, as paths; only for `different`. */
  fields: string[]
  /** Null when it did not happen, or when there were too many to keep. Holds personal data. */
  recorded: Json | null
  again: Json | null
}

export type Counts = Record<Verdict, Record<Thing['kind'], number>>

export interface Differences {
  /** What one stream did at one row: as recorded, and again. */
  meet(stream: string, recorded: readonly Thing[], again: readonly Thing[]): void
  /** @param concerns leaves out streams that nobody asked about. */
  report(limit: number, concerns: (stream: string) => boolean): DifferenceReport
}

export interface DifferenceReport {
  counts: Counts
  /** How many streams have a difference. */
  streams: number
  findings: Finding[]
  /** How many more there are than `findings` lists. */
  more: number
}

/** What has no counterpart yet. */
interface Left {
  kind: Thing['kind']
  type: string
  to: string
  digest: string
  /** Kept for the first ones only. */
  data: string | null
}

/** Whole things kept at once, with their data. */
const WHOLE_MAX = 20_000

export function createDifferences(): Differences {
  const pools = new Map<string, { recorded: Left[]; again: Left[] }>()
  let whole = 0

  const leave = (thing: Thing, mine: Left[], others: Left[]): void => {
    const digest = digestOf(thing)
    const twin = others.findIndex((one) => one.digest === digest)
    if (twin >= 0) {
      if (others[twin]!.data !== null) whole -= 1
      others.splice(twin, 1)
      return
    }
    const keep = whole < WHOLE_MAX
    if (keep) whole += 1
    const { kind, type, to, data } = thing
    mine.push({ kind, type, to, digest, data: keep ? data : null })
  }

  return {
    meet(stream, recorded, again) {
      const known = pools.get(stream)
      if (!known && sameThings(recorded, again)) return
      const pool = known ?? { recorded: [], again: [] }
      for (const thing of recorded) leave(thing, pool.recorded, pool.again)
      for (const thing of again) leave(thing, pool.again, pool.recorded)
      if (pool.recorded.length + pool.again.length > 0) pools.set(stream, pool)
      else pools.delete(stream)
    },
    report(limit, concerns) {
      const report: DifferenceReport = { counts: noCounts(), streams: 0, findings: [], more: 0 }
      for (const [stream, pool] of pools) {
        if (!concerns(stream)) continue
        report.streams += 1
        for (const finding of findingsOf(stream, pool.recorded, pool.again)) {
          report.counts[finding.verdict][finding.kind] += 1
          if (report.findings.length < limit) report.findings.push(finding)
          else report.more += 1
        }
      }
      return report
    },
  }
}

const noCounts = (): Counts => ({
  different: { event: 0, intent: 0, note: 0 },
  missing: { event: 0, intent: 0, note: 0 },
  additional: { event: 0, intent: 0, note: 0 },
})

const textOf = ({ kind, type, to, data }: Thing): string => `${kind} ${type} ${to} ${data}`
const digestOf = (thing: Thing): string => createHash('sha256').update(textOf(thing)).digest('base64url').slice(0, 22)

const sameThings = (left: readonly Thing[], right: readonly Thing[]): boolean =>
  left.length === right.length && left.every((one, index) => textOf(one) === textOf(right[index]!))

/** What is left on both sides is paired by what it is; the rest is missing or additional. */
function* findingsOf(stream: string, recorded: readonly Left[], again: readonly Left[]): Generator<Finding> {
  const free = [...again]
  for (const was of recorded) {
    const at = free.findIndex(({ kind, type, to }) => kind === was.kind && type === was.type && to === was.to)
    const is = at >= 0 ? free.splice(at, 1)[0]! : null
    yield findingOf(stream, was, is)
  }
  for (const is of free) yield findingOf(stream, null, is)
}

function findingOf(stream: string, was: Left | null, is: Left | null): Finding {
  const { kind, type, to } = (was ?? is)!
  const verdict = was && is ? 'different' : was ? 'missing' : 'additional'
  const [recorded, again] = [was, is].map((one) => (one?.data ? (JSON.parse(one.data) as Json) : null))
  const fields = recorded && again ? changedPaths(recorded, again) : []
  return { stream, verdict, kind, type, to, fields, recorded: recorded ?? null, again: again ?? null }
}

const PATHS_MAX = 20

/** Where two values differ: `lines.0.quantity`. */
export function changedPaths(left: Json, right: Json, path = ''): string[] {
  if (JSON.stringify(left) === JSON.stringify(right)) return []
  const both = [left, right].every((one) => one !== null && typeof one === 'object')
  if (!both || Array.isArray(left) !== Array.isArray(right)) return [path || 'all of it']
  const [a, b] = [left, right] as [Record<string, Json>, Record<string, Json>]
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  const inner = keys.flatMap((key) => changedPaths(a[key] ?? null, b[key] ?? null, path ? `${path}.${key}` : key))
  // The same members in another order.
  return (inner.length > 0 ? inner : [path || 'order of members']).slice(0, PATHS_MAX)
}
