/** Stripe's minor units and ours: they differ where Stripe keeps older rules than ISO 4217. */
import { exponent, type Money, money } from '#canon/money.ts'
import { Fault } from '../../fault.ts'
import { malformed } from './shape.ts'

/** Digits behind the point where Stripe's API has others than ISO. Source: Stripe, "Currencies", special cases. */
const DIGITS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 }

/** Three digits, of which the last must be 0. */
const EVEN_TENS: ReadonlySet<string> = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND'])

const digitsOf = (currency: string): number => DIGITS[currency] ?? exponent(currency)

/** Throws `malformed` when an amount is a part of our smallest unit. */
export function fromStripe(amount: number, lower: string): Money {
  const currency = lower.toUpperCase()
  const shift = exponent(currency) - digitsOf(currency)
  const ours = shift >= 0 ? amount * 10 ** shift : amount / 10 ** -shift
  if (!Number.isSafeInteger(ours)) throw malformed(`An amount of ${currency} has digits that the currency has not.`)
  return money(ours, currency)
}

/** Throws `rejected` where Stripe cannot take the amount. */
export function toStripe({ amount, currency }: Money): number {
  const shift = digitsOf(currency) - exponent(currency)
  const theirs = shift >= 0 ? amount * 10 ** shift : amount / 10 ** -shift
  if (Number.isSafeInteger(theirs) && !(EVEN_TENS.has(currency) && theirs % 10 !== 0)) return theirs
  throw new Fault('rejected', `Stripe takes no amount of ${currency} with that many digits.`, {
    code: 'stripe.amount_precision',
  })
}
