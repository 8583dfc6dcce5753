/** What a reconciliation is: two sides, what is compared with which tolerance, and what may be done about it. */
import type { CensusRecord, Reader } from '#connectors/kit/reader.ts'
import type { Sql } from '#store/database.ts'
import type { NewInboxRow } from '#store/inbox.ts'

export const FINDING_KINDS = {
  missed: 'The first side has it, the second does not.',
  unexpected: 'The second side has it, the first does not.',
  duplicate: 'One side has it more than once.',
  stale: 'One side is older than the other by more than the bound.',
  mismatched: 'Both have it, and a field differs by more than the tolerance.',
} as const
export type FindingKind = keyof typeof FINDING_KINDS

/**
 * How a field is compared. Tolerances are the largest difference that is none: `money` in minor units, `quantity` in
 * pieces, `moment` in milliseconds.
 */
export interface Comparison {
  name: string
  as: 'exact' | 'money' | 'quantity' | 'moment'
  tolerance: number
}

export interface Side {
  /** For people: `shopify-main`, `the hub`. */
  name: string
  reader: Reader
}

/** A difference that two sides show. Becomes a finding when nothing explains it. */
export interface Difference {
  kind: FindingKind
  key: string
  /** Of a mismatch: which field. Of a duplicate or something stale: the name of the side. */
  field: string
  ours: string | null
  theirs: string | null
  left: readonly CensusRecord[]
  right: readonly CensusRecord[]
}

/** A difference as it is kept once nothing explained it. */
export type Finding = Pick<Difference, 'kind' | 'key' | 'field' | 'ours' | 'theirs'>

/** What is handed in to mend one finding. */
export interface Mending<F extends Finding = Finding> {
  finding: F
  rows: NewInboxRow[]
}

export interface Definition {
  /** `orders/shopify-main` */
  name: string
  /** In half a sentence. */
  what: string
  ours: Side
  theirs: Side
  /** The channel the readers are asked about. */
  channel: string
  fields: readonly Comparison[]
  /** What changed within this time before the run is in flight, not wrong. */
  graceMs: number
  /** One side may be older than the other by so much; null where their clocks say nothing about each other. */
  staleMs: number | null
  /** How far back orders are looked at. */
  windowMs: number
  everyMs: number
  /** More than so many things to mend in one run: something systematic is wrong, and nothing is mended. */
  mendingsMax: number
  /** Leaves out what the hub knows of already: waiting, in work, or before a person's eyes. */
  explain(sql: Sql, differences: readonly Difference[]): Promise<readonly Difference[]>
  /** What can be done by itself, as rows for the inbox; nothing for what a person has to look at. */
  mend<F extends Finding>(findings: readonly F[], runId: number): Promise<Mending<F>[]>
  cure(kind: FindingKind, field: string): string
  streamOf(key: string): string | null
}
