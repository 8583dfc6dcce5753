/**
 * The marketplace's order in the hub's words. Amounts and quantities of a line are those it was placed with; what was
 * cancelled or refunded since stands beside them and is taken off here. Whoever bought it is not named before the order
 * is paid, and not asked for before either: until then the hub knows goods and a deadline.
 */
import { formatMoney, money, type Money, parseRounded, subtract, sum, times } from '#canon/money.ts'
import type { Order, OrderLine, PaymentStatus, Refund, ShippingLine } from '#canon/order.ts'
import { Fault } from '../../fault.ts'
import { countryOf } from './countries.ts'
import {
  type MadeRefund,
  type OrderStateCode,
  type SeenAddress,
  type SeenLine,
  type SeenOrder,
  type SeenTax,
  type TakenBack,
} from './shape.ts'

export interface OrderOptions {
  channel: string
  acceptWithinHours: number
}

/** What each state means. `needed`: they wait for us. */
const MEANING: Readonly<Record<OrderStateCode, { acceptance: NonNullable<Order['acceptance']>; settled: boolean }>> = {
  STAGING: { acceptance: 'later', settled: false },
  WAITING_ACCEPTANCE: { acceptance: 'needed', settled: false },
  WAITING_DEBIT: { acceptance: 'accepted', settled: false },
  WAITING_DEBIT_PAYMENT: { acceptance: 'accepted', settled: false },
  SHIPPING: { acceptance: 'accepted', settled: true },
  SHIPPED: { acceptance: 'accepted', settled: true },
  TO_COLLECT: { acceptance: 'accepted', settled: true },
  RECEIVED: { acceptance: 'accepted', settled: true },
  CLOSED: { acceptance: 'accepted', settled: true },
  REFUSED: { acceptance: 'refused', settled: false },
  CANCELED: { acceptance: 'accepted', settled: false },
}

/** Lines in these states will not be delivered. */
const GONE: ReadonlySet<string> = new Set(['REFUSED', 'CANCELED'])
/** Lines in these states have left. */
const LEFT: ReadonlySet<string> = new Set(['SHIPPED', 'TO_COLLECT', 'RECEIVED', 'CLOSED', 'INCIDENT_OPEN'])

/** A line whose money is back altogether says no more where its pieces are. */
const hasLeft = ({ order_line_state: state, shipped_date: at }: SeenLine): boolean =>
  LEFT.has(state) || (state === 'REFUNDED' && Boolean(at))

/** Throws `malformed` for amounts and moments that are none. */
export function orderOf(seen: SeenOrder, { channel, acceptWithinHours }: OrderOptions): Order {
  const currency = seen.currency_iso_code
  const known = Object.hasOwn(MEANING, seen.order_state) ? MEANING[seen.order_state as OrderStateCode] : undefined
  const placedAt = instantOf(seen.created_date, 'created_date')
  const updatedAt = instantOf(seen.last_updated_date, 'last_updated_date')
  const included = seen.order_tax_mode !== 'TAX_EXCLUDED'
  const read = reader(currency, included)
  const lines = seen.order_lines.map(read.line)
  const shipping = read.shipping(seen)
  const cancelled = seen.order_state === 'REFUSED' || seen.order_state === 'CANCELED'
  const all = [...lines, ...shipping]
  const taxes = sum(all.flatMap((one) => one.taxes.map(({ amount }) => amount)), currency) // prettier-ignore
  const goods = lines.map((one) => subtract(times(one.unitPrice, one.quantity), one.discount))
  const net = sum([...goods, ...shipping.map(({ price, discount }) => subtract(price, discount))], currency)
  const total = included ? net : sum([net, taxes], currency)
  const refunded = read.refunded(seen.order_lines)
  const settled = known?.settled === true
  return {
    channel,
    externalId: seen.order_id,
    name: seen.order_id,
    placedAt,
    updatedAt,
    cancelledAt: cancelled ? updatedAt : null,
    ...(cancelled ? { cancelReason: (seen.order_state_reason_code ?? seen.order_state).toLowerCase() } : {}),
    currency,
    taxesIncluded: included,
    paymentStatus: paymentOf(seen, settled, refunded, total),
    ...(known ? {} : { unclear: [`order state '${word(seen.order_state)}'`] }),
    ...(known ? { acceptance: known.acceptance } : {}),
    ...(known?.acceptance === 'needed' || known?.acceptance === 'later'
      ? { acceptBy: new Date(Date.parse(placedAt) + acceptWithinHours * 3_600_000).toISOString() }
      : {}),
    ...peopleOf(seen, settled, channel),
    lines,
    shipping,
    total,
    totalTax: taxes,
    presentmentTotal: total,
    fulfilments: fulfilmentsOf(seen),
    refunded,
    ...refundsIn(seen, updatedAt, read),
    tags: tagsOf(seen, currency),
    test: false,
  }
}

/** Their words may be shown: short, and without anything but letters. */
const word = (text: string): string => text.replace(/[^\w ]/g, '').slice(0, 40)

function paymentOf(seen: SeenOrder, settled: boolean, refunded: Money, total: Money): PaymentStatus {
  if (refunded.amount > 0) return refunded.amount >= total.amount ? 'refunded' : 'partly_refunded'
  if (seen.order_state === 'REFUSED' || (seen.order_state === 'CANCELED' && !seen.customer_debited_date))
    return 'voided'
  if (seen.customer_debited_date) return 'paid'
  // Paid on delivery or on account: the marketplace answers for the money once it lets the goods go.
  return settled ? 'authorised' : 'pending'
}

const YEAR_9999_MS = Date.UTC(9999, 0, 1)

export function instantOf(text: string, field: string): string {
  const at = Date.parse(text)
  if (at >= 0 && at < YEAR_9999_MS) return new Date(at).toISOString()
  throw new Fault('malformed', `order: ${field} is no moment.`, { code: 'mirakl.malformed' })
}

interface Back {
  goods: { amount: Money; tax: Money }
  shipping: { amount: Money; tax: Money }
  /** All of it, with tax. */
  all: Money
}

function reader(currency: string, included: boolean) {
  const amountOf = (value: number | null | undefined, field: string): Money => {
    const parsed = parseRounded((value ?? 0).toFixed(6), currency)
    if (parsed) return parsed
    throw new Fault('malformed', `order: ${field} is not an amount in ${currency}.`, { code: 'mirakl.malformed' })
  }
  const total = (values: readonly Money[]) => sum(values, currency)

  /** Cancelled, and refunded before it left: neither will be delivered nor paid for. */
  const takenOff = (line: SeenLine): readonly TakenBack[] => [
    ...(line.cancelations ?? []),
    ...(hasLeft(line) ? [] : (line.refunds ?? []).filter(isDone)),
  ]

  const taxesOf = (
    taxes: readonly SeenTax[],
    off: readonly SeenTax[],
    base: Money,
    gone: boolean,
  ): OrderLine['taxes'] =>
    taxes.map(({ code, amount, rate }) => {
      const full = amountOf(amount, 'taxes.amount')
      const less = total(off.filter((one) => one.code === code).map((one) => amountOf(one.amount, 'taxes.amount')))
      return {
        title: code,
        rate: rate === null || rate === undefined ? rateFrom(full, base, included) : percent(rate),
        amount: gone ? money(0, currency) : subtract(full, less),
      }
    })

  return {
    line(line: SeenLine): OrderLine {
      const gone = GONE.has(line.order_line_state)
      const off = takenOff(line)
      const fewer = off.reduce((all, { quantity }) => all + (quantity ?? 0), 0)
      const quantity = gone ? 0 : Math.max(0, line.quantity - fewer)
      const price = amountOf(line.price, 'price')
      const unitPrice = amountOf(line.price_unit, 'price_unit')
      const left = subtract(price, total(off.map((one) => amountOf(one.amount, 'cancelations.amount'))))
      const discount = quantity === 0 ? 0 : times(unitPrice, quantity).amount - left.amount
      return {
        id: line.order_line_id,
        sku: line.offer_sku?.trim() || null,
        title: line.product_title ?? line.offer_sku ?? line.order_line_id,
        quantity,
        ordered: line.quantity,
        // What is refused or cancelled the marketplace does not put on sale again: the retailer says what there is.
        restocked: 0,
        unitPrice,
        discount: money(discount, currency),
        taxes: taxesOf(
          line.taxes ?? [],
          off.flatMap((one) => one.taxes ?? []),
          price,
          quantity === 0,
        ),
        requiresShipping: true,
        giftCard: false,
      }
    },

    /** Shipping is told per line and charged per order; what else the customer pays stands beside it, by its code. */
    shipping(seen: SeenOrder): ShippingLine[] {
      const lines = seen.order_lines.filter(({ order_line_state }) => !GONE.has(order_line_state))
      const all = lines.map((line) => {
        const off = takenOff(line)
        const full = amountOf(line.shipping_price, 'shipping_price')
        const price = subtract(full, total(off.map((one) => amountOf(one.shipping_amount, 'shipping_amount'))))
        const taxes = taxesOf(
          line.shipping_taxes ?? [],
          off.flatMap((one) => one.shipping_taxes ?? []),
          full,
          false,
        )
        return { price, taxes, off, fees: line.fees ?? [] }
      })
      const code = seen.shipping_type_code ?? 'standard'
      const none = { discount: money(0, currency) }
      const shipping: ShippingLine = {
        id: 'shipping',
        code,
        title: seen.shipping_type_label ?? code,
        price: total(all.map(({ price }) => price)),
        ...none,
        taxes: merged(all.flatMap(({ taxes }) => taxes)),
      }
      const codes = [...new Set(all.flatMap(({ fees }) => fees.map((fee) => fee.code)))].toSorted()
      const feeOf = (list: readonly { code: string; amount: number }[], of: string) =>
        total(list.filter((fee) => fee.code === of).map(({ amount }) => amountOf(amount, 'fees.amount')))
      const fees = codes.map((of): ShippingLine => {
        const price = total(
          all.map(({ fees: charged, off }) =>
            subtract(feeOf(charged, of), feeOf(off.flatMap((one) => one.fees ?? []), of)),
          ),
        ) // prettier-ignore
        return { id: `fee-${of}`, code: `fee-${of}`, title: of, price, ...none, taxes: [] }
      })
      return [...(lines.length > 0 ? [shipping] : []), ...fees.filter(({ price }) => price.amount !== 0)]
    },

    /** What the customer got with one refund of one line. */
    share(one: MadeRefund): Back {
      const taxes = (all: typeof one.taxes) => total((all ?? []).map(({ amount }) => amountOf(amount, 'refunds.taxes')))
      const goods = { amount: amountOf(one.amount, 'refunds.amount'), tax: taxes(one.taxes) }
      const shipping = { amount: amountOf(one.shipping_amount, 'refunds.amount'), tax: taxes(one.shipping_taxes) }
      const fees = (one.fees ?? []).map(({ amount }) => amountOf(amount, 'refunds.fees'))
      const parts = [goods.amount, shipping.amount, ...fees]
      return { goods, shipping, all: total(included ? parts : [...parts, goods.tax, shipping.tax]) }
    },

    refunded(lines: readonly SeenLine[]): Money {
      const done = lines.flatMap(({ refunds }) => (refunds ?? []).filter(isDone))
      return total(done.map((one) => this.share(one).all))
    },
  }
}

const isDone = ({ refund_state, state }: MadeRefund): boolean => (refund_state ?? state) === 'REFUNDED'

/** What was made in one go is one refund. A refund over there says nothing of where the pieces are. */
export const refundName = ({ id, order_refund_id: group }: Pick<MadeRefund, 'id' | 'order_refund_id'>): string =>
  (group ?? id).replaceAll(/[^\w.-]/g, '_')

function refundsIn(seen: SeenOrder, updatedAt: string, read: ReturnType<typeof reader>): Pick<Order, 'refunds'> {
  const all = seen.order_lines.flatMap((line) =>
    (line.refunds ?? []).filter(isDone).map((one) => ({ one, lineId: line.order_line_id, back: read.share(one) })),
  )
  if (all.length === 0) return {}
  const zero = money(0, seen.currency_iso_code)
  const refunds = [...Map.groupBy(all, ({ one }) => refundName(one))].map(([id, parts]): Refund => {
    const made = parts.flatMap(({ one }) => one.created_date ?? [])[0]
    const shipping = {
      amount: sum([zero, ...parts.map(({ back }) => back.shipping.amount)], zero.currency),
      tax: sum([zero, ...parts.map(({ back }) => back.shipping.tax)], zero.currency),
    }
    return {
      id,
      at: made ? instantOf(made, 'refunds.created_date') : updatedAt,
      amount: sum(parts.map(({ back }) => back.all), zero.currency), // prettier-ignore
      lines: parts.map(({ one, lineId, back }) => ({
        lineId, quantity: one.quantity ?? 0, restocked: 0, returned: 0, ...back.goods,
      })), // prettier-ignore
      ...(shipping.amount.amount === 0 ? {} : { shipping }),
    }
  })
  return { refunds }
}

/** `20` per cent is `0.2`. */
const percent = (rate: number): string => trimmed((rate / 100).toFixed(8))
const trimmed = (text: string): string => text.replace(/\.?0+$/, '') || '0'

/** Some marketplaces tell the tax as an amount alone. To a tenth of a per cent; finer is no rate anybody set. */
function rateFrom(tax: Money, base: Money, included: boolean): string {
  const net = included ? base.amount - tax.amount : base.amount
  return net <= 0 ? '0' : trimmed((Math.round((tax.amount / net) * 1_000) / 1_000).toFixed(3))
}

function merged(taxes: OrderLine['taxes']): OrderLine['taxes'] {
  const found = new Map<string, OrderLine['taxes'][number]>()
  for (const one of taxes) {
    const key = `${one.title} ${one.rate}`
    const known = found.get(key)
    found.set(key, known ? { ...known, amount: sum([known.amount, one.amount], one.amount.currency) } : one)
  }
  return [...found.values()]
}

function peopleOf(
  seen: SeenOrder,
  settled: boolean,
  channel: string,
): Pick<Order, 'customer' | 'shippingAddress' | 'billingAddress'> {
  const { customer } = seen
  if (!settled || !customer) return { customer: null, shippingAddress: null, billingAddress: null }
  const id = customer.customer_id?.replace(/[^\w.-]/g, '_')
  const name = [customer.firstname, customer.lastname].filter(Boolean).join(' ')
  const shippingAddress = addressOf(customer.shipping_address)
  const email = seen.customer_notification_email
  const phone = customer.shipping_address?.phone
  return {
    customer: {
      key: `${channel}-${id || seen.order_id}`,
      ...(customer.customer_id ? { externalId: customer.customer_id } : {}),
      ...(name ? { name } : {}),
      ...(email ? { email } : {}),
      ...(phone ? { phone } : {}),
    },
    shippingAddress,
    billingAddress: addressOf(customer.billing_address),
  }
}

/** null while it is not complete: an order without an address to go to is held. */
function addressOf(seen: SeenAddress | null | undefined): Order['shippingAddress'] {
  const country = countryOf(seen?.country_iso_code ?? '') ?? countryOf(seen?.country ?? '')
  const street = seen?.street_1
  if (!seen || !country || !street || !seen.city) return null
  const company = [seen.company, seen.company_2].filter(Boolean).join(', ')
  const street2 = [seen.street_2, seen.additional_info].filter(Boolean).join(', ')
  return {
    name: [seen.firstname, seen.lastname].filter(Boolean).join(' '),
    ...(company ? { company } : {}),
    street,
    ...(street2 ? { street2 } : {}),
    city: seen.city,
    postcode: seen.zip_code ?? '',
    ...(seen.state ? { region: seen.state } : {}),
    country,
    ...(seen.phone ? { phone: seen.phone } : {}),
  }
}

/** The order knows one parcel; several are told apart elsewhere (ST11) and only when one is announced. */
function fulfilmentsOf(seen: SeenOrder): Order['fulfilments'] {
  const gone = seen.order_lines.filter(hasLeft)
  if (gone.length === 0) return []
  return [
    {
      id: seen.order_id,
      status: 'success',
      ...(seen.shipping_tracking ? { trackingNumber: seen.shipping_tracking } : {}),
      lines: gone.map(({ order_line_id, quantity }) => ({ lineId: order_line_id, quantity })),
    },
  ]
}

/** What the marketplace keeps for itself is no part of what the customer pays; settlements are held against it. */
function tagsOf({ total_commission, payment_workflow }: SeenOrder, currency: string): string[] {
  const commission = total_commission ? parseRounded(total_commission.toFixed(6), currency) : null
  return [
    ...(payment_workflow ? [word(payment_workflow).toLowerCase()] : []),
    ...(commission ? [`commission ${formatMoney(commission)} ${currency}`] : []),
  ]
}
