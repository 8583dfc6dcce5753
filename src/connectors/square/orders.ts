/** An order for pick-up or shipment, taken online, as an order of the hub. */
import { createHash } from 'node:crypto'
import { add, money, type Money, sum, zero } from '#canon/money.ts'
import type { Order, OrderLine, PaymentStatus } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import { amountsOf, areIncluded, chargeOf, isOwnLine, isWhole, type LineAmounts } from './amounts.ts'
import { redeemedOf, refundsOf } from './order-refunds.ts'
import { skuOf, titleOf } from './receipts.ts'
import { malformed } from './shape.ts'
import type { Fulfilment, LineItem, OrderReturn, Recipient, Sale, SquareOrder } from './shapes.ts'

/**
 * Throws `malformed`.
 *
 * @param placed says which shelf its pieces are from: for sellers with several locations.
 */
export function orderOf(sale: Sale, channel: string, placed = false): Order {
  const { order, payments } = sale
  const { currency } = order.total_money
  const returned = sale.returns
    .flatMap((one) => one.returns)
    .concat(order.returns)
    .filter((one) => one.source_order_id === order.id)
  const included = areIncluded(order.taxes)
  const lines = order.line_items
    .map((line) => lineOf(line, returned, sale, included))
    .map((line) => (placed ? { ...line, shelves: shelvesOf(line, order.location_id) } : line))
  const shipping = shippingOf(order, included)
  const details = order.fulfillments.map(detailsOf)
  const cancelReason = text(details.find((one) => one?.cancel_reason)?.cancel_reason)
  const note = details.map((one) => text(one?.note) ?? text(one?.shipping_note)).find(Boolean)
  const total = add(zero(currency), ...lines.map(dueOf(included)), ...shipping.map(dueOf(included)))
  const taxes = [...lines, ...shipping].flatMap((line) => line.taxes.map(({ amount }) => amount))
  return {
    channel,
    externalId: order.id,
    name: text(order.reference_id) ?? text(order.ticket_name) ?? order.id,
    placedAt: order.created_at,
    updatedAt: latestOf(sale),
    cancelledAt: isCancelled(order) ? (order.closed_at ?? order.updated_at) : null,
    ...(cancelReason ? { cancelReason } : {}),
    currency,
    taxesIncluded: included,
    paymentStatus: paymentStatusOf(sale),
    ...unclearOf(order),
    customer: customerOf(order, channel),
    shippingAddress: addressOf(order),
    billingAddress: null,
    lines,
    shipping,
    total,
    totalTax: sum(taxes, currency),
    presentmentTotal: total,
    fulfilments: order.fulfillments.map((one) => fulfilmentOf(one, order)),
    refunded: sum(
      payments.flatMap((one) => one.refunded_money ?? []),
      currency,
    ),
    ...refundsOf(sale, included),
    ...redeemedOf(sale),
    ...(note ? { note } : {}),
    tags: [...new Set(order.fulfillments.flatMap(({ type }) => (type ? [type.toLowerCase()] : [])))].sort(),
    test: false,
  }
}

/**
 * A refund changes payments and not the order, and a return is an order of its own: so the picture is as new as its
 * newest part.
 */
const latestOf = ({ order, payments, refunds, returns }: Sale): string =>
  [order, ...payments, ...refunds, ...returns].reduce(
    (latest, { updated_at: at }) => (at && at > latest ? at : latest),
    order.updated_at,
  )

const dueOf =
  (included: boolean) =>
  (line: Pick<OrderLine, 'discount' | 'taxes'> & ({ unitPrice: Money; quantity: number } | { price: Money })) => {
    const gross = 'price' in line ? line.price.amount : line.unitPrice.amount * line.quantity
    const taxes = included ? 0 : line.taxes.reduce((all, { amount }) => all + amount.amount, 0)
    return money(gross - line.discount.amount + taxes, line.discount.currency)
  }

function lineOf(line: LineItem, returned: readonly OrderReturn[], sale: Sale, included: boolean): OrderLine {
  const { order, skus } = sale
  const whole = amountsOf(line, order.taxes, included)
  const back = returned.flatMap((one) =>
    one.return_line_items
      .filter((item) => item.source_line_item_uid === line.uid)
      .map((item) => amountsOf(item, one.return_taxes, included)),
  )
  const gone = isCancelled(order)
    ? whole.quantity
    : Math.min(
        whole.quantity,
        back.reduce((all, { quantity }) => all + quantity, 0),
      )
  const { discount, taxes } = gone === whole.quantity ? nothingOf(whole) : leftOf(whole, back, gone, included)
  return {
    id: line.uid,
    sku: skuOf(line, skus),
    title: titleOf(line),
    quantity: whole.quantity - gone,
    ordered: whole.quantity,
    // Square does not say whether they went back on sale: the careful side for stock is that they did.
    restocked: gone,
    unitPrice: whole.unitPrice,
    discount,
    taxes,
    requiresShipping: line.item_type !== 'GIFT_CARD' && line.item_type !== 'CUSTOM_AMOUNT',
    giftCard: line.item_type === 'GIFT_CARD',
  }
}

/** All of an order is taken from one location. */
const shelvesOf = ({ quantity, ordered, restocked }: OrderLine, locationId: string) => [
  { locationId, quantity, offShelf: ordered - restocked },
]

const nothingOf = ({ discount, taxes }: LineAmounts) => ({
  discount: zero(discount.currency),
  taxes: taxes.map((tax) => ({ ...tax, amount: zero(discount.currency) })),
})

/** What is left after the pieces taken back, as Square told their price and tax: the total left decides. */
function leftOf(whole: LineAmounts, back: readonly LineAmounts[], gone: number, included: boolean) {
  const { currency } = whole.total
  if (gone === 0) return { discount: whole.discount, taxes: whole.taxes }
  const taken = (title: string, rate: string) =>
    back
      .flatMap(({ taxes }) => taxes.filter((tax) => tax.title === title && tax.rate === rate))
      .reduce((all, { amount }) => all + amount.amount, 0)
  const taxes = whole.taxes.map((tax) => ({
    ...tax,
    amount: money(tax.amount.amount - taken(tax.title, tax.rate), currency),
  }))
  const total = whole.total.amount - back.reduce((all, one) => all + one.total.amount, 0)
  const added = included ? 0 : taxes.reduce((all, { amount }) => all + amount.amount, 0)
  const gross = whole.unitPrice.amount * (whole.quantity - gone)
  return { discount: money(gross + added - total, currency), taxes }
}

/** What is charged beside the lines: Square has the fee for shipping among the service charges. */
function shippingOf(order: SquareOrder, included: boolean): Order['shipping'] {
  const { currency } = order.total_money
  const none = isCancelled(order)
  const charges = order.service_charges.filter(isOwnLine).map((charge, index) => {
    const amounts = amountsOf(chargeOf(charge, currency), order.taxes, included)
    const { discount, taxes } = none ? nothingOf(amounts) : amounts
    const title = text(charge.name) ?? 'Service charge'
    return {
      id: charge.uid ?? `charge-${index}`,
      code: title,
      title,
      price: none ? zero(currency) : amounts.unitPrice,
      discount,
      taxes,
    }
  })
  const tip = order.total_tip_money
  if (none || !tip || tip.amount === 0) return charges
  return [...charges, { id: 'tip', code: 'tip', title: 'Tip', price: tip, discount: zero(currency), taxes: [] }]
}

const isOff = ({ state }: Fulfilment): boolean => state === 'CANCELED' || state === 'FAILED'

/** A shop that refuses an order cancels its fulfilments and gives the money back; the order itself stays. */
export const isCancelled = ({ state, fulfillments }: SquareOrder): boolean =>
  state === 'CANCELED' || (fulfillments.length > 0 && fulfillments.every(isOff))

function paymentStatusOf({ order, payments }: Sale): PaymentStatus {
  const due = order.total_money.amount
  const of = (status: string) =>
    payments.filter((one) => one.status === status).reduce((all, one) => all + one.total_money.amount, 0)
  const paid = of('COMPLETED')
  const back = payments.reduce((all, one) => all + (one.refunded_money?.amount ?? 0), 0)
  if (back > 0) return back >= paid ? 'refunded' : 'partly_refunded'
  if (paid >= due && (paid > 0 || due === 0)) return 'paid'
  if (paid > 0) return 'partly_paid'
  if (of('APPROVED') >= due) return 'authorised'
  return isCancelled(order) || payments.some(({ status }) => status === 'CANCELED') ? 'voided' : 'pending'
}

const STATES = new Set(['OPEN', 'COMPLETED', 'CANCELED', 'DRAFT'])

/** Only a word of letters is repeated: it is shown to people. */
function unclearOf({ state }: SquareOrder): Pick<Order, 'unclear'> {
  if (!state || STATES.has(state)) return {}
  return { unclear: [`order state '${/^[A-Za-z_]{1,40}$/.test(state) ? state : '?'}'`] }
}

export const detailsOf = (one: Fulfilment) => one.shipment_details ?? one.delivery_details ?? one.pickup_details ?? null

const STATUS: Readonly<Record<string, Order['fulfilments'][number]['status']>> = {
  COMPLETED: 'success',
  CANCELED: 'cancelled',
  FAILED: 'failed',
}

function fulfilmentOf(one: Fulfilment, order: SquareOrder): Order['fulfilments'][number] {
  const tracking = text(detailsOf(one)?.tracking_number)
  const entries = one.line_item_application === 'ENTRY_LIST' ? one.entries : null
  const lines = entries
    ? entries.map(({ line_item_uid: lineId, quantity }) => ({ lineId, quantity: countOf(quantity) }))
    : order.line_items.map(({ uid, quantity }) => ({ lineId: uid, quantity: countOf(quantity) }))
  return {
    id: one.uid,
    status: STATUS[one.state ?? ''] ?? 'open',
    ...(tracking ? { trackingNumber: tracking } : {}),
    lines,
  }
}

function countOf(quantity: string): number {
  const count = isWhole(quantity) ? Number(quantity) : 1
  if (Number.isSafeInteger(count)) return count
  throw malformed('A quantity of a fulfilment is no number of pieces.')
}

function recipientOf({ fulfillments }: SquareOrder): Recipient {
  return fulfillments.map((one) => detailsOf(one)?.recipient).find(Boolean) ?? null
}

function customerOf(order: SquareOrder, channel: string): Order['customer'] {
  const recipient = recipientOf(order)
  const [name, email, phone] = [recipient?.display_name, recipient?.email_address, recipient?.phone_number].map(text)
  const contact = { ...(name ? { name } : {}), ...(email ? { email } : {}), ...(phone ? { phone } : {}) }
  const known = text(order.customer_id) ?? text(recipient?.customer_id)
  if (known && /^[\w.-]+$/.test(known)) return { key: `${channel}-${known}`, externalId: known, ...contact }
  if (!email) return null
  const digest = createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 24)
  return { key: `guest-${digest}`, ...contact }
}

/** Where it is sent; nothing of an order that is picked up. */
function addressOf({ fulfillments }: SquareOrder): Address | null {
  const sent = fulfillments.find(({ type }) => type === 'SHIPMENT' || type === 'DELIVERY')
  const recipient = sent ? detailsOf(sent)?.recipient : null
  const address = recipient?.address
  if (!address) return null
  const person = [address.first_name, address.last_name].map(text).filter(Boolean).join(' ')
  const country = text(address.country)?.toUpperCase() ?? ''
  const optional = {
    street2: text(address.address_line_2),
    region: text(address.administrative_district_level_1),
    phone: text(recipient?.phone_number),
  }
  return {
    name: text(recipient?.display_name) ?? person,
    street: text(address.address_line_1) ?? '',
    city: text(address.locality) ?? '',
    postcode: text(address.postal_code) ?? '',
    // ISO 3166 keeps ZZ free for "unknown"; half an address still tells a person more than none.
    country: /^[A-Z]{2}$/.test(country) ? country : 'ZZ',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  }
}

const text = (value: string | null | undefined): string | undefined => value?.trim() || undefined
