/** Mapping tables: in the configuration itself, or in CSV files beside it for those who know the words. */
import type { MappingTables } from '#core/mapping/mapping.ts'
import { z } from 'zod'

const table = z.record(z.string(), z.string())

export const channelMappingSchema = z.strictObject({
  skus: table.default({}).describe("The channel's SKU to the ERP's; with nothing behind it: not ours. Or a CSV file."),
  shippingMethods: table
    .default({})
    .describe("The channel's shipping method to the one the warehouse knows. Or the name of a CSV file."),
}) satisfies z.ZodType<MappingTables>

export const mappingSchema = z.record(z.string(), channelMappingSchema)

export interface TableRead {
  table: Record<string, string>
  /** What is wrong, by line; the table then is not to be used. */
  problems: { line: number; message: string }[]
}

const HEADER = 'from,to'

/** Two columns, `from` and `to`, after a line that says so. Quotes as usual; empty lines and `#` are skipped. */
export function readTable(text: string): TableRead {
  const read: TableRead = { table: {}, problems: [] }
  const wrong = (line: number, message: string) => void read.problems.push({ line, message })
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  let header = false
  for (const [index, raw] of lines.entries()) {
    if (raw.trim() === '' || raw.startsWith('#')) continue
    const cells = cellsOf(raw)
    if (!header) {
      header = true
      if (cells?.map((cell) => cell.toLowerCase()).join(',') !== HEADER)
        wrong(index + 1, `the first line must be: ${HEADER}`)
      continue
    }
    const [from = '', to = ''] = cells ?? []
    if (!cells) wrong(index + 1, 'a quote is not closed')
    else if (cells.length !== 2) wrong(index + 1, `${cells.length} columns instead of 2`)
    else if (from === '') wrong(index + 1, 'the first column is empty')
    else if (Object.hasOwn(read.table, from)) wrong(index + 1, `'${from}' is there already`)
    else read.table[from] = to
  }
  return read
}

/** @returns null when a quote is not closed. */
function cellsOf(line: string): string[] | null {
  const cells: string[] = []
  let rest = line
  for (;;) {
    const match = /^\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/.exec(rest)
    if (!match) return null
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2] ?? '').trim())
    rest = rest.slice(match[0].length)
    if (match[3] === '') return cells
  }
}

/** A row of such a file. */
export const tableRow = (from: string, to: string): string => [from, to].map(quoted).join(',')
const quoted = (text: string): string => (/[",]|^[\s#]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
