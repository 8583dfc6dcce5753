/** A sale at a counter as a till's receipt: what was sold is positive, what was taken back is its mirror. */
import { add, money, type Money, negate, zero } from '#canon/money.ts'
import type { Receipt, ReceiptLine } from '#canon/receipt.ts'
import { Fault } from '../../fault.ts'
import { amountsOf, areIncluded, chargeOf, isOwnLine, isWhole, type LineAmounts, type Priced } from './amounts.ts'
import { businessDay } from './business-day.ts'
import { LOST } from './order-refunds.ts'
import type { LineItem, OrderReturn, Payment, ReturnLine, Sale, SquareOrder, Tender } from './shapes.ts'

export interface ReceiptOptions {
  /** What a location is called in the hub. */
  storeOf(locationId: string): string
  dayStartsAt: string
}

/**
 * Null while it is not a receipt yet: open, not paid, or a refund that may still be refused. Throws `malformed` when it
 * does not add up.
 */
export function receiptOf(sale: Sale, options: ReceiptOptions): Receipt | null {
  const { order, payments, refunds, timezone } = sale
  if (order.state !== 'COMPLETED' || !isSettled(order, refunds)) return null
  const { currency } = order.total_money
  const included = areIncluded([...order.taxes, ...order.returns.flatMap((one) => one.return_taxes)])
  const lines = linesOf(sale, included).filter(({ quantity }) => quantity !== 0)
  if (lines.length === 0) return null
  const tenders = tendersOf(order, payments, refunds)
  const total = add(zero(currency), ...lines.map((line) => line.total))
  const taxes = lines.flatMap((line) => line.taxes.map(({ amount }) => amount))
  const rounding = roundingOf(order)
  assertTotals(order, total, rounding)
  const moments = momentsOf(order, payments)
  return {
    currency,
    taxesIncluded: included,
    lines,
    // Lines and tenders have to meet: what cash was rounded by is a tender of its own.
    tenders: rounding === 0 ? tenders : [...tenders, { tender: 'rounding', amount: money(-rounding, currency) }],
    total,
    totalTax: add(zero(currency), ...taxes),
    storeId: options.storeOf(order.location_id),
    registerId: registerOf(payments),
    txId: order.id,
    businessDate: businessDay(moments.occurredAt, timezone, options.dayStartsAt),
    ...moments,
    number: payments.find((one) => one.receipt_number)?.receipt_number ?? order.id,
  }
}

/** Money on its way back may still be refused; then the receipt would be wrong. */
function isSettled({ refunds: listed }: SquareOrder, refunds: Sale['refunds']): boolean {
  const states = refunds.length > 0 ? refunds.map(({ status }) => status) : listed.map(({ status }) => status)
  return states.every((status) => status !== 'PENDING')
}

function linesOf({ order, skus }: Sale, included: boolean): ReceiptLine[] {
  const { currency } = order.total_money
  const piece = (id: string, title: string, of: Priced) =>
    lineOf({ id, title, sku: null }, amountsOf(of, order.taxes, included))
  const charges = order.service_charges
    .filter(isOwnLine)
    .map((charge, index) =>
      piece(`charge-${charge.uid ?? index}`, charge.name ?? 'Service charge', chargeOf(charge, currency)),
    )
  const tip = order.total_tip_money
  return [
    ...order.line_items.map((line) => lineOf(factsOf(line, skus), amountsOf(line, order.taxes, included))),
    ...charges,
    ...(tip && tip.amount !== 0 ? [piece('tip', 'Tip', plain(tip))] : []),
    ...order.returns.flatMap((one, index) => returnedOf(one, index, { currency, included, skus })),
  ]
}

interface Whole {
  currency: string
  included: boolean
  skus: Sale['skus']
}

function returnedOf(back: OrderReturn, nth: number, { currency, included, skus }: Whole): ReceiptLine[] {
  const name = back.uid ?? String(nth)
  const taken = (id: string, title: string, of: Priced) =>
    mirror(lineOf({ id, title, sku: null }, amountsOf(of, back.return_taxes, included)))
  return [
    ...back.return_line_items.map((line) => ({
      ...mirror(lineOf(factsOf(line, skus), amountsOf(line, back.return_taxes, included))),
      ...(back.source_order_id && line.source_line_item_uid
        ? { returns: { txId: back.source_order_id, lineId: line.source_line_item_uid } }
        : {}),
    })),
    ...back.return_service_charges
      .filter(isOwnLine)
      .map((charge, index) =>
        taken(`charge-${name}-${charge.uid ?? index}`, charge.name ?? 'Service charge', chargeOf(charge, currency)),
      ),
    ...back.return_tips.map((tip, index) => taken(`tip-${name}-${tip.uid ?? index}`, 'Tip', plain(tip.applied_money))),
  ]
}

const plain = (total: Money): Priced => ({
  quantity: '1',
  total_money: total,
  total_tax_money: null,
  total_discount_money: null,
  applied_taxes: [],
})

const factsOf = (line: LineItem | ReturnLine, skus: Sale['skus']) => ({
  id: line.uid,
  sku: skuOf(line, skus),
  title: titleOf(line),
})

/** Goods that are weighed are not counted in pieces, so nothing may be taken off for them. */
export const skuOf = (line: LineItem | ReturnLine, skus: Sale['skus']): string | null =>
  isWhole(line.quantity) && line.catalog_object_id ? (skus[line.catalog_object_id] ?? null) : null

export function titleOf({ name, variation_name: variation, quantity }: LineItem | ReturnLine): string {
  const plainly = [name ?? 'Custom amount', ...(variation && variation !== 'Regular' ? [variation] : [])].join(' - ')
  return (isWhole(quantity) ? plainly : `${plainly} (${quantity})`).slice(0, 500)
}

const lineOf = (facts: Pick<ReceiptLine, 'id' | 'sku' | 'title'>, amounts: LineAmounts): ReceiptLine => ({
  ...facts,
  ...amounts,
})

const mirror = (line: ReceiptLine): ReceiptLine => ({
  ...line,
  quantity: -line.quantity,
  discount: negate(line.discount),
  taxes: line.taxes.map((tax) => ({ ...tax, amount: negate(tax.amount) })),
  total: negate(line.total),
})

/** In minor units: what was collected beyond the lines, and what was given back beyond them. */
function roundingOf({ rounding_adjustment: sold, returns }: SquareOrder): number {
  const back = returns.map((one) => one.rounding_adjustment?.amount_money?.amount ?? 0)
  return (sold?.amount_money?.amount ?? 0) - back.reduce((all, one) => all + one, 0)
}

/** Sold and returned together: an exchange holds both. */
function assertTotals(order: SquareOrder, lines: Money, rounding: number): void {
  const back = order.returns.reduce((all, one) => all + (one.return_amounts?.total_money?.amount ?? 0), 0)
  const told = order.total_money.amount - back
  if (lines.amount + rounding === told) return
  throw new Fault(
    'malformed',
    `Sale ${order.id}: its parts make ${lines.amount + rounding}, Square says ${told} (minor units).`,
    { code: 'square.total_differs' },
  )
}

function tendersOf(order: SquareOrder, payments: readonly Payment[], refunds: Sale['refunds']): Receipt['tenders'] {
  const { currency } = order.total_money
  const paid = order.tenders
    .filter(({ type, amount_money: amount }) => type !== 'NO_SALE' && (amount?.amount ?? 0) !== 0)
    .map((one) => {
      const payment = payments.find(({ id }) => id === (one.payment_id ?? one.id))
      return tenderOf(tenderName(one, payment), one.amount_money ?? zero(currency), one.payment_id ?? one.id)
    })
  const given =
    refunds.length > 0
      ? refunds.map(({ id, status, amount_money: amount, destination_type: type, payment_id: of }) => {
          const payment = payments.find((one) => one.id === of)
          return tenderOf(LOST.has(status) ? OWED : nameOf(type ?? '', payment), negate(amount), id)
        })
      : order.refunds.map(({ id, status, amount_money: amount }) =>
          tenderOf(LOST.has(status) ? OWED : 'other', negate(amount), id),
        )
  return [...paid, ...given]
}

/** Goods were taken back, and their money came back to us: the customer has it coming. */
const OWED = 'refund_failed'

const tenderOf = (tender: string, amount: Money, reference: string | null | undefined) => ({
  tender,
  amount,
  ...(reference ? { reference } : {}),
})

const NAMES: Readonly<Record<string, string>> = {
  CARD: 'card',
  CASH: 'cash',
  SQUARE_GIFT_CARD: 'gift_card',
  THIRD_PARTY_CARD: 'other_card',
  BANK_ACCOUNT: 'bank_account',
  WALLET: 'wallet',
  BUY_NOW_PAY_LATER: 'pay_later',
  SQUARE_ACCOUNT: 'square_account',
}

const tenderName = ({ type, card_details: details }: Tender, payment: Payment | undefined): string =>
  details?.card?.card_brand === 'SQUARE_GIFT_CARD' ? 'gift_card' : nameOf(type, payment)

/** What was taken outside Square has a name of its own: `check`, `other_gift_card`. */
function nameOf(type: string, payment: Payment | undefined): string {
  if (type === 'CARD' && payment?.card_details?.card?.card_brand === 'SQUARE_GIFT_CARD') return 'gift_card'
  if (Object.hasOwn(NAMES, type)) return NAMES[type]!
  const outside = (payment?.external_details?.type ?? '').toLowerCase()
  return /^[a-z][a-z_]{1,39}$/.test(outside) ? outside : 'other'
}

/**
 * A till without a line says when it took the payment by its own clock; Square hears of it up to days later. The first
 * payment counts.
 */
function momentsOf(order: SquareOrder, payments: readonly Payment[]): { occurredAt: string; offline: boolean } {
  const own = payments.filter((one) => one.order_id === order.id)
  const offline = own
    .filter((one) => one.is_offline_payment)
    .flatMap((one) => one.offline_payment_details?.client_created_at ?? [])
    .toSorted()
  if (offline[0]) return { occurredAt: offline[0], offline: true }
  return { occurredAt: order.closed_at ?? order.created_at, offline: own.some((one) => one.is_offline_payment) }
}

/** The device that took the payment; a receipt without any is of the store's one register. */
function registerOf(payments: readonly Payment[]): string {
  const device = payments.map((one) => one.device_details).find((one) => one?.device_id || one?.device_installation_id)
  const name = (device?.device_id ?? device?.device_installation_id ?? '').replace(/[^\w-]+/g, '-')
  return /^[A-Za-z0-9]/.test(name) ? name.slice(0, 63) : 'square'
}
