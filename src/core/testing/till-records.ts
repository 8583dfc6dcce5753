/** Records of a till for tests: a day with sales, a return, a void and its Z-report, chained by plain numbers. */
import type { Receipt, TillRecord, ZReport } from '#canon/receipt.ts'
import type { Policy } from '../policy.ts'
import { newDay, withRecord } from '../store-day/day.ts'
import { CHAIN_START } from '../store-day/state.ts'

export const STORE = 'berlin-7'
export const TILL = 'till-1'
export const TILL_STREAM = `till/${STORE}/${TILL}`

export const storePolicy = (posting: 'receipt' | 'day' | 'none' = 'receipt'): Policy => ({
  version: 'test',
  channels: {},
  stores: { [STORE]: { pool: 'B7', posting } },
  safetyStock: 0,
})

export const eur = (amount: number) => ({ amount, currency: 'EUR' })

/** Stands for a hash: the sequence, written long. */
export const fakeHash = (sequence: number): string =>
  sequence === 0 ? CHAIN_START : String(sequence).padStart(64, 'a')

export type Body = Pick<Receipt, 'currency' | 'taxesIncluded' | 'lines' | 'tenders' | 'total' | 'totalTax'>

/** Of one SKU at 11.90 with 19 % in it; negative pieces are taken back. */
export function body(pieces = 1, { sku = 'MUG', restock = false, tender = 'cash' } = {}): Body {
  const [total, tax] = [eur(1190 * pieces), eur(190 * pieces)]
  return {
    currency: 'EUR',
    taxesIncluded: true,
    lines: [
      {
        id: '1', sku, title: 'Mug', quantity: pieces, unitPrice: eur(1190), discount: eur(0),
        taxes: [{ title: 'VAT 19 %', rate: '0.19', amount: tax }], total,
        ...(pieces < 0 ? { restock } : {}),
      },
    ],
    tenders: [{ tender, amount: total }],
    total,
    totalTax: tax,
  } // prettier-ignore
}

type Plain<T> = T extends unknown ? Omit<T, 'contract' | 'storeId' | 'registerId' | 'sequence' | 'txId' | 'occurredAt' | 'offline' | 'prevHash' | 'hash' | 'businessDate'> : never // prettier-ignore
export type Entry = Plain<TillRecord>

export const sale = (number: string, receipt = body()): Entry => ({ kind: 'sale', number, receipt })
export const giveBack = (number: string, receipt = body(-1)): Entry => ({ kind: 'return', number, receipt })

/** Chained records from `first` on, all of one business day. */
export function records(entries: readonly Entry[], { first = 1, date = '2026-11-20' } = {}): TillRecord[] {
  return entries.map((entry, index): TillRecord => {
    const sequence = first + index
    return {
      contract: 1,
      storeId: STORE,
      registerId: TILL,
      businessDate: date,
      sequence,
      txId: `tx-${sequence}`,
      occurredAt: `${date}T10:00:00.${String(sequence % 1000).padStart(3, '0')}Z`,
      offline: false,
      prevHash: fakeHash(sequence - 1),
      hash: fakeHash(sequence),
      ...entry,
    }
  })
}

/** The Z-report that agrees with the records. */
export function zOf(day: readonly TillRecord[], change: Partial<ZReport> = {}): Entry {
  const { sums } = day.reduce(withRecord, newDay('', 1))
  const zReport: ZReport = {
    currency: 'EUR',
    counts: sums.counts,
    total: eur(sums.total),
    totalTax: eur(sums.totalTax),
    tenders: Object.entries(sums.tenders).map(([tender, amount]) => ({ tender, amount: eur(amount) })),
    taxes: Object.entries(sums.taxes).map(([rate, amount]) => ({ rate, amount: eur(amount) })),
    cashOpening: eur(10_000),
    cashCounted: eur(10_000 + (sums.tenders['cash'] ?? 0)),
    ...change,
  }
  return { kind: 'z_report', zReport }
}

/** A whole day: the entries and the Z-report that agrees with them. */
export function aDay(entries: readonly Entry[], place: { first?: number; date?: string } = {}): TillRecord[] {
  const sold = records(entries, place)
  const first = (place.first ?? 1) + sold.length
  return [...sold, ...records([zOf(sold)], { ...place, first })]
}
