/**
 * The lines of an order: what is still wanted of each, what it costs, and how many pieces the shop has off its shelf
 * for it. The shop takes them when the order is paid or put on hold, not when it is placed, and puts them back by
 * itself.
 */
import { money, type Money, subtract, sum } from '#canon/money.ts'
import type { Order, OrderLine, ShippingLine } from '#canon/order.ts'
import { byRate, chargeOf, givenBack, lineAmounts, lineTaxes, rounded } from './amounts.ts'
import type { OrderOptions } from './order.ts'
import type { FeeBody, LineBody, OrderBody, RefundBody, RefundedItem, ShippingBody } from './order-body.ts'
import { isOff } from './status.ts'

type Taxes = Order['lines'][number]['taxes']

/** What was given back of one line or charge. */
interface Gone {
  pieces: number
  items: readonly RefundedItem[]
}

export function linesOf(body: OrderBody, refunds: readonly RefundBody[], options: OrderOptions): OrderLine[] {
  const taxes = taxesOf(body)
  return [
    ...body.line_items.map((line) =>
      goods(line, body, goneOf(refunds, line.id), taxes.get(line.id) ?? zeroOf(body), options),
    ),
    ...body.fee_lines.map((fee) =>
      feeLine(fee, body, goneOf(refunds, fee.id), taxes.get(fee.id) ?? zeroOf(body), options),
    ),
  ]
}

export function shippingOf(body: OrderBody, refunds: readonly RefundBody[]): ShippingLine[] {
  const taxes = taxesOf(body)
  return body.shipping_lines.map((line) => {
    const { items } = goneOf(refunds, line.id)
    const price = lessRefunds(chargeOf(line, body), items.map((item) => givenBack(item, body))) // prettier-ignore
    return {
      id: String(line.id),
      code: codeOf(line),
      title: line.method_title?.trim() || codeOf(line),
      price,
      discount: zeroOf(body),
      taxes: taxLines(line, lessTaxes(taxes.get(line.id) ?? zeroOf(body), items, body), body),
    }
  })
}

/** As the shop itself names a rate: two flat rates of two zones are `flat_rate:1` and `flat_rate:3`. */
const codeOf = ({ method_id: method, instance_id: instance }: ShippingBody): string => {
  const name = method?.trim() || 'unknown'
  return instance && String(instance) !== '0' ? `${name}:${instance}` : name
}

function goods(line: LineBody, body: OrderBody, gone: Gone, tax: Money, { virtualSkus }: OrderOptions): OrderLine {
  const ordered = Math.max(0, Math.trunc(line.quantity))
  const wanted = isOff(body.status) ? 0 : Math.max(0, ordered - gone.pieces)
  const withPieces = gone.items.filter(({ quantity }) => (quantity ?? 0) !== 0)
  const back = sum(withPieces.map((item) => givenBack(item, body)), body.currency) // prettier-ignore
  const { unitPrice, discount } = lineAmounts(line, body, { wanted, back })
  const sku = line.sku?.trim() || null
  // A product that does not exist: there is nothing to ship, and a person has to say what was meant.
  const exists = (line.product_id ?? 0) > 0 || (line.variation_id ?? 0) > 0
  return {
    id: String(line.id),
    sku,
    title: line.name?.trim() || sku || `Line ${line.id}`,
    quantity: wanted,
    ordered,
    restocked: Math.min(ordered, metaCount(line, '_restock_refunded_items')),
    offShelf: Math.min(ordered, metaCount(line, '_reduced_stock')),
    unitPrice,
    discount,
    taxes: taxLines(line, wanted === 0 ? zeroOf(body) : lessTaxes(tax, withPieces, body), body),
    requiresShipping: exists && !(sku !== null && virtualSkus.has(sku)),
    giftCard: false,
  }
}

/** Fees are sold as a service of the ERP. A fee with a minus is a discount some plugin gives. */
function feeLine(fee: FeeBody, body: OrderBody, { items }: Gone, tax: Money, { feeSku }: OrderOptions): OrderLine {
  const price = lessRefunds(chargeOf(fee, body), items.map((item) => givenBack(item, body))) // prettier-ignore
  return {
    id: String(fee.id),
    sku: feeSku ?? null,
    title: fee.name?.trim() || 'Fee',
    quantity: isOff(body.status) || (price.amount === 0 && items.length > 0) ? 0 : 1,
    ordered: 1,
    restocked: 0,
    unitPrice: price,
    discount: zeroOf(body),
    taxes: taxLines(fee, lessTaxes(tax, items, body), body),
    requiresShipping: false,
    giftCard: false,
  }
}

/** Which refunded items belong to a line of the order: each names it in its meta data. */
function goneOf(refunds: readonly RefundBody[], lineId: number): Gone {
  const items = refunds
    .flatMap(({ line_items: lines, shipping_lines: shipping, fee_lines: fees }) => [...lines, ...shipping, ...fees])
    .filter(({ meta_data: all }) =>
      all.some(({ key, value }) => key === '_refunded_item_id' && Number(value) === lineId),
    )
  return { items, pieces: items.reduce((all, { quantity }) => all + Math.abs(Math.trunc(quantity ?? 0)), 0) }
}

/** A count among the meta data of a line; 0 for anything else. */
export function metaCount({ meta_data: all }: LineBody, name: string): number {
  const count = Math.trunc(Number(all.find(({ key }) => key === name)?.value ?? 0))
  return Number.isSafeInteger(count) && count > 0 ? count : 0
}

const lessTaxes = (tax: Money, items: readonly RefundedItem[], { currency }: OrderBody): Money =>
  lessRefunds(tax, items.map(({ total_tax: back }) => absolute(rounded(back, currency, 'a refunded tax')))) // prettier-ignore

/** Never beyond nothing, whichever sign the charge has. */
function lessRefunds(charge: Money, back: readonly Money[]): Money {
  if (back.length === 0) return charge
  const left = subtract(absolute(charge), sum(back, charge.currency)).amount
  return money(Math.sign(charge.amount) * Math.max(0, left), charge.currency)
}

const absolute = ({ amount, currency }: Money): Money => money(Math.abs(amount), currency)
const zeroOf = ({ currency }: OrderBody): Money => money(0, currency)

/** The tax of every line and charge in cents, by its id. */
function taxesOf(body: OrderBody): Map<number, Money> {
  const all = [...body.line_items, ...body.fee_lines, ...body.shipping_lines]
  const each = lineTaxes(all, body)
  return new Map(all.map(({ id }, index) => [id, each[index]!]))
}

function taxLines({ taxes }: { taxes: LineBody['taxes'] }, tax: Money, body: OrderBody): Taxes {
  const used = taxes.filter(({ total }) => Number(total || '0') !== 0)
  const amounts = byRate(tax, used)
  return used.map(({ id }, index) => {
    const line = body.tax_lines.find(({ rate_id: rate }) => rate === id)
    const title = line?.label?.trim() || line?.rate_code?.trim() || `Tax ${id}`
    return { title, rate: rateOf(id, line?.rate_percent, body), amount: amounts[index]! }
  })
}

/**
 * As a decimal. Old shops do not say the rate: then it is what all lines with it paid, rounded to a hundredth of a
 * percent.
 */
function rateOf(id: number, percent: number | null | undefined, body: OrderBody): string {
  if (percent !== null && percent !== undefined && percent >= 0) return decimal(percent / 100, 8)
  let [net, tax] = [0, 0]
  for (const { total, taxes } of [...body.line_items, ...body.fee_lines, ...body.shipping_lines]) {
    const paid = Number(taxes.find((one) => one.id === id)?.total || '0')
    if (!Number.isFinite(paid) || paid === 0) continue
    net += Number(total)
    tax += paid
  }
  const share = net === 0 ? 0 : tax / net
  return decimal(Number.isFinite(share) ? Math.max(0, share) : 0, 4)
}

const decimal = (value: number, digits: number): string =>
  value.toFixed(digits).replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '') // prettier-ignore
