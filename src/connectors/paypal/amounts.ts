/** PayPal's decimal texts and our minor units: some currencies have no decimals there that have some in ISO 4217. */
import { exponent, formatMoney, type Money, parseMoney } from '#canon/money.ts'
import { Fault } from '../../fault.ts'
import { malformed } from './shape.ts'

/** Source: PayPal, "Currency codes": these take no decimals. */
const WHOLE: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD'])

export interface Amount {
  currency_code: string
  value: string
}

/** Throws `malformed` when an amount is negative, no decimal, or a part of our smallest unit. */
export function fromPaypal({ currency_code: currency, value }: Amount): Money {
  const money = parseMoney(value, currency)
  if (!money || money.amount < 0) throw malformed(`An amount of ${currency} is not as it must be.`)
  return money
}

/** Throws `rejected` where PayPal cannot take the amount. */
export function toPaypal(money: Money): Amount {
  const { amount, currency } = money
  const isWhole = WHOLE.has(currency)
  if (isWhole && amount % 10 ** exponent(currency) !== 0)
    throw new Fault('rejected', `PayPal takes whole amounts of ${currency} only.`, { code: 'paypal.amount_precision' })
  const text = formatMoney(money)
  return { currency_code: currency, value: isWhole ? text.replace(/\..*$/, '') : text }
}
