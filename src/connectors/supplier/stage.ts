/**
 * A list is read to its end and compared with the book before anything of it is handed in: what differs lies ready in
 * parts, and what breaks a bound is said. A flaw anywhere leaves nothing.
 */
import { createHash } from 'node:crypto'
import type { SupplyOffer } from '#core/supply/state.ts'
import type { Ledger } from '../kit/files.ts'
import { type Book, keyOf, partsOfKey, writeBook } from './book.ts'
import type { SupplierConfig } from './config.ts'
import { rowsOf } from './format.ts'
import { linesOf, ListFlaw } from './reader.ts'

/** Rows of one reading, and of one part; a part is one page of the feed. */
const ROWS_PER_READING = 20
const ROWS_PER_PART = 1_000

export type Difference =
  | { article: string; minQuantity: string; offer: SupplyOffer }
  | { article: string; minQuantity: string; ended: 'vanished' | 'discontinued' }

export interface Staged {
  rows: number
  changed: number
  ended: number
  /** Of the differences, and of the book as it is after them. */
  parts: number
  bookParts: number
  /** One sentence for each bound that is broken. */
  why: string[]
}

/** Names a file by its content. @throws ListFlaw when it is larger than it may be. */
export async function hashOf(bytes: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string> {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > bytesMax) throw new ListFlaw(`It has more than ${bytesMax} bytes, which are the most.`, 1, 1)
    hash.update(piece)
  }
  return hash.digest('hex').slice(0, 16)
}

/** @param known is changed into what is known afterwards. @throws ListFlaw */
export async function stage(
  files: Ledger,
  hash: string,
  bytes: AsyncIterable<Uint8Array>,
  known: Book,
  { format, bounds, list }: SupplierConfig,
): Promise<Staged> {
  const before = known.size
  const figures = { rows: 0, changed: 0, ended: 0, jumped: 0, vanished: 0 }
  const named = new Map<string, number>()
  const out = differencesTo(files, hash)
  await files.clear(`work/${hash}`)
  for await (const row of rowsOf(linesOf(bytes, format), format)) {
    const key = keyOf(row)
    const first = named.get(key)
    if (first !== undefined) throw new ListFlaw(`The article stands in line ${first} already.`, row.line, 1)
    if ((figures.rows += 1) > bounds.rows) throw new ListFlaw(`It has more than ${bounds.rows} rows.`, row.line, 1)
    named.set(key, row.line)
    const { article, minQuantity, offer } = row
    const old = known.get(key)
    if (offer === null) {
      if (old === undefined) continue
      known.delete(key)
      figures.ended += 1
      await out.add({ article, minQuantity, ended: 'discontinued' })
      continue
    }
    // Its members are always made in the same order.
    const now = JSON.stringify(offer)
    if (now === old) continue
    known.set(key, now)
    figures.changed += 1
    if (old !== undefined && hasJumped(old, offer, bounds.jumpPercent)) figures.jumped += 1
    await out.add({ article, minQuantity, offer })
  }
  for (const key of list === 'whole' ? known.keys() : []) {
    if (named.has(key)) continue
    known.delete(key)
    figures.ended += 1
    figures.vanished += 1
    await out.add({ ...partsOfKey(key), ended: 'vanished' })
  }
  const parts = await out.end()
  const { rows, changed, ended } = figures
  const why = brokenBounds(before, figures, bounds)
  return { rows, changed, ended, parts, bookParts: await writeBook(files, hash, known), why }
}

function hasJumped(old: string, offer: SupplyOffer, jumpPercent: number): boolean {
  const { price, currency } = JSON.parse(old) as SupplyOffer
  if (currency !== offer.currency) return true
  const [from, to] = [Number(price), Number(offer.price)]
  return from > 0 && (Math.abs(to - from) / from) * 100 > jumpPercent
}

function brokenBounds(
  before: number,
  { vanished, jumped }: { vanished: number; jumped: number },
  { vanishPercent, jumpsPercent, jumpPercent }: SupplierConfig['bounds'],
): string[] {
  const isOver = (part: number, percent: number) => part > 0 && (part / before) * 100 > percent
  return [
    ...(isOver(vanished, vanishPercent)
      ? [`${vanished} of ${before} articles would be gone; more than ${vanishPercent} % wait for a person.`]
      : []),
    ...(isOver(jumped, jumpsPercent)
      ? [`${jumped} of ${before} prices would move by more than ${jumpPercent} %; more than ${jumpsPercent} % wait.`]
      : []),
  ]
}

/** Differences as pages of readings: each reading a few rows, so that no turn has too much to decide at once. */
function differencesTo(files: Ledger, hash: string) {
  let rows: Difference[] = []
  let parts = 0
  const flush = async () => {
    const readings: Difference[][] = []
    for (let at = 0; at < rows.length; at += ROWS_PER_READING) readings.push(rows.slice(at, at + ROWS_PER_READING))
    await files.write(`work/${hash}/${parts}`, JSON.stringify(readings))
    parts += 1
    rows = []
  }
  return {
    async add(row: Difference) {
      rows.push(row)
      if (rows.length === ROWS_PER_PART) await flush()
    },
    async end() {
      if (rows.length > 0) await flush()
      return parts
    },
  }
}
