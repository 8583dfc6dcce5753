/** Which listings and products are probably the same: by barcode, then SKU, then name; nothing is decided here. */
import { expect, test } from 'vitest'
import { proposalsFor, type Unmatched } from './matching.ts'

const one = (sku: string, name = '', barcode = ''): Unmatched => ({ sku, name, barcode })
const said = (listings: Unmatched[], products: Unmatched[], decided: Record<string, string> = {}) =>
  proposalsFor(listings, products, decided).map(({ sku, by, candidates }) => [
    sku,
    by,
    candidates.map((all) => all.sku),
  ])

test('a barcode tells more than a SKU, and a SKU more than a name', () => {
  const products = [one('MUG', 'Mug', '0400123'), one('cup-1', 'Cup'), one('BOWL', 'Blue bowl')]
  expect(said([one('X1', 'Blue bowl', '400123'), one('CUP 1', 'Mug'), one('X2', 'blue  Bowl!')], products)).toEqual([
    ['X1', 'barcode', ['MUG']],
    ['CUP 1', 'sku', ['cup-1']],
    ['X2', 'name', ['BOWL']],
  ])
})

test('what cannot be told apart is proposed as it is', () => {
  expect(said([one('X', 'Mug')], [one('A', 'Mug'), one('B', 'MUG')])).toEqual([['X', 'name', ['A', 'B']]])
})

test('nothing in common is nothing: empty words match nobody', () => {
  expect(said([one('X'), one('---', '!!')], [one('A'), one('+++', '??')])).toEqual([])
})

test('what is decided is not proposed again, whichever way it was decided', () => {
  const products = [one('MUG', 'Mug'), one('CUP', 'Cup')]
  expect(said([one('X', 'Mug'), one('Y', 'Cup'), one('Z', 'Mug')], products, { X: 'MUG', Y: '' })).toEqual([])
})
