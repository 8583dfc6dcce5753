/**
 * What the hub remembers of one register: how far its sequence was taken, what waits beyond a gap, and its business
 * days until they are closed in the ERP.
 */
import type { Money } from '#canon/money.ts'
import type { Receipt, TillRecord, ZReport } from '#canon/receipt.ts'

/** How receipts reach the ERP: each by itself, one sum per business day, or not at all. */
export type Posting = 'receipt' | 'day' | 'none'

/** A record that was not taken, and why. It is asked for again. */
export interface RefusedRecord {
  sequence: number
  code: string
  /** For a person, without personal data. */
  detail: string
}

/** A receipt that the ERP does not take as it is: a case of its own, which holds up nothing else. */
export interface HeldReceipt {
  receipt: Receipt
  code: string
  message: string
}

/** Sums in minor units, for the comparison with the Z-report. */
export interface Sums {
  counts: ZReport['counts']
  total: number
  totalTax: number
  tenders: Readonly<Record<string, number>>
  taxes: Readonly<Record<string, number>>
}

export interface CashMove {
  /** Names the move for good. */
  txId: string
  /** Negative when taken out. */
  amount: Money
  reason: string
}

export interface Day {
  businessDate: string
  currency: string | null
  firstSequence: number
  lastSequence: number
  sums: Sums
  /** Ids of its receipts, so that none counts twice; emptied when the day is closed. */
  receipts: Readonly<Record<string, number>>
  cashMoves: readonly CashMove[]
  zReport: { sequence: number; cashOpening: Money; cashCounted: Money } | null
  /** Where the Z-report and what was taken disagree. */
  differences: readonly string[]
  ended: boolean
  /** Records that came after it had ended. */
  late: number
  /** Receipts on their way to the ERP, and there. */
  pending: number
  posted: number
  /** Receipts waiting to be posted in one sum. */
  unsummed: readonly Receipt[]
  /** How often its session was asked to close: once, and again after what came late. */
  closings: number
  closed: boolean
}

/** A call to the ERP on its way: which receipts it carries. */
export interface Flight {
  version: number
  businessDate: string
  receipts: readonly Receipt[]
}

export interface TillState {
  version: number
  storeId: string
  registerId: string
  /** The sequence that comes next, and the hash it has to name. */
  next: number
  lastHash: string
  /** Hashes of the records taken last, by sequence: another record under a number that was taken is found out. */
  tail: Readonly<Record<string, string>>
  /** Beyond a gap; in order of their sequence. */
  parked: readonly TillRecord[]
  /** What was refused last, by sequence; until the record is taken. */
  refusals: readonly RefusedRecord[]
  /** The last upload. */
  heard: { at: string; recordAt: string | null; offline: boolean } | null
  /** Open days, and the last closed ones. */
  days: readonly Day[]
  held: readonly HeldReceipt[]
  flights: readonly Flight[]
  /** Something went to the ERP since its session was last asked to close. */
  dirty: boolean
  /** The session that could not be closed, and why. */
  trouble: { businessDate: string; message: string } | null
}

/** What the first record of a register names as the hash before it. */
export const CHAIN_START = '0'.repeat(64)

export const initialTill: TillState = {
  version: 0,
  storeId: '',
  registerId: '',
  next: 1,
  lastHash: CHAIN_START,
  tail: {},
  parked: [],
  refusals: [],
  heard: null,
  days: [],
  held: [],
  flights: [],
  dirty: false,
  trouble: null,
}

/** Numbers from and to, both included. */
export interface Range {
  from: number
  to: number
}

/** The records that are missing: below what is parked or was refused, and not here. */
export function askedFor({ next, parked, refusals }: TillState): Range[] {
  const here = new Set(parked.map(({ sequence }) => sequence))
  const last = Math.max(next - 1, ...here, ...refusals.map(({ sequence }) => sequence))
  const ranges: Range[] = []
  for (let sequence = next; sequence <= last; sequence += 1) {
    if (here.has(sequence)) continue
    const open = ranges.at(-1)
    if (open?.to === sequence - 1) open.to = sequence
    else ranges.push({ from: sequence, to: sequence })
  }
  return ranges
}

/** Sold and taken back alike; null for a record that is no receipt. */
export function receiptOf(record: TillRecord): Receipt | null {
  if (record.kind !== 'sale' && record.kind !== 'return' && record.kind !== 'void') return null
  const { storeId, registerId, txId, businessDate, occurredAt, offline, number } = record
  return { ...record.receipt, storeId, registerId, txId, businessDate, occurredAt, offline, number }
}
