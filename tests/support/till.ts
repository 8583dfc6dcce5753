/** A till that rings up: its records are chained as a real one's are, and kept until they were taken. */
import { createHash } from 'node:crypto'
import { CHAIN_START, type TillRecord, type ZReport } from '#canon/receipt.ts'
import { chained, type LooseRecord } from '#connectors/till/chain.ts'
import { newDay, withRecord } from '#core/store-day/day.ts'

export interface Item {
  sku: string
  pieces?: number
  /** In minor units, as the till shows it. */
  price: number
  discount?: number
  /** Share as a decimal string. */
  rate?: string
  included?: boolean
  restock?: boolean
}

export interface TillOptions {
  storeId: string
  registerId: string
  currency?: string
  date?: string
}

/** Numbers of this register's records; the same for the same register. */
export function openTill({ storeId, registerId, currency = 'USD', date = '2026-11-20' }: TillOptions) {
  const records: TillRecord[] = []
  let businessDate = date
  let minute = 0
  const amount = (n: number) => ({ amount: n === 0 ? 0 : n, currency })
  const last = () => records.at(-1) ?? { sequence: 0, hash: CHAIN_START }

  function add(entry: object): TillRecord {
    const sequence = last().sequence + 1
    const txId = createHash('sha256').update(`${storeId}/${registerId}/${sequence}`).digest('hex').slice(0, 32)
    const two = (n: number) => String(n).padStart(2, '0')
    const at = `${businessDate}T${two(9 + Math.floor(minute / 60))}:${two(minute % 60)}:00.000Z`
    minute += 1
    const loose = { storeId, registerId, businessDate, txId, occurredAt: at, offline: false, ...entry } as LooseRecord
    const [record] = chained([loose], last())
    records.push(record!)
    return record!
  }

  function receiptOf(items: readonly Item[], tender: string) {
    const lines = items.map(
      ({ sku, pieces = 1, price, discount = 0, rate = '0.0825', included = false, restock }, index) => {
        const off = Math.sign(pieces) * discount
        const paid = price * pieces - off
        const share = Number(rate)
        const exact = included ? (paid * share) / (1 + share) : paid * share
        const tax = Math.sign(exact) * Math.floor(Math.abs(exact) + 0.5 + 1e-9)
        return {
        id: String(index + 1), sku, title: sku, quantity: pieces, unitPrice: amount(price), discount: amount(off),
        taxes: share === 0 ? [] : [{ title: `Tax ${rate}`, rate, amount: amount(tax) }],
        total: amount(included ? paid : paid + tax),
        ...(restock === undefined ? {} : { restock }),
      } // prettier-ignore
      },
    )
    const total = lines.reduce((all, line) => all + line.total.amount, 0)
    const totalTax = lines.flatMap((line) => line.taxes).reduce((all, tax) => all + tax.amount.amount, 0)
    return {
      currency, taxesIncluded: items.some(({ included }) => included), lines,
      tenders: [{ tender, amount: amount(total) }], total: amount(total), totalTax: amount(totalTax),
    } // prettier-ignore
  }

  const number = () => `${registerId}-${last().sequence + 1}`
  return {
    records,
    sell: (items: readonly Item[], tender = 'cash') =>
      add({ kind: 'sale', number: number(), receipt: receiptOf(items, tender) }),
    takeBack: (items: readonly Item[], tender = 'cash') =>
      add({ kind: 'return', number: number(), receipt: receiptOf(items.map(back), tender) }),
    /** The same receipt with so many cents of tax more (or fewer) on its last line. */
    sellExactly(record: TillRecord, cents: number): TillRecord {
      const { receipt } = record as Extract<TillRecord, { kind: 'sale' }>
      const lines = receipt.lines.map((line, index) =>
        index < receipt.lines.length - 1
          ? line
          : {
              ...line,
              taxes: line.taxes.map((tax) => ({ ...tax, amount: amount(tax.amount.amount + cents) })),
              total: amount(line.total.amount + cents),
            },
      )
      const total = amount(receipt.total.amount + cents)
      const totalTax = amount(receipt.totalTax.amount + cents)
      const tenders = [{ tender: receipt.tenders[0]!.tender, amount: total }]
      return add({ kind: 'sale', number: number(), receipt: { ...receipt, lines, total, totalTax, tenders } })
    },
    cash: (kind: 'cash_in' | 'cash_out', n: number, reason: string) => add({ kind, cash: { amount: amount(n), reason } }),
    noSale: () => add({ kind: 'no_sale' }),
    /** The Z-report that agrees, and the next day from then on. */
    close(change: Partial<ZReport> = {}, opening = 0): TillRecord {
      const day = records.filter((record) => record.businessDate === businessDate)
      const { sums, cashMoves } = day.reduce(withRecord, newDay('', 1))
      const moved = cashMoves.reduce((all, move) => all + move.amount.amount, 0)
      const zReport: ZReport = {
        currency, counts: sums.counts, total: amount(sums.total), totalTax: amount(sums.totalTax),
        tenders: Object.entries(sums.tenders).map(([tender, n]) => ({ tender, amount: amount(n) })),
        taxes: Object.entries(sums.taxes).map(([rate, n]) => ({ rate, amount: amount(n) })),
        cashOpening: amount(opening), cashCounted: amount(opening + moved + (sums.tenders['cash'] ?? 0)), ...change,
      }
      const record = add({ kind: 'z_report', zReport })
      const next = new Date(`${businessDate}T00:00:00.000Z`)
      businessDate = new Date(next.getTime() + 86_400_000).toISOString().slice(0, 10)
      minute = 0
      return record
    },
    jsonl: (from = 0, to = records.length) => records.slice(from, to).map((record) => JSON.stringify(record)).join('\n'),
  } // prettier-ignore
}

const back = (item: Item): Item => ({ ...item, pieces: -(item.pieces ?? 1) })

export type TestTill = ReturnType<typeof openTill>
