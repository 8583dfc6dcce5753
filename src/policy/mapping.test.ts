/** Tables as files: what is wrong is named with its line, and what is written can be read. */
import { expect, test } from 'vitest'
import { readTable, tableRow } from './mapping.ts'

test('rows, quotes, empty lines and remarks', () => {
  const { table, problems } = readTable('\uFEFFfrom,to\r\n# shop A\nMUG-B,MUG\n\n"A, ""b""",C \nGIFT,\n')
  expect(problems).toEqual([])
  expect(table).toEqual({ 'MUG-B': 'MUG', 'A, "b"': 'C', 'GIFT': '' })
})

test('every bad row is named', () => {
  const { problems } = readTable('from,to\nA,B\nA,C\n,D\nE\nF,G,H\n"I,J\n')
  expect(problems).toEqual([
    { line: 3, message: "'A' is there already" },
    { line: 4, message: 'the first column is empty' },
    { line: 5, message: '1 columns instead of 2' },
    { line: 6, message: '3 columns instead of 2' },
    { line: 7, message: 'a quote is not closed' },
  ])
  expect(readTable('sku,erp\nA,B\n').problems).toEqual([{ line: 1, message: 'the first line must be: from,to' }])
})

test('what is written is read', () => {
  for (const word of ['plain', 'a, b', 'say "so"', '# no remark', ' blank '.trim()])
    expect(readTable(`from,to\n${tableRow(word, word)}\n`)).toEqual({ table: { [word]: word }, problems: [] })
})
