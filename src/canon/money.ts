/**
 * Money as safe-integer minor units with its currency. No floating point ever holds an amount: decimal strings come in,
 * decimal strings go out, and what is split adds up again.
 */
import { assert } from './assert.ts'

/** ISO 4217 code, upper case. */
export type Currency = string

export interface Money {
  /** Minor units of the currency (cents, yen, fils); a safe integer, negative for money going back. */
  amount: number
  currency: Currency
}

/** Currencies whose minor unit is not a hundredth (ISO 4217, list one). */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, ISK: 0, JPY: 0, KMF: 0, KRW: 0, PYG: 0, RWF: 0, UGX: 0, UYI: 0, VND: 0, VUV: 0,
  XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, IQD: 3, JOD: 3, KWD: 3, LYD: 3, OMR: 3, TND: 3,
  CLF: 4, UYW: 4,
} // prettier-ignore

/** How many digits stand behind the decimal point. */
export const exponent = (currency: Currency): number => EXPONENTS[currency] ?? 2

export function money(amount: number, currency: Currency): Money {
  assert(Number.isSafeInteger(amount), `${amount} ${currency} is not a whole number of minor units`)
  // -0 would make equal amounts differ as JSON and as keys.
  return { amount: amount === 0 ? 0 : amount, currency }
}

export const zero = (currency: Currency): Money => ({ amount: 0, currency })

const DECIMAL = /^([+-])?(\d+)(?:\.(\d+))?$/

/**
 * Reads a decimal string such as `"-12.50"`. Digits beyond the currency's exponent must be zeros: rounding is a
 * decision somebody has to make (see `parseRounded`), not something a parser does.
 *
 * @returns null when the text is not a decimal, has too many digits, or exceeds the safe range.
 */
export function parseMoney(text: string, currency: Currency): Money | null {
  const match = DECIMAL.exec(text)
  if (!match) return null
  const digits = exponent(currency)
  const fraction = match[3] ?? ''
  if (/[1-9]/.test(fraction.slice(digits))) return null
  return signed(match[1], match[2]!, fraction.slice(0, digits).padEnd(digits, '0'), currency)
}

/**
 * As `parseMoney`, but rounds half away from zero, as the channels do. For amounts computed elsewhere in floating
 * point.
 */
export function parseRounded(text: string, currency: Currency): Money | null {
  const match = DECIMAL.exec(text)
  if (!match) return null
  const digits = exponent(currency)
  const fraction = (match[3] ?? '').padEnd(digits + 1, '0')
  const exact = signed(match[1], match[2]!, fraction.slice(0, digits), currency)
  if (!exact || fraction.charCodeAt(digits) < 53) return exact
  const rounded = exact.amount + (match[1] === '-' ? -1 : 1)
  return Number.isSafeInteger(rounded) ? money(rounded, currency) : null
}

function signed(sign: string | undefined, whole: string, fraction: string, currency: Currency): Money | null {
  const amount = Number(whole + fraction)
  if (!Number.isSafeInteger(amount)) return null
  return money(sign === '-' ? -amount : amount, currency)
}

/** The amount as a decimal string with exactly the currency's digits: `"-12.50"`, `"1500"`, `"1.234"`. */
export function formatMoney({ amount, currency }: Money): string {
  const digits = exponent(currency)
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

export function add(...all: [Money, ...Money[]]): Money {
  let sum = 0
  for (const { amount, currency } of all) {
    assert(currency === all[0].currency, `cannot add ${currency} to ${all[0].currency}`)
    sum += amount
  }
  return money(sum, all[0].currency)
}

export const sum = (all: readonly Money[], currency: Currency): Money => add(zero(currency), ...all)
export const negate = ({ amount, currency }: Money): Money => money(-amount, currency)
export const subtract = (from: Money, take: Money): Money => add(from, negate(take))
export const times = ({ amount, currency }: Money, factor: number): Money => money(amount * factor, currency)
export const equal = (a: Money, b: Money): boolean => a.amount === b.amount && a.currency === b.currency

/**
 * Splits an amount in proportion to weights so that the parts add up to it exactly: everybody gets the rounded-down
 * share, and the units left go one each to the largest remainders, first come first served among equals.
 *
 * @param weights non-negative safe integers; when all are zero the amount is split evenly.
 */
export function allocate(total: Money, weights: readonly number[]): Money[] {
  assert(weights.length > 0, 'cannot allocate to nobody')
  assert(
    weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0),
    'weights are non-negative integers',
  )
  const sign = total.amount < 0 ? -1n : 1n
  const amount = BigInt(total.amount) * sign
  const given = weights.reduce((all, weight) => all + BigInt(weight), 0n)
  const shares = given === 0n ? weights.map(() => 1n) : weights.map(BigInt)
  const whole = given === 0n ? BigInt(weights.length) : given
  const parts = shares.map((share) => (amount * share) / whole)
  const remainders = shares.map((share, index) => ({ index, left: (amount * share) % whole }))
  let rest = amount - parts.reduce((all, part) => all + part, 0n)
  remainders.sort((a, b) => (a.left === b.left ? a.index - b.index : a.left < b.left ? 1 : -1))
  for (const { index } of remainders) {
    if (rest === 0n) break
    parts[index]! += 1n
    rest -= 1n
  }
  return parts.map((part) => money(Number(part * sign), total.currency))
}
