/** What is hidden where people type, in whatever grouping, and what is left alone. */
import type { Json } from './json.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cardPlaces, maskTyped, withoutTypedCards } from './typed-text.ts'

/** The digit that makes it pass the check. */
function withCheckDigit(digits: string): string {
  for (let last = 0; last < 10; last += 1) {
    const whole = `${digits}${last}`
    const sum = [...whole].reverse().reduce((all, one, at) => {
      const doubled = Number(one) * (at % 2 === 1 ? 2 : 1)
      return all + (doubled > 9 ? doubled - 9 : doubled)
    }, 0)
    if (sum % 10 === 0) return whole
  }
  throw new Error('no digit fits')
}

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''))
const card = fc
  .constantFrom(
    ['4', 16],
    ['51', 16],
    ['2221', 16],
    ['37', 15],
    ['6011', 16],
    ['3530', 16],
    ['36', 14],
    ['62', 16],
    ['4', 19],
  )
  .chain(([head, length]) => digits(length - 1 - head.length).map((rest) => withCheckDigit(`${head}${rest}`)))
const gap = fc.constantFrom(' ', '-', '.', '  ', ' - ', '\u00a0', '–', '/', '\n')
/** Cut anywhere, always with the same gap. */
const grouped = fc
  .tuple(card, gap, fc.array(fc.boolean(), { minLength: 19, maxLength: 19 }))
  .map(([number, between, cuts]) => ({
    number,
    text: [...number].map((one, at) => (at > 0 && cuts[at] ? `${between}${one}` : one)).join(''),
  })) // prettier-ignore
const words = fc.stringMatching(/^[a-z :,!#]{0,30}[a-z]$/)

test('a card number in any grouping is hidden but for its last four digits, and the words around it stay', () => {
  fc.assert(
    fc.property(words, grouped, words, (before, { number, text }, after) => {
      const safe = withoutTypedCards(`${before} ${text} ${after}`)
      expect(safe.startsWith(before) && safe.endsWith(after)).toBe(true)
      expect(safe.replace(/\D/g, '')).toBe(number.slice(-4))
      expect(safe).toHaveLength(before.length + text.length + after.length + 2)
    }),
  )
})

test('it is found in the JSON of the text too, however that escapes', () => {
  fc.assert(
    fc.property(grouped, fc.boolean(), ({ text }, escaped) => {
      const json = JSON.stringify({ note: `pay ${text}!` })
      const ascii = json.replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
      expect(cardPlaces(escaped ? ascii : json)).not.toEqual([])
    }),
  )
})

test.each([
  ['2 pieces 4111 1111-1111.1111 exp 12/27', '2 pieces •••• ••••-••••.1111 exp 12/27'],
  ['2 4111111111111111', '2 ••••••••••••1111'],
  ['VISA4111111111111111', 'VISA••••••••••••1111'],
  ['3782 822463 10005 and 5555-5555-5555-4444', '•••• •••••• •0005 and ••••-••••-••••-4444'],
])('%s', (typed, shown) => expect(withoutTypedCards(typed)).toBe(shown))

test.each([
  ['a number that fails the check', '4111 1111 1111 1112'],
  ['a number of no scheme', '9111 1111 1111 1118'],
  ['a telephone number', 'call +49 170 1234567 or 030 4111111'],
  ['a barcode', '4006381333931'],
  ['the inside of a longer number', '00411111111111111100'],
  ['groups nobody prints, with gaps that differ', '41 1111-1111 11 1111-11'],
])('%s stays', (_, text) => expect(withoutTypedCards(text)).toBe(text))

const TYPED = new Set(['note', 'meta_data', 'customer.name'])

test('numbers in members that are not typed stay, whatever they look like', () => {
  const member = fc.constantFrom('id', 'sku', 'barcode', 'order_id', 'transaction_id', 'name', 'token')
  const body = fc.dictionary(member, fc.oneof(card, card.map(Number), fc.record({ id: card, name: card })))
  fc.assert(
    fc.property(body, (one) => {
      const said = one as Json
      expect(maskTyped(said, TYPED)).toEqual({ body: said, members: [] })
      expect(maskTyped(said, TYPED).body).toBe(said)
    }),
  )
})

test('below a typed member all text counts, through lists; what plugins keep does not', () => {
  const pan = '4111111111111111'
  const body = {
    id: pan,
    customer: { nodes: [{ name: pan, id: pan }] },
    name: pan,
    meta_data: [
      { id: 1, key: 'card', value: 4_111_111_111_111_111 },
      { id: 2, key: '_charge', value: pan },
    ],
  }
  const { body: safe, members } = maskTyped(body, TYPED)
  expect(members).toEqual(['meta_data', 'name'])
  expect(safe).toEqual({
    ...body,
    customer: { nodes: [{ name: '••••••••••••1111', id: pan }] },
    meta_data: [{ id: 1, key: 'card', value: '••••••••••••1111' }, body.meta_data[1]],
  })
})
