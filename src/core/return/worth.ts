/** What a refund comes to: pieces at what was paid for them, shipping, less what is kept. */
import { add, allocate, type Money, money, subtract, sum, zero } from '#canon/money.ts'
import { type Refused, refused } from '../decider.ts'
import type { RefundPolicy } from '../policy.ts'
import { type GiveRefund, type LineWorth, paidBack, type Purse, type Share, type Worth } from './giving-state.ts'
import { countOf, type Pieces, plus, type ReturnState } from './state.ts'

/** @returns a refusal when pieces are named that were not bought, or whose money is back already. */
export function worthOf(state: ReturnState, request: GiveRefund, purse: Purse, rules: RefundPolicy): Worth | Refused {
  const { currency, taxesIncluded } = state.facts!
  const wanted = plus([], request.lines)
  for (const { lineId, quantity } of wanted) {
    const line = purse.lines.find((one) => one.lineId === lineId)
    if (!line) return refused('line_unknown', `The order has no line ${lineId}.`)
    if (quantity + paidBack(state, lineId) > line.ordered)
      return refused('more_than_bought', `The money of more pieces of line ${lineId} would go back than were bought.`)
  }
  const lines = wanted.map((pieces) => ({
    ...pieces,
    ...shareOf(
      purse.lines.find(({ lineId }) => lineId === pieces.lineId)!,
      pieces,
    ),
  }))
  const paidShipping = request.shipping ?? rules.shippingFor.includes(request.reason)
  const shipping = paidShipping && purse.shipping.amount.amount > 0 ? purse.shipping : null
  const gross = ({ amount, tax }: Share): Money => (taxesIncluded ? amount : add(amount, tax))
  const pieces = sum(lines.map(gross), currency)
  const fee = request.fee ?? feeOf(pieces, rules.feePercent[request.reason] ?? 0)
  const amount = request.amount ?? subtract(add(pieces, shipping ? gross(shipping) : zero(currency)), fee)
  if (amount.currency !== currency)
    return refused('currency_differs', `The order is in ${currency}, the refund in ${amount.currency}.`)
  if (amount.amount <= 0) return refused('amount_not_positive', 'Nothing would go back.')
  return { amount, lines, shipping, fee }
}

const feeOf = ({ amount, currency }: Money, percent: number): Money =>
  money(Math.round((amount * percent) / 100), currency)

/** Pieces that are off the line already are worth what those on it are. */
function shareOf({ quantity: whole, amount, tax }: LineWorth, { quantity }: Pieces): Share {
  if (whole === 0) return { amount: zero(amount.currency), tax: zero(tax.currency) }
  const weights = [quantity, Math.max(0, whole - quantity)]
  return { amount: allocate(amount, weights)[0]!, tax: allocate(tax, weights)[0]! }
}

/** Of these pieces, those whose money is not back yet: somebody in the channel may have been faster. */
export function unpaid(state: ReturnState, lines: readonly Pieces[]): Pieces[] {
  return plus([], lines).flatMap(({ lineId, quantity }) => {
    const open = Math.max(0, countOf(state.told.receipt, lineId) - paidBack(state, lineId))
    const left = Math.min(quantity, open)
    return left > 0 ? [{ lineId, quantity: left }] : []
  })
}
