/**
 * A list as it is written, read piece by piece: letters in their encoding, then the cells of each line. What is not as
 * it must be is said with its line and column.
 */
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import type { ListFormat } from './config.ts'

/** The list is refused, with all that is in it. */
export class ListFlaw extends Error {
  readonly line: number
  /** Of the field in its line; of the letter, where the letters themselves are wrong. */
  readonly column: number

  constructor(reason: string, line: number, column: number) {
    super(reason)
    this.line = line
    this.column = column
  }
}

export interface Line {
  cells: readonly string[]
  /** From 1, the header included. */
  line: number
}

const RECORD_BYTES_MAX = 64 * 1024

/** @throws ListFlaw */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>, format: ListFormat): AsyncGenerator<Line> {
  const { delimiter, quote } = format
  const parser = parse({
    delimiter,
    quote,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: RECORD_BYTES_MAX,
  })
  const source = Readable.from(texts(bytes, format))
  source.on('error', (error) => parser.destroy(error))
  source.pipe(parser)
  try {
    for await (const found of parser) {
      const { record, info } = found as { record: string[]; info: { lines: number } }
      yield { cells: record, line: info.lines }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines, column } = error as unknown as { lines?: number; column?: unknown }
    throw new ListFlaw(reasonOf(error), lines ?? 1, typeof column === 'number' ? column + 1 : 1)
  } finally {
    source.destroy()
    parser.destroy()
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened and not closed.',
  INVALID_OPENING_QUOTE: 'A quote stands in the middle of a field.',
  CSV_INVALID_CLOSING_QUOTE: 'Something follows a closing quote.',
  CSV_MAX_RECORD_SIZE: 'A line is longer than any line of a list.',
}

/** The library quotes what it found; that is nobody's business. */
const reasonOf = ({ code }: CsvError): string => REASONS[code] ?? 'The line cannot be read.'

const DECODERS = { 'utf-8': 'utf-8', 'latin-1': 'windows-1252', 'utf-16': 'utf-16le' } as const

/** The marks that files begin with. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

async function* texts(bytes: AsyncIterable<Uint8Array>, format: ListFormat): AsyncGenerator<string> {
  const at = { line: 1, column: 1, last: '' }
  let decoder: InstanceType<typeof TextDecoder> | null = null
  let head: Uint8Array = new Uint8Array(0)
  for await (const piece of bytes) {
    head = decoder ? piece : Buffer.concat([head, piece])
    if (!decoder && head.length < 3) continue
    decoder ??= decoderOf(head, format)
    const text = decoder.decode(head, { stream: true })
    if (text !== '') yield passed(text, at)
  }
  const rest = decoder ? decoder.decode() : decoderOf(head, format).decode(head)
  if (rest !== '') yield passed(rest, at)
  if (format.lastLineEnds && at.last !== '' && at.last !== '\n' && at.last !== '\r')
    throw new ListFlaw('The file breaks off: its last line has no end.', at.line, at.column)
}

function decoderOf(head: Uint8Array, { encoding }: ListFormat) {
  const marked = MARKS.find(([mark]) => mark.every((byte, index) => head[index] === byte))
  return new TextDecoder(marked?.[1] ?? DECODERS[encoding])
}

/** Counts where the text ends. A letter that is none is what the wrong encoding or a cut leaves behind. */
function passed(text: string, at: { line: number; column: number; last: string }): string {
  const wrong = /[\uFFFD\0]/.exec(text)
  const read = wrong ? text.slice(0, wrong.index) : text
  const lines = read.split('\n')
  at.line += lines.length - 1
  at.column = (lines.length > 1 ? 1 : at.column) + lines.at(-1)!.length
  if (wrong) throw new ListFlaw('A letter cannot be read in this encoding.', at.line, at.column)
  at.last = text.at(-1)!
  return text
}
