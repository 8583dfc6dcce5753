/** Customers and staff at work: buying, paying, cancelling, refunding, binning; each with its webhooks. */
import { must } from '#canon/assert.ts'
import { itemsSum, netOf, refundedOf, round, taxesOn, taxSum, totalsOf } from './amounts.ts'
import type { Hooks } from './hooks.ts'
import type { Shelf } from './shelf.ts'
import {
  bySku,
  type Charge,
  type Line,
  type Meta,
  type Order,
  type Person,
  type Product,
  type Refund,
  type RefundItem,
  skuOf,
  soldAs,
  type Woo,
} from './state.ts'

export interface Purchase {
  /** `discount` is what a coupon takes off the whole line, as a decimal in the catalogue's way. */
  lines: readonly { sku: string; quantity: number; discount?: string }[]
  /** A customer with an account, known by the e-mail address; a guest when `guest` is set. */
  customer?: Person & { guest?: boolean }
  shippingMethod?: { id: string; instance?: string; title?: string; price: string }
  fee?: { name: string; price: string }
  /** `bacs` waits for the bank, `cod` is paid at the door, everything else is paid at once unless `unpaid`. */
  payment?: 'card' | 'bacs' | 'cod'
  /** The customer has left before paying. */
  unpaid?: boolean
  coupon?: string
  note?: string
}

export interface NewOrder {
  lines: readonly { product: Product; quantity: number; discount?: number }[]
  billing: Person
  shipping: Person
  customerId: number
  charges?: { shipping?: Omit<Charge, 'id' | 'taxes'>; fee?: Omit<Charge, 'id' | 'taxes'> }
  paymentMethod: string
  createdVia: string
  coupon?: string
  note?: string
}

export interface RefundAsk {
  amount: number
  reason: string
  restock: boolean
  items: readonly { itemId: number; quantity: number; total: number; tax: number }[]
  /** By the payment gateway; else it is only noted. */
  paid?: boolean
  meta?: Meta[]
}

export interface Trade {
  /** By the checkout of the shop: null when it refuses because there is not enough, and then nothing was sold. */
  placeOrder(purchase: Purchase): string | null
  /** The money came. */
  markPaid(id: string): void
  /** Any status, also one of somebody's plugin. */
  setStatus(id: string, status: string): void
  /** False when it was cancelled or refunded before. What was taken off the shelf goes back. */
  cancelOrder(id: string): boolean
  /** Money and, if said, pieces back. @returns the refund's id. */
  refund(
    id: string,
    lines: readonly { sku: string; quantity: number; restock: boolean }[],
    extra?: { shipping?: boolean; amount?: string },
  ): string
  /** Into the trash, or away for good, of which nobody hears. */
  deleteOrder(id: string, options?: { force?: boolean }): void
  restoreOrder(id: string): void
  /** An order that is over leaves its memory: nothing lists it any more, and nobody is told. */
  forget(id: string): void
  /** What the REST API needs of it. */
  inner: {
    create(order: NewOrder): Order
    settle(order: Order, status: string, paid?: boolean): void
    refund(order: Order, ask: RefundAsk): Refund | string
    touch(order: Order): void
    trash(order: Order, force: boolean): void
  }
}

const NOBODY: Person = { first_name: '', last_name: '', email: '' }

export function openTrade(woo: Woo, hooks: Hooks, shelf: Shelf): Trade {
  const orderOf = (id: string): Order => must(woo.orders.get(Number(id)), `the shop has no order ${id}`)

  const touch = (order: Order): void => {
    order.modifiedMs = woo.now()
    hooks.emit('order.updated', order.id)
  }

  function settle(order: Order, status: string, paid = false): void {
    order.status = status
    if (paid || (status === 'completed' && order.paidMs === null && order.paymentMethod !== ''))
      order.paidMs ??= woo.now()
    if (status === 'completed') order.completedMs ??= woo.now()
    if (['processing', 'completed', 'on-hold'].includes(status)) shelf.take(order)
    if (['cancelled', 'pending'].includes(status)) shelf.putBack(order)
    touch(order)
  }

  function lineOf({ product, quantity, discount = 0 }: NewOrder['lines'][number]): Line {
    const subtotal = netOf(woo, product.price * quantity)
    const total = subtotal - netOf(woo, discount)
    const parent = woo.products.get(product.parentId)
    const name = parent ? `${parent.name} - ${product.option ?? ''}` : product.name
    const ids = parent ? { productId: parent.id, variationId: product.id } : { productId: product.id, variationId: 0 }
    return { id: woo.nextId(), name, ...ids, quantity, subtotal, total, taxes: taxesOn(woo, total, subtotal), meta: [] }
  }

  const chargeOf = (charge: Omit<Charge, 'id' | 'taxes'>): Charge => ({
    ...charge,
    id: woo.nextId(),
    taxes: taxesOn(woo, charge.total),
  })

  function create(ask: NewOrder): Order {
    const at = woo.now()
    const lines = ask.lines.map(lineOf)
    const off = lines.reduce((all, { subtotal, total }) => all + subtotal - total, 0)
    const coupons = ask.coupon
      ? [{ id: woo.nextId(), code: ask.coupon, discount: off, discountTax: taxSum(taxesOn(woo, off)) }]
      : []
    const { billing, shipping, customerId, paymentMethod, createdVia, note = '' } = ask
    const order: Order = {
      id: woo.nextId(),
      status: 'pending',
      createdMs: at,
      modifiedMs: at,
      paidMs: null,
      completedMs: null,
      billing,
      shipping,
      customerId,
      paymentMethod,
      createdVia,
      note,
      lines,
      shippingLines: ask.charges?.shipping ? [chargeOf(ask.charges.shipping)] : [],
      fees: ask.charges?.fee ? [chargeOf(ask.charges.fee)] : [],
      coupons,
      refunds: [],
      notes: [],
      meta: [],
      stockReduced: false,
      statusBefore: null,
    }
    woo.orders.set(order.id, order)
    hooks.emit('order.created', order.id)
    return order
  }

  function refund(
    order: Order,
    { amount, reason, restock, items, paid = false, meta = [] }: RefundAsk,
  ): Refund | string {
    if (amount <= 0 || round(amount + refundedOf(order), 4) > totalsOf(woo, order).total)
      return 'Invalid refund amount.'
    const hindrance = paid ? gatewayRefuses(order) : null
    if (hindrance !== null) return hindrance
    const refunded: RefundItem[] = items.flatMap(({ itemId, quantity, total, tax }) => {
      const found = itemOf(order, itemId)
      return found ? [{ ...found, id: woo.nextId(), quantity: -quantity, total: -total, totalTax: -tax }] : []
    })
    const one: Refund = { id: woo.nextId(), createdMs: woo.now(), amount, reason, items: refunded, paid, meta }
    order.refunds.push(one)
    if (restock)
      for (const { itemId, quantity } of items) {
        const line = order.lines.find(({ id }) => id === itemId)
        if (line && quantity > 0) shelf.restock(line, quantity)
      }
    if (round(refundedOf(order), 4) >= totalsOf(woo, order).total) order.status = 'refunded'
    touch(order)
    return one
  }

  function trash(order: Order, force: boolean): void {
    if (force) return void woo.orders.delete(order.id)
    if (order.status === 'trash') return
    order.statusBefore = order.status
    order.status = 'trash'
    order.modifiedMs = woo.now()
    hooks.emit('order.deleted', order.id)
  }

  return {
    inner: { create, settle, refund, touch, trash },
    placeOrder(purchase) {
      const lines = purchase.lines.map(({ sku, quantity, discount }) => ({
        product: bySku(woo, sku),
        quantity,
        discount: Number(discount ?? 0),
      }))
      const wanted = new Map<Product, number>()
      for (const { product, quantity } of lines) if (product) wanted.set(product, (wanted.get(product) ?? 0) + quantity)
      if (lines.some(({ product, quantity }) => !product || quantity < 1)) return null
      if ([...wanted].some(([product, quantity]) => !shelf.hasFor(product, quantity))) return null
      const { customer, payment = 'card', unpaid = false } = purchase
      const { guest = true, ...person } = customer ? { guest: false, ...customer } : {}
      const charges = chargesOf(purchase)
      const order = create({
        lines: lines as NewOrder['lines'],
        billing: { ...NOBODY, ...person },
        shipping: { ...person },
        customerId: guest ? 0 : accountOf(woo, person.email ?? ''),
        charges,
        paymentMethod: payment,
        createdVia: 'checkout',
        ...(purchase.coupon ? { coupon: purchase.coupon } : {}),
        ...(purchase.note ? { note: purchase.note } : {}),
      })
      if (!unpaid) settle(order, payment === 'bacs' ? 'on-hold' : 'processing', payment === 'card')
      return String(order.id)
    },
    markPaid(id) {
      const order = orderOf(id)
      if (['pending', 'on-hold', 'failed'].includes(order.status)) settle(order, 'processing', true)
    },
    setStatus: (id, status) => settle(orderOf(id), status),
    cancelOrder(id) {
      const order = orderOf(id)
      if (['cancelled', 'refunded', 'trash', 'completed'].includes(order.status)) return false
      settle(order, 'cancelled')
      return true
    },
    refund(id, lines, { shipping = false, amount } = {}) {
      const order = orderOf(id)
      const items = lines.map(({ sku, quantity }) => partOf(woo, order, sku, quantity))
      const charges = shipping
        ? order.shippingLines.map((one) => ({
            itemId: one.id,
            quantity: 0,
            total: one.total,
            tax: round(taxSum(one.taxes), woo.decimals),
          }))
        : []
      const all = [...items, ...charges]
      const sum =
        amount === undefined
          ? round(
              all.reduce((sofar, { total, tax }) => sofar + total + tax, 0),
              woo.decimals,
            )
          : Number(amount)
      // Rounded parts may come to a cent more than the whole: nobody gives back more than was paid.
      const most = round(totalsOf(woo, order).total - refundedOf(order), woo.decimals)
      const done = refund(order, {
        amount: amount === undefined ? Math.min(sum, most) : sum,
        reason: '',
        restock: lines.some(({ restock }) => restock),
        items: all,
      })
      if (typeof done === 'string') throw new Error(done)
      return String(done.id)
    },
    deleteOrder: (id, { force = false } = {}) => trash(orderOf(id), force),
    forget: (id) => void woo.orders.delete(Number(id)),
    restoreOrder(id) {
      const order = orderOf(id)
      if (order.statusBefore === null) return
      Object.assign(order, { status: order.statusBefore, statusBefore: null, modifiedMs: woo.now() })
      hooks.emit('order.restored', order.id)
    },
  }
}

/** Why the gateway of the order gives nothing back; null when it does. */
function gatewayRefuses({ paymentMethod, paidMs }: Order): string | null {
  if (paymentMethod === '') return 'The payment gateway for this order does not exist.'
  if (paymentMethod !== 'card') return 'The payment gateway for this order does not support automatic refunds.'
  return paidMs === null ? 'There is nothing to give back: the order was not paid.' : null
}

function itemOf(
  { lines, shippingLines, fees }: Order,
  id: number,
): Omit<RefundItem, 'id' | 'quantity' | 'total' | 'totalTax'> | null {
  const line = lines.find((one) => one.id === id)
  const base = { refundedItemId: id, productId: line?.productId ?? 0, variationId: line?.variationId ?? 0 }
  if (line) return { ...base, kind: 'line', name: line.name }
  const charge = shippingLines.find((one) => one.id === id) ?? fees.find((one) => one.id === id)
  return charge ? { ...base, kind: shippingLines.includes(charge) ? 'shipping' : 'fee', name: charge.name } : null
}

/** So many pieces of a line, with their share of what it cost, as the shop's own page proposes. */
function partOf(woo: Woo, order: Order, sku: string, quantity: number) {
  const line = must(
    order.lines.find((one) => skuOf(woo, must(soldAs(woo, one), 'the product is there')) === sku),
    `order ${order.id} has no line with ${sku}`,
  )
  const share = quantity / line.quantity
  const back = order.refunds.flatMap(({ items }) => items).filter(({ refundedItemId: of }) => of === line.id)
  const last = back.reduce((all, item) => all - item.quantity, 0) + quantity >= line.quantity
  const paid = { total: round(line.total, woo.decimals), tax: round(taxSum(line.taxes), woo.decimals) }
  // The last pieces take what is left, so that all refunds add up to the line.
  const left = (whole: number, of: 'total' | 'totalTax') =>
    round(whole + back.reduce((all, item) => all + item[of], 0), woo.decimals)
  return {
    itemId: line.id,
    quantity,
    total: last ? left(paid.total, 'total') : round(line.total * share, woo.decimals),
    tax: last ? left(paid.tax, 'totalTax') : round(taxSum(line.taxes) * share, woo.decimals),
  }
}

function chargesOf({ shippingMethod, fee }: Purchase): NonNullable<NewOrder['charges']> {
  return {
    ...(shippingMethod
      ? {
          shipping: {
            name: shippingMethod.title ?? shippingMethod.id,
            methodId: shippingMethod.id,
            instanceId: shippingMethod.instance ?? '0',
            total: Number(shippingMethod.price),
          },
        }
      : {}),
    ...(fee ? { fee: { name: fee.name, methodId: '', instanceId: '', total: Number(fee.price) } } : {}),
  }
}

export function accountOf({ customers, nextId }: Woo, email: string): number {
  const known = customers.get(email) ?? nextId()
  customers.set(email, known)
  return known
}

export const refundTotal = (items: readonly RefundItem[]): number => -itemsSum(items)
