/** Customers and staff at work: buying, paying, editing, cancelling, refunding, shipping; each with its webhooks. */
import { assert, must } from '#canon/assert.ts'
import { parseMoney } from '#canon/money.ts'
import { type Back, currentTotals, refundedOf, sharesOf, takeOff, taxes, taxSum, tendersIn } from './amounts.ts'
import { fulfilmentBody, orderBody, refundBody } from './bodies.ts'
import type { Hooks } from './hooks.ts'
import {
  stocked,
  type FinancialStatus,
  type Fulfilment,
  type FulfilmentOrder,
  type Line,
  type Order,
  type Person,
  type Refund,
  type Removal,
  type Shop,
  type Variant,
} from './state.ts'
import { closeFulfilmentOrders, moveOpen } from './moving.ts'
import type { Stock } from './stock.ts'

export interface Purchase {
  /** `discount` is a decimal amount for the whole line. */
  lines: readonly { sku: string; quantity: number; discount?: string }[]
  /** A customer with an account, known by the e-mail address; a guest when there is none or `guest` is set. */
  customer?: Person & { guest?: boolean }
  shippingMethod?: { code: string; title?: string; price: string }
  /** `0.0825` */
  taxRate?: number
  taxesIncluded?: boolean
  financialStatus?: FinancialStatus
  /** What the customer sees the prices in, with its rate to the shop's currency. */
  presentment?: { currency: string; rate: number }
  /** What it is paid with before the card, as decimal amounts: `gift_card`, `shopify_store_credit`. */
  tenders?: readonly { gateway: string; amount: string }[]
  note?: string
  tags?: readonly string[]
  test?: boolean
}

export interface Trade {
  /** The order's id, or null: checkout refused because something is not available, and nothing was sold. */
  placeOrder(purchase: Purchase): string | null
  markPaid(id: string): void
  /** False when the order cannot be cancelled (any more). */
  cancelOrder(id: string, how: { reason: string; restock: boolean }): boolean
  /** Less of a line, or none of it. False when less is left unfulfilled than should go. */
  editOrder(id: string, change: { sku: string; quantity: number; restock?: boolean }): boolean
  /** Money and, if said, pieces back after shipping: a return. */
  /** `more`: cents on top, for nothing in particular (or, negative, kept). */
  refund(id: string, lines: readonly { sku: string; quantity: number; restock: boolean }[], more?: number): void
  /** The same by an app, of pieces that had left or not, with so much money. */
  giveBack(
    order: Order,
    lines: readonly { line: Line; quantity: number; restock: boolean }[],
    back: readonly Back[],
    note: string | null,
  ): Refund
  hold(id: string, held: boolean): void
  /** Staff have another place serve what is not sent yet. */
  moveOrder(id: string, locationId: number): void
  /** An order that is over leaves its memory: nothing lists it any more, and nobody is told. */
  forget(id: string): void
  /** A sentence when refused. */
  fulfil(parts: readonly FulfilPart[], tracking: Tracking): { fulfilment: Fulfilment } | { refused: string }
}

export interface FulfilPart {
  fulfilmentOrder: FulfilmentOrder
  /** null for all that remains. */
  lines: readonly { id: number; quantity: number }[] | null
}

export interface Tracking {
  company: string | null
  number: string | null
  url: string | null
}

export function openTrade(shop: Shop, hooks: Hooks, stock: Stock): Trade {
  const orderOf = (id: string): Order => must(shop.orders.get(Number(id)), `the shop has no order ${id}`)

  function announce(order: Order, topics: readonly string[]): string {
    shop.touch(order)
    const eventId = hooks.eventId()
    for (const topic of topics) hooks.emit(topic, eventId, () => orderBody(order))
    return eventId
  }

  /** Takes unfulfilled pieces off an order; they go back on sale, or out of stock altogether. */
  function remove(order: Order, line: Line, quantity: number, restock: boolean): Removal[] {
    const removals: Removal[] = []
    let left = quantity
    for (const { locationId, lines } of order.fulfilmentOrders) {
      const open = lines.find((one) => one.line === line && one.remaining > 0)
      const take = Math.min(left, open?.remaining ?? 0)
      if (!open || take === 0) continue
      open.remaining -= take
      open.total -= take
      left -= take
      const level = stocked(line.variant, locationId)
      level.committed -= take
      if (restock) stock.write(line.variant, locationId, level.available + take)
      const restockType = restock ? 'cancel' : 'no_restock'
      removals.push({
        id: shop.nextId(),
        lineId: line.id,
        quantity: take,
        restockType,
        locationId,
        ...takeOff(line, take, order.currency),
      })
    }
    assert(left === 0, 'only unfulfilled pieces are removed')
    closeFulfilmentOrders(order)
    return removals
  }

  function giveBack(order: Order, removals: Removal[], back: readonly Back[], note: string | null): Refund {
    const transactions = back.filter((one) => one.amount > 0).map((one) => ({ id: shop.nextId(), ...one }))
    const refund: Refund = { id: shop.nextId(), at: shop.now(), note, removals, transactions }
    order.refunds.push(refund)
    shop.refunds.set(refund.id, { order, refund })
    return refund
  }

  const tellRefund = (order: Order, refund: Refund, eventId: string) =>
    hooks.emit('REFUNDS_CREATE', eventId, () => refundBody(order, refund))

  /** @param amountOf what goes back of what the pieces are worth. */
  function comeBack(
    order: Order,
    lines: readonly { line: Line; quantity: number; restock: boolean }[],
    amountOf: (worth: number) => number | readonly Back[],
    note: string | null,
  ): Refund {
    const removals: Removal[] = []
    let worth = 0
    for (const { line, quantity, restock } of lines) {
      const ships = Math.max(0, quantity - line.fulfilled)
      if (ships > 0) removals.push(...remove(order, line, ships, restock))
      const locationId = order.fulfilments[0]?.locationId ?? shop.locations[0]!.id
      const back = quantity - ships
      if (back === 0) continue
      const parts = takeOff(line, back, order.currency)
      worth += parts.subtotal + (order.taxesIncluded ? 0 : parts.tax)
      if (restock) stock.write(line.variant, locationId, stocked(line.variant, locationId).available + back)
      const restockType = restock ? 'return' : 'no_restock'
      removals.push({ id: shop.nextId(), lineId: line.id, quantity: back, restockType, locationId, ...parts })
    }
    const refund = giveBack(order, removals, sharesOf(order, amountOf(worth)), note)
    order.financialStatus = refundedOf(order) > 0 && currentTotals(order).total <= 0 ? 'refunded' : 'partially_refunded'
    tellRefund(order, refund, announce(order, ['ORDERS_UPDATED']))
    return refund
  }

  return {
    placeOrder(purchase) {
      const wanted = new Map<Variant, number>()
      for (const { sku, quantity } of purchase.lines) {
        const variant = shop.bySku.get(sku)
        if (!variant || quantity < 1) return null
        wanted.set(variant, (wanted.get(variant) ?? 0) + quantity)
      }
      const taken = stock.route(wanted)
      if (!taken) return null
      const order = newOrder(shop, purchase, (shop.lastOrderNumber += 1))
      for (const { variant, locationId, quantity } of taken) {
        const level = stocked(variant, locationId)
        level.committed += quantity
        stock.write(variant, locationId, level.available - quantity)
      }
      openFulfilmentOrders(shop, order, taken)
      shop.orders.set(order.id, order)
      announce(order, ['ORDERS_CREATE', ...(order.financialStatus === 'paid' ? ['ORDERS_PAID'] : []), 'ORDERS_UPDATED'])
      return String(order.id)
    },

    markPaid(id) {
      const order = orderOf(id)
      if (order.financialStatus === 'paid' || order.cancelledAt !== null) return
      order.financialStatus = 'paid'
      announce(order, ['ORDERS_PAID', 'ORDERS_UPDATED'])
    },

    cancelOrder(id, { reason, restock }) {
      const order = orderOf(id)
      if (order.cancelledAt !== null || order.lines.some(({ fulfilled }) => fulfilled > 0)) return false
      const paid = ['paid', 'partially_paid', 'partially_refunded'].includes(order.financialStatus)
      const amount = paid ? currentTotals(order).total : 0
      const removals = order.lines.flatMap((line) => remove(order, line, line.current, restock))
      for (const line of order.shipping) line.refunded = true
      const refund = giveBack(order, removals, sharesOf(order, amount), null)
      order.cancelledAt = shop.now()
      order.cancelReason = reason
      order.financialStatus = paid ? 'refunded' : 'voided'
      for (const one of order.fulfilmentOrders) one.status = 'CANCELLED'
      tellRefund(order, refund, announce(order, ['ORDERS_CANCELLED', 'ORDERS_UPDATED']))
      return true
    },

    editOrder(id, { sku, quantity, restock = true }) {
      const order = orderOf(id)
      const line = must(
        order.lines.find((one) => one.sku === sku),
        `order ${order.name} has no line with ${sku}`,
      )
      const gone = line.current - quantity
      if (order.cancelledAt !== null || gone <= 0 || line.current - line.fulfilled < gone) return false
      // What an edit takes off stands among the refunds too, without any money.
      giveBack(order, remove(order, line, gone, restock), [], null)
      announce(order, ['ORDERS_EDITED', 'ORDERS_UPDATED'])
      return true
    },

    refund(id, lines, more = 0) {
      const order = orderOf(id)
      const found = lines.map(({ sku, quantity, restock }) => {
        const line = must(
          order.lines.find((one) => one.sku === sku),
          `order ${order.name} has no line with ${sku}`,
        )
        assert(quantity <= line.fulfilled, 'only shipped pieces come back')
        return { line, quantity, restock }
      })
      comeBack(order, found, (worth) => worth + more, 'returned')
    },

    forget(id) {
      const order = orderOf(id)
      shop.orders.delete(order.id)
      for (const one of order.fulfilmentOrders) shop.fulfilmentOrders.delete(one.id)
      for (const one of order.fulfilments) shop.fulfilments.delete(one.id)
      for (const one of order.refunds) shop.refunds.delete(one.id)
      // Its last change says nothing any more.
      order.change = 0
      shop.staleChanges += 1
    },

    giveBack: (order, lines, back, note) => comeBack(order, lines, () => back, note),

    hold(id, held) {
      const order = orderOf(id)
      const [from, to] = held ? (['OPEN', 'ON_HOLD'] as const) : (['ON_HOLD', 'OPEN'] as const)
      for (const one of order.fulfilmentOrders) if (one.status === from) one.status = to
      announce(order, ['ORDERS_UPDATED'])
    },

    moveOrder(id, locationId) {
      const order = orderOf(id)
      moveOpen(shop, stock, order, locationId)
      announce(order, ['ORDERS_UPDATED'])
    },

    fulfil(parts, tracking) {
      const refused = refusal(parts)
      if (refused) return { refused }
      const { order, locationId } = parts[0]!.fulfilmentOrder
      const at = shop.now()
      const name = `${order.name}.${order.fulfilments.length + 1}`
      const base = { id: shop.nextId(), name, at, updatedAt: at, status: 'success' as const, locationId, ...tracking }
      const fulfilment: Fulfilment = { ...base, lines: [] }
      for (const { fulfilmentOrder, lines } of parts) {
        for (const open of fulfilmentOrder.lines) {
          const quantity = lines ? (lines.find(({ id }) => id === open.id)?.quantity ?? 0) : open.remaining
          if (quantity === 0) continue
          open.remaining -= quantity
          open.line.fulfilled += quantity
          stocked(open.line.variant, locationId).committed -= quantity
          fulfilment.lines.push({ id: shop.nextId(), line: open.line, quantity })
        }
      }
      order.fulfilments.push(fulfilment)
      shop.fulfilments.set(fulfilment.id, { order, fulfilment })
      closeFulfilmentOrders(order)
      const eventId = announce(order, ['ORDERS_UPDATED'])
      hooks.emit('FULFILLMENTS_CREATE', eventId, () => fulfilmentBody(order, fulfilment))
      return { fulfilment }
    },
  }
}

function refusal(parts: readonly FulfilPart[]): string | null {
  const first = parts[0]?.fulfilmentOrder
  if (!first) return "Fulfillment orders can't be blank."
  for (const { fulfilmentOrder, lines } of parts) {
    if (fulfilmentOrder.order !== first.order) return 'All fulfillment orders must belong to the same order.'
    if (fulfilmentOrder.locationId !== first.locationId)
      return 'All fulfillment orders must be assigned to the same location.'
    if (fulfilmentOrder.status !== 'OPEN' && fulfilmentOrder.status !== 'IN_PROGRESS') {
      return `Fulfillment order ${fulfilmentOrder.id} has an unfulfillable status= ${fulfilmentOrder.status.toLowerCase()}.`
    }
    for (const { id, quantity } of lines ?? []) {
      const open = fulfilmentOrder.lines.find((line) => line.id === id)
      if (!open || quantity < 1 || quantity > open.remaining)
        return 'Invalid fulfillment order line item quantity requested.'
    }
  }
  return null
}

function openFulfilmentOrders(
  shop: Shop,
  order: Order,
  taken: readonly { variant: Variant; locationId: number; quantity: number }[],
): void {
  const left = taken.map((one) => ({ ...one }))
  for (const line of order.lines) {
    let missing = line.quantity
    for (const source of left.filter(({ variant }) => variant === line.variant)) {
      const quantity = Math.min(missing, source.quantity)
      if (quantity === 0) continue
      source.quantity -= quantity
      missing -= quantity
      let place = order.fulfilmentOrders.find(({ locationId }) => locationId === source.locationId)
      if (!place) {
        place = { id: shop.nextId(), order, locationId: source.locationId, status: 'OPEN', lines: [] }
        order.fulfilmentOrders.push(place)
        shop.fulfilmentOrders.set(place.id, place)
      }
      place.lines.push({ id: shop.nextId(), line, total: quantity, remaining: quantity })
    }
  }
}

const TAX_TITLE = 'Sales tax'

function newOrder(shop: Shop, purchase: Purchase, number: number): Order {
  const { currency } = shop
  const { taxRate = 0, taxesIncluded = false, customer, shippingMethod } = purchase
  const lines = purchase.lines.map(({ sku, quantity, discount: off = '0' }): Line => {
    const variant = must(shop.bySku.get(sku), `the shop has no SKU ${sku}`)
    const { price, product } = variant
    const discount = must(parseMoney(off, currency), `${off} is an amount`).amount
    const lineTaxes = taxes(price * quantity - discount, taxRate, taxesIncluded, TAX_TITLE)
    const base = {
      id: shop.nextId(),
      variant,
      sku,
      title: product.title,
      price,
      quantity,
      current: quantity,
      fulfilled: 0,
    }
    return { ...base, discount, taxes: lineTaxes, discountLeft: discount, taxLeft: taxSum(lineTaxes) }
  })
  const shipping = shippingMethod ? [shippingLine(shop, shippingMethod, taxRate, taxesIncluded)] : []
  const guest = customer?.guest === true || !customer?.email
  const at = shop.now()
  return {
    id: shop.nextId(),
    number,
    name: `#${number}`,
    createdAt: at,
    updatedAt: at,
    change: 0,
    cancelledAt: null,
    cancelReason: null,
    currency,
    presentment: purchase.presentment ?? { currency, rate: 1 },
    ...(purchase.tenders ? { tenders: tendersIn(purchase.tenders, currency) } : {}),
    taxesIncluded,
    financialStatus: purchase.financialStatus ?? 'paid',
    customer: customer ? withId(customer, guest ? undefined : accountOf(shop, customer)) : null,
    lines,
    shipping,
    refunds: [],
    fulfilments: [],
    fulfilmentOrders: [],
    note: purchase.note ?? null,
    tags: [...(purchase.tags ?? [])],
    test: purchase.test ?? false,
  }
}

function accountOf({ customers, nextId }: Shop, { id, email = '' }: Person): number {
  const known = id ?? customers.get(email) ?? nextId()
  customers.set(email, known)
  return known
}

function withId({ id: _, ...person }: Person, id: number | undefined): Person {
  return id === undefined ? person : { ...person, id }
}

function shippingLine(shop: Shop, method: NonNullable<Purchase['shippingMethod']>, rate: number, included: boolean) {
  const price = must(parseMoney(method.price, shop.currency), `${method.price} is a price`).amount
  const { code, title = code } = method
  return { id: shop.nextId(), code, title, price, taxes: taxes(price, rate, included, TAX_TITLE), refunded: false }
}
