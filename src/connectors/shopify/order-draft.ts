/**
 * One order as Shopify tells it, the same for both of its shapes (webhook body and GraphQL node), and how it becomes an
 * order of the hub. Everything that is a rule stands here once; the two readers only fetch fields.
 */
import { createHash } from 'node:crypto'
import { allocate, money, parseMoney, sum, type Money } from '#canon/money.ts'
import type { Order, OrderLine, PaymentStatus, Redemption, Refund, ShippingLine } from '#canon/order.ts'
import type { Address } from '#canon/primitives.ts'
import { Fault } from '../../fault.ts'
import { shelvesOf } from './shelves.ts'

export interface TaxDraft {
  title: string
  rate: number | null
  amount: string
}

export interface LineDraft {
  id: string
  sku: string | null
  title: string
  /** As ordered, before edits and refunds; discounts and taxes belong to this quantity. */
  quantity: number
  currentQuantity: number
  unitPrice: string
  discounts: string[]
  taxes: TaxDraft[]
  requiresShipping: boolean
  giftCard: boolean
}

export interface ShippingDraft {
  id: string
  code: string | null
  title: string
  price: string
  discounts: string[]
  taxes: TaxDraft[]
}

/** Pieces of a line taken off again by an edit, a refund or the cancellation, with their share of price and tax. */
export interface RemovedDraft {
  lineId: string
  quantity: number
  subtotal: string
  tax: string
  /** What became of the pieces: `cancel` and `return` went back on sale, `no_restock` did not. */
  restockType: Text
  /** Where they were put back, where that is asked for. */
  locationId?: string
}

/** One refund; an edit that takes pieces off is one without money. */
export interface RefundDraft {
  id: string
  at: Text
  /** Of each payment that was given back. */
  amounts: string[]
  removed: RemovedDraft[]
}

export interface TransactionDraft {
  id: string
  at: Text
  kind: string
  status: string
  gateway: Text
  amount: string
  presentment: { amount: string; currency: string }
}

export interface PlaceDraft {
  lineId: string
  locationId: string
  quantity: number
}

type Text = string | null | undefined

export interface AddressDraft {
  name: Text
  company: Text
  address1: Text
  address2: Text
  city: Text
  zip: Text
  provinceCode: Text
  countryCode: Text
  phone: Text
}

export interface OrderDraft {
  id: string
  name: string
  createdAt: string
  updatedAt: string
  cancelledAt: Text
  cancelReason: Text
  currency: string
  taxesIncluded: boolean
  financialStatus: Text
  email: Text
  phone: Text
  customer: { id: string; firstName: Text; lastName: Text; email: Text; phone: Text; marketing: Text } | null
  shippingAddress: AddressDraft | null
  billingAddress: AddressDraft | null
  lines: LineDraft[]
  shipping: ShippingDraft[]
  total: string
  totalTax: string
  presentment: { amount: string; currency: string }
  fulfilments: { id: string; status: Text; trackingNumber: Text; lines: { lineId: string; quantity: number }[] }[]
  refunds: RefundDraft[]
  /** Pieces by the place that serves them, what was sent included; only of a shop that sells from several. */
  places?: PlaceDraft[]
  /** What came and went, by every gateway; only where that is read. */
  transactions?: TransactionDraft[]
  note: Text
  tags: string[]
  test: boolean
}

/** The order in the hub's words. Throws `malformed` for amounts and moments that are none. */
export function orderOf(draft: OrderDraft, channel: string): Order {
  const { currency } = draft
  const cancelReason = text(draft.cancelReason)?.toLowerCase()
  const note = text(draft.note)
  const updatedAt = instantOf(draft.updatedAt, 'updated_at')
  const refunds = draft.refunds.map((one) => refundOf(one, currency, updatedAt))
  return {
    channel,
    externalId: draft.id,
    name: draft.name,
    placedAt: instantOf(draft.createdAt, 'created_at'),
    updatedAt,
    cancelledAt: draft.cancelledAt ? instantOf(draft.cancelledAt, 'cancelled_at') : null,
    ...(cancelReason ? { cancelReason } : {}),
    currency,
    taxesIncluded: draft.taxesIncluded,
    paymentStatus: PAYMENT[draft.financialStatus?.toLowerCase() ?? ''] ?? 'pending',
    ...unclearOf(draft),
    customer: customerOf(draft, channel),
    shippingAddress: addressOf(draft.shippingAddress),
    billingAddress: addressOf(draft.billingAddress),
    lines: draft.lines.map((line) => lineOf(line, draft)),
    shipping: draft.shipping.map((line) => shippingOf(line, currency)),
    total: moneyOf(draft.total, currency, 'the total'),
    totalTax: moneyOf(draft.totalTax, currency, 'the tax'),
    presentmentTotal: moneyOf(draft.presentment.amount, draft.presentment.currency, 'the total the customer saw'),
    fulfilments: draft.fulfilments.map(({ id, status, trackingNumber, lines }) => ({
      id,
      status: FULFILMENT[status?.toLowerCase() ?? ''] ?? 'open',
      ...(text(trackingNumber) ? { trackingNumber: text(trackingNumber)! } : {}),
      lines,
    })),
    refunded: sum(
      refunds.map(({ amount }) => amount),
      currency,
    ),
    ...(refunds.length > 0 ? { refunds: refunds.sort((a, b) => (a.id < b.id ? -1 : 1)) } : {}),
    ...(draft.transactions ? { redeemed: draft.transactions.flatMap((one) => redemptionOf(one, currency)) } : {}),
    ...(note ? { note } : {}),
    // The two shapes list tags in different orders.
    tags: draft.tags
      .map((tag) => tag.trim())
      .filter(Boolean)
      .sort(),
    test: draft.test,
  }
}

/**
 * Pieces put back on sale because of a return had been with the customer; those of a cancellation had not left. Old
 * refunds do not say.
 */
const refundOf = ({ id, at, amounts, removed }: RefundDraft, currency: string, updatedAt: string): Refund => ({
  id,
  at: at ? instantOf(at, 'created_at of a refund') : updatedAt,
  amount: total(amounts, currency, 'a refund'),
  lines: removed.map(({ lineId, quantity, subtotal, tax, restockType, locationId }) => {
    const kind = restockType?.toLowerCase()
    return {
      lineId,
      quantity,
      restocked: backOnSale(restockType) ? quantity : 0,
      ...(kind === 'legacy_restock' ? {} : { returned: kind === 'return' ? quantity : 0 }),
      ...(locationId === undefined ? {} : { locationId }),
      amount: moneyOf(subtotal, currency, 'a removed line'),
      tax: moneyOf(tax, currency, 'the tax of a removed line'),
    }
  }),
})

/** What the shop owes to whoever holds it. */
const OWED: ReadonlySet<string> = new Set(['gift_card', 'shopify_store_credit'])
const SIGNS: Readonly<Record<string, number>> = { SALE: 1, CAPTURE: 1, REFUND: -1 }

/** A payment with a gift card or store credit, or money that became that again; nothing of any other. */
function redemptionOf(one: TransactionDraft, currency: string): Redemption[] {
  const sign = SIGNS[one.kind]
  if (sign === undefined || one.status !== 'SUCCESS' || !OWED.has(one.gateway ?? '')) return []
  const signed = (amount: string, of: string) => money(sign * moneyOf(amount, of, 'a payment').amount, of)
  const seen = one.presentment
  return [
    {
      id: one.id,
      at: instantOf(one.at ?? '', 'processedAt of a payment'),
      amount: signed(one.amount, currency),
      ...(seen.currency === currency ? {} : { presentment: signed(seen.amount, seen.currency) }),
    },
  ]
}

/** Only a word of letters is repeated: it is shown to people. */
function unclearOf({ financialStatus }: OrderDraft): Pick<Order, 'unclear'> {
  const status = financialStatus?.toLowerCase() ?? ''
  if (status === '' || Object.hasOwn(PAYMENT, status)) return {}
  return { unclear: [`payment status '${/^[a-z_]{1,40}$/.test(status) ? status : '?'}'`] }
}

/** A status Shopify adds later counts as not paid: the careful side. */
const PAYMENT: Readonly<Record<string, PaymentStatus>> = {
  pending: 'pending',
  authorized: 'authorised',
  partially_paid: 'partly_paid',
  paid: 'paid',
  partially_refunded: 'partly_refunded',
  refunded: 'refunded',
  voided: 'voided',
  expired: 'expired',
}

/** A status Shopify adds later counts as open: on its way, not done. */
const FULFILMENT: Readonly<Record<string, Order['fulfilments'][number]['status']>> = {
  pending: 'open',
  open: 'open',
  success: 'success',
  cancelled: 'cancelled',
  error: 'failed',
  failure: 'failed',
}

function lineOf(line: LineDraft, { currency, refunds, places }: OrderDraft): OrderLine {
  const removed = refunds.flatMap((refund) => refund.removed)
  const unitPrice = moneyOf(line.unitPrice, currency, 'a price')
  const discount = total(line.discounts, currency, 'a discount')
  const taxes = line.taxes.map((tax) => taxOf(tax, currency))
  const taken = removed.filter(({ lineId }) => lineId === line.id)
  const left = remainder(
    line,
    unitPrice,
    discount,
    sum(
      taxes.map(({ amount }) => amount),
      currency,
    ),
    taken,
  )
  const shares =
    taxes.length > 0
      ? allocate(
          left.tax,
          taxes.map(({ amount }) => amount.amount),
        )
      : []
  return {
    id: line.id,
    sku: text(line.sku) ?? null,
    title: line.title,
    quantity: line.currentQuantity,
    ordered: line.quantity,
    ...(places && { shelves: shelvesOf(line, places, taken) }),
    restocked: taken.reduce((all, { quantity, restockType }) => all + (backOnSale(restockType) ? quantity : 0), 0),
    unitPrice,
    discount: left.discount,
    taxes: taxes.map((tax, index) => ({ ...tax, amount: shares[index]! })),
    requiresShipping: line.requiresShipping,
    giftCard: line.giftCard,
  }
}

/**
 * Discount and tax of the pieces still wanted. Shopify keeps both for the quantity once ordered; the pieces taken off
 * say exactly what went with them. Where they do not say it all, the rest is split by pieces.
 */
function remainder(line: LineDraft, unit: Money, discount: Money, tax: Money, taken: RemovedDraft[]) {
  const { currency } = unit
  const gone = line.quantity - line.currentQuantity
  if (gone <= 0) return { discount, tax }
  const told = taken.reduce((all, { quantity }) => all + quantity, 0)
  const known = told <= gone ? taken : []
  let discountLeft = discount.amount
  let taxLeft = tax.amount
  for (const { quantity, subtotal, tax: taxTaken } of known) {
    discountLeft -= unit.amount * quantity - moneyOf(subtotal, currency, 'a removed line').amount
    taxLeft -= moneyOf(taxTaken, currency, 'the tax of a removed line').amount
  }
  const untold = gone - (known.length > 0 ? told : 0)
  const share = (left: number, whole: number) =>
    allocate(money(Math.min(Math.max(left, 0), whole), currency), [line.currentQuantity, untold])[0]!
  const nothing = money(0, currency)
  if (line.currentQuantity === 0) return { discount: nothing, tax: nothing }
  return { discount: share(discountLeft, discount.amount), tax: share(taxLeft, tax.amount) }
}

const backOnSale = (restockType: Text): boolean =>
  ['cancel', 'return', 'legacy_restock'].includes(restockType?.toLowerCase() ?? '')

function shippingOf(line: ShippingDraft, currency: string): ShippingLine {
  return {
    id: line.id,
    code: text(line.code) ?? line.title,
    title: line.title,
    price: moneyOf(line.price, currency, 'a shipping price'),
    discount: total(line.discounts, currency, 'a shipping discount'),
    taxes: line.taxes.map((tax) => taxOf(tax, currency)),
  }
}

const taxOf = ({ title, rate, amount }: TaxDraft, currency: string) => ({
  title,
  rate: rateOf(rate),
  amount: moneyOf(amount, currency, 'a tax'),
})

/** A rate as a decimal string, never in the exponent form that small numbers print as. */
function rateOf(rate: number | null): string {
  const plain = String(Math.max(0, rate ?? 0))
  return /^\d+(\.\d+)?$/.test(plain) ? plain : Number(plain).toFixed(12).replace(/0+$/, '').replace(/\.$/, '')
}

function customerOf(draft: OrderDraft, channel: string): Order['customer'] {
  const { customer } = draft
  const email = text(draft.email) ?? text(customer?.email)
  const phone = text(draft.phone) ?? text(customer?.phone)
  const contact = { ...(email ? { email } : {}), ...(phone ? { phone } : {}) }
  if (customer) {
    const name = [text(customer.firstName), text(customer.lastName)].filter(Boolean).join(' ')
    const consent = customer.marketing ? { marketingConsent: customer.marketing.toLowerCase() === 'subscribed' } : {}
    return {
      key: `${channel}-${customer.id}`,
      externalId: customer.id,
      ...(name ? { name } : {}),
      ...contact,
      ...consent,
    }
  }
  if (!email) return null
  const name = text(draft.billingAddress?.name) ?? text(draft.shippingAddress?.name)
  const digest = createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 24)
  return { key: `guest-${digest}`, ...(name ? { name } : {}), ...contact }
}

function addressOf(draft: AddressDraft | null): Address | null {
  if (!draft) return null
  const optional = { company: draft.company, street2: draft.address2, region: draft.provinceCode, phone: draft.phone }
  const country = text(draft.countryCode)?.toUpperCase() ?? ''
  return {
    name: text(draft.name) ?? '',
    street: text(draft.address1) ?? '',
    city: text(draft.city) ?? '',
    postcode: text(draft.zip) ?? '',
    // ISO 3166 keeps ZZ free for "unknown"; half an address still tells a person more than none.
    country: /^[A-Z]{2}$/.test(country) ? country : 'ZZ',
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([key, value]) => (text(value) ? [[key, text(value)!]] : [])),
    ),
  }
}

/** Trimmed, or undefined when there is nothing in it. */
const text = (value: Text): string | undefined => value?.trim() || undefined

const total = (amounts: string[], currency: string, what: string): Money =>
  sum(
    amounts.map((amount) => moneyOf(amount, currency, what)),
    currency,
  )

function moneyOf(amount: string, currency: string, what: string): Money {
  const parsed = parseMoney(amount, currency)
  if (parsed) return parsed
  throw new Fault('malformed', `The amount of ${what} is no amount in ${currency}.`, {
    code: 'shopify.malformed_amount',
  })
}

/** UTC with milliseconds. */
export function instantOf(moment: string, path: string): string {
  const at = Date.parse(moment)
  if (!Number.isNaN(at)) return new Date(at).toISOString()
  throw new Fault('malformed', `${path} is not a moment in time.`, { code: 'shopify.malformed' })
}
