/**
 * How records are taken: strictly in the order of the register's sequence, each naming the hash of the one before. What
 * is beyond a gap waits; what does not fit is refused and asked for again. So any order, partition and repetition of
 * uploads ends in the same records taken in the same order.
 */
import type { TillRecord } from '#canon/receipt.ts'
import type { TakeRecords } from '../commands.ts'
import { receiptOf, type RefusedRecord, type TillState } from './state.ts'

/** Records that may wait beyond a gap: about a week of a busy till. */
export const PARKED_MAX = 5_000

export interface Taking {
  /** Those that may be taken now, in order. */
  run: readonly TillRecord[]
  /** Those that were not here before and wait beyond a gap. */
  parked: readonly TillRecord[]
  refused: readonly RefusedRecord[]
}

export function taking(state: TillState, { records, refused }: TakeRecords): Taking {
  const problems = refused.filter(({ sequence }) => sequence >= state.next)
  const { waiting, fresh } = sorted(state, records, problems)
  const run: TillRecord[] = []
  let { next, lastHash } = state
  const seen = new Set(state.days.flatMap(({ receipts }) => Object.keys(receipts)))
  for (;;) {
    const record = waiting.get(next)
    if (!record) break
    const problem = misfit(record, lastHash, seen)
    waiting.delete(next)
    if (problem) {
      problems.push({ sequence: next, ...problem })
      break
    }
    if (receiptOf(record)) seen.add(record.txId)
    run.push(record)
    ;({ hash: lastHash } = record)
    next += 1
  }
  const parked = [...waiting.values()].filter((record) => fresh.has(record)).sort(bySequence)
  return { run, parked, refused: problems.filter(({ sequence }) => sequence >= next) }
}

/** What waits and what came, by sequence. The first record under a number stays; another one there is refused. */
function sorted(state: TillState, records: readonly TillRecord[], problems: RefusedRecord[]) {
  const waiting = new Map(state.parked.map((record) => [record.sequence, record]))
  const fresh = new Set<TillRecord>()
  for (const record of [...records].sort(bySequence)) {
    const { sequence, hash } = record
    const known = sequence < state.next ? state.tail[sequence] : waiting.get(sequence)?.hash
    if (known !== undefined && known !== hash) problems.push({ sequence, ...CONFLICT })
    if (sequence < state.next || known !== undefined) continue
    if (waiting.size >= PARKED_MAX) {
      problems.push({ sequence, ...TOO_FAR })
      continue
    }
    waiting.set(sequence, record)
    fresh.add(record)
  }
  return { waiting, fresh }
}

const bySequence = (a: TillRecord, b: TillRecord): number => a.sequence - b.sequence

function misfit(
  record: TillRecord,
  lastHash: string,
  seen: ReadonlySet<string>,
): Omit<RefusedRecord, 'sequence'> | null {
  if (record.prevHash !== lastHash) return BROKEN
  return receiptOf(record) && seen.has(record.txId) ? TWICE : null
}

const CONFLICT = {
  code: 'sequence_conflict',
  detail: 'Another record was taken under this number. Nothing was changed.',
}
const TOO_FAR = { code: 'too_far', detail: `More than ${PARKED_MAX} records wait for missing ones before them.` }
const BROKEN = { code: 'chain_broken', detail: 'It does not name the hash of the record before it.' }
const TWICE = { code: 'receipt_twice', detail: 'A receipt with this txId was taken under another number.' }
