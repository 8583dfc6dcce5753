/** An order that was handed in, in the hub's words. Every sum is checked here: nothing later would notice. */
import { add, formatMoney, type Money, parseMoney, subtract, sum, times, zero } from '#canon/money.ts'
import type { Order, OrderLine, ShippingLine } from '#canon/order.ts'
import { Fault } from '../../fault.ts'
import type { DirectOrder } from './body.ts'

/**
 * @param receivedAt counts where the sender names no moment. @throws Fault `malformed` for an amount that is more exact
 *   than the currency, a price where the ERP prices, a price that is missing, or a total that is not the sum.
 */
export function orderOf(body: DirectOrder, { channel, receivedAt }: { channel: string; receivedAt: string }): Order {
  const { currency, customer, pricing } = body
  if (pricing === 'erp') refusePrices(body)
  const lines = body.lines.map((line, index) => lineOf(line, index, body))
  const shipping = body.shipping.map((one, index) => shippingOf(one, index, currency))
  requireDistinct(lines)
  const taxes = [...lines, ...shipping].flatMap((one) => one.taxes.map(({ amount }) => amount))
  const totalTax = sum(taxes, currency)
  const goods = lines.map(({ unitPrice, quantity, discount }) => subtract(times(unitPrice, quantity), discount))
  const net = sum([...goods, ...shipping.map(({ price }) => price)], currency)
  const total = body.taxesIncluded ? net : add(net, totalTax)
  if (body.total !== undefined) requireTotal(total, amountOf(body.total, 'total', currency))
  const updatedAt = body.updatedAt ?? receivedAt
  return {
    channel,
    externalId: body.reference,
    name: body.name ?? body.reference,
    placedAt: body.placedAt ?? receivedAt,
    updatedAt,
    cancelledAt: body.cancelled ? updatedAt : null,
    ...(body.cancelled ? { cancelReason: body.cancelled.reason } : {}),
    currency,
    taxesIncluded: body.taxesIncluded,
    paymentStatus: body.payment,
    terms: {
      pricing,
      ...(body.priceList === undefined ? {} : { priceList: body.priceList }),
      ...(body.paymentTerm === undefined ? {} : { paymentTerm: body.paymentTerm }),
    },
    customer: {
      key: `${channel}-${customer.id}`,
      externalId: customer.id,
      name: customer.name,
      ...(customer.email === undefined ? {} : { email: customer.email }),
      ...(customer.phone === undefined ? {} : { phone: customer.phone }),
      ...(customer.company || customer.contact ? { company: true } : {}),
      ...(customer.contact ? { contact: given(customer.contact) } : {}),
    },
    shippingAddress: body.shippingAddress ? given(body.shippingAddress) : null,
    billingAddress: body.billingAddress ? given(body.billingAddress) : null,
    lines,
    shipping,
    total,
    totalTax,
    presentmentTotal: total,
    fulfilments: [],
    refunded: zero(currency),
    ...(body.note === undefined ? {} : { note: body.note }),
    tags: body.tags,
    test: false,
  }
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> }
/** Optional members are absent rather than undefined, for the journal's sake. */
const given = <T extends object>(value: T): Given<T> =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Given<T>

function lineOf(line: DirectOrder['lines'][number], index: number, { pricing, currency }: DirectOrder): OrderLine {
  const at = `lines[${index}]`
  if (pricing === 'channel' && line.unitPrice === undefined)
    throw malformed(`${at}.unitPrice: is missing. State it, or let the ERP price with pricing: erp.`)
  return {
    id: line.id ?? String(index + 1),
    sku: line.sku,
    title: line.title ?? line.sku,
    quantity: line.quantity,
    ordered: line.quantity,
    restocked: 0,
    unitPrice: amountOf(line.unitPrice ?? '0', `${at}.unitPrice`, currency),
    discount: amountOf(line.discount ?? '0', `${at}.discount`, currency),
    taxes: line.taxes.map((tax, place) => ({
      title: tax.title,
      rate: tax.rate,
      amount: amountOf(tax.amount, `${at}.taxes[${place}].amount`, currency),
    })),
    requiresShipping: line.ships,
    giftCard: false,
  }
}

function shippingOf(one: DirectOrder['shipping'][number], index: number, currency: string): ShippingLine {
  const at = `shipping[${index}]`
  return {
    id: `shipping-${index + 1}`,
    code: one.code,
    title: one.title ?? one.code,
    price: amountOf(one.price, `${at}.price`, currency),
    discount: zero(currency),
    taxes: one.taxes.map((tax, place) => ({
      title: tax.title,
      rate: tax.rate,
      amount: amountOf(tax.amount, `${at}.taxes[${place}].amount`, currency),
    })),
  }
}

function amountOf(text: string, place: string, currency: string): Money {
  const amount = parseMoney(text, currency)
  if (amount) return amount
  throw malformed(`${place}: ${text} has more digits than ${currency} has, or is too large.`)
}

/** Amounts nobody would look at must not look as if somebody did. */
function refusePrices({ lines, shipping, total }: DirectOrder): void {
  const priced = lines.findIndex(
    ({ unitPrice, discount, taxes }) => unitPrice !== undefined || discount !== undefined || taxes.length > 0,
  )
  if (priced >= 0)
    throw malformed(`lines[${priced}]: states amounts, and the ERP is to price it. Leave one of both out.`)
  if (shipping.length > 0)
    throw malformed('shipping: states a price, and the ERP is to price it. Leave one of both out.')
  if (total !== undefined) throw malformed('total: is stated, and the ERP is to price it. Leave one of both out.')
}

function requireDistinct(lines: readonly OrderLine[]): void {
  const seen = new Set<string>()
  for (const [index, { id }] of lines.entries()) {
    if (seen.has(id)) throw malformed(`lines[${index}].id: '${id}' names another line already.`)
    seen.add(id)
  }
}

function requireTotal(sums: Money, stated: Money): void {
  if (sums.amount === stated.amount) return
  const [of, is] = [formatMoney(stated), formatMoney(sums)]
  throw malformed(`total: ${of} ${stated.currency} is stated, and lines, taxes and shipping come to ${is}.`)
}

export const malformed = (message: string): Fault => new Fault('malformed', message, { code: 'direct.malformed' })
