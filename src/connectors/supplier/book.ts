/**
 * The book of a supplier: what its last list said, kept in the hub's folder so that the next one is compared before
 * anything is handed in. Written and read in parts.
 */
import type { Ledger } from '../kit/files.ts'

const ROWS_PER_PART = 5_000

/** What is known of each article at a quantity: its key to the offer as JSON. */
export type Book = Map<string, string>

export const keyOf = ({ minQuantity, article }: { minQuantity: string; article: string }): string =>
  `${minQuantity}/${article}`

export function partsOfKey(key: string): { minQuantity: string; article: string } {
  const cut = key.indexOf('/')
  return { minQuantity: key.slice(0, cut), article: key.slice(cut + 1) }
}

/** @returns null when a part of it is not there. */
export async function readBook(files: Ledger, id: string, parts: number): Promise<Book | null> {
  const book: Book = new Map()
  for (let part = 0; part < parts; part += 1) {
    const text = await files.read(`known/${id}/${part}`)
    if (text === null) return null
    for (const line of text.split('\n')) {
      const cut = line.indexOf('\t')
      if (cut > 0) book.set(JSON.parse(line.slice(0, cut)) as string, line.slice(cut + 1))
    }
  }
  return book
}

/** @returns of how many parts it is; an empty one has one as well. */
export async function writeBook(files: Ledger, id: string, book: Book): Promise<number> {
  await files.clear(`known/${id}`)
  let lines: string[] = []
  let parts = 0
  const flush = async () => {
    await files.write(`known/${id}/${parts}`, lines.join('\n'))
    parts += 1
    lines = []
  }
  for (const [key, offer] of book) {
    lines.push(`${JSON.stringify(key)}\t${offer}`)
    if (lines.length === ROWS_PER_PART) await flush()
  }
  if (lines.length > 0 || parts === 0) await flush()
  return parts
}
