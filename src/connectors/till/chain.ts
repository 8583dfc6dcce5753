/** The chain of a register: each record is named by a hash of all it says, the hash of the one before included. */
import { createHash } from 'node:crypto'
import { canonicalJson } from '#canon/json.ts'
import { CHAIN_START, type TillRecord } from '#canon/receipt.ts'

/** SHA-256, in hex, of the record's canonical JSON (RFC 8785) without its member `hash`. */
export function hashOf(record: object): string {
  const { hash: _, ...said } = record as { hash?: unknown }
  return createHash('sha256').update(canonicalJson(said)).digest('hex')
}

type Unchained<T> = T extends unknown ? Omit<T, 'prevHash' | 'hash' | 'sequence' | 'contract'> : never
/** A record before it has its place in the sequence. */
export type LooseRecord = Unchained<TillRecord>

/** The records as a till writes them, after the one with this sequence and hash. */
export function chained(
  records: readonly LooseRecord[],
  { sequence = 0, hash = CHAIN_START }: { sequence?: number; hash?: string } = {},
): TillRecord[] {
  const chain: TillRecord[] = []
  let before = { sequence, hash }
  for (const record of records) {
    const placed = { contract: 1 as const, ...record, sequence: before.sequence + 1, prevHash: before.hash }
    const whole = { ...placed, hash: hashOf(placed) } as TillRecord
    chain.push(whole)
    before = whole
  }
  return chain
}
