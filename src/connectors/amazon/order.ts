/**
 * An order of Amazon in the hub's words. Rules of its own: who the buyer is may be withheld, the address comes once the
 * order may be shipped, and orders that Amazon fulfils itself are none of our warehouse's business.
 */
import { createHash } from 'node:crypto'
import { allocate, money } from '#canon/money.ts'
import type { Order, OrderLine, Party, PaymentStatus, ShippingLine } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import {
  type Charge,
  type Charges,
  chargesIn,
  chargesOf,
  minor,
  moneyIn,
  perPiece,
  pricesIncludeTax,
  rateOf,
} from './amounts.ts'
import { type Marketplace } from './marketplaces.ts'
import type { AddressNode, ItemNode, OrderNode } from './order-node.ts'
import { instantOf } from './shape.ts'

export interface OrderOptions {
  /** Name of the connection. */
  channel: string
  marketplace: Marketplace
  taxRates: readonly string[]
}

/** What the readers of lines need to know of the whole order. */
interface Surroundings {
  currency: string
  included: boolean
  taxRates: readonly string[]
  cancelled: boolean
}

/** Throws `malformed` for amounts and moments that are none. */
export function orderOf(node: OrderNode, { channel, marketplace, taxRates }: OrderOptions): Order {
  const { currency } = marketplace
  const status = node.fulfillment?.fulfillmentStatus ?? ''
  const charges = node.orderItems.map((item) => chargesOf(item, currency))
  const known = charges.filter((one) => one !== null)
  const told = node.proceeds?.grandTotal ? minor(node.proceeds.grandTotal, currency) : null
  const tip = tipOf(node, currency)
  const included = pricesIncludeTax(known, told === null ? null : told - tip, marketplace.taxesIncluded)
  const cancelled = status === 'CANCELLED'
  const around: Surroundings = { currency, included: included ?? marketplace.taxesIncluded, taxRates, cancelled }
  const lines = node.orderItems.map((item, index) => lineOf(item, charges[index] ?? null, around))
  const shipping = cancelled ? [] : shippingOf(node, charges, tip, around)
  const unclear = unclearOf(status, charges, included)
  const amounts = sumsOf(lines, shipping, around)
  const byAmazon = cancelled ? 0 : taxByAmazon(known)
  return {
    channel,
    externalId: node.orderId,
    name: node.orderId,
    placedAt: instantOf(node.createdTime, 'createdTime'),
    updatedAt: instantOf(node.lastUpdatedTime, 'lastUpdatedTime'),
    cancelledAt: cancelled ? instantOf(node.lastUpdatedTime, 'lastUpdatedTime') : null,
    ...(cancelled ? { cancelReason: cancelReasonOf(node) } : {}),
    currency,
    taxesIncluded: around.included,
    paymentStatus: PAYMENT[status] ?? 'pending',
    ...(unclear.length > 0 ? { unclear } : {}),
    customer: customerOf(node, channel),
    shippingAddress: addressOf(node.recipient?.deliveryAddress),
    ...(NOT_YET.has(status) ? { addressFollows: true } : {}),
    billingAddress: null,
    fulfilledBy: node.fulfillment?.fulfilledBy === 'AMAZON' ? 'channel' : 'merchant',
    lines,
    shipping,
    ...amounts,
    presentmentTotal: money(told ?? amounts.total.amount + byAmazon, currency),
    ...(byAmazon > 0 ? { channelTax: money(byAmazon, currency) } : {}),
    fulfilments: fulfilmentsOf(node),
    // What was given back stands in the finances of the account, not in the order.
    refunded: money(0, currency),
    tags: tagsOf(node),
    test: false,
  }
}

const NOT_YET: ReadonlySet<string> = new Set(['PENDING', 'PENDING_AVAILABILITY'])

/** Amazon charges before it lets an order be shipped. A status it adds later counts as not paid: the careful side. */
const PAYMENT: Readonly<Record<string, PaymentStatus>> = {
  PENDING_AVAILABILITY: 'pending',
  PENDING: 'pending',
  UNSHIPPED: 'paid',
  PARTIALLY_SHIPPED: 'paid',
  SHIPPED: 'paid',
  CANCELLED: 'voided',
  UNFULFILLABLE: 'paid',
}

/** Only a word of capitals is repeated: it is shown to people. */
function unclearOf(status: string, charges: readonly (Charges | null)[], included: boolean | null): string[] {
  const word = /^[A-Z_]{1,40}$/.test(status) ? status : '?'
  const strange = !Object.hasOwn(PAYMENT, status) || status === 'UNFULFILLABLE'
  const due = status === 'UNSHIPPED' || status === 'PARTIALLY_SHIPPED' || status === 'SHIPPED'
  return [
    ...(strange ? [`fulfilment status '${word}'`] : []),
    ...(due && charges.includes(null) ? ['nothing of what an item costs'] : []),
    ...(included === null ? ['amounts that do not add up to its total'] : []),
  ]
}

function lineOf(item: ItemNode, charges: Charges | null, around: Surroundings): OrderLine {
  const { currency, cancelled } = around
  const { fulfillment, quantityOrdered, product } = item
  const shipped = fulfillment?.quantityFulfilled ?? 0
  const open = cancelled || item.cancellation?.cancellationExecution ? 0 : fulfillment?.quantityUnfulfilled
  const quantity = Math.min(shipped + (open ?? quantityOrdered), quantityOrdered)
  const told = product.price?.unitPrice ? minor(product.price.unitPrice, currency) : null
  const goods = charges ? share(ours(charges.goods, charges, around), quantity, quantityOrdered, told) : null
  const { unit, off } = goods ? perPiece(goods.price, quantity, told) : { unit: told ?? 0, off: 0 }
  const amount = moneyIn(currency)
  return {
    id: item.orderItemId,
    sku: product.sellerSku?.trim() || null,
    title: product.title?.trim() || product.sellerSku?.trim() || item.orderItemId,
    quantity,
    ordered: quantityOrdered,
    // Whether Amazon puts pieces back on sale is not told: they count as put back until it shows what it has.
    restocked: quantityOrdered - quantity,
    unitPrice: amount(unit),
    discount: amount(off + (goods?.discount ?? 0)),
    taxes: goods ? taxesOf(goods, around, quantity) : [],
    requiresShipping: true,
    giftCard: false,
  }
}

/** The part of it that is still wanted, unless the amounts speak of that part already. */
function share(charge: Charge, wanted: number, ordered: number, told: number | null): Charge {
  if (wanted === ordered || (wanted > 0 && told !== null && charge.price === told * wanted)) return charge
  const of = (whole: number): number =>
    allocate({ amount: whole, currency: 'XXX' }, [wanted, ordered - wanted])[0]!.amount
  return { price: of(charge.price), discount: of(charge.discount), tax: of(charge.tax) }
}

/** Without the tax that Amazon collects: where prices include it, it comes off the price as well. */
const ours = (charge: Charge, { taxByAmazon }: Charges, { included }: Surroundings): Charge =>
  taxByAmazon ? { ...charge, price: charge.price - (included ? charge.tax : 0), tax: 0 } : charge

const taxByAmazon = (charges: readonly Charges[]): number =>
  charges
    .filter((one) => one.taxByAmazon)
    .flatMap(chargesIn)
    .reduce((sum, { tax }) => sum + tax, 0)

const taxesOf = (charge: Charge, { currency, included, taxRates }: Surroundings, pieces?: number): OrderLine['taxes'] =>
  charge.tax === 0
    ? []
    : [{ title: 'Tax', rate: rateOf(charge, included, taxRates, pieces), amount: money(charge.tax, currency) }]

/** A line for every charge that is no goods: its tax has a rate of its own. A free delivery still says how it goes. */
function shippingOf(
  { orderItems, fulfillment }: OrderNode,
  charges: readonly (Charges | null)[],
  tip: number,
  around: Surroundings,
): ShippingLine[] {
  const amount = moneyIn(around.currency)
  const level = fulfillment?.fulfillmentServiceLevel?.toLowerCase() || 'standard'
  const line = (id: string, code: string, charge: Charge): ShippingLine => ({
    id, code, title: titleOf(code), price: amount(charge.price), discount: amount(charge.discount),
    taxes: taxesOf(charge, around),
  }) // prettier-ignore
  const found = charges.flatMap((one, index) => {
    if (!one) return []
    const { orderItemId } = orderItems[index]!
    const all = [
      { id: `ship-${orderItemId}`, code: level, charge: ours(one.shipping, one, around) },
      ...one.others.map(({ type, charge }) => ({
        id: `${type.toLowerCase()}-${orderItemId}`, code: type.toLowerCase(), charge: ours(charge, one, around),
      })), // prettier-ignore
    ]
    return all.filter(({ charge }) => charge.price !== 0 || charge.tax !== 0)
  })
  const lines = found.map(({ id, code, charge }) => line(id, code, charge))
  const weShip = fulfillment?.fulfilledBy !== 'AMAZON'
  if (weShip && !lines.some(({ id }) => id.startsWith('ship-'))) lines.unshift(line('shipping', level, NOTHING))
  if (tip > 0) lines.push(line('tip', 'delivery_tip', { ...NOTHING, price: tip }))
  return lines
}

const NOTHING: Charge = { price: 0, discount: 0, tax: 0 }

const titleOf = (code: string): string => `${code.charAt(0).toUpperCase()}${code.slice(1).replaceAll('_', ' ')}`

/** Charged apart from the items. */
const tipOf = ({ proceeds }: OrderNode, currency: string): number =>
  (proceeds?.breakdowns ?? [])
    .filter(({ type }) => type === 'DELIVERY_TIP')
    .reduce((sum, { subtotal }) => sum + minor(subtotal, currency), 0)

function sumsOf(lines: OrderLine[], shipping: ShippingLine[], { currency, included }: Surroundings) {
  const goods = lines.map(({ quantity, unitPrice, discount }) => quantity * unitPrice.amount - discount.amount)
  const services = shipping.map(({ price, discount }) => price.amount - discount.amount)
  const taxes = [...lines, ...shipping].flatMap((one) => one.taxes.map(({ amount }) => amount.amount))
  const [net, tax] = [[...goods, ...services], taxes].map((all) => all.reduce((sum, one) => sum + one, 0))
  return { total: money(net! + (included ? 0 : tax!), currency), totalTax: money(tax!, currency) }
}

/**
 * The buyer by the address Amazon forwards mail from, which is the same for all orders of a person with this seller.
 * Without it (the role is missing, or Amazon ships) all such orders are of one customer without a name.
 */
function customerOf({ buyer }: OrderNode, channel: string): Party {
  const email = buyer?.buyerEmail?.trim().toLowerCase()
  if (!email) return { key: `${channel}-unnamed`, name: 'Amazon customer' }
  const digest = createHash('sha256').update(email).digest('hex').slice(0, 24)
  const name = buyer?.buyerCompanyName?.trim() || buyer?.buyerName?.trim()
  return { key: `${channel}-${digest}`, ...(name ? { name } : {}), email }
}

/** Null without a street: a city alone is no place to ship to. */
function addressOf(node: AddressNode | null | undefined): Address | null {
  const said = (text: string | null | undefined): string | undefined => text?.trim() || undefined
  const street = said(node?.addressLine1)
  if (!node || !street) return null
  const country = said(node.countryCode)?.toUpperCase() ?? ''
  const street2 = [said(node.addressLine2), said(node.addressLine3)].filter(Boolean).join(', ')
  const optional = {
    company: said(node.companyName),
    street2,
    region: said(node.stateOrRegion),
    phone: said(node.phone),
  }
  return {
    name: said(node.name) ?? '',
    street,
    city: said(node.city) ?? '',
    postcode: said(node.postalCode) ?? '',
    // ISO 3166 keeps ZZ free for "unknown"; half an address still tells a person more than none.
    country: /^[A-Z]{2}$/.test(country) ? country : 'ZZ',
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value)),
  }
}

const PACKAGE: Readonly<Record<string, Order['fulfilments'][number]['status']>> = {
  PENDING: 'open',
  IN_TRANSIT: 'success',
  SHIPPED: 'success',
  DELIVERED: 'success',
  CANCELLED: 'cancelled',
  UNDELIVERABLE: 'success',
}

/** Our own parcels by their packages; of what Amazon ships only the pieces are told. */
function fulfilmentsOf({ packages, orderItems, fulfillment }: OrderNode): Order['fulfilments'] {
  if (fulfillment?.fulfilledBy !== 'AMAZON')
    return (packages ?? []).map((one) => ({
      id: one.packageReferenceId,
      status: PACKAGE[one.packageStatus?.status ?? ''] ?? 'open',
      ...(one.trackingNumber ? { trackingNumber: one.trackingNumber } : {}),
      lines: (one.packageItems ?? []).flatMap(({ orderItemId, quantity }) =>
        orderItemId ? [{ lineId: orderItemId, quantity: quantity ?? 0 }] : [],
      ),
    }))
  const lines = orderItems
    .map((item) => ({ lineId: item.orderItemId, quantity: item.fulfillment?.quantityFulfilled ?? 0 }))
    .filter(({ quantity }) => quantity > 0)
  return lines.length === 0 ? [] : [{ id: 'amazon', status: 'success', lines }]
}

function cancelReasonOf({ orderItems }: OrderNode): string {
  const by = orderItems.map(({ cancellation }) => cancellation?.cancellationExecution?.cancelledBy).find(Boolean)
  return by ? `by the ${by.toLowerCase()}` : 'not told'
}

/** Programmes of Amazon, and whether it replaces another order. */
const tagsOf = ({ programs, associatedOrders }: OrderNode): string[] => [
  ...(programs ?? []).map((one) => one.toLowerCase()).sort(),
  ...(associatedOrders?.some(({ associationType }) => associationType === 'REPLACEMENT_ORIGINAL_ID')
    ? ['replacement']
    : []),
]

/** The buyer asked for it, and nobody has decided yet. */
export const cancellationIsAsked = ({ orderItems, fulfillment }: OrderNode): boolean =>
  fulfillment?.fulfillmentStatus === 'UNSHIPPED' &&
  orderItems.some(({ cancellation }) => cancellation?.cancellationRequest && !cancellation.cancellationExecution)
