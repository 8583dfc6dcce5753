/** The same lines however the bytes come and whatever the encoding; what is wrong is said with its line and column. */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ListFormat } from './config.ts'
import { decimalOf, rowsOf } from './format.ts'
import { linesOf, type ListFlaw } from './reader.ts'
import { configFor } from './testing.ts'

const formatWith = (change: object): ListFormat => configFor('nowhere', {}, change).format
const FORMAT = formatWith({})

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (const cut of [...cuts.map((one) => one % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)) {
    yield bytes.subarray(from, cut)
    from = cut
  }
}

const cellsOf = async (bytes: Uint8Array, cuts: readonly number[], format: ListFormat): Promise<string[][]> => {
  const all: string[][] = []
  for await (const { cells } of linesOf(pieces(bytes, cuts), format)) all.push([...cells])
  return all
}

const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16()

/** Name, what is configured, how a text becomes bytes. */
const WRITTEN: readonly (readonly [string, string, (text: string) => Uint8Array])[] = [
  ['UTF-8', 'utf-8', (text) => Buffer.from(text)],
  ['UTF-8 with a mark', 'latin-1', (text) => Buffer.from(`\uFEFF${text}`)],
  ['Latin-1', 'latin-1', (text) => Buffer.from(text, 'latin1')],
  ['UTF-16', 'utf-16', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16 with a mark', 'utf-8', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ['UTF-16, the high byte first', 'utf-8', (text) => swapped(Buffer.from(`\uFEFF${text}`, 'utf16le'))],
]

const cell = fc.string({ unit: fc.constantFrom('a', 'ü', 'ß', ';', '"', '\n', '\r\n', ' ', '1', ','), maxLength: 8 })
const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 12 })
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`

test.each(WRITTEN)('%s: any chunking gives the same cells', async (_, encoding, written) => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.array(fc.nat(), { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      async (rows, cuts, end) => {
        const text = rows.map((row) => row.map(quoted).join(';') + end).join('')
        const format = formatWith({ encoding })
        expect(await cellsOf(written(text), cuts, format)).toEqual(rows)
      },
    ),
    { numRuns: 150 },
  )
})

const HEADER = 'Art.-Nr.;SKU;EAN;EK;ab;Tage;Bestand;Auslauf'
const ROW = 'A1;S1;;2,50;10;3;40;'

async function read(text: string | Uint8Array, format = FORMAT): Promise<unknown[]> {
  const all: unknown[] = []
  const bytes = typeof text === 'string' ? Buffer.from(text) : text
  for await (const { line: _, ...row } of rowsOf(linesOf(pieces(bytes, []), format), format)) all.push(row)
  return all
}

test('a row says what is offered; an empty stock is none that is known, and less than nothing is nothing', async () => {
  const lines = [HEADER, ROW, 'A/2;;400;1.234,5;;;;', 'A3;S3;;0;;;-4;x', 'A4;S4;;1;;;-4;']
  expect(await read(lines.map((one) => `${one}\n`).join(''))).toEqual([
    { article: 'A1', minQuantity: '10', offer: { sku: 'S1', price: '2.5', currency: 'USD', leadDays: 3, stock: 40 } },
    { article: 'A/2', minQuantity: '0', offer: { barcode: '400', price: '1234.5', currency: 'USD', leadDays: 0 } },
    { article: 'A3', minQuantity: '0', offer: null },
    { article: 'A4', minQuantity: '0', offer: { sku: 'S4', price: '1', currency: 'USD', leadDays: 0, stock: 0 } },
  ])
})

describe('a bent file', () => {
  const file = (...lines: string[]) => lines.map((one) => `${one}\n`).join('')
  test.each([
    ['cut off in its last line', `${HEADER}\n${ROW}\n${ROW.slice(0, 9)}`, 3, 'breaks off'],
    ['cut off at its last letter', `${HEADER}\n${ROW}`, 2, 'breaks off'],
    ['with a field too few', file(HEADER, ROW, 'A2;S2;;2,50;1;3;40'), 3, '7 fields'],
    ['with a field too many', file(HEADER, `${ROW};`), 2, '9 fields'],
    ['whose quote stays open', file(HEADER, ROW, '"A2;S2;;2,50;1;3;40;'), 3, 'not closed'],
    ['with a quote in the middle', file(HEADER, 'A"1";S1;;2,50;1;3;40;'), 2, 'quote'],
    ['with a word for a price', file(HEADER, 'A1;S1;;on request;1;3;40;'), 2, "'EK' is no number"],
    ['with the other sign for decimals', file(HEADER, 'A1;S1;;2.50;1;3;40;'), 2, "'EK' is no number"],
    ['with a price below zero', file(HEADER, 'A1;S1;;-2,50;1;3;40;'), 2, 'below zero'],
    ['with half a day', file(HEADER, 'A1;S1;;2,50;1;1,5;40;'), 2, "'Tage' is no whole"],
    ['without an article', file(HEADER, ';S1;;2,50;1;3;40;'), 2, "'Art.-Nr.' is empty"],
    ['whose header lacks a column', file(HEADER.replace('EK', 'VK'), ROW), 1, "'EK'"],
    ['whose header names one twice', file(HEADER.replace('Tage', 'EK').replace('SKU', 'Tage'), ROW), 1, "'EK' twice"],
    ['that is empty', '', 1, 'empty'],
  ])('%s is refused with the line', async (_, text, line, reason) => {
    const flaw = await read(text).then(
      () => null,
      (error: ListFlaw) => error,
    )
    expect(flaw).toMatchObject({ name: 'Error', line, message: expect.stringContaining(reason) })
    expect(flaw!.column).toBeGreaterThan(0)
  })

  test('in another encoding is refused where the letter stands', async () => {
    const text = file(HEADER, ROW, ROW.replace('A1', 'Ä2'))
    await expect(read(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ line: 3, column: 1 })
    await expect(read(Buffer.from(text, 'utf16le'))).rejects.toMatchObject({ line: 1, column: 2 })
  })

  test('a last line without an end is one where that was agreed on', async () => {
    expect(await read(`${HEADER}\n${ROW}`, formatWith({ lastLineEnds: false }))).toHaveLength(1)
  })
})

test.each([
  ['1,234.50', '.', '1234.5'],
  ['1.234,50', ',', '1234.5'],
  ['007', '.', '7'],
  ['-0,0', ',', '0'],
  ['0.0345', '.', '0.0345'],
  ['12,34.5', '.', null],
  ['1e3', '.', null],
  ['', ',', '0'],
] as const)('%s with %s is %s', (written, sign, value) => {
  expect(decimalOf(written, sign)).toBe(value)
})
