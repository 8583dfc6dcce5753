/** What goes out instead of goods that come back: priced as the order counts, and sent as an order of its own. */
import { add, money, type Money, sum, zero } from '#canon/money.ts'
import type { Order, OrderLine } from '#canon/order.ts'
import { note, type Note } from '../decider.ts'
import {
  type ExchangeAsk,
  exchangeName,
  type ExchangeOffer,
  exchangeStream,
  type SendInstead,
} from '../return/exchange.ts'
import type { AskReturn } from '../return/goods.ts'
import { purseOf } from './purse.ts'
import type { OrderState } from './state.ts'

/** The request with what its goods cost, at the tax rates of the first line that comes back. */
export function offered(request: AskReturn, order: Order, payments: OrderState['payments']): AskReturn {
  const { exchange, lines: back } = request
  if (!exchange) return request
  const like = order.lines.find(({ id }) => id === back[0]?.lineId)
  const lines = exchange.goods.map((one, at) => lineOf(one, at, order, like?.taxes ?? []))
  const gross = lines.map(({ unitPrice, quantity, taxes }) => {
    const net = money(unitPrice.amount * quantity, order.currency)
    return order.taxesIncluded ? net : add(net, ...taxes.map(({ amount }) => amount))
  })
  const offer: ExchangeOffer = { lines, total: sum(gross, order.currency), purse: purseOf(order, payments) }
  return { ...request, offer }
}

function lineOf(
  { sku, title, quantity, unitPrice }: ExchangeAsk['goods'][number],
  at: number,
  { currency, taxesIncluded }: Order,
  rates: OrderLine['taxes'],
): OrderLine {
  const all = rates.reduce((total, { rate }) => total + Number(rate), 0)
  const net = taxesIncluded ? (unitPrice * quantity) / (1 + all) : unitPrice * quantity
  return {
    id: String(at + 1),
    sku,
    title: title ?? sku,
    quantity,
    ordered: quantity,
    restocked: 0,
    unitPrice: money(unitPrice, currency),
    discount: zero(currency),
    taxes: rates.map((tax) => ({ ...tax, amount: money(Math.round(net * Number(tax.rate)), currency) })),
    requiresShipping: true,
    giftCard: false,
  }
}

/** The order that goes out, as its channel would tell of it; told again once what was owed for it is paid. */
export function sendInstead({ exchangeId, channel, goods, total, owed, placedAt, at }: SendInstead, from: Order): Note {
  const { currency, taxesIncluded, customer, shippingAddress, billingAddress, test } = from
  const taxes: Money[] = goods.flatMap((line) => line.taxes.map(({ amount }) => amount))
  const order: Order = {
    channel,
    externalId: exchangeName(from, exchangeId),
    name: `${from.name}-${exchangeId}`,
    placedAt,
    updatedAt: at,
    cancelledAt: null,
    currency,
    taxesIncluded,
    paymentStatus: owed.amount > 0 ? 'partly_paid' : 'paid',
    customer,
    shippingAddress,
    billingAddress,
    lines: [...goods],
    shipping: [],
    total,
    totalTax: sum(taxes, currency),
    presentmentTotal: total,
    fulfilments: [],
    refunded: zero(currency),
    tags: ['exchange'],
    test,
  }
  return note(exchangeStream(channel, from, exchangeId), { type: 'order.observe', order })
}
