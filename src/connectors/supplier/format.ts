/** The rows of a list in the hub's words, by what its header calls each field. */
import type { SupplyOffer } from '#core/supply/state.ts'
import type { ListFormat } from './config.ts'
import { type Line, ListFlaw } from './reader.ts'

export interface ListRow {
  article: string
  /** Decimal text. */
  minQuantity: string
  /** null: it is discontinued. */
  offer: SupplyOffer | null
  line: number
}

type Field = keyof ListFormat['columns']
const FIELDS: readonly Field[] = [
  'article', 'price', 'sku', 'barcode', 'currency', 'minQuantity', 'leadDays', 'stock', 'discontinued',
] // prettier-ignore

const TEXT_MAX = 120

/** @throws ListFlaw */
export async function* rowsOf(lines: AsyncIterable<Line>, format: ListFormat): AsyncGenerator<ListRow> {
  let places: Places | null = null
  let width = 0
  for await (const line of lines) {
    if (places === null) {
      places = placesOf(line, format)
      width = line.cells.length
      continue
    }
    const { cells, line: number } = line
    if (cells.length !== width)
      throw new ListFlaw(`The line has ${cells.length} fields; the header has ${width}.`, number, cells.length + 1)
    yield rowOf(line, places, format)
  }
  if (places === null) throw new ListFlaw('The file is empty; not even a header is there.', 1, 1)
}

type Places = ReadonlyMap<Field, number>

function placesOf({ cells, line }: Line, { columns }: ListFormat): Places {
  const names = cells.map((cell) => cell.trim())
  const places = new Map<Field, number>()
  for (const field of FIELDS) {
    const name = columns[field]
    if (name === undefined) continue
    const at = names.indexOf(name)
    if (at < 0) throw new ListFlaw(`The header has no column '${name}'.`, line, 1)
    if (names.indexOf(name, at + 1) > 0) throw new ListFlaw(`The header has the column '${name}' twice.`, line, at + 1)
    places.set(field, at)
  }
  return places
}

function rowOf({ cells, line }: Line, places: Places, format: ListFormat): ListRow {
  const flaw = (field: Field, reason: string): ListFlaw => {
    const at = places.get(field) ?? 0
    return new ListFlaw(`The field '${format.columns[field] ?? field}' ${reason}`, line, at + 1)
  }
  const said = (field: Field): string => (places.has(field) ? cells[places.get(field)!]!.trim() : '')
  const text = (field: Field): string => {
    const found = said(field)
    if (found.length > TEXT_MAX) throw flaw(field, `is longer than ${TEXT_MAX} letters.`)
    return found
  }
  const number = (field: Field): string => {
    const found = decimalOf(said(field), format.decimal)
    if (found === null) throw flaw(field, 'is no number.')
    return found
  }
  const positive = (field: Field): string => {
    const found = number(field)
    if (found.startsWith('-')) throw flaw(field, 'is below zero.')
    return found
  }
  const whole = (field: Field): number => {
    const found = Number(number(field))
    if (!Number.isSafeInteger(found)) throw flaw(field, 'is no whole number.')
    return found
  }
  const article = text('article')
  if (article === '') throw flaw('article', 'is empty.')
  const minQuantity = positive('minQuantity')
  if (format.discontinuedWords.some((word) => word.toLowerCase() === said('discontinued').toLowerCase()))
    return { article, minQuantity, offer: null, line }
  const currency = said('currency').toUpperCase() || (format.currency ?? '')
  if (!/^[A-Z]{3}$/.test(currency)) throw flaw('currency', 'is no currency.')
  const leadDays = whole('leadDays')
  if (leadDays < 0) throw flaw('leadDays', 'is below zero.')
  const [sku, barcode] = [text('sku'), text('barcode')]
  const offer: SupplyOffer = {
    ...(sku === '' ? {} : { sku }),
    ...(barcode === '' ? {} : { barcode }),
    price: positive('price'),
    currency,
    leadDays,
    // Less than nothing is what is sold already.
    ...(said('stock') === '' ? {} : { stock: Math.max(0, whole('stock')) }),
  }
  return { article, minQuantity, offer, line }
}

const WRITTEN = {
  '.': /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d+))?$/,
  ',': /^(-?)(\d+|\d{1,3}(?:\.\d{3})+)(?:,(\d+))?$/,
} as const

/** Shortest decimal text, `0` for nothing; null when it is no number. */
export function decimalOf(written: string, sign: '.' | ','): string | null {
  if (written === '') return '0'
  const match = WRITTEN[sign].exec(written)
  if (!match) return null
  const whole = match[2]!.replace(/[.,]/g, '').replace(/^0+(?=\d)/, '')
  const fraction = (match[3] ?? '').replace(/0+$/, '')
  const text = fraction === '' ? whole : `${whole}.${fraction}`
  return match[1] === '-' && text !== '0' ? `-${text}` : text
}
