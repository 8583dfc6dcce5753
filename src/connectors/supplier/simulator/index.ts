/**
 * A supplier that leaves lists in a folder, from a seed: whole ones and changes, late, doubled, cut off and bent. It
 * knows what it offers, for those who trust nobody else's books.
 */
import type { Files } from '../../kit/files.ts'
import type { SimulatorIo } from '../../kit/simulator.ts'
import type { SupplierConfig } from '../config.ts'

export interface Article {
  article: string
  sku: string
  barcode: string
  /** In cents. */
  cents: number
  minQuantity: number
  leadDays: number
  stock: number
  discontinued: boolean
}

export interface SimulatedSupplier {
  /** A number of articles, `A1` on, of our SKUs `S1` on. */
  seed(many: number): void
  change(article: string, what: Partial<Article>): void
  drop(article: string): void
  /** Prices and stocks of a share of the articles move a little. */
  drift(share: number): void
  /** All it offers, as it stands. @returns the file's name */
  sendWhole(spoil?: (text: string) => string): Promise<string>
  /** What changed since the last list. */
  sendChanges(): Promise<string>
  /** The last list once more, under another name. */
  sendAgain(): Promise<string>
  beliefs(): readonly Article[]
  /** As it was; what happens later does not change it. */
  snapshot(): unknown
}

/** What the header calls each field, for a supplier of this kind. */
export const COLUMNS = {
  article: 'Art.-Nr.', sku: 'SKU', barcode: 'EAN', price: 'EK', minQuantity: 'ab', leadDays: 'Tage', stock: 'Bestand',
  discontinued: 'Auslauf',
} as const // prettier-ignore

const ENCODE = { 'utf-8': 'utf8', 'latin-1': 'latin1', 'utf-16': 'utf16le' } as const

export function createSupplier(
  { format }: Pick<SupplierConfig, 'format'>,
  files: Files & { put(path: string, bytes: Uint8Array): Promise<void> },
  io: SimulatorIo,
  before?: unknown,
): SimulatedSupplier {
  const state = structuredClone(before ?? { articles: new Map(), sent: new Map(), numbers: 0, last: '' }) as {
    articles: Map<string, Article>
    sent: Map<string, string>
    numbers: number
    last: string
  }

  const priceOf = (cents: number): string => (cents / 100).toFixed(2).replace('.', format.decimal)
  const lineOf = (one: Article): string =>
    [
      one.article, one.sku, one.barcode, priceOf(one.cents), one.minQuantity, one.leadDays, one.stock,
      one.discontinued ? 'X' : '',
    ].map((cell) => quoted(String(cell))).join(format.delimiter) // prettier-ignore
  const quoted = (cell: string): string =>
    cell.includes(format.delimiter) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell

  async function leave(text: string): Promise<string> {
    state.numbers += 1
    const name = `list-${String(state.numbers).padStart(5, '0')}.csv`
    await files.put(`in/${name}`, Buffer.from(text, ENCODE[format.encoding]))
    return name
  }

  async function send(all: readonly Article[], spoil = (text: string) => text): Promise<string> {
    const text = [Object.values(COLUMNS).join(format.delimiter), ...all.map(lineOf)].map((one) => `${one}\r\n`).join('')
    state.last = text
    state.sent = new Map([...state.articles].map(([key, one]) => [key, lineOf(one)]))
    return leave(spoil(text))
  }

  return {
    seed(many) {
      for (let n = 1; n <= many; n += 1) {
        const cents = 100 + Math.floor(io.random() * 9_900)
        const own = {
          cents,
          minQuantity: 1,
          leadDays: 1 + Math.floor(io.random() * 9),
          stock: Math.floor(io.random() * 500),
        }
        state.articles.set(`A${n}`, { article: `A${n}`, sku: `S${n}`, barcode: '', discontinued: false, ...own })
      }
    },
    change: (article, what) => void state.articles.set(article, { ...state.articles.get(article)!, ...what }),
    drop: (article) => void state.articles.delete(article),
    drift(share) {
      for (const [key, one] of state.articles) {
        if (io.random() >= share) continue
        const cents = Math.max(1, Math.round(one.cents * (0.95 + io.random() * 0.1)))
        state.articles.set(key, { ...one, cents, stock: Math.floor(io.random() * 500) })
      }
    },
    sendWhole: (spoil) => send([...state.articles.values()], spoil),
    sendChanges: () => send([...state.articles.values()].filter((one) => state.sent.get(one.article) !== lineOf(one))),
    sendAgain: () => leave(state.last),
    beliefs: () => [...state.articles.values()].map((one) => ({ ...one })),
    snapshot: () => structuredClone(state),
  }
}
