/** An amount as the API says it: minor units, and as a decimal. */
import { formatMoney, type Money } from '#canon/money.ts'

export const amountOf = (money: Money) => ({ amount: money.amount, currency: money.currency, text: formatMoney(money) })
