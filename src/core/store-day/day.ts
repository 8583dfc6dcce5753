/** The arithmetic of one business day: what its records add up to, and where a Z-report says otherwise. */
import type { Receipt, TillRecord, ZReport } from '#canon/receipt.ts'
import { type CashMove, type Day, receiptOf, type Sums } from './state.ts'

export const newDay = (businessDate: string, sequence: number): Day => ({
  businessDate,
  currency: null,
  firstSequence: sequence,
  lastSequence: sequence,
  sums: {
    counts: { sales: 0, returns: 0, voids: 0, noSales: 0, cashMoves: 0 },
    total: 0,
    totalTax: 0,
    tenders: {},
    taxes: {},
  },
  receipts: {},
  cashMoves: [],
  zReport: null,
  differences: [],
  ended: false,
  late: 0,
  pending: 0,
  posted: 0,
  unsummed: [],
  closings: 0,
  closed: false,
})

const COUNTED: Readonly<Record<TillRecord['kind'], keyof Sums['counts'] | null>> = {
  sale: 'sales',
  return: 'returns',
  void: 'voids',
  no_sale: 'noSales',
  cash_in: 'cashMoves',
  cash_out: 'cashMoves',
  z_report: null,
}

/** The day with one record more. */
export function withRecord(day: Day, record: TillRecord): Day {
  const counted = COUNTED[record.kind]
  const { counts } = day.sums
  const receipt = receiptOf(record)
  const sums = {
    ...(receipt ? withReceipt(day.sums, receipt) : day.sums),
    counts: counted ? { ...counts, [counted]: counts[counted] + 1 } : counts,
  }
  const move = cashMoveOf(record)
  return {
    ...day,
    sums,
    currency: day.currency ?? receipt?.currency ?? null,
    lastSequence: record.sequence,
    late: day.late + (day.ended ? 1 : 0),
    receipts: receipt ? { ...day.receipts, [record.txId]: record.sequence } : day.receipts,
    cashMoves: move ? [...day.cashMoves, move] : day.cashMoves,
    zReport: record.kind === 'z_report' ? zOf(record) : day.zReport,
    closed: day.closed && receipt === null,
  }
}

/** The day with a receipt that stands in no sequence. */
export function withLooseReceipt(day: Day, receipt: Receipt): Day {
  const { counts } = day.sums
  const counted = receipt.total.amount < 0 ? 'returns' : 'sales'
  return {
    ...day,
    sums: { ...withReceipt(day.sums, receipt), counts: { ...counts, [counted]: counts[counted] + 1 } },
    currency: day.currency ?? receipt.currency,
    late: day.late + (day.ended ? 1 : 0),
    receipts: { ...day.receipts, [receipt.txId]: 0 },
    closed: false,
  }
}

const zOf = ({ sequence, zReport }: Extract<TillRecord, { kind: 'z_report' }>): Day['zReport'] => ({
  sequence,
  cashOpening: zReport.cashOpening,
  cashCounted: zReport.cashCounted,
})

function cashMoveOf(record: TillRecord): CashMove | null {
  if (record.kind !== 'cash_in' && record.kind !== 'cash_out') return null
  const { amount, reason } = record.cash
  const signed = { ...amount, amount: record.kind === 'cash_in' ? amount.amount : -amount.amount }
  return { txId: record.txId, amount: signed, reason }
}

function withReceipt(sums: Sums, receipt: Receipt): Sums {
  const tenders = { ...sums.tenders }
  for (const { tender, amount } of receipt.tenders) tenders[tender] = (tenders[tender] ?? 0) + amount.amount
  const taxes = { ...sums.taxes }
  for (const { rate, amount } of receipt.lines.flatMap((line) => line.taxes)) {
    const name = plainRate(rate)
    taxes[name] = (taxes[name] ?? 0) + amount.amount
  }
  return {
    ...sums,
    total: sums.total + receipt.total.amount,
    totalTax: sums.totalTax + receipt.totalTax.amount,
    tenders,
    taxes,
  }
}

/** `0.190` and `0.19` are one rate. */
const plainRate = (rate: string): string => (rate.includes('.') ? rate.replace(/\.?0+$/, '') : rate)

/** Where the Z-report and the sums differ, each in a sentence; amounts in minor units. */
export function zDifferences({ counts, total, totalTax, tenders, taxes }: Sums, z: ZReport): string[] {
  const found: string[] = []
  const compare = (what: string, ours: number, theirs: number): void => {
    if (ours !== theirs) found.push(`${what}: the Z-report says ${theirs}, the records make ${ours}.`)
  }
  for (const name of Object.keys(counts) as (keyof Sums['counts'])[]) compare(name, counts[name], z.counts[name])
  compare('total', total, z.total.amount)
  compare('totalTax', totalTax, z.totalTax.amount)
  compareAll('tender', tenders, z.tenders.map(({ tender, amount }) => [tender, amount.amount]), compare) // prettier-ignore
  compareAll('tax', taxes, z.taxes.map(({ rate, amount }) => [plainRate(rate), amount.amount]), compare) // prettier-ignore
  return found
}

function compareAll(
  what: string,
  ours: Readonly<Record<string, number>>,
  told: readonly (readonly [string, number])[],
  compare: (what: string, ours: number, theirs: number) => void,
): void {
  const theirs = new Map<string, number>()
  for (const [name, amount] of told) theirs.set(name, (theirs.get(name) ?? 0) + amount)
  for (const name of [...new Set([...Object.keys(ours), ...theirs.keys()])].sort()) {
    compare(`${what} ${name}`, ours[name] ?? 0, theirs.get(name) ?? 0)
  }
}
