/** The shop's order in the hub's words. Webhooks and the feed tell it in the same shape; all rules of it stand here. */
import { createHash } from 'node:crypto'
import { money, type Money, negate, subtract, sum } from '#canon/money.ts'
import type { Order } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import { exact, rounded } from './amounts.ts'
import type { AddressBody, OrderBody, RefundBody } from './order-body.ts'
import { linesOf, shippingOf } from './order-lines.ts'
import { refundsOf } from './order-refunds.ts'
import { parcelsOf } from './parcels.ts'
import { instantOf } from './shape.ts'
import { isKnown, paymentOf, shownStatus } from './status.ts'

export interface OrderOptions {
  /** Name of the connection. */
  channel: string
  feeSku?: string | undefined
  virtualSkus: ReadonlySet<string>
}

/** Throws `malformed` for amounts and moments that are none. */
export function orderOf(body: OrderBody, refunds: readonly RefundBody[], options: OrderOptions): Order {
  const { currency } = body
  const updatedAt = instantOf(body.date_modified_gmt ?? body.date_created_gmt, 'date_modified_gmt')
  const total = exact(body.total, currency, 'the total')
  const refunded = refundedSum(body, refunds)
  const note = text(body.customer_note)
  const lines = linesOf(body, refunds, options)
  const shipping = shippingOf(body, refunds)
  const gone = goneWith(body, refunds)
  // Rounded parts of refunds may come to a cent more than the whole.
  const left = money(Math.max(Math.min(0, total.amount), subtract(total, gone.total).amount), currency)
  return {
    channel: options.channel,
    externalId: String(body.id),
    name: `#${body.number}`,
    placedAt: instantOf(body.date_created_gmt, 'date_created_gmt'),
    updatedAt,
    // The shop does not say when: the last change is not before it.
    cancelledAt: body.status === 'cancelled' ? updatedAt : null,
    currency,
    taxesIncluded: body.prices_include_tax,
    paymentStatus: paymentOf(body, total, refunded),
    ...(isKnown(body.status) ? {} : { unclear: [`order status '${shownStatus(body.status)}'`] }),
    customer: customerOf(body, options.channel),
    shippingAddress: addressOf(hasPlace(body.shipping) ? body.shipping : body.billing, body.billing),
    billingAddress: addressOf(body.billing, body.billing),
    lines,
    shipping,
    total: left,
    totalTax: subtract(exact(body.total_tax, currency, 'the tax'), gone.tax),
    presentmentTotal: left,
    fulfilments: parcelsOf(body).map(({ id, trackingNumber, lines: parts }) => ({
      id,
      status: 'success' as const,
      ...(trackingNumber ? { trackingNumber } : {}),
      lines: parts,
    })),
    refunded,
    ...(refunds.length > 0 ? { refunds: refundsOf(body, refunds, updatedAt) } : {}),
    ...(note ? { note } : {}),
    tags: body.coupon_lines.map(({ code }) => `coupon:${code}`).sort(),
    test: false,
  }
}

/** All money that went back, whatever for. */
const refundedSum = ({ currency, refunds: told }: OrderBody, refunds: readonly RefundBody[]): Money =>
  refunds.length > 0
    ? sum(refunds.map(({ amount }) => rounded(amount, currency, 'a refund')), currency) // prettier-ignore
    : negate(sum(told.map(({ total }) => rounded(total, currency, 'a refund')), currency)) // prettier-ignore

/**
 * What pieces and charges that are not wanted any more cost. Money given back for nothing in particular is not among
 * it.
 */
function goneWith({ currency }: OrderBody, refunds: readonly RefundBody[]): { total: Money; tax: Money } {
  const items = refunds.flatMap(({ line_items: lines, shipping_lines: shipping, fee_lines: fees }) => [
    ...lines.filter(({ quantity }) => (quantity ?? 0) !== 0),
    ...shipping,
    ...fees,
  ])
  const positive = (of: (item: (typeof items)[number]) => string) =>
    money(Math.abs(sum(items.map((item) => rounded(of(item), currency, 'a refund')), currency).amount), currency) // prettier-ignore
  const tax = positive(({ total_tax: one }) => one)
  const net = positive(({ total }) => total)
  return { total: money(net.amount + tax.amount, currency), tax }
}

function customerOf({ billing, customer_id: number }: OrderBody, channel: string): Order['customer'] {
  const email = text(billing.email)
  const phone = text(billing.phone)
  const name = nameOf(billing)
  const contact = { ...(name ? { name } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) }
  if (number > 0) return { key: `${channel}-${number}`, externalId: String(number), ...contact }
  if (!email) return null
  const digest = createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 24)
  return { key: `guest-${digest}`, ...contact }
}

const nameOf = ({ first_name: first, last_name: last }: AddressBody): string =>
  [text(first), text(last)].filter(Boolean).join(' ')

/** An order that is billed and delivered to one place often has an empty delivery address. */
const hasPlace = ({ address_1: street, city, postcode }: AddressBody): boolean =>
  [street, city, postcode].some((part) => text(part) !== undefined)

function addressOf(body: AddressBody, billing: AddressBody): Address | null {
  if (!hasPlace(body)) return null
  const optional = {
    company: body.company,
    street2: body.address_2,
    region: body.state,
    phone: text(body.phone) ?? billing.phone,
  }
  const country = text(body.country)?.toUpperCase() ?? ''
  return {
    name: nameOf(body) || nameOf(billing),
    street: text(body.address_1) ?? '',
    city: text(body.city) ?? '',
    postcode: text(body.postcode) ?? '',
    // ISO 3166 keeps ZZ free for "unknown"; half an address still tells a person more than none.
    country: /^[A-Z]{2}$/.test(country) ? country : 'ZZ',
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([key, value]) => (text(value) ? [[key, text(value)!]] : [])),
    ),
  }
}

/** Trimmed, or undefined when there is nothing in it. */
const text = (value: string | null | undefined): string | undefined => value?.trim() || undefined
