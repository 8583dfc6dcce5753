/** One line of a settlement report: cells by the names of their columns, moments and days as Amazon writes them. */

/** Of GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2; in any order, each once, and no others. */
export const SETTLEMENT_COLUMNS = [
  'settlement-id', 'settlement-start-date', 'settlement-end-date', 'deposit-date', 'total-amount', 'currency',
  'transaction-type', 'order-id', 'merchant-order-id', 'adjustment-id', 'shipment-id', 'marketplace-name', 'amount-type',
  'amount-description', 'amount', 'fulfillment-id', 'posted-date', 'posted-date-time', 'order-item-code',
  'merchant-order-item-id', 'merchant-adjustment-item-id', 'sku', 'quantity-purchased',
] as const // prettier-ignore
export type SettlementColumn = (typeof SETTLEMENT_COLUMNS)[number]

export interface Head {
  /** The text of a cell, trimmed; empty where the line ends before it. */
  cell(cells: readonly string[], name: SettlementColumn): string
  /** What is wrong with the columns; null when nothing is. */
  problem: string | null
}

export const cellsOf = (line: string): string[] => line.split('\t')

export function headOf(line: string): Head {
  const names = cellsOf(line.replace(/^\uFEFF/, '')).map((name) => name.trim().toLowerCase())
  const places = new Map(names.map((name, index) => [name, index]))
  return {
    cell: (cells, name) => cells[places.get(name) ?? -1]?.trim() ?? '',
    problem: problemOf(names),
  }
}

function problemOf(names: readonly string[]): string | null {
  const missing = SETTLEMENT_COLUMNS.find((name) => !names.includes(name))
  if (missing) return `The column '${missing}' is missing.`
  const unknown = names.find((name) => !SETTLEMENT_COLUMNS.some((one) => one === name))
  if (unknown !== undefined) return `The column '${unknown.slice(0, 60)}' is not known here.`
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  return twice === undefined ? null : `The column '${twice}' is there twice.`
}

const MOMENT = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?: ?UTC|Z|([+-]\d\d):?(\d\d))$/
const DAY = /^\d{4}-\d\d-\d\d$/

/** UTC with milliseconds; null when the text does not say a moment in a way nobody can misread. */
export function momentIn(text: string): string | null {
  const [, day, time, hours, minutes] = MOMENT.exec(text) ?? []
  const at = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${hours ? `${hours}:${minutes}` : 'Z'}`)
  return Number.isNaN(at) ? null : new Date(at).toISOString()
}

/** A day of the calendar; null when it is none. */
export const dayOf = (text: string): string | null =>
  DAY.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : null
