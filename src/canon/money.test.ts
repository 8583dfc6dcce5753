/** Money: read, written, split and rounded without losing a unit. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  add,
  allocate,
  equal,
  exponent,
  formatMoney,
  money,
  parseMoney,
  parseRounded,
  subtract,
  sum,
  times,
} from './money.ts'

/** One currency for each number of digits. */
const CURRENCIES = ['JPY', 'USD', 'KWD', 'CLF'] as const
const amount = fc.maxSafeInteger()
const currency = fc.constantFrom(...CURRENCIES)

describe('decimal strings', () => {
  it('know currencies without, with two, three and four digits', () => {
    expect(CURRENCIES.map(exponent)).toEqual([0, 2, 3, 4])
    expect(formatMoney(money(-5, 'USD'))).toBe('-0.05')
    expect(formatMoney(money(1500, 'JPY'))).toBe('1500')
    expect(formatMoney(money(1234, 'KWD'))).toBe('1.234')
    expect(formatMoney(money(-1, 'CLF'))).toBe('-0.0001')
  })

  it('come back as the amount they were written from', () => {
    fc.assert(
      fc.property(amount, currency, (n, code) => equal(parseMoney(formatMoney(money(n, code)), code)!, money(n, code))),
    )
  })

  it.each(['', '-', '.5', '5.', '1,5', '1e3', ' 1', '0x1', 'NaN', '1.2.3', '١'])(
    'refuse %j, which is no decimal',
    (text) => {
      expect(parseMoney(text, 'USD')).toBeNull()
      expect(parseRounded(text, 'USD')).toBeNull()
    },
  )

  it('never round on their own: more digits than the currency has must be zeros', () => {
    expect(parseMoney('1.500', 'USD')).toEqual(money(150, 'USD'))
    expect(parseMoney('1.505', 'USD')).toBeNull()
    expect(parseMoney('1.5', 'JPY')).toBeNull()
  })

  it('beyond what is counted exactly are refused', () => {
    expect(parseMoney('90071992547409.91', 'USD')).toEqual(money(Number.MAX_SAFE_INTEGER, 'USD'))
    expect(parseMoney('90071992547409.92', 'USD')).toBeNull()
    expect(parseRounded('90071992547409.915', 'USD')).toBeNull()
    expect(() => money(2 ** 53, 'USD')).toThrow('Bug')
    expect(() => money(0.5, 'USD')).toThrow('Bug')
    expect(() => add(money(Number.MAX_SAFE_INTEGER, 'USD'), money(1, 'USD'))).toThrow('Bug')
    expect(() => times(money(Number.MAX_SAFE_INTEGER, 'USD'), 2)).toThrow('Bug')
  })
})

describe('rounding', () => {
  it.each([
    ['0.005', 1], ['0.004999', 0], ['-0.005', -1], ['-0.0049', 0], ['1.995', 200], ['2', 200], ['-1.2349', -123],
  ] as const)('of %s goes half away from zero', (text, cents) => {
    expect(parseRounded(text, 'USD')).toEqual(money(cents, 'USD'))
  }) // prettier-ignore

  it('is the nearest amount, in every currency', () => {
    const digits = fc.integer({ min: -(10 ** 12), max: 10 ** 12 })
    fc.assert(
      fc.property(digits, currency, (n, code) => {
        const text = `${n < 0 ? '-' : ''}${formatMoney({ amount: Math.abs(n), currency: 'CLF' })}7`
        const scale = 10n ** BigInt(5 - exponent(code))
        const exact = (BigInt(Math.abs(n)) * 10n + 7n) * (n < 0 ? -1n : 1n)
        const off = BigInt(parseRounded(text, code)!.amount) * scale - exact
        return (off < 0n ? -off : off) * 2n <= scale
      }),
    )
  })

  it('never gives a negative zero, which would be another key', () => {
    expect(Object.is(parseRounded('-0.001', 'USD')!.amount, 0)).toBe(true)
    expect(Object.is(parseMoney('-0.00', 'USD')!.amount, 0)).toBe(true)
  })
})

describe('splitting', () => {
  const weights = fc.array(fc.oneof(fc.nat({ max: 5 }), fc.maxSafeNat()), { minLength: 1, maxLength: 12 })

  it('never loses a unit, and gives everybody the exact share to within one', () => {
    fc.assert(
      fc.property(amount, weights, currency, (n, all, code) => {
        const parts = allocate(money(n, code), all)
        const total = parts.reduce((whole, part) => whole + BigInt(part.amount), 0n)
        const shares = all.every((one) => one === 0) ? all.map(() => 1n) : all.map(BigInt)
        const whole = shares.reduce((a, b) => a + b, 0n)
        const close = parts.every((part, index) => {
          const off = BigInt(part.amount) * whole - BigInt(n) * shares[index]!
          return (off < 0n ? -off : off) < whole
        })
        return total === BigInt(n) && close
      }),
      { numRuns: 1_000 },
    )
  })

  it('of money going back is the mirror of money coming in', () => {
    fc.assert(
      fc.property(amount, weights, (n, all) => {
        const there = allocate(money(n, 'USD'), all)
        const back = allocate(money(-n, 'USD'), all)
        return there.every((part, index) => sum([part, back[index]!], 'USD').amount === 0)
      }),
    )
  })

  it('gives what is left over to the first among equals, the same every time', () => {
    expect(allocate(money(5, 'USD'), [1, 1, 1]).map((part) => part.amount)).toEqual([2, 2, 1])
    expect(allocate(money(-5, 'USD'), [1, 1, 1]).map((part) => part.amount)).toEqual([-2, -2, -1])
    expect(allocate(money(2, 'USD'), [0, 0, 0]).map((part) => part.amount)).toEqual([1, 1, 0])
    expect(allocate(money(100, 'USD'), [1, 0, 2]).map((part) => part.amount)).toEqual([33, 0, 67])
  })

  it('among nobody, or by weights that are none, is a bug', () => {
    expect(() => allocate(money(1, 'USD'), [])).toThrow('Bug')
    expect(() => allocate(money(1, 'USD'), [-1, 2])).toThrow('Bug')
    expect(() => allocate(money(1, 'USD'), [0.5])).toThrow('Bug')
  })
})

it('two currencies are never added up', () => {
  expect(() => add(money(1, 'USD'), money(1, 'EUR'))).toThrow('cannot add EUR to USD')
  expect(() => subtract(money(1, 'USD'), money(1, 'EUR'))).toThrow('Bug')
  expect(equal(money(1, 'USD'), money(1, 'EUR'))).toBe(false)
})
