/** Amounts and counts for people. Amounts travel in minor units; only here do they become text. */
import type { Amount } from './types.ts'

const formats = new Map<string, Intl.NumberFormat>()

/** `€412.50`; the currency's own number of digits, never rounded. */
export function money({ text, currency }: Amount): string {
  const digits = text.split('.')[1]?.length ?? 0
  const key = `${currency}${digits}`
  const format =
    formats.get(key) ??
    new Intl.NumberFormat('en-IE', {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    })
  formats.set(key, format)
  // The text goes in as it is: a decimal string is formatted exactly, a float would not be.
  return format.format(text as `${number}`)
}

const whole = new Intl.NumberFormat('en')
export const count = (value: number): string => whole.format(value)

/** `1 order`, `3 orders`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`
