/** Cursors as Square gives them: opaque, bound to their query, and stable while things change. */
import { createHash } from 'node:crypto'
import { Refusal } from './state.ts'

export interface Listed<T> {
  rows: readonly T[]
  /** What it is sorted by; ties by id. */
  by(row: T): string
  id(row: T): string
  descending?: boolean
  limit: number
  cursor: string | undefined
  /** What the cursor belongs to: with another query it is refused. */
  query: unknown
}

export function pageOf<T>(listed: Listed<T>): { rows: T[]; cursor?: string } {
  const { rows, by, id, descending = false, limit, cursor, query } = listed
  const digest = createHash('sha256').update(JSON.stringify(query)).digest('hex').slice(0, 12)
  const keyed = rows.map((row) => ({ row, key: `${by(row)} ${id(row)}` }))
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) * (descending ? -1 : 1))
  const after = cursor === undefined ? null : positionOf(cursor, digest)
  const rest = after === null ? keyed : keyed.filter(({ key }) => (descending ? key < after : key > after))
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  if (rest.length <= limit || !last) return { rows: page.map(({ row }) => row) }
  const next = Buffer.from(JSON.stringify({ digest, key: last.key })).toString('base64url')
  return { rows: page.map(({ row }) => row), cursor: next }
}

function positionOf(cursor: string, digest: string): string {
  try {
    const told = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as { digest: string; key: string }
    if (told.digest === digest && typeof told.key === 'string') return told.key
  } catch {
    // Falls through to the refusal.
  }
  throw new Refusal(400, 'INVALID_CURSOR', 'The pagination cursor is invalid.', 'cursor')
}
