/** A list as a file for a spreadsheet: the rows the filters leave, read page by page. */
import { read } from './api.ts'

/** A file larger than this is no longer something for a spreadsheet. */
export const ROWS_MAX = 20_000
const PAGE = 100

/** @param progress is told how many rows are here. @throws Trouble */
export async function readAll<Row>(
  path: string,
  filters: URLSearchParams,
  progress: (rows: number) => void,
): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | null = null
  do {
    const asked = new URLSearchParams(filters)
    asked.set('limit', String(PAGE))
    if (cursor !== null) asked.set('cursor', cursor)
    const page: { rows: Row[]; next: string | null } = await read(`${path}?${asked}`)
    rows.push(...page.rows)
    progress(rows.length)
    cursor = page.next
  } while (cursor !== null && rows.length < ROWS_MAX)
  return rows
}

type Cell = string | number | null | undefined

export const tableOf = (rows: readonly (readonly Cell[])[]): string =>
  `${rows.map((cells) => cells.map(cellOf).join(',')).join('\r\n')}\r\n`

/** A spreadsheet takes text that begins like a formula for one; an apostrophe keeps it text. */
function cellOf(value: Cell): string {
  if (typeof value !== 'string') return value === null || value === undefined ? '' : String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export function save(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}
