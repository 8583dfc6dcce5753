/** OR28: refunds of order lines, all of one call or none. It knows no key: the same call twice gives twice. */
import { parseRounded } from '#canon/money.ts'
import { type Line, type Market, moment } from './state.ts'
import { decimal } from './trade.ts'

interface Given {
  order_line_id?: string
  amount?: number
  shipping_amount?: number
  quantity?: number
  reason_code?: string
  taxes?: { code: string; amount: number }[]
  shipping_taxes?: { code: string; amount: number }[]
  excluded_from_shipment?: boolean
}

/** Reasons of the back office for refunds. */
export const REASONS: readonly string[] = ['14', '15', '16', '17', '18', '19']

export type Answer = { answer: unknown } | { refused: string; code: string }

export function refund(market: Market, body: Record<string, unknown>): Answer {
  const given = (Array.isArray(body['refunds']) ? body['refunds'] : []) as Given[]
  const mode = market.taxIncluded ? 'TAX_INCLUDED' : 'TAX_EXCLUDED'
  if ((body['order_tax_mode'] ?? mode) !== mode) return { refused: 'The tax mode is another', code: 'VALIDATION_ERROR' }
  const minor = (value: number | undefined) => parseRounded((value ?? 0).toFixed(6), market.currency)!.amount
  const taxes = (all: Given['taxes']) => (all ?? []).reduce((sum, { amount }) => sum + minor(amount), 0)
  const group = `R-${market.nextId()}`
  const parts: { line: Line; one: Line['refunds'][number]; given: Given }[] = []
  for (const one of given) {
    const order = [...market.orders.values()].find(({ lines }) => lines.some(({ id }) => id === one.order_line_id))
    const line = order?.lines.find(({ id }) => id === one.order_line_id)
    if (!order || !line) return { refused: 'Line not found', code: 'ORDER_LINE_NOT_FOUND' }
    if (order.debitedAt === null || line.state === 'REFUSED' || line.state === 'CANCELED')
      return { refused: 'Order line is not in the expected state', code: 'ORDER_INVALID_STATE' }
    if (!REASONS.includes(one.reason_code ?? '')) return { refused: 'Unknown reason', code: 'REFUND_REASON_NOT_FOUND' }
    const [amount, shipping] = [minor(one.amount), minor(one.shipping_amount)]
    const gone = [...line.refunds, ...line.cancelations]
    const left = (of: 'amount' | 'shipping') => gone.reduce((sum, before) => sum + before[of], 0)
    const isNothing = amount <= 0 && shipping <= 0
    if (
      isNothing ||
      amount > line.unitPrice * line.quantity - left('amount') ||
      shipping > line.shippingPrice - left('shipping')
    )
      return { refused: 'The amount is too high', code: 'REFUND_AMOUNT_TOO_HIGH' }
    if (
      (line.tax > 0 && amount > 0 && !one.taxes?.length) ||
      (line.shippingTax > 0 && shipping > 0 && !one.shipping_taxes?.length)
    )
      return { refused: 'Taxes are missing', code: 'VALIDATION_ERROR' }
    const made = {
      id: String(market.nextId()), at: market.now(), quantity: one.quantity ?? 0, amount, shipping,
      tax: taxes(one.taxes), shippingTax: taxes(one.shipping_taxes), group, reason: one.reason_code!,
    } // prettier-ignore
    parts.push({ line, one: made, given: one })
  }
  if (parts.length === 0) return { refused: 'No refund', code: 'VALIDATION_ERROR' }
  for (const { line, one } of parts) {
    line.refunds.push(one)
    const back = line.refunds.reduce((sum, each) => sum + each.amount, 0)
    if (back === line.unitPrice * line.quantity) line.state = 'REFUNDED'
    market.touch([...market.orders.values()].find(({ lines }) => lines.includes(line))!)
  }
  return { answer: { order_tax_mode: mode, refunds: parts.map((part) => viewOf(market, part)) } }
}

function viewOf(market: Market, { line, one, given }: { line: Line; one: Line['refunds'][number]; given: Given }) {
  return {
    order_line_id: line.id,
    order_refund_id: one.group,
    refund_id: one.id,
    amount: decimal(market, one.amount),
    shipping_amount: decimal(market, one.shipping),
    currency_iso_code: market.currency,
    quantity: one.quantity,
    reason_code: one.reason,
    taxes: given.taxes ?? [],
    shipping_taxes: given.shipping_taxes ?? [],
    excluded_from_shipment: given.excluded_from_shipment ?? false,
    created_date: moment(one.at),
  }
}
