/** Pages of a list that grows while it is read: a cursor names the last row seen, so nothing is shown twice. */

interface Place {
  createdAt: string
  stream: string
}

const isInstant = (text: string): boolean => {
  const ms = /^[12]\d{3}-.{19}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text
}

/** @returns undefined without a cursor, null for one that is none of ours. */
export function readCursor(cursor: string | undefined): Place | undefined | null {
  if (cursor === undefined) return undefined
  const [createdAt = '', ...rest] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ')
  const stream = rest.join(' ')
  const fits = isInstant(createdAt) && stream !== '' && !stream.includes('\0')
  return fits ? { createdAt, stream } : null
}

/** @param rows one more than `limit` when there is more. */
export function pageOf<Row extends { created_at: string; stream: string }, View>(
  rows: readonly Row[],
  limit: number,
  view: (row: Row) => View,
): { rows: View[]; next: string | null } {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  const next =
    rows.length > limit && last ? Buffer.from(`${last.created_at} ${last.stream}`).toString('base64url') : null
  return { rows: kept.map(view), next }
}
