/** A till of a simulated store: it rings up with or without a line, and its records are chained as a real one's are. */
import { createHash } from 'node:crypto'
import { CHAIN_START, type Receipt, type TillRecord } from '#canon/receipt.ts'
import { chained, type LooseRecord } from '#connectors/till/chain.ts'
import { newDay, withRecord } from '#core/store-day/day.ts'
import { TAX_RATE } from '../terms.ts'
import type { Goods } from './outlet.ts'

export interface Register {
  id: string
  records: readonly TillRecord[]
  /** @param pieces fewer than none come back, and stand on the shelf again. @param atMs by the till's own clock. */
  ringUp(pieces: number, tender: 'cash' | 'card', at: { atMs: number; offline: boolean }): void
  /** The Z-report of the day that is open; nothing more belongs to it. */
  close(atMs: number): void
}

const CURRENCY = 'USD'
const amount = (minor: number) => ({ amount: minor === 0 ? 0 : minor, currency: CURRENCY })
const instant = (ms: number): string => new Date(ms).toISOString()

/** @param goods the one thing it sells. @param before the records it has kept. */
export function openRegister(
  place: { storeId: string; id: string },
  goods: Goods,
  before: readonly TillRecord[],
): Register {
  const { storeId, id: registerId } = place
  const records = [...before]

  function add(atMs: number, offline: boolean, entry: object): void {
    const last = records.at(-1) ?? { sequence: 0, hash: CHAIN_START }
    const txId = createHash('sha256')
      .update(`${storeId}/${registerId}/${last.sequence + 1}`)
      .digest('hex')
      .slice(0, 32)
    const businessDate = instant(atMs).slice(0, 10)
    const loose = { storeId, registerId, businessDate, txId, occurredAt: instant(atMs), offline, ...entry }
    records.push(...chained([loose as LooseRecord], last))
  }

  return {
    id: registerId,
    records,
    ringUp(pieces, tender, { atMs, offline }) {
      const kind = pieces < 0 ? 'return' : 'sale'
      const number = `${registerId}-${records.length + 1}`
      add(atMs, offline, { kind, number, receipt: receiptOf(goods, pieces, tender) })
    },
    close(atMs) {
      const date = instant(atMs).slice(0, 10)
      const { sums } = records.filter(({ businessDate }) => businessDate === date).reduce(withRecord, newDay('', 1))
      const zReport = {
        currency: CURRENCY, counts: sums.counts, total: amount(sums.total), totalTax: amount(sums.totalTax),
        tenders: Object.entries(sums.tenders).map(([tender, minor]) => ({ tender, amount: amount(minor) })),
        taxes: Object.entries(sums.taxes).map(([rate, minor]) => ({ rate, amount: amount(minor) })),
        cashOpening: amount(5_000), cashCounted: amount(5_000 + (sums.tenders['cash'] ?? 0)),
      } // prettier-ignore
      add(atMs, false, { kind: 'z_report', zReport })
    },
  }
}

function receiptOf(
  { sku, title, price }: Goods,
  pieces: number,
  tender: string,
): Pick<Receipt, 'currency' | 'taxesIncluded' | 'lines' | 'tenders' | 'total' | 'totalTax'> {
  const unit = Math.round(Number(price) * 100)
  const tax = Math.sign(pieces) * Math.round(unit * Math.abs(pieces) * TAX_RATE)
  const total = amount(unit * pieces + tax)
  const taxes = [{ title: 'Sales tax', rate: String(TAX_RATE), amount: amount(tax) }]
  return {
    currency: CURRENCY,
    taxesIncluded: false,
    lines: [
      {
        id: '1', sku, title, quantity: pieces, unitPrice: amount(unit), discount: amount(0), taxes, total,
        ...(pieces < 0 ? { restock: true } : {}),
      },
    ],
    tenders: [{ tender, amount: total }],
    total,
    totalTax: amount(tax),
  } // prettier-ignore
}
